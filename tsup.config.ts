import { defineConfig, type Options } from "tsup";

const config: Options[] = [
  {
    // The control plane is a file of its own because it is loaded on use.
    entry: {
      index: "src/index.ts",
      simulator: "src/simulator/index.ts",
      "control-plane": "src/client/connect-control-plane.ts",
    },
    format: ["esm", "cjs"],
    target: "node20",
    dts: true,
    clean: true,
    splitting: true,
    treeshake: true,
  },
  {
    entry: { cli: "src/cli/main.ts" },
    format: ["esm"],
    target: "node20",
    // Bundled CommonJS packages ask for Node.js modules by `require`, which a module of ESM does not have.
    banner: {
      js: '#!/usr/bin/env node\nimport { createRequire as __createRequire } from "node:module";\nconst require = __createRequire(import.meta.url);',
    },
    // Optional for its users: loaded if it is installed.
    external: ["@aws-sdk/client-bedrock"],
    // The lab is loaded only when it is used.
    splitting: true,
    esbuildOptions(options) {
      // Half the size, and names in stack traces stay.
      options.minifyWhitespace = true;
    },
  },
];

export default defineConfig(config) as Options[];
