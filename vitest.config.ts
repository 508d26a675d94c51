import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { defineConfig, type ViteUserConfig } from "vitest/config";

const src = (file: string): string => resolve(import.meta.dirname, "src", file);

const config: ViteUserConfig = defineConfig({
  // Recipes and samples import the package by its name: the source, so that the tests need no build.
  resolve: {
    alias: [
      { find: /^bedrock-routed-client$/, replacement: src("index.ts") },
      { find: /^bedrock-routed-client\/([a-z]+)$/, replacement: src("$1/index.ts") },
    ],
  },
  test: {
    // Many tests wait for sockets and child processes: one worker on two cores, the default, leaves a core idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true", AWS_EC2_METADATA_DISABLED: "true" },
    setupFiles: ["./test/support/pinned-date.ts"],
    testTimeout: 20_000,
  },
});

export default config;
