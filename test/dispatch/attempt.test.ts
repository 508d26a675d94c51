import { describe, expect, it, vi } from "vitest";
import { Attempt, type AttemptResult, type TraceAttempt } from "../../src/dispatch/attempt.ts";
import { AttemptLog } from "../../src/dispatch/attempt-log.ts";
import { extraAttemptRules } from "../../src/dispatch/extra-attempts.ts";
import type { CallerSignal } from "../../src/dispatch/link-abort.ts";
import type { DispatchRequest } from "../../src/dispatch/request.ts";
import { NO_DEMAND } from "../../src/health/capacity.ts";
import type { AttemptCause } from "../../src/types/attempt.ts";
import type { EmitRoutingEvent } from "../../src/types/events.ts";
import type { Candidate } from "../../src/types/plan.ts";
import { OwnDelay } from "../../src/util/own-delay.ts";
import { nameOf, planOf, planWith, requestInfo, routeOf } from "../support/routes.ts";
import { chunk, converse, converseAnswer, type StreamStep, stepsOf } from "../support/scripted-stream.ts";
import { invalidRoute, throttled, unavailable } from "../support/service-errors.ts";
import { answers, converseStream, fails, Stage, type StagedRequest, type Step, streams } from "../support/stage.ts";
import { VIRTUAL_EPOCH } from "../support/virtual-clock.ts";

const US = routeOf("us");

describe("an attempt of a unary call", () => {
  it("is recorded with the time to its response", async () => {
    const { stage, log } = await attempt(answers(40));
    const times = { startedAt: VIRTUAL_EPOCH, ttfbMs: 40, totalMs: 40, cause: "first" as const };
    expect(log.report().attempts).toEqual([{ route: US, outcome: "succeeded", ...times }]);
    expect(stage.attempts).toEqual([
      {
        request: expect.objectContaining({ workload: "default" }),
        number: 1,
        ...{ route: US, workload: "default", streaming: false, outcome: "succeeded", ...times },
      },
    ]);
    expect(stage.statsOf("us")).toMatchObject({ attempts: 1, successes: 1, ttfb: { count: 1, p50: 40 } });
  });

  it("is recorded with its error, which the event for observers leaves out", async () => {
    const error = throttled();
    const { stage, log } = await attempt(fails(40, error));
    const end = { route: US, outcome: "throttled", totalMs: 40, family: "tokens-per-minute" };
    expect(log.report().attempts).toMatchObject([{ ...end, error }]);
    expect(stage.attempts).toMatchObject([{ ...end, errorName: "ThrottlingException" }]);
    expect(stage.attempts[0]).not.toHaveProperty("error");
    expect(stage.attempts[0]).not.toHaveProperty("ttfbMs");
    expect(stage.statsOf("us")).toMatchObject({ attempts: 1, failures: { throttled: 1 }, ttfb: { count: 0 } });
  });

  it("postpones a route that was throttled, but leaves an invalid one to be judged with the others", async () => {
    expect((await attempt(fails(1, throttled()))).stage.cooldowns).toHaveLength(1);
    expect((await attempt(fails(1, invalidRoute()))).stage.cooldowns).toHaveLength(0);
  });

  it("sends the caller's own signal along when it cannot lose a race", async () => {
    const { signal } = new AbortController();
    expect((await attempt(answers(1), { signal })).stage.signals).toEqual([signal]);
  });

  it.each<[string, Partial<Candidate>, AttemptCause, boolean, boolean?]>([
    ["when it may be backed up", { backupAfterMs: 2_000 }, "first", true],
    ["when it may be hedged", { hedgeAfterMs: 800 }, "first", true],
    ["as a backup", {}, "backup", true],
    ["as a hedge", {}, "hedge", true],
    ["not when it has no rival", {}, "failover", false],
    ["not when it cannot be sent again", { backupAfterMs: 2_000 }, "first", false, false],
  ])("has a signal of its own, to be cut off by: %s", async (_, facts, cause, own, replayable = true) => {
    const { signal } = new AbortController();
    const stage = new Stage({ us: [answers(1)] });
    const [candidate] = planWith(facts, "us").candidates;
    const request = stage.request({ signal, replayable });
    const single = attemptOn(candidate!, cause, request, stage);
    await stage.clock.finish(single.run(() => {}));
    expect(stage.signals[0] === signal).toBe(!own);
  });

  it("tells of its content in the turn in which it records it", async () => {
    const stage = new Stage({ us: [answers(40)] });
    const [candidate] = planOf("us").candidates;
    const single = attemptOn(candidate!, "first", stage.request({}), stage);
    const told: unknown[] = [];
    await stage.clock.finish(single.run(() => told.push([single.ttfbMs, stage.statsOf("us")?.ttfb.count])));
    expect(told).toEqual([[40, 1]]);
  });

  it("is cut off once, and then nothing that comes of it counts", async () => {
    const stage = new Stage({ us: [answers(40)] });
    const [candidate] = planWith({ backupAfterMs: 10 }, "us").candidates;
    const log = new AttemptLog(planOf("us"));
    const single = attemptOn(candidate!, "first", stage.request({}), stage, log);
    const running = single.run(() => expect.unreachable());
    await stage.clock.advance(30);
    expect(single.loseRace()).toBe(30);
    single.cutOff("cancelled");
    expect(await running).toEqual({ kind: "cut-off" });
    expect(log.report().attempts).toMatchObject([{ outcome: "cancelled", family: "lost-race", totalMs: 30 }]);
    expect(stage.attempts).toHaveLength(1);
    expect(stage.clock.waiting).toBe(0);
  });

  it("judges a credential error by whether the request left the home Region", async () => {
    const error = Object.assign(new Error("The security token included in the request is invalid."), {
      name: "UnrecognizedClientException",
    });
    const atHome = await attempt(fails(1, error));
    const abroad = await attempt(fails(1, error), {}, "us@af-south-1");
    expect(atHome.log.report().attempts).toMatchObject([{ outcome: "rejected" }]);
    expect(abroad.log.report().attempts).toMatchObject([{ outcome: "invalid-route" }]);
  });
});

