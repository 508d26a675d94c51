import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readResults } from "../../../../src/cli/lab/read-results.ts";
import { writeFigures } from "../../../support/figures.ts";
import { runNode } from "../../../support/run-node.ts";
import { deviations, proofFigures } from "./figures.ts";

/** Runs `lab --simulate` and puts its figures beside those of the latency lab into docs/lab.md. */
const folder = mkdtempSync(join(tmpdir(), "bedrock-lab-"));
try {
  const { code, stderr } = await runNode(["src/cli/main.ts", "lab", "--simulate", "--out", folder]);
  if (code !== 0) throw new Error(stderr);
  const results = readResults(JSON.parse(readFileSync(join(folder, "results.json"), "utf8")), "results.json");
  const worst = Math.max(...results.cells.flatMap(deviations).map(Math.abs));
  process.stdout.write(`${results.cells.length} cells, at most ${(worst * 100).toFixed(2)} % off\n`);
  if (!(worst <= 0.05)) throw new Error("The lab is not reproduced within 5 %");
  writeFigures("lab --simulate", proofFigures(results), "lab.md");
} finally {
  rmSync(folder, { recursive: true });
}
