import { defineConfig, type Options } from "tsup";
import { exports } from "./package.json";
import { thirdPartyNotices } from "./scripts/third-party-notices.ts";

type Plugin = NonNullable<Options["plugins"]>[number];

/** What package.json exports: `./simulator` is `src/simulator/index.ts`, and so on. */
const entries = Object.fromEntries(
  Object.keys(exports)
    .filter((path) => !path.endsWith(".json"))
    .map((path) => (path === "." ? ["index", "src/index.ts"] : [path.slice(2), `src/${path.slice(2)}/index.ts`])),
);

/**
 * The limit on lines breaks long strings, too. A bundler that indents a CommonJS module, as rollup's plugin does, would put
 * its tabs into them.
 */
const WHOLE_STRINGS: Plugin = {
  name: "whole-strings",
  renderChunk: (code) => ({ code: code.replaceAll(/\\[\s\S]/g, (escaped) => (escaped === "\\\n" ? "" : escaped)) }),
};

const common: Options = {
  target: "node20",
  splitting: true,
  esbuildPlugins: [thirdPartyNotices("dist")],
  plugins: [WHOLE_STRINGS],
  // Half the size. Names stay, and lines are short enough for a stack trace to point into.
  esbuildOptions(options) {
    options.minifyWhitespace = true;
    options.minifySyntax = true;
    options.lineLimit = 120;
  },
};

const config: Options[] = [
  {
    ...common,
    // The control plane and fleets are files of their own because they are loaded on use.
    entry: {
      ...entries,
      "control-plane": "src/client/connect-control-plane.ts",
      fleet: "src/router/join-fleet.ts",
    },
    format: ["esm", "cjs"],
    dts: { entry: entries },
    clean: true,
    treeshake: true,
    // Files beside the built ones are found by `import.meta.url`, which CommonJS does not have.
    shims: true,
  },
  {
    ...common,
    // What the page of ./page runs in the browser: read as a file, never imported.
    entry: { "page-browser": "src/page/browser/main.ts" },
    format: ["iife"],
    platform: "browser",
    target: "es2022",
    splitting: false,
    minify: true,
    outExtension: () => ({ js: ".js" }),
  },
  {
    ...common,
    entry: { cli: "src/cli/main.ts" },
    format: ["esm"],
    // Bundled CommonJS packages ask for Node.js modules by `require`, which a module of ESM does not have.
    banner: {
      js: '#!/usr/bin/env node\nimport { createRequire as __createRequire } from "node:module";\nconst require = __createRequire(import.meta.url);',
    },
    // Optional for its users: loaded if it is installed.
    external: ["@aws-sdk/client-bedrock"],
  },
];

export default defineConfig(config) as Options[];
