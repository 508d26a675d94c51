import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { labCell } from "../../src/profiles/lab.ts";
import {
  createSimulator,
  type Latency,
  type LatencyRequest,
  type RecordedRequest,
  type Simulator,
} from "../../src/simulator/index.ts";
import { normalDeviate } from "../../src/simulator/seeded-random.ts";
import { cleanEnvironment } from "../support/clean-environment.mjs";
import { newerNode } from "../support/newer-node.mjs";
import type { Contender } from "./contender.ts";
import { HOME_REGION, LIMIT_MS, MODEL, type Scenario, SECOND_REGION, TAIL_MS, type Target } from "./scenario.ts";
import { type Call, type Ending, type Figures, tally } from "./tally.ts";

const ANSWER =
  "An inference profile names a model and the Regions in which it may run. You call it from one of its source Regions.";
const SEED = 20_261;
const API_KEY = "peers-bench-api-key";
const WRITING_MS = 100;
const SPREAD = 0.15;
/** Losers that were called off have to arrive in the journal. */
const SETTLE_MS = 300;

/** A contender in a process of its own. */
export interface Worker {
  run(scenario: Scenario): Promise<Figures>;
  close(): void;
}

/** Starts the process of a contender; rejects when its packages cannot be loaded. */
export async function startWorker(contender: Contender): Promise<Worker> {
  const child = fork(join(import.meta.dirname, "worker.mjs"), [contender.file], {
    cwd: import.meta.dirname,
    execArgv: [],
    execPath: newerNode(import.meta.dirname) ?? process.execPath,
    env: cleanEnvironment(/^(LANGCHAIN_|LANGSMITH_)/),
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let complaint = "";
  child.stderr?.on("data", (chunk) => {
    complaint = `${complaint}${chunk}`.slice(-2_000);
  });
  const ended = once(child, "exit").then(() => {
    throw new Error(`the process of ${contender.name} ended: ${complaint}`);
  });
  ended.catch(() => {});
  await Promise.race([once(child, "message"), ended]);
  return {
    run: (scenario) => Promise.race([runScenario(child, contender, scenario), ended]),
    close: () => child.disconnect(),
  };
}

/** Once for each seed: the luck of one run says little about a tail. */
async function runScenario(child: ChildProcess, contender: Contender, scenario: Scenario): Promise<Figures> {
  const endings: Ending[] = [];
  const calls: Call[] = [];
  for (let round = 0; round < (scenario.rounds ?? 1); round += 1) {
    const found = await runRound(child, contender, scenario, SEED + round);
    endings.push(...found.endings);
    calls.push(...found.calls);
  }
  return tally(scenario, ANSWER, endings, calls);
}

interface Round {
  readonly endings: readonly Ending[];
  readonly calls: readonly Call[];
}

/** A simulator of its own for each run, so that everyone meets the same one; it is calm until the clients are used to it. */
async function runRound(child: ChildProcess, contender: Contender, scenario: Scenario, seed: number): Promise<Round> {
  let tailShare = 0;
  const simulator = await createSimulator({
    seed,
    callerRegion: HOME_REGION,
    bearerTokens: { [API_KEY]: "*" },
    answer: () => ANSWER,
    latency: (request) => latencyOf(request, tailShare),
  });
  const tell = async (order: object): Promise<unknown> => {
    child.send(order);
    const [reply] = (await once(child, "message")) as [{ result?: unknown; failure?: string }];
    if (reply.failure !== undefined) throw new Error(`${contender.name}: ${reply.failure}`);
    return reply.result;
  };
  try {
    const { targets, residency, attemptTimeoutMs, before, requests, concurrency } = scenario;
    await tell({
      name: "create",
      setup: {
        ...{ url: simulator.url, credentials: simulator.clientConfig().credentials, model: MODEL },
        ...{ homeRegion: HOME_REGION, secondRegion: SECOND_REGION, targets, residency, attemptTimeoutMs },
        ...{ apiKey: API_KEY, endpoints: endpointsOf(simulator, targets), variant: contender.variant },
      },
    });
    const limits = { concurrency, limitMs: LIMIT_MS };
    await tell({ name: "ask", first: 1 - before, requests: before, ...limits });
    for (const rule of scenario.rules) simulator.rule(rule);
    tailShare = scenario.tailShare ?? 0;
    const endings = (await tell({ name: "ask", first: 1, requests, ...limits })) as readonly Ending[];
    await pause(SETTLE_MS);
    const calls = simulator.requests().map(callOf);
    await tell({ name: "close" });
    return { endings, calls: calls.filter(({ number }) => number > 0) };
  } finally {
    await simulator.close();
  }
}

/** The prompt tells which request a call was made for, whoever made it. */
function callOf({ modelId = "", body, outcome }: RecordedRequest): Call {
  const number = Number(/Question (-?\d+):/.exec(JSON.stringify(body))?.[1]);
  if (Number.isNaN(number)) throw new Error("a call without one of the prompts");
  return { number, modelId, ...destinationOf(outcome) };
}

function endpointsOf(simulator: Simulator, targets: readonly Target[]): Readonly<Record<string, string>> {
  return Object.fromEntries(targets.map(({ region }) => [region, simulator.endpoint(region)]));
}

/** The latency lab's median for the route, a small spread, and a tail where the scenario has one. */
function latencyOf({ sourceRegion, model, modelId, scope, random }: LatencyRequest, tailShare: number): Latency {
  const kind = scope === "global" ? "global" : "geographic";
  const cell = labCell(model, sourceRegion, kind) ?? labCell(model, HOME_REGION, kind);
  const spread = Math.exp(SPREAD * normalDeviate(random(), random()));
  const inTail = random() < tailShare && sourceRegion === HOME_REGION && modelId.startsWith("eu.");
  const ttfbMs = inTail ? TAIL_MS : (cell?.ttfbP50Ms ?? Number.NaN) * spread;
  return { ttfbMs, totalMs: ttfbMs + WRITING_MS };
}

function destinationOf(outcome: { readonly destinationRegion?: string } | undefined): { destinationRegion?: string } {
  return outcome?.destinationRegion === undefined ? {} : { destinationRegion: outcome.destinationRegion };
}
