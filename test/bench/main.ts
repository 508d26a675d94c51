import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { MEASURES } from "./measures.ts";
import { markdownTable } from "./routing/markdown-table.ts";
import { writePart } from "./routing/page.ts";
import type { Row } from "./row.ts";

const USAGE = `npm run bench -- [options]

What routing costs, over the plain client in the same run. Takes some minutes; other work on the machine makes
the figures unsteady, as the row "plain over plain" shows.

  --only <name>     measure this only; may be repeated: ${Object.keys(MEASURES).join(", ")}
  --rounds <count>  fresh processes of each client (default 5)
  --write           write the table to docs/benchmarks.md, if everything was measured`;

const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true },
    rounds: { type: "string", default: "5" },
    write: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) console.log(USAGE);
else await run(values.only ?? Object.keys(MEASURES), Number(values.rounds), values.write);

async function run(names: readonly string[], rounds: number, write: boolean): Promise<void> {
  if (!(Number.isInteger(rounds) && rounds > 0)) throw new Error("--rounds must be a whole number above 0");
  const rows: Row[] = [];
  for (const name of names) {
    const measure = MEASURES[name];
    if (measure === undefined) throw new Error(`--only ${name}: none of ${Object.keys(MEASURES).join(", ")}`);
    process.stderr.write(`${name} …\n`);
    rows.push(...(await measure(rounds)));
  }
  const text = reportOf(rows, rounds);
  console.log(text);
  if (write && names.length === Object.keys(MEASURES).length) {
    writePart("overhead", text, new Date().toISOString().slice(0, 10));
  }
}

function reportOf(rows: readonly Row[], rounds: number): string {
  const cells = rows.map(({ measure, figure, goal = "", met }) => [
    measure,
    figure,
    goal,
    met === undefined ? "" : met ? "met" : "missed",
  ]);
  const missed = rows.filter(({ met, ifMissed }) => met === false && ifMissed !== undefined);
  return [
    `${rounds} processes of each client; ${cpus()[0]?.model ?? "unknown processor"}, ${cpus().length} cores.`,
    markdownTable(["measure", "figure", "goal", ""], cells),
    ...missed.map(({ measure, ifMissed }) => `- ${measure}: ${ifMissed}`),
  ].join("\n\n");
}
