import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { quantileOf } from "./median.ts";

const ROOT = resolve(import.meta.dirname, "../..");

/** The module formats of the package. */
export type ModuleFormat = "esm" | "cjs";

/** What an import takes in a fresh process, in milliseconds. */
export interface ImportFigures {
  readonly sdkMs: number;
  /** What this package adds once the SDK is loaded. */
  readonly addedMs: number;
}

/** Times the import of the SDK and then of this package, in a fresh process a run. The first decile counts. */
export function measureImport(format: ModuleFormat, runs: number): ImportFigures {
  const load = (name: string): string =>
    format === "esm" ? `await import(${JSON.stringify(name)})` : `require(${JSON.stringify(name)})`;
  const script = `
    const start = performance.now();
    ${load("@aws-sdk/client-bedrock-runtime")};
    const loaded = performance.now();
    ${load("bedrock-routed-client")};
    console.log(JSON.stringify([loaded - start, performance.now() - loaded]));`;
  const inputType = `--input-type=${format === "esm" ? "module" : "commonjs"}`;
  const took = Array.from({ length: runs }, () => {
    const out = execFileSync(process.execPath, [inputType, "-e", script], { cwd: ROOT, encoding: "utf8" });
    return JSON.parse(out) as [number, number];
  });
  const lowest = (place: 0 | 1): number =>
    quantileOf(
      took.map((run) => run[place]),
      0.1,
    );
  return { sdkMs: lowest(0), addedMs: lowest(1) };
}
