import { writeFileSync } from "node:fs";
import { BENCH_USAGE, type BenchOptions, readOptions } from "./options.ts";
import { writePart } from "./page.ts";
import { runTasks } from "./pool.ts";
import { regimeNamed } from "./regimes/regime-named.ts";
import { reportRegimes, reportWorlds } from "./report.ts";
import { Scoreboard } from "./scoreboard.ts";
import type { Task } from "./worker.ts";

if (process.argv.includes("--help")) console.log(BENCH_USAGE);
else await run(readOptions(process.argv.slice(2)));

async function run(options: BenchOptions): Promise<void> {
  const tasks = tasksOf(options);
  const startedAt = performance.now();
  const summaries = await runTasks(tasks, options.threads, (done) => showProgress(done, tasks.length));
  const seconds = (performance.now() - startedAt) / 1_000;
  const requests = summaries.reduce((sum, summary) => sum + summary.requests, 0);
  const report = (options.kind === "worlds" ? reportWorlds : reportRegimes)(
    new Scoreboard(inOrder(summaries, options)),
  );
  console.log(report.text);
  console.log(
    `\n${requests} requests in ${seconds.toFixed(1)} s on ${options.threads} threads: ${Math.round(requests / seconds)} a second`,
  );
  if (options.jsonFile !== undefined) writeFileSync(options.jsonFile, `${JSON.stringify(summaries, undefined, 1)}\n`);
  if (options.complete) writePart(options.kind, report.text, new Date().toISOString().slice(0, 10));
  if (options.check && report.missed > 0) process.exitCode = 1;
}

/** The longest first, so that no thread is left with a long one at the end. */
function tasksOf({ regimes, contenders, seeds, kind }: BenchOptions): readonly Task[] {
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

function showProgress(done: number, of: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${of}${done === of ? "\n" : ""}`);
}
