import type { Router } from "../../src/client/router.ts";
import type { DispatchTools } from "../../src/dispatch/attempt-route.ts";
import { type DispatchResult, dispatch } from "../../src/dispatch/dispatch.ts";
import type { RetryBudget } from "../../src/dispatch/retry-budget.ts";
import { UnknownModelError } from "../../src/errors.ts";
import type { AttemptEvent } from "../../src/events.ts";
import type { Slice } from "../../src/health/route-track.ts";
import type { Plan } from "../../src/plan.ts";
import type { Route } from "../../src/route.ts";
import { type Caller, callerOf } from "./caller.ts";
import type { Chance } from "./chance.ts";
import type { FastClock } from "./fast-clock.ts";
import { judge } from "./judge.ts";
import type { Case, Scenario } from "./scenario.ts";
import { play, type Send } from "./scripted-service.ts";
import { playOf } from "./weather.ts";

/** Everything that was seen of one request, for the invariants to look at. */
export interface CaseRecord {
  readonly case: Case;
  readonly caller: Caller;
  /** Keys of the routes that it may take; undefined when the model is unknown. */
  readonly allowed: ReadonlySet<string> | undefined;
  plan: Plan | undefined;
  slice: Slice | undefined;
  readonly sends: Send[];
  readonly events: AttemptEvent[];
  readonly failovers: number[];
  /** Backoffs, by the number of sends before each. */
  readonly backoffs: number[];
  /** Retries that the budget granted and that it refused. */
  granted: number;
  refused: number;
  result: DispatchResult | undefined;
  settledAtMs: number | undefined;
  /** What the caller read of the stream, and how that ended. */
  readonly read: unknown[];
  readEnd: { readonly how: "complete" | "stopped" } | { readonly how: "error"; readonly error: unknown } | undefined;
}

/** What the cases of a scenario share. */
export interface Surroundings {
  readonly scenario: Scenario;
  readonly router: Router;
  readonly clock: FastClock;
  readonly violated: (record: CaseRecord, rule: string, detail: string) => void;
  readonly trace: (line: () => string) => void;
}

/** Runs one request through planner and dispatcher as the routed client does, and watches. */
export async function runCase(request: Case, number: number, around: Surroundings, chance: Chance): Promise<CaseRecord> {
  const { scenario, router, clock } = around;
  if (request.startMs > 0) await clock.delay(request.startMs);
  const { homeRegion, options, declared } = scenario;
  const record: CaseRecord = {
    case: request,
    caller: callerOf(request.abort, clock),
    allowed: judge({
      naming: request.naming,
      homeRegion,
      sourceRegions: options.sourceRegions ?? [],
      pinned: request.pinned,
      declared,
      clientPolicy: options.policy,
      requestPolicy: request.overrides?.policy,
    }),
    plan: undefined,
    slice: undefined,
    sends: [],
    events: [],
    failovers: [],
    backoffs: [],
    granted: 0,
    refused: 0,
    result: undefined,
    settledAtMs: undefined,
    read: [],
    readEnd: undefined,
  };
  const trace = (line: () => string): void => around.trace(() => `${clock.now().toFixed(1)} #${number} ${line()}`);
  trace(() => `${request.stream?.format ?? "unary"} ${request.modelId}, ${record.allowed?.size ?? "no"} allowed routes`);
  const planned = planOf(record, around);
  if (planned === undefined) return record;
  const { plan, slice } = planned;
  record.plan = plan;
  record.slice = slice;
  router.tools.emit("plan", () => ({ plan }));
  if (plan.candidates.length === 0) return record;
  const result = await dispatch(
    plan,
    {
      slice,
      homeRegion,
      callerSignal: record.caller.signal,
      stream: request.stream,
      send: (route, signal) => {
        const send: Send = {
          route,
          play: playOf(scenario.weather, route.key, request.stream, chance),
          sentAtMs: clock.now(),
          thrown: [],
          output: undefined,
        };
        checkSend(send, record, around);
        record.sends.push(send);
        trace(() => `send ${route.key}: ${describe(send)}`);
        return play(send, request.stream?.field, signal, clock);
      },
    },
    async () => {
      if (request.maxAttempts === "unknown") throw new Error("The number of attempts cannot be resolved");
      return request.maxAttempts;
    },
    watched(router.tools, record, around, trace),
  );
  record.result = result;
  record.settledAtMs = clock.now();
  trace(() => `settled: ${result.succeeded ? "output" : String(Object.prototype.toString.call(result.error))}`);
  if (result.succeeded && request.stream !== undefined) await readStream(record, around);
  trace(() => `ended: ${record.readEnd?.how ?? "-"}`);
  return record;
}

