import { resolve } from "node:path";
import { mergeConfig, type ViteUserConfig } from "vitest/config";
import project from "../../vitest.config.ts";

const sdk = process.env.SDK_UNDER_TEST;

/** The project's own configuration, with another release of the SDK in the place of the installed one. */
const config: ViteUserConfig = mergeConfig(
  project,
  sdk === undefined
    ? {}
    : {
        resolve: { alias: { "@aws-sdk/client-bedrock-runtime": resolve(sdk) } },
        // The HTTP/2 client of the oldest release loses an answer now and then ("Premature close"), the plain client too.
        test: { retry: 2 },
      },
);

export default config;