describe("an attempt", () => {
  it("is in the statistics before the observers hear of it", async () => {
    const stage = new Stage({ us: [fails(10, throttled())] });
    const seen: unknown[] = [];
    const emit: EmitRoutingEvent = (name) => {
      if (name === "attempt") seen.push(stage.statsOf("us")?.failures.throttled);
    };
    const [candidate] = planOf("us").candidates;
    const single = attemptOn(candidate!, "first", stage.request({}), stage, undefined, emit);
    await stage.clock.finish(single.run(() => {}));
    expect(seen).toEqual([1]);
  });
});

describe("an attempt of a streaming call", () => {
  it("measures TTFB at the first event and the total at the end", async () => {
    const { stage, log, result } = await attempt(streams(10, stepsOf(converseAnswer, 20)));
    expect(log.report().attempts).toEqual([
      { route: US, outcome: "succeeded", startedAt: VIRTUAL_EPOCH, ttfbMs: 30, cause: "first" as const },
    ]);
    expect(stage.attempts).toEqual([]);
    await stage.clock.finish(readAll(result));
    expect(log.report().attempts).toMatchObject([{ outcome: "succeeded", ttfbMs: 30, totalMs: 130 }]);
    expect(stage.attempts).toMatchObject([{ outcome: "succeeded", streaming: true, ttfbMs: 30, totalMs: 130 }]);
    expect(stage.statsOf("us")).toMatchObject({ attempts: 1, successes: 1, ttfb: { p50: 30 }, total: { p50: 130 } });
  });

  it("gives a copy of the output with its own stream, and leaves the SDK's output as it is", async () => {
    const events = [chunk({ generation: "Hi" }), chunk({ generation: "", stop_reason: "stop" })];
    const clean = {
      async *[Symbol.asyncIterator]() {
        yield* events;
      },
    };
    const output = { $metadata: {}, contentType: "application/json", body: clean };
    const { result } = await attempt(answers(1, output), { stream: { field: "body", format: "invoke-model" } });
    expect(result).toMatchObject({ kind: "succeeded", output: { contentType: "application/json" } });
    expect(output.body).toBe(clean);
    const given = (result as unknown as { output: typeof output }).output.body;
    expect(given).not.toBe(clean);
    const read: unknown[] = [];
    for await (const event of given) read.push(event);
    expect(read).toEqual(events);
  });

  it("takes an output without a stream, as a stub gives it, for a whole answer", async () => {
    const { log } = await attempt(answers(5, { $metadata: {} }), { stream: converseStream });
    expect(log.report().attempts).toMatchObject([{ outcome: "succeeded", ttfbMs: 5, totalMs: 5 }]);
  });

  it("passes on that a stub gave nothing at all", async () => {
    const { result } = await attempt({ afterMs: 5, output: undefined as never }, { stream: converseStream });
    expect(result).toEqual({ kind: "succeeded", output: undefined });
  });

  it("turns into a failure when the stream breaks off, and keeps its TTFB", async () => {
    const error = unavailable();
    const { stage, log, result } = await attempt(streams(10, [{ event: converse.text("Hel") }, { afterMs: 5, error }]));
    await stage.clock.finish(readAll(result).catch(() => {}));
    expect(log.report().attempts).toMatchObject([{ outcome: "unavailable", ttfbMs: 10, totalMs: 15, error }]);
    expect(stage.statsOf("us")).toMatchObject({ attempts: 1, successes: 0, failures: { unavailable: 1 } });
    expect(stage.cooldowns).toHaveLength(1);
    expect(stage.attempts).toHaveLength(1);
  });

  it("turns into a failure when the stream ends without its terminator", async () => {
    const { stage, log, result } = await attempt(streams(10, stepsOf([converse.text("Hel")])));
    const thrown = await stage.clock.finish(readAll(result).catch((error: unknown) => error));
    expect(thrown).toMatchObject({ name: "TruncatedStreamError" });
    expect(log.report().attempts).toMatchObject([
      { outcome: "unavailable", family: "truncated-stream", error: thrown },
    ]);
    expect(stage.statsOf("us")).toMatchObject({ attempts: 1, successes: 0, failures: { unavailable: 1 } });
  });

  it("closes the connection of a stream that failed before its first content", async () => {
    const { stage } = await attempt(streams(10, stepsOf([converse.start])));
    expect(stage.signals).toMatchObject([{ aborted: true }]);
  });

  it("keeps the connection of a stream that was read to its end", async () => {
    const { stage, result } = await attempt(streams(10, stepsOf(converseAnswer)));
    await stage.clock.finish(readAll(result));
    expect(stage.signals).toMatchObject([{ aborted: false }]);
  });
});

