import { execFileSync } from "node:child_process";
import { resolve } from "node:path";

/** Bytes of each entry of the package, minified and gzipped, without dependencies: what `size-limit` is set up for. */
export function measureSizes(): readonly { readonly name: string; readonly size: number }[] {
  const root = resolve(import.meta.dirname, "../..");
  const out = execFileSync("npx", ["size-limit", "--json"], { cwd: root, encoding: "utf8" });
  return JSON.parse(out) as { name: string; size: number }[];
}
