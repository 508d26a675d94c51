import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { medianOf } from "./median.ts";

const RUNS = 15;
const ROOT = resolve(import.meta.dirname, "../..");

/** Milliseconds that importing this package adds in a fresh process once the SDK is loaded, as ESM and as CommonJS. */
export function measureImport(): Readonly<Record<"esm" | "cjs", { readonly sdkMs: number; readonly addedMs: number }>> {
  return { esm: measure("esm"), cjs: measure("cjs") };
}

function measure(format: "esm" | "cjs"): { sdkMs: number; addedMs: number } {
  const load = (name: string): string =>
    format === "esm" ? `await import(${JSON.stringify(name)})` : `require(${JSON.stringify(name)})`;
  const script = `
    const start = performance.now();
    ${load("@aws-sdk/client-bedrock-runtime")};
    const loaded = performance.now();
    ${load("bedrock-routed-client")};
    console.log(JSON.stringify([loaded - start, performance.now() - loaded]));`;
  const runs = Array.from({ length: RUNS }, () => {
    const out = execFileSync(
      process.execPath,
      [`--input-type=${format === "esm" ? "module" : "commonjs"}`, "-e", script],
      {
        cwd: ROOT,
        encoding: "utf8",
      },
    );
    return JSON.parse(out) as [number, number];
  });
  return { sdkMs: medianOf(runs.map(([sdk]) => sdk)), addedMs: medianOf(runs.map(([, added]) => added)) };
}
