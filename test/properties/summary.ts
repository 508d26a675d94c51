import { models } from "./facts.ts";
import { regions } from "./places.ts";
import type { Tally } from "./tally.ts";

/** How a run was made. */
export interface RunFacts {
  readonly seed: number;
  readonly seconds: number;
  readonly processes: number;
  readonly violations: number;
}

/** The figures of a run, as a Markdown table and as JSON. */
export function figuresOf(tally: Tally, run: RunFacts): { readonly table: string; readonly json: object } {
  const count = (value: number): string => value.toLocaleString("en-US");
  const { outcomes } = tally;
  const rows: readonly (readonly [string, string])[] = [
    ["generated requests", count(tally.cases)],
    ["clients, each with a history of its own", count(tally.scenarios)],
    ["attempts sent", count(tally.sends)],
    ["requests that got an output", count(tally.succeeded)],
    ["requests that got an error of the SDK", count(tally.failed)],
    ["requests refused because no route is allowed", count(tally.withoutRoute)],
    ["requests refused because the model is unknown", count(tally.unknownModel)],
    ["failovers to another route", count(tally.failovers)],
    ["backups, of which first with the content", `${count(tally.backups)}, ${count(tally.backupsWon)}`],
    ["hedges", count(tally.hedges)],
    ["backoffs", count(tally.backoffs)],
    ["cooldowns", count(tally.cooldowns)],
    ["retries that the budget refused", count(tally.budgetRefusals)],
    ["requests aborted by their caller", count(tally.aborted)],
    ["streams that broke off after their first content", count(tally.streamsCut)],
    ["streams that their reader gave up", count(tally.streamsStopped)],
    ["failed attempts by kind", kindsOf(outcomes, count)],
    ["models, of those in the catalogue", `${tally.models.size} of ${models.length}`],
    ["home Regions", `${tally.homeRegions.size} of ${regions.length}`],
    ["distinct routes that were sent to", count(tally.routes.size)],
    ["**violations**", `**${count(run.violations)}**`],
    ["time", `${Math.round(run.seconds)} s in ${run.processes} processes, Node.js ${process.version}`],
    ["seed and digest", `\`${run.seed}\`, \`${tally.digest.toString(16)}\``],
  ];
  const table = ["| | |", "|---|---|", ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join("\n");
  return {
    table,
    json: {
      ...run,
      ...tally.toJSON(),
      models: tally.models.size,
      homeRegions: tally.homeRegions.size,
      routes: tally.routes.size,
    },
  };
}

function kindsOf(outcomes: Readonly<Record<string, number>>, count: (value: number) => string): string {
  return Object.entries(outcomes)
    .filter(([outcome]) => outcome !== "succeeded")
    .sort(([, a], [, b]) => b - a)
    .map(([outcome, value]) => `${outcome} ${count(value)}`)
    .join(", ");
}
