/**
 * A fleet of real processes, on a real engine, over the simulator: `npm run test:fleet -- [processes]`. A route breaks
 * and recovers; then the engine is frozen, gone, wiped and filled with nonsense. Fails when a request is lost, leaves its
 * residency, or waits for the engine, and when processes do not learn from each other.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { build } from "esbuild";
import { createSimulator } from "../../src/simulator/index.ts";
import { Engine, hasEngine } from "../support/engine.ts";
import type { Told, WorkerOptions } from "./told.ts";

const MODEL = "anthropic.claude-sonnet-4-6";
const HOME = "eu-central-1|eu.anthropic.claude-sonnet-4-6";
/** Together they make so many requests a second. */
const PER_SECOND = 20;
/** When everybody must know what one has met: a refresh, and what a busy machine adds to it. */
const KNOWN_MS = 3_500;

const count = Number(process.argv[2] ?? 2);
if (!Number.isInteger(count) || count < 2) throw new RangeError("As a number of processes, 2 or more");
if (!hasEngine("a fleet of processes")) process.exit(0);

type Request = Extract<Told, { kind: "request" }>;
const requests: Request[] = [];
const stores: string[] = [];
const problems: string[] = [];

await using engine = await Engine.start();
await using simulator = await createSimulator({ timeScale: 0.2, tails: false });
const folder = mkdtempSync(join(tmpdir(), "fleet-"));
const outfile = join(folder, "worker.mjs");
await build({
  entryPoints: [join(import.meta.dirname, "worker.ts")],
  outfile,
  bundle: true,
  platform: "node",
  format: "esm",
  logLevel: "error",
  // Bundled CommonJS packages ask for Node.js modules by `require`.
  banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
});
const options: WorkerOptions = {
  enginePort: engine.port,
  config: simulator.clientConfig({ region: "eu-central-1" }),
  modelId: MODEL,
  everyMs: (1_000 * count) / PER_SECOND,
};
const workers = Array.from({ length: count }, start);
for (let tries = 0; requests.length < 5 * count && tries < 600; tries += 1) await delay(100);

const calm = await phase("all is well", 8_000);
const broken = simulator.rule({
  match: { modelId: "eu.anthropic.claude-sonnet-4-6", sourceRegion: "eu-central-1" },
  fault: { kind: "service-unavailable" },
});
const breaking = await phase("a route breaks", KNOWN_MS);
const known = await phase("everybody knows", 6_000);
broken.remove();
const healedAt = Date.now();
const healing = await phase("it recovers", 20_000);
// Each process can meet it once before it hears of it.
expect(metBy(breaking) <= count, `${metBy(breaking)} requests met the broken route until it was known`);
expect(metBy(known) <= 3, `${metBy(known)} requests tried the broken route although it was known`);
const back = healing.filter(({ tried, at }) => tried[0] === HOME && at > healedAt);
expect(back.length > 0, "nobody has found the recovery");
const last = healing.slice(-40).filter(({ tried }) => tried[0] === HOME);
expect(last.length >= 30, `only ${last.length} of the last 40 requests came back to the usual route`);

engine.freeze();
const frozen = await phase("the engine is frozen", 8_000);
engine.thaw();
await engine.stop();
const gone = await phase("the engine is gone", 5_000);
await engine.start();
const wiped = await phase("it is back with nothing", 6_000);
await poison();
const poisoned = await phase("nonsense stands in it", 8_000);
for (const [name, some] of Object.entries({ frozen, gone, wiped, poisoned })) {
  const [usual, now] = [median(calm), median(some)];
  expect(now < 1.5 * usual + 20, `${name}: a request takes ${now.toFixed(0)} ms instead of ${usual.toFixed(0)}`);
  expect(some.length > 40, `${name}: only ${some.length} requests came to an end`);
}

for (const worker of workers) worker.send("stop");
await Promise.all(workers.map((worker) => once(worker, "exit")));
rmSync(folder, { recursive: true });
for (const { error } of requests) expect(error === undefined, `a request was lost: ${error}`);
for (const { modelId } of simulator.requests()) {
  expect(modelId === undefined || modelId.startsWith("eu."), `${modelId} is outside of the residency`);
}
console.log(`stores: ${[...new Set(stores)].join(", ")}`);
for (const problem of new Set(problems)) console.error(`FAILED: ${problem}`);
if (problems.length > 0) process.exitCode = 1;

function start(): ChildProcess {
  const child = fork(outfile, { env: { ...process.env, WORKER: JSON.stringify(options) } });
  child.on("message", (told: Told) => {
    if (told.kind === "request") requests.push(told);
    else stores.push(told.reason === "" ? told.outcome : `${told.outcome} (${told.reason})`);
  });
  child.on("exit", (code) => {
    if (code !== 0) problems.push(`a process ended with ${code}`);
  });
  return child;
}

/** The requests that begin in so long a time. */
async function phase(name: string, ms: number): Promise<readonly Request[]> {
  const from = Date.now();
  await delay(ms);
  // What has begun is to end.
  await delay(500);
  const some = requests.filter(({ at }) => at >= from && at < from + ms).sort((a, b) => a.at - b.at);
  const away = some.filter(({ tried }) => tried[0] !== HOME).length;
  const summary = `${some.length} requests, median ${median(some).toFixed(0)} ms, slowest ${slowest(some).toFixed(0)} ms`;
  console.log(`${name}: ${summary}, ${away} not to the usual route first, ${metBy(some)} tried it in vain`);
  return some;
}

/** Requests that tried the usual route, and another one then. */
function metBy(some: readonly Request[]): number {
  return some.filter(({ tried }) => tried[0] === HOME && tried.length > 1).length;
}

async function poison(): Promise<void> {
  const keys = (await engine.run("KEYS", "*")) as string[];
  for (const key of keys) {
    const fields = ((await engine.run("HKEYS", key)) as string[]).flatMap((field) => [field, "9".repeat(40)]);
    const routes = [...new Set(fields.map((field) => field.slice(0, 6)))];
    const wrong = routes.flatMap((route) => [
      ...[`${route}c`, `${Date.now()},${Date.now() + 86_400_000},9,timeout`],
      ...[`${route}x`, "1000"],
      ...[`${route}!0`, "100000", `${route}!1`, "-5"],
    ]);
    await engine.run("HSET", key, ...fields, ...wrong, "{}", "\u0000\uffff");
  }
}

function median(some: readonly Request[]): number {
  return some.map(({ tookMs }) => tookMs).sort((a, b) => a - b)[Math.floor(some.length / 2)] ?? Number.NaN;
}

function slowest(some: readonly Request[]): number {
  return Math.max(...some.map(({ tookMs }) => tookMs));
}

function expect(holds: boolean, otherwise: string): void {
  if (!holds) problems.push(otherwise);
}
