import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { dependencies, exports, peerDependencies } from "../package.json";

/** What an entry point weighs with everything that it imports statically, in bytes, without dependencies. */
export interface Weight {
  /** Path of the built file. */
  readonly entry: string;
  readonly minified: number;
  readonly gzipped: number;
}

const ROOT = resolve(import.meta.dirname, "..");

/**
 * Weighs every entry point of the built package: what a process loads before its first request. What is loaded on use is
 * not counted.
 */
export async function weighEntries(): Promise<Weight[]> {
  const entries = Object.values(exports).flatMap((target) =>
    typeof target === "string" ? [] : [target.import.default.replace(/^\.\//, "")],
  );
  return Promise.all(entries.map(weigh));
}

async function weigh(entry: string): Promise<Weight> {
  const { metafile, outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    ...{ bundle: true, minify: true, splitting: true, format: "esm", platform: "node", target: "node20" },
    ...{ outdir: "unwritten", write: false, metafile: true, logLevel: "error", tsconfigRaw: "{}" },
    external: Object.keys({ ...dependencies, ...peerDependencies }).flatMap((name) => [name, `${name}/*`]),
  });
  const start = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === entry)?.[0];
  const loaded = new Set<string>();
  const queue = start === undefined ? [] : [start];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (loaded.has(path)) continue;
    loaded.add(path);
    for (const { kind, path: imported, external } of metafile.outputs[path]?.imports ?? []) {
      if (kind === "import-statement" && external !== true) queue.push(imported);
    }
  }
  const files = outputFiles.filter(({ path }) => loaded.has(path.slice(ROOT.length + 1)));
  return {
    entry,
    minified: files.reduce((sum, { contents }) => sum + contents.length, 0),
    gzipped: files.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0),
  };
}
