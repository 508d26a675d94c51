import { markdownTable } from "../bench/routing/markdown-table.ts";
import { measuresOf, type Ran } from "./comparison.ts";
import type { Contender } from "./contender.ts";
import { CALM, LIMIT_MS, type Scenario } from "./scenario.ts";
import { pairList, scenarioList, summaryInWords, summaryTable } from "./summary.ts";
import { EARLY, type Figures, type Span } from "./tally.ts";

/** Who could not be run, and why. */
export type NotRun = { readonly notRun: string };

/** By contender, then by scenario. */
export type Results = ReadonlyMap<string, ReadonlyMap<string, Figures> | NotRun>;

/** Everything that was found, as Markdown. */
export function report(
  contenders: readonly Contender[],
  scenarios: readonly Scenario[],
  results: Results,
  versions: ReadonlyMap<string, string>,
): string {
  const ran = figuresByContender(results);
  return [
    `Versions: ${[...versions].map(([name, version]) => `\`${name}\` ${version}`).join(", ")}.`,
    "### All scenarios",
    SUMMARY,
    summaryTable(scenarios, ran),
    "### Wins, ties and losses",
    summaryInWords(scenarios, ran),
    VERDICTS,
    pairList(scenarios, ran),
    "By scenario, against the best of the others:",
    scenarioList(scenarios, ran),
    "### Who takes part",
    contenders.map(({ name, setup }) => `- **${name}**: ${setup}${notRunNote(results.get(name))}`).join("\n"),
    "### Right ends, %",
    "A request ends right when the caller gets the whole answer, or the error where an error is right.",
    overview(scenarios, ran, ({ rightPercent }) => rightPercent),
    "### Extra calls per 100 requests",
    overview(scenarios, ran, ({ extraCallsPercent }) => extraCallsPercent),
    "### Scenario by scenario",
    `*first ${EARLY}*: the first requests after the fault began; *later*: all that followed.`,
    ...scenarios.flatMap((scenario) => [
      `#### ${capitalised(scenario.name)}`,
      `${scenario.what} ${size(scenario)}`,
      detail(scenario, ran),
    ]),
  ].join("\n\n");
}

const SUMMARY = `Means of the scenarios but *calm*; extra calls without *bad request*, which has a column of its own. Read times together with *right*: they are of answered requests, so who answers nothing in a
slow scenario is spared its times. Calls that may leave the EU: in the scenarios that forbid it.`;

const VERDICTS = `Who ends fewer requests right than this library is left out of the other figures of a scenario: it is easy to fail fast. A tie: half a point of right or broken ends, one extra call
per 100 requests, 75 ms or 10 % of a wait or a median, 150 ms or 20 % of a 99th percentile. Against one contender at a time:`;

function figuresByContender(results: Results): Ran {
  return new Map([...results].flatMap(([name, result]) => ("notRun" in result ? [] : [[name, result] as const])));
}

function notRunNote(result: ReadonlyMap<string, Figures> | NotRun | undefined): string {
  return result !== undefined && "notRun" in result ? ` **Not run: ${result.notRun}.**` : "";
}

function size({ requests, concurrency, rounds = 1 }: Scenario): string {
  const times = rounds === 1 ? "" : `, ${rounds} times with another seed`;
  return `${requests} requests, ${concurrency} at once${times}.`;
}

function overview(scenarios: readonly Scenario[], ran: Ran, value: (figures: Figures) => number): string {
  return markdownTable(
    ["", ...ran.keys()],
    scenarios.map(({ name }) => [
      name,
      ...[...ran.values()].map((byScenario) => {
        const found = byScenario.get(name);
        return found === undefined ? "" : String(Math.round(value(found)));
      }),
    ]),
  );
}

function detail(scenario: Scenario, ran: Ran): string {
  const measures = measuresOf(scenario);
  const spans = scenario.name === CALM ? [] : SPANS;
  return markdownTable(
    ["", ...measures.map(({ name }) => name), ...spans.map(({ name }) => name), "most frequent error"],
    [...ran].flatMap(([contender, figures]) => {
      const found = figures.get(scenario.name);
      if (found === undefined) return [];
      const cells = measures.map((measure) => {
        const value = measure.of(found, figures.get(CALM));
        return value === undefined ? "–" : measure.format(value);
      });
      return [[contender, ...cells, ...spans.map(({ cell }) => cell(found)), errorNote(found)]];
    }),
  );
}

const SPANS: readonly { readonly name: string; cell(figures: Figures): string }[] = [
  { name: `calls a request, first ${EARLY}`, cell: ({ early }) => early.callsPerRequest.toFixed(1) },
  { name: "later", cell: ({ later }) => later.callsPerRequest.toFixed(1) },
  { name: `TTFB P50 / P99, first ${EARLY}`, cell: ({ early }) => percentiles(early) },
  { name: "later", cell: ({ later }) => percentiles(later) },
];

function percentiles({ ttfbMs }: Span): string {
  return ttfbMs === undefined ? "–" : `${Math.round(ttfbMs.p50)} / ${Math.round(ttfbMs.p99)}`;
}

/** The error's name; Portkey's errors have none but the status. */
function errorNote({ errors }: Figures): string {
  const [most] = errors;
  if (most === undefined) return "";
  const [text, count] = most;
  const name = /^Error: (\d{3}) /.exec(text)?.[1] ?? /^[\w.]+/.exec(text)?.[0] ?? text;
  return `${name === "TimeoutError" && text.includes("caller") ? `none in ${LIMIT_MS / 1_000} s` : name}, ${count}×`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