describe("an attempt whose stream the caller gives up", () => {
  it("is cancelled, and so is its request", async () => {
    const { stage, log, result } = await attempt(streams(10, stepsOf(converseAnswer, 5)));
    for await (const _ of streamOf(result)) break;
    expect(stage.signals).toMatchObject([{ aborted: true }]);
    expect(stage.streams).toMatchObject([{ returns: 1 }]);
    expect(log.report().attempts).toMatchObject([{ outcome: "cancelled", family: "abandoned", ttfbMs: 15 }]);
    expect(stage.statsOf("us")).toMatchObject({ attempts: 1, successes: 0, failures: { cancelled: 1 } });
    expect(stage.cooldowns).toEqual([]);
  });

  it("has succeeded when the terminator had arrived", async () => {
    const { stage, log, result } = await attempt(streams(10, stepsOf(converseAnswer)));
    for await (const event of streamOf(result)) if (event === converse.stop) break;
    expect(stage.signals).toMatchObject([{ aborted: true }]);
    expect(log.report().attempts).toMatchObject([{ outcome: "succeeded" }]);
    expect(stage.statsOf("us")).toMatchObject({ successes: 1, failures: { cancelled: 0 } });
  });

  it("ends a silent stream although a read is pending", async () => {
    const steps: StreamStep[] = [{ event: converse.text("Hel") }, { silent: true }];
    const { stage, result } = await attempt(streams(10, steps));
    const stream = streamOf(result);
    await stream.next();
    const pending = stream.next();
    await stage.clock.advance(5);
    expect(await stream.return?.()).toMatchObject({ done: true });
    expect(await pending).toMatchObject({ done: true });
    expect(stage.attempts).toMatchObject([{ outcome: "cancelled" }]);
  });

  it("stays in flight when it is never read, and holds nothing but its own counters", async () => {
    const { stage, log } = await attempt(streams(10, stepsOf(converseAnswer)));
    await stage.clock.advance(3_600_000);
    expect(stage.streams).toMatchObject([{ pulls: 2 }]);
    expect(stage.clock.waiting).toBe(0);
    expect(stage.statsOf("us")).toMatchObject({ attempts: 1, successes: 0 });
    expect(log.report().attempts).toMatchObject([{ outcome: "succeeded" }]);
  });
});

