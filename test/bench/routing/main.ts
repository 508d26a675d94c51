import { writeFileSync } from "node:fs";
import { type Ablation, ablationReport } from "./ablation.ts";
import { reportFleets } from "./fleet-tables.ts";
import type { Summary } from "./measure.ts";
import type { Mechanism } from "./mechanisms.ts";
import { BENCH_USAGE, type BenchOptions, readOptions } from "./options.ts";
import { writePart } from "./page.ts";
import { runTasks } from "./pool.ts";
import { fleets, products } from "./product.ts";
import { regimeNamed } from "./regimes/regime-named.ts";
import { reportRegimes, reportWorlds } from "./report.ts";
import { Scoreboard } from "./scoreboard.ts";
import { REPORTED_SEEDS } from "./seeds.ts";
import type { Task } from "./worker.ts";

const REPORTS = { regimes: reportRegimes, worlds: reportWorlds, fleets: reportFleets } as const;

if (process.argv.includes("--help")) console.log(BENCH_USAGE);
else await run(readOptions(process.argv.slice(2)));

async function run(options: BenchOptions): Promise<void> {
  if (options.without.length > 0) return runWithout(options);
  const tasks = tasksOf(options);
  const startedAt = performance.now();
  const summaries = await runTasks(tasks, options.threads, (done) => showProgress(done, tasks.length));
  const seconds = (performance.now() - startedAt) / 1_000;
  const requests = summaries.reduce((sum, summary) => sum + summary.requests, 0);
  const report = REPORTS[options.kind](new Scoreboard(inOrder(summaries, options)));
  console.log(report.text);
  console.log(
    `\n${requests} requests in ${seconds.toFixed(1)} s on ${options.threads} threads: ${Math.round(requests / seconds)} a second`,
  );
  if (options.jsonFile !== undefined) writeFileSync(options.jsonFile, `${JSON.stringify(summaries, undefined, 1)}\n`);
  const { seeds } = options;
  const note =
    seeds.length === REPORTED_SEEDS.length || options.kind === "worlds" ? "" : `Seeds ${seeds.join(", ")}.\n\n`;
  if (options.complete) writePart(options.kind, note + report.text, new Date().toISOString().slice(0, 10));
  if (options.check && report.missed > 0) process.exitCode = 1;
}

/** The library with all of its mechanisms, then without one after the other. */
async function runWithout(options: BenchOptions): Promise<void> {
  const { without, threads, seeds, jsonFile } = options;
  const own = (options.kind === "fleets" ? fleets : products)[0]!.name;
  const contenders = new Set(["oracle", own, ...without.flatMap(({ contender }) => contender ?? [])]);
  const show = (name: string) => (done: number, of: number) => showProgress(done, of, name);
  const run = async (
    tasks: readonly Task[],
    name: string,
    edits: Mechanism["edits"] = [],
  ): Promise<readonly Summary[]> =>
    inOrder(await runTasks(tasks, threads, (done) => show(name)(done, tasks.length), edits), options);
  const whole = await run(tasksOf({ ...options, contenders: [...contenders] }), "with all");
  const ablations: Ablation[] = [];
  for (const mechanism of without) {
    const { contender = own, groups = "", edits, name } = mechanism;
    const regimes = options.regimes.filter((regime) => regimeNamed(regime).group.includes(groups));
    ablations.push({
      mechanism,
      summaries: await run(tasksOf({ ...options, regimes, contenders: [contender] }), name, edits),
    });
  }
  const text = ablationReport(whole, ablations, own, options.kind === "fleets");
  console.log(text);
  if (jsonFile !== undefined) writeFileSync(jsonFile, `${JSON.stringify({ whole, ablations }, undefined, 1)}\n`);
  const note = `${options.regimes.length} regimes under the seeds ${seeds[0]} to ${seeds.at(-1)}.`;
  const part = options.kind === "fleets" ? "fleet-ablation" : "ablation";
  if (options.complete) writePart(part, `${note}\n\n${text}`, new Date().toISOString().slice(0, 10));
}

/** The longest first, so that no thread is left with a long one at the end. */
function tasksOf({
  regimes,
  contenders,
  seeds,
  kind,
}: Pick<BenchOptions, "regimes" | "contenders" | "seeds" | "kind">): readonly Task[] {
  return regimes
    .map((regime) => ({ regime, size: sizeOf(regime) }))
    .sort((a, b) => b.size - a.size)
    .flatMap(({ regime }) =>
      contenders.map((contender) => ({ regime, contender, seeds: kind === "worlds" ? [seedOf(regime)] : seeds })),
    );
}

function sizeOf(name: string): number {
  const { load } = regimeNamed(name);
  return load.kind === "steady" ? load.requestsPerSecond * load.durationMs : load.clients * load.requestsEach * 1_000;
}

/** A world has its own luck. */
function seedOf(world: string): number {
  return Number(world.replace("world ", ""));
}

function inOrder<Result extends { readonly regime: string }>(
  results: readonly Result[],
  { regimes }: BenchOptions,
): readonly Result[] {
  const places = new Map(regimes.map((regime, place) => [regime, place]));
  return [...results].sort((a, b) => (places.get(a.regime) ?? 0) - (places.get(b.regime) ?? 0));
}

function showProgress(done: number, of: number, name = ""): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${name} ${done} of ${of}${done === of ? "\n" : ""}`);
}
