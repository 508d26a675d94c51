import type {
  BedrockRuntime,
  BedrockRuntimeClient,
  ServiceInputTypes,
  ServiceOutputTypes,
} from "@aws-sdk/client-bedrock-runtime";
import type { RequestRoutingOptions } from "../options/options.ts";

/** Options of one request: those of the SDK (`abortSignal`, `requestTimeout`), and `routing`. */
export type SendOptions = Parameters<BedrockRuntime["converse"]>[1] & { readonly routing?: RequestRoutingOptions };

/** A command of the SDK, typed as `BedrockRuntimeClient.send` types it. */
export type CommandOf<Input extends ServiceInputTypes, Output extends ServiceOutputTypes> = Parameters<
  typeof BedrockRuntimeClient.prototype.send<Input, Output>
>[0];

/** The aggregated methods of the SDK's client, such as `converse`, with {@link SendOptions}. */
export type RoutedOperations = {
  readonly [Name in Exclude<keyof BedrockRuntime, keyof BedrockRuntimeClient>]: RoutedOperation<BedrockRuntime[Name]>;
};

/** What is not called as the SDK calls an operation, a paginator for example, stays as it is. */
type RoutedOperation<Method> = Method extends {
  (args: infer Input, options?: infer _Options): Promise<infer Output>;
  (args: infer _Input, callback: infer Callback): void;
  (args: infer _Same, options: infer _Others, callback: infer _Callback): void;
}
  ? {
      (args: Input, options: SendOptions): Promise<Output>;
      (args: Input, options: SendOptions, callback: Callback): void;
    } & Method
  : Method;
