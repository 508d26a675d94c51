import { defineConfig, type Options } from "tsup";

const config: Options[] = [
  {
    entry: { index: "src/index.ts", simulator: "src/simulator/index.ts" },
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
    banner: { js: "#!/usr/bin/env node" },
    // Optional for its users: loaded if it is installed.
    external: ["@aws-sdk/client-bedrock"],
    splitting: false,
  },
];

export default defineConfig(config) as Options[];
