import { fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { writeFigures } from "../support/figures.ts";
import { runScenario, type Violation } from "./run-scenario.ts";
import { caseCount, scenarioOf } from "./scenario.ts";
import { figuresOf } from "./summary.ts";
import { Tally } from "./tally.ts";
import type { Piece, PieceResult } from "./worker.ts";

const { values } = parseArgs({
  options: {
    cases: { type: "string", default: "1000000" },
    seed: { type: "string", default: "1" },
    processes: { type: "string", default: String(availableParallelism()) },
    /** Runs this one alone and prints what happens. */
    scenario: { type: "string" },
    /** Puts the figures into docs/reliability.md. */
    write: { type: "boolean", default: false },
  },
});
const seed = Number(values.seed);
const PIECE = 100;
const MOST_SHOWN = 20;

if (values.scenario === undefined) await runAll();
else await replay(Number(values.scenario));

async function runAll(): Promise<void> {
  const startedAt = performance.now();
  const wanted = Number(values.cases);
  const scenarios = scenariosFor(wanted);
  const tally = new Tally();
  const violations: Violation[] = [];
  let next = 0;
  let shownAt = 0;
  const take = (): Piece | undefined => {
    if (next >= scenarios || violations.length >= MOST_SHOWN) return undefined;
    const from = next;
    next = Math.min(scenarios, from + PIECE);
    return { seed, from, to: next };
  };
  const onPiece = (result: PieceResult): void => {
    tally.addFigures(result.tally);
    violations.push(...result.violations);
    const seconds = (performance.now() - startedAt) / 1_000;
    if (seconds - shownAt < 10) return;
    shownAt = seconds;
    console.log(`${tally.cases} cases, ${Math.round(tally.cases / seconds)} a second, ${violations.length} violations`);
  };
  await Promise.all(Array.from({ length: Number(values.processes) }, () => work(take, onPiece)));
  for (const violation of violations.slice(0, MOST_SHOWN)) show(violation);
  const seconds = (performance.now() - startedAt) / 1_000;
  const figures = figuresOf(tally, {
    seed,
    seconds,
    processes: Number(values.processes),
    violations: violations.length,
  });
  console.log(figures.table);
  console.log(JSON.stringify(figures.json));
  if (violations.length > 0) process.exitCode = 1;
  else if (values.write) writeFigures("properties", figures.table);
}

/** As many scenarios as it takes to hold so many cases; the last one whole. */
function scenariosFor(cases: number): number {
  let scenarios = 0;
  for (let count = 0; count < cases; scenarios += 1) count += caseCount(seed, scenarios);
  return scenarios;
}

function work(take: () => Piece | undefined, onPiece: (result: PieceResult) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = fork(new URL("./worker.ts", import.meta.url), { execArgv: process.execArgv });
    const proceed = (): void => {
      const piece = take();
      if (piece === undefined) worker.disconnect();
      else worker.send(piece);
    };
    worker.on("message", (result: PieceResult) => {
      onPiece(result);
      proceed();
    });
    worker.on("error", reject);
    worker.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`A worker ended with code ${code}`))));
    proceed();
  });
}

function show({ scenario, request, rule, detail }: Violation): void {
  console.error(`\nVIOLATED: ${rule}\n  ${detail}\n  scenario ${scenario}, request ${request ?? "any"}`);
  console.error(`  replay: npm run test:properties -- --seed ${seed} --scenario ${scenario}`);
}

async function replay(scenario: number): Promise<void> {
  console.dir(scenarioOf(seed, scenario), { depth: 8 });
  const violations = await runScenario(seed, scenario, new Tally(), (line) => console.log(line()));
  console.log(`${violations.length} violations`);
  if (violations.length > 0) process.exitCode = 1;
}