function planOf(record: CaseRecord, { scenario, router, violated }: Surroundings): ReturnType<Router["plan"]> | undefined {
  const { modelId, pinned, stream, overrides } = record.case;
  try {
    return router.plan({
      modelId,
      homeRegion: scenario.homeRegion,
      pinnedBy: pinned ? "the guardrail" : undefined,
      exact: false,
      streaming: stream !== undefined,
      overrides,
    });
  } catch (error) {
    if (!(error instanceof UnknownModelError)) throw error;
    if (record.allowed !== undefined) violated(record, "a known model is planned", modelId);
    return undefined;
  }
}

/** The tools of the client, with a look at what this one request does with them. */
function watched(
  tools: DispatchTools,
  record: CaseRecord,
  around: Surroundings,
  trace: (line: () => string) => void,
): DispatchTools {
  const { clock } = around;
  const budget: Pick<RetryBudget, "earn" | "spend" | "refund"> = {
    earn: () => tools.retryBudget.earn(),
    spend: () => {
      if (healthyUntried(record, tools).length > 0) {
        around.violated(record, "an untried healthy route needs no budget", healthyUntried(record, tools).join(", "));
      }
      const granted = tools.retryBudget.spend();
      if (granted) record.granted += 1;
      else record.refused += 1;
      trace(() => (granted ? "the budget grants a retry" : "the budget refuses a retry"));
      return granted;
    },
    refund: (count) => tools.retryBudget.refund(count),
  };
  return {
    ...tools,
    clock: {
      now: () => clock.now(),
      wallNow: () => clock.wallNow(),
      delay: (ms, signal) => {
        const left = untried(record);
        if (left.length > 0) around.violated(record, "no backoff while an untried route is left", left.join(", "));
        if (!(ms >= 0 && ms <= 20_000)) around.violated(record, "a backoff is bounded", `${ms} ms`);
        record.backoffs.push(record.sends.length);
        trace(() => `backoff ${ms.toFixed(0)} ms`);
        return clock.delay(ms, signal);
      },
    },
    retryBudget: budget as RetryBudget,
    emit: (name, makeEvent) => {
      const event = makeEvent();
      if (name === "attempt") record.events.push(event as AttemptEvent);
      if (name === "failover") record.failovers.push(record.sends.length);
      trace(() => `${name} ${name === "attempt" ? `${(event as AttemptEvent).outcome} ${(event as AttemptEvent).family ?? ""}` : ""}`);
      tools.emit(name, () => event);
    },
  };
}

/** What must hold at the very moment of a send. */
function checkSend({ route }: Send, record: CaseRecord, around: Surroundings): void {
  const { caller, sends, allowed } = record;
  const { health } = around.router.tools;
  if (!allowed?.has(route.key)) {
    around.violated(record, "nothing is sent outside residency and boundary", route.key);
  }
  if (caller.abortedAtMs !== undefined) around.violated(record, "nothing is sent after an abort", route.key);
  const again = sends.some((earlier) => earlier.route.key === route.key);
  // A cooldown of 1 ms is a trial under way: after the attempt has started, it may be this very one.
  const coolingForMs = health.cooldowns.cooling(route)?.forMs ?? 0;
  if (again || coolingForMs > 1) {
    const healthy = healthyUntried(record, around.router.tools).filter((key) => key !== route.key);
    if (healthy.length > 0) {
      around.violated(record, "a healthy untried route goes before a cooling or a tried one", `${route.key}, not ${healthy.join(", ")}`);
    }
  }
}

function untried({ allowed, sends }: CaseRecord): readonly string[] {
  return [...(allowed ?? [])].filter((key) => !sends.some(({ route }) => route.key === key));
}

function healthyUntried(record: CaseRecord, { health }: DispatchTools): readonly string[] {
  const left = new Set(untried(record));
  if (left.size === 0) return [];
  const routes = (record.plan?.candidates ?? []).map(({ route }): Route => route);
  return routes.filter((route) => left.has(route.key) && health.cooldowns.cooling(route) === undefined).map(({ key }) => key);
}

async function readStream(record: CaseRecord, { clock }: Surroundings): Promise<void> {
  const { reader, stream } = record.case;
  const source = record.result?.succeeded ? (record.result.output as Record<string, unknown>)[stream?.field ?? ""] : undefined;
  if (reader.reads === "nothing") return;
  try {
    for await (const event of source as AsyncIterable<unknown>) {
      record.read.push(event);
      if (reader.reads === "some" && record.read.length >= reader.events) {
        record.readEnd = { how: "stopped" };
        return;
      }
      if (reader.reads === "all" && reader.pauseMs > 0) await clock.delay(reader.pauseMs);
    }
    record.readEnd = { how: "complete" };
  } catch (error) {
    record.readEnd = { how: "error", error };
  }
}

function describe({ play: script }: Send): string {
  if (script.does !== "streams") return script.does;
  return `streams ${script.sends} of ${script.answer.events.length} events, then ${script.then.kind}`;
}
