export declare function cleanEnvironment(without?: RegExp): NodeJS.ProcessEnv;
export declare const NO_AWS_CONFIGURATION: Readonly<Record<string, string>>;
