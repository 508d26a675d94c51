import { resolve } from "node:path";
import { mergeConfig, type ViteUserConfig } from "vitest/config";
import project from "../../vitest.config.ts";

const sdk = process.env.SDK_UNDER_TEST;

/** The project's own configuration, with another release of the SDK in the place of the installed one. */
const config: ViteUserConfig = mergeConfig(
  project,
  sdk === undefined ? {} : { resolve: { alias: { "@aws-sdk/client-bedrock-runtime": resolve(sdk) } } },
);

export default config;
