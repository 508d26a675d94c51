import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { medianOf } from "./median.ts";
import { startWorker } from "./processes.ts";

const ROOT = resolve(import.meta.dirname, "../..");

/** What telling errors apart costs. */
export interface ClassificationFigures {
  /** Minified, with all that it imports. */
  readonly bytes: number;
  /** CPU time of the first error of a process in milliseconds, and of later ones in microseconds, by what was thrown. */
  readonly kinds: readonly { readonly kind: string; readonly firstMs: number; readonly laterUs: number }[];
}

/** Bundles the classification alone and hands it errors, each kind in processes of its own. */
export async function measureClassification(rounds: number): Promise<ClassificationFigures> {
  const folder = await mkdtemp(join(tmpdir(), "classification-"));
  try {
    const outfile = join(folder, "classify.mjs");
    const entryPoints = [join(ROOT, "src/failures/classify.ts")];
    await build({ entryPoints, outfile, bundle: true, minify: true, format: "esm", platform: "node" });
    const kinds = ["throttle", "route", "request", "connection"];
    const took = new Map<string, { firstUs: number; laterUs: number }[]>(kinds.map((kind) => [kind, []]));
    for (let round = 0; round < rounds; round += 1) {
      for (const [kind, figures] of took) {
        const worker = startWorker("classify", { file: outfile, kind });
        figures.push(await worker.ask());
        await worker.end();
      }
    }
    return {
      bytes: (await readFile(outfile)).length,
      kinds: [...took].map(([kind, figures]) => ({
        kind,
        firstMs: medianOf(figures.map(({ firstUs }) => firstUs)) / 1_000,
        laterUs: medianOf(figures.map(({ laterUs }) => laterUs)),
      })),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}
