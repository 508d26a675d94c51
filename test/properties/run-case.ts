import { LightController } from "../../src/dispatch/attempt-controller.ts";
import { Dispatcher } from "../../src/dispatch/dispatch.ts";
import type { CallerSignal } from "../../src/dispatch/link-abort.ts";
import type { DispatchRequest, PlannedRequest } from "../../src/dispatch/request.ts";
import type { Router } from "../../src/router/router.ts";
import { UnknownModelError } from "../../src/types/errors.ts";
import type { Plan } from "../../src/types/plan.ts";
import type { Route } from "../../src/types/route.ts";
import type { Chance } from "../support/chance.ts";
import { callerOf } from "./caller.ts";
import type { FastClock } from "./fast-clock.ts";
import { judge } from "./judge.ts";
import { CaseRecord, type Violated } from "./record.ts";
import type { Case, Scenario } from "./scenario.ts";
import { play, type Send } from "./scripted-service.ts";
import { checkSend, type SharedParts, watchedParts } from "./watch.ts";
import { playOf } from "./weather.ts";

/** What the cases of a scenario share. */
export interface Surroundings {
  readonly scenario: Scenario;
  readonly router: Router;
  readonly parts: SharedParts;
  readonly clock: FastClock;
  readonly violated: Violated;
  readonly trace: (line: () => string) => void;
}

/** Runs one request through planner and dispatcher as the routed client does, and watches. */
export async function runCase(request: Case, around: Surroundings, chance: Chance): Promise<CaseRecord> {
  const { scenario, parts, clock, violated } = around;
  if (request.startMs > 0) await clock.delay(request.startMs);
  const record = new CaseRecord(scenario, request, callerOf(request.abort, clock), judged(request, scenario));
  const number = scenario.cases.indexOf(request);
  const trace = (line: () => string): void =>
    around.trace(() => `${clock.now().toFixed(3)} ms, request ${number}: ${line()}`);
  trace(
    () => `${request.stream?.format ?? "unary"} ${request.modelId}, ${record.allowed?.size ?? "no"} allowed routes`,
  );
  const planned = planOf(record, around);
  record.plan = planned?.plan;
  record.slice = planned?.choice.slice;
  if (planned === undefined) return record;
  const { plan } = planned;
  parts.emit("plan", () => ({ plan }));
  if (plan.candidates.length === 0) return record;
  const send = (route: Route, signal: CallerSignal | undefined): Promise<object> => {
    const sent: Send = {
      route,
      play: playOf(scenario.weather, route.key, request.stream, chance),
      sentAtMs: clock.now(),
      signal,
      announced: record.announced,
      thrown: [],
      output: undefined,
      end: undefined,
    };
    trace(() => `sends to ${route.key}, which ${describe(sent)}`);
    checkSend(sent, record, parts.health, violated);
    record.announced = undefined;
    record.sends.push(sent);
    return play(sent, request.stream?.field, clock);
  };
  const { stream, replayable, inputBytes } = request;
  const asked: DispatchRequest = {
    callerSignal: record.caller.signal,
    stream,
    replayable,
    inputBytes,
    ...(request.ownHandler ? {} : { newController: () => new LightController() }),
    maxAttempts: () => attemptLimit(request, clock),
    send,
  };
  const operation = stream === undefined ? "Converse" : "ConverseStream";
  const about = { operation, ...planned.choice.slice, startedAt: 0, plan };
  const watched = watchedParts(parts, record, clock, violated, trace);
  const result = await new Dispatcher(watched).dispatch(planned, asked, about);
  record.result = result;
  record.settledAtMs = clock.now();
  record.openAtSettling = record.live.length;
  trace(() => (result.succeeded ? "gives an output" : `throws ${nameOf(result.error)}`));
  if (result.succeeded && stream !== undefined) await readStream(record, result.output, clock);
  return record;
}

function judged(
  { naming, pinned, overrides }: Case,
  { homeRegion, options, declared }: Scenario,
): CaseRecord["allowed"] {
  return judge({
    naming,
    homeRegion,
    sourceRegions: options.sourceRegions ?? [],
    pinned,
    declared,
    clientOptions: options,
    overrides,
  });
}

function planOf(record: CaseRecord, { scenario, router, violated }: Surroundings): PlannedRequest | undefined {
  const { modelId, pinned, stream, overrides, mayProbe } = record.case;
  const request = {
    modelId,
    homeRegion: scenario.homeRegion,
    pinnedBy: pinned ? "the guardrail" : undefined,
    exact: false,
    streaming: stream !== undefined,
    mayProbe,
    overrides,
  };
  try {
    const preview = router.preview(request);
    const planned = router.plan(request);
    checkPreview(preview, planned, record, violated);
    return planned;
  } catch (error) {
    if (!(error instanceof UnknownModelError)) throw error;
    if (record.allowed !== undefined) violated(record, "a known model is planned", modelId);
    return undefined;
  }
}

/** A person is shown what a request does that is no probe. Where shares decide, it is one of the likely ones. */
function checkPreview(preview: Plan, { plan, choice }: PlannedRequest, record: CaseRecord, violated: Violated): void {
  const [shown] = preview.candidates;
  const [sent] = plan.candidates;
  if (plan.policy.prefer === "throughput" || sent === undefined || choice.causeOf(sent.route) === "probe") return;
  if (shown?.route !== sent.route) {
    violated(record, "a plan shows what a request does", `${shown?.route.key}, not ${sent.route.key}`);
  }
}

async function attemptLimit({ maxAttempts, replayable }: Case, clock: FastClock): Promise<number> {
  if (!replayable) return 1;
  if (maxAttempts.takesMs > 0) await clock.delay(maxAttempts.takesMs);
  if (maxAttempts.fails) throw new Error("The shared config file cannot be read");
  return maxAttempts.value;
}

async function readStream(record: CaseRecord, output: object, clock: FastClock): Promise<void> {
  const { reader, stream } = record.case;
  if (reader.reads === "nothing") return;
  const source = (output as Record<string, AsyncIterable<unknown>>)[stream?.field ?? ""] ?? [];
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
  if (script.does !== "streams")
    return `${script.does} ${"afterMs" in script ? `after ${script.afterMs.toFixed(0)} ms` : ""}`;
  const { sends, answer, ending, afterMs } = script;
  return `streams ${sends} of ${answer.events.length} events after ${afterMs.toFixed(0)} ms, then ${ending.kind}`;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : typeof error;
}