describe("an attempt whose caller aborts", () => {
  it("ends its stream as the SDK ends it, after the first content", async () => {
    const caller = new AbortController();
    const steps: StreamStep[] = [{ event: converse.text("Hel") }, { silent: true }];
    const { stage, log, result } = await attempt(streams(10, steps), { signal: caller.signal });
    const reading = readAll(result);
    await stage.clock.advance(90);
    caller.abort();
    expect(await reading).toEqual([converse.text("Hel")]);
    expect(log.report().attempts).toMatchObject([{ outcome: "cancelled", totalMs: 100 }]);
    expect(stage.cooldowns).toEqual([]);
    expect(stage.attempts).toHaveLength(1);
  });

  it("lets the SDK's abort error through, if it throws one after the first content", async () => {
    const caller = new AbortController();
    const error = Object.assign(new Error("Request aborted"), { name: "AbortError" });
    const stream = (async function* () {
      yield converse.text("Hel");
      throw error;
    })();
    const { log, result } = await attempt(answers(1, { stream }), { signal: caller.signal, stream: converseStream });
    const reading = readAll(result);
    caller.abort();
    await expect(reading).rejects.toBe(error);
    expect(log.report().attempts).toMatchObject([{ outcome: "cancelled", error }]);
  });

  it("reaches the service through the older signal that only has onabort", async () => {
    const signal: CallerSignal & { aborted: boolean; onabort: (() => void) | null } = { aborted: false, onabort: null };
    const steps: StreamStep[] = [{ event: converse.text("Hel") }, { silent: true }];
    const { stage, result } = await attempt(streams(10, steps), { signal });
    const reading = readAll(result);
    await stage.clock.advance(1);
    signal.aborted = true;
    signal.onabort?.();
    expect(await reading).toEqual([converse.text("Hel")]);
    expect(stage.attempts).toMatchObject([{ outcome: "cancelled" }]);
  });

  it.each([
    ["succeeded", streams(10, stepsOf(converseAnswer))],
    ["failed", fails(10, throttled())],
    ["been cut", streams(10, stepsOf([converse.text("Hel")]))],
  ])("leaves no listener on the caller's signal once it has %s", async (_, step) => {
    const { signal } = new AbortController();
    const add = vi.spyOn(signal, "addEventListener");
    const remove = vi.spyOn(signal, "removeEventListener");
    const { stage, result } = await attempt(step, { signal, stream: converseStream });
    if (result.kind === "succeeded") await stage.clock.finish(readAll(result).catch(() => {}));
    expect(add).toHaveBeenCalledTimes(1);
    expect(remove.mock.calls.map(([, listener]) => listener)).toEqual(add.mock.calls.map(([, listener]) => listener));
  });
});

async function attempt(step: Step, request: StagedRequest = {}, name = "us") {
  const stage = new Stage({ [name]: [step] });
  const plan = planOf(name);
  const log = new AttemptLog(plan);
  const staged = stage.request("stream" in step ? { stream: converseStream, ...request } : request);
  const result = await stage.clock.finish(attemptOn(plan.candidates[0]!, "first", staged, stage, log).run(() => {}));
  return { stage, log, result };
}

function streamOf(result: AttemptResult): AsyncIterableIterator<unknown> {
  if (result.kind !== "succeeded") throw new Error("The attempt failed");
  return (result.output as { stream: AsyncIterableIterator<unknown> }).stream;
}

async function readAll(result: AttemptResult): Promise<unknown[]> {
  const events: unknown[] = [];
  for await (const event of streamOf(result)) events.push(event);
  return events;
}

function attemptOn(
  candidate: Candidate,
  cause: AttemptCause,
  request: DispatchRequest,
  stage: Stage,
  log: AttemptLog = new AttemptLog(planOf(nameOf(candidate.route))),
  emit: EmitRoutingEvent = stage.emit,
): Attempt {
  const { clock, health, budgets } = stage;
  const patience = { factor: 1, contentMs: 0 };
  const rules = request.replayable
    ? extraAttemptRules(candidate, cause, false, patience, { late: false, hedge: false }, budgets)
    : [];
  const slice = { workload: "default", streaming: request.stream !== undefined };
  const track = health.track(candidate.route, slice);
  const about = requestInfo(log.plan, slice);
  const trace: TraceAttempt = (_attempt, send) => send();
  const met = candidate.route.sourceRegion === log.plan.homeRegion ? "first" : "away";
  return new Attempt(candidate, cause, met, rules, request, track, {
    ownDelay: new OwnDelay(clock),
    demand: NO_DEMAND,
    scale: 1,
    log,
    health,
    clock,
    emit,
    priceOf: undefined,
    about,
    trace,
  });
}
