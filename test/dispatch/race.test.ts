import { describe, expect, it } from "vitest";
import type { DispatchResult } from "../../src/dispatch/dispatch.ts";
import type { RouteChoice } from "../../src/health/route-choice.ts";
import { planOf, planWith, routeOf } from "../support/routes.ts";
import { chunk, converse, converseAnswer, type StreamStep, stepsOf } from "../support/scripted-stream.ts";
import { rejected, throttled, unavailable } from "../support/service-errors.ts";
import { answers, converseStream, fails, hangs, Stage, streams } from "../support/stage.ts";

const SECOND = 1_000;
const LATE = { backupAfterMs: 2_000 } as const;
const HEDGED = { backupAfterMs: 2_000, hedgeAfterMs: 800 } as const;
const US = routeOf("us");

describe("the failure of one attempt while another is under way", () => {
  it("is waited out", async () => {
    const stage = new Stage({ us: [answers(2_500)], eu: [fails(10, throttled())] });
    const result = await stage.run(["us", "eu"], { facts: LATE, maxAttempts: 2 });
    expect(result.succeeded).toBe(true);
    expect(stage.log.slice(-2)).toEqual(["2010 throttled eu", "2500 succeeded us"]);
  });

  it("of the late one leaves the backup to answer", async () => {
    const stage = new Stage({ us: [fails(2_100, throttled())], global: [answers(300)] });
    await stage.run(["us", "global"], { facts: LATE });
    expect(stage.log.slice(-2)).toEqual(["2100 throttled us", "2300 succeeded global"]);
  });

  it("is followed by failover once all have failed", async () => {
    const stage = new Stage({
      us: [fails(2_100, throttled())],
      eu: [fails(300, throttled())],
      global: [answers(1)],
    });
    await stage.run(["us", "eu", "global"], { facts: LATE });
    expect(stage.log.slice(-3)).toEqual(["2300 failover eu -> global", "2300 start global", "2301 succeeded global"]);
  });

  it("ends the request when no route could cure it, and cuts off the others", async () => {
    const error = rejected();
    const stage = new Stage({ us: [hangs()], global: [fails(10, error)] });
    const result = await stage.run(["us", "global"], { facts: LATE });
    expect(result).toMatchObject({ succeeded: false, error });
    expect(outcomes(result)).toEqual([
      ["us", "cancelled", "lost-race", "first"],
      ["global", "rejected", "request", "backup"],
    ]);
    expectSilenceAfterwards(stage);
  });
});

describe("what wins a race", () => {
  const slow = streams(10, [{ afterMs: 2_290, event: converse.text("slow") }, ...stepsOf([converse.stop])]);

  it.each<[string, readonly StreamStep[]]>([
    ["an error", [{ error: unavailable() }]],
    ["an empty stream", []],
    ["a role", [{ event: converse.start }, { silent: true }]],
    ["a role at the end of the stream", [{ event: converse.start }]],
    ["metadata", [{ event: converse.metadata }, { silent: true }]],
  ])("is not %s", async (_, steps) => {
    const stage = new Stage({ us: [slow], global: [streams(10, steps)] });
    const result = await stage.run(["us", "global"], { facts: LATE, stream: converseStream, maxAttempts: 2 });
    await read(result);
    expect(result.log.report().route).toBe(US);
    expect(stage.log).toContain("2300 succeeded us");
  });

  it("is no ping of InvokeModelWithResponseStream", async () => {
    const body = { field: "body", format: "invoke-model" } as const;
    const scripted = async function* (stage: Stage, events: readonly object[], gapMs: number) {
      for (const event of events) {
        await stage.clock.delay(gapMs);
        yield event;
      }
    };
    const ping = chunk({ type: "ping" });
    const text = chunk({ type: "content_block_delta", delta: { text: "Hi" } });
    const stop = chunk({ type: "message_stop" });
    const stage = new Stage({});
    const send = async ({ geography }: typeof US): Promise<object> => ({
      body: geography === "us" ? scripted(stage, [text, stop], 2_300) : scripted(stage, [ping, ping, text, stop], 200),
    });
    const pending = stage.dispatch(["us", "global"], { facts: LATE, stream: body, send });
    const result = await stage.clock.finish(pending);
    expect(result.log.report().route).toBe(US);
    expect(stage.clock.now()).toBe(2_300);
  });

  it("is one attempt only, even when two have their content in the same turn", async () => {
    for (const stream of [undefined, converseStream]) {
      const stage = new Stage({});
      const gates: (() => void)[] = [];
      const send = (): Promise<object> =>
        new Promise((resolve) => {
          gates.push(() => resolve(stream === undefined ? {} : { stream: contentNow() }));
        });
      const pending = stage.dispatch(["us", "global"], { facts: LATE, send, ...(stream && { stream }) });
      await stage.clock.advance(2_500);
      for (const open of gates) open();
      const result = await pending;
      await read(result);
      expect(result.log.report().attempts.map(({ outcome }) => outcome)).toEqual(["succeeded", "cancelled"]);
      expect(stage.attempts).toHaveLength(2);
      expect(stage.health.stats().map(({ successes, ttfb }) => [successes, ttfb.count])).toEqual([
        [1, 1],
        [0, 0],
      ]);
    }
  });
});

describe("an attempt that lost its race", () => {
  it("is aborted, and so is its stream", async () => {
    const stage = new Stage({
      us: [streams(10, [{ event: converse.start }, { silent: true }])],
      global: [streams(10, stepsOf(converseAnswer, 5))],
    });
    const result = await stage.run(["us", "global"], { facts: LATE, stream: converseStream });
    await stage.clock.finish(read(result));
    expect(stage.signals).toMatchObject([{ aborted: true }, { aborted: false }]);
    expectSilenceAfterwards(stage);
  });

  it("has its stream returned when it answers in spite of the abort", async () => {
    const stage = new Stage({});
    const late = deaf([converse.text("late")]);
    const send = async ({ geography }: typeof US): Promise<object> => {
      await stage.clock.delay(geography === "us" ? 5_000 : 100);
      return { stream: geography === "us" ? late : contentNow() };
    };
    const pending = stage.dispatch(["us", "global"], { facts: LATE, stream: converseStream, send });
    const result = await stage.clock.finish(pending);
    expect(await read(result)).toEqual([converse.text("now"), converse.stop]);
    await stage.clock.advance(60 * SECOND);
    expect(late).toMatchObject({ pulls: 0, returns: 1 });
  });

  it("has its stream returned when it was waiting for its content", async () => {
    const stage = new Stage({});
    const late = deaf([converse.start, converse.text("late")], () => stage.clock.delay(3_000));
    const send = async ({ geography }: typeof US): Promise<object> => ({
      stream: geography === "us" ? late : contentNow(),
    });
    const pending = stage.dispatch(["us", "global"], { facts: LATE, stream: converseStream, send });
    await read(await stage.clock.finish(pending));
    await stage.clock.advance(60 * SECOND);
    expect(late.returns).toBe(1);
  });

  it("may fail afterwards without anybody noticing", async () => {
    const stage = new Stage({});
    const send = async ({ geography }: typeof US): Promise<object> => {
      await stage.clock.delay(geography === "us" ? 5_000 : 100);
      if (geography === "us") throw throttled();
      return {};
    };
    const result = await stage.run(["us", "global"], { facts: LATE, send });
    await stage.clock.advance(60 * SECOND);
    expect(result.succeeded).toBe(true);
    expect(stage.attempts.map(({ outcome }) => outcome)).toEqual(["succeeded", "cancelled"]);
    expect(stage.health.cooldowns.cooling(US)).toBeUndefined();
  });

  it("is recorded once, as cancelled and as lost, and its backup as one", async () => {
    const stage = new Stage({ us: [hangs()], global: [answers(300)] });
    const result = await stage.run(["us", "global"], { facts: LATE });
    expect(outcomes(result)).toEqual([
      ["us", "cancelled", "lost-race", "first"],
      ["global", "succeeded", undefined, "backup"],
    ]);
    expect(
      stage.attempts.map(({ route, family, cause, totalMs }) => [route.geography, family, cause, totalMs]),
    ).toEqual([
      ["global", undefined, "backup", 300],
      ["us", "lost-race", "first", 2_300],
    ]);
    expect(stage.statsOf("us")).toMatchObject({ attempts: 1, failures: { cancelled: 1 }, backups: { started: 0 } });
    expect(stage.statsOf("global")).toMatchObject({ attempts: 1, successes: 1, backups: { started: 1, won: 1 } });
  });

  it("counts no backup as won when the first one brings the content", async () => {
    const stage = new Stage({ us: [answers(2_100)], global: [answers(300)] });
    await stage.run(["us", "global"], { facts: LATE });
    expect(stage.statsOf("us")).toMatchObject({ backups: { started: 0, won: 0 } });
    expect(stage.statsOf("global")).toMatchObject({ backups: { started: 1, won: 0 } });
  });

  it("counts a backup as won too when the first one had failed by then", async () => {
    const stage = new Stage({ us: [fails(2_100, throttled())], global: [answers(300)] });
    await stage.run(["us", "global"], { facts: LATE });
    expect(stage.statsOf("global")).toMatchObject({ backups: { started: 1, won: 1 } });
  });
});

describe("the sample of an attempt that lost its race", () => {
  it("is what a primary had waited: leaving it out would hide a slow route", async () => {
    const stage = new Stage({ us: [hangs()], global: [answers(300)] });
    await stage.run(["us", "global"], { facts: LATE });
    expect(stage.samplesOf("us")).toEqual([2_300]);
    expect(stage.statsOf("us")).toMatchObject({ ttfb: { count: 0 } });
  });

  it("is none of a backup that was cut off early: it would make the loser look fast", async () => {
    const stage = new Stage({ us: [answers(2_100)], global: [answers(300)] });
    await stage.run(["us", "global"], { facts: { ...LATE, ttfbMs: 500 } });
    expect(stage.samplesOf("global")).toEqual([]);
  });

  it("is what a backup had waited, once that is more than its route's median", async () => {
    const stage = new Stage({ us: [answers(2_501)], global: [hangs()] });
    await stage.run(["us", "global"], { facts: { ...LATE, ttfbMs: 500 } });
    expect(stage.samplesOf("global")).toEqual([501]);
  });

  it("is none when the attempt has failed, however fast", async () => {
    const stage = new Stage({ us: [answers(2_100)], global: [fails(5, unavailable())] });
    await stage.run(["us", "global"], { facts: LATE, maxAttempts: 2 });
    expect(stage.samplesOf("global")).toEqual([]);
    expect(stage.samplesOf("us")).toEqual([2_100]);
  });
});

describe("the winner", () => {
  const LONG = 200_000;
  const talk = async (samples: number): Promise<number> => {
    const stage = new Stage({ us: [...Array(20).fill(answers(500)), answers(1_500)] });
    const facts = { samples, ttfbMs: 500 };
    for (let request = 0; request < 20; request += 1) await stage.run(["us"], { facts, inputBytes: 100 });
    for (let request = 0; request < 5; request += 1) await stage.run(["us"], { facts, inputBytes: LONG });
    return stage.health.promptScale({ workload: "default", streaming: false }).factor(LONG);
  };

  it("is compared with others as if its prompt had had the usual length", async () => {
    const stage = new Stage({ us: [answers(3_000)], global: [hangs()] });
    const scale = stage.health.promptScale({ workload: "default", streaming: false });
    for (let round = 0; round < 50; round += 1) {
      scale.learn(100, 500, 1_000);
      scale.learn(LONG, 2_000, 1_000);
    }
    const factor = scale.factor(LONG);
    await stage.run(["us", "global"], { facts: { ...LATE, samples: 20, ttfbMs: 500 }, inputBytes: LONG });
    expect(stage.samplesOf("us")[0]).toBeCloseTo(3_000 / factor, 1);
    // Cut off while it had waited no longer than such a prompt takes there.
    expect(stage.samplesOf("global")).toEqual([]);
  });

  it("shows how long a prompt of its size takes on a route that was measured", async () => {
    expect(await talk(1)).toBeGreaterThan(1.5);
  });

  it("shows nothing where only a prior was expected", async () => {
    expect(await talk(0)).toBe(1);
  });
});

describe("a strike", () => {
  const lose = async (stage: Stage, choice: RouteChoice): Promise<void> => {
    await stage.run(["us", "global"], { facts: LATE, choice });
  };
  const choiceIn = (stage: Stage): RouteChoice => stage.choiceOf(["us", "global"]);

  it("is a lost race; three in a row cost the route its home until a trial succeeds", async () => {
    const stage = new Stage({ us: [answers(300), hangs(), hangs(), hangs(), answers(300)], global: [answers(300)] });
    const home = choiceIn(stage);
    await lose(stage, home);
    const homeIsPostponed = (): boolean => stage.health.cooldowns.isPostponed(US);
    await lose(stage, home);
    await lose(stage, home);
    expect(homeIsPostponed()).toBe(false);
    await lose(stage, home);
    expect(homeIsPostponed()).toBe(true);
    const { candidates } = planOf("us", "global");
    expect(home.first(candidates, true)).toEqual({ route: routeOf("global"), because: "home" });
    await stage.clock.advance(10 * SECOND);
    await stage.run(["us"], { facts: LATE });
    expect(homeIsPostponed()).toBe(false);
  });

  it("is none when everything is slow: the late attempt wins its race", async () => {
    const stage = new Stage({ us: [answers(2_500)], global: [answers(2_500)] });
    const home = choiceIn(stage);
    for (let request = 0; request < 10; request += 1) await lose(stage, home);
    expect(stage.health.cooldowns.isPostponed(US)).toBe(false);
    expect(stage.health.cooldowns.isDoubtful(US)).toBe(false);
    expect(stage.cooldowns).toEqual([]);
  });

  it("is forgotten with the next answer", async () => {
    const stage = new Stage({
      us: [answers(100), hangs(), hangs(), answers(100), hangs(), hangs(), answers(100)],
      global: [answers(9)],
    });
    const home = choiceIn(stage);
    for (let request = 0; request < 7; request += 1) await lose(stage, home);
    expect(stage.cooldowns).toEqual([]);
  });

  it("is enough for a route that has never answered: a process of twenty requests need not learn that three times", async () => {
    const stage = new Stage({ us: [hangs()], global: [answers(300)] });
    await lose(stage, choiceIn(stage));
    expect(stage.cooldowns.map(({ family }) => family)).toEqual(["lost-races"]);
  });

  it("is enough when the route is on trial", async () => {
    const stage = new Stage({ us: [fails(1, throttled()), hangs()], global: [answers(300)] });
    await stage.run(["us"], { maxAttempts: 1 });
    await stage.clock.advance(6 * SECOND);
    await lose(stage, choiceIn(stage));
    expect(stage.cooldowns.map(({ family }) => family)).toEqual(["tokens-per-minute", "lost-races"]);
  });

  it("is none for a backup that the first attempt beats in time", async () => {
    const stage = new Stage({ us: [answers(2_100)], global: [hangs()] });
    for (let request = 0; request < 5; request += 1) await lose(stage, choiceIn(stage));
    expect(stage.health.cooldowns.isDoubtful(routeOf("global"))).toBe(false);
  });
});

describe("a caller who aborts", () => {
  const silent = { us: [hangs()], global: [hangs()], eu: [answers(1)] };

  it("ends every attempt under way, and none is started any more", async () => {
    const stage = new Stage(silent);
    const abort = new AbortController();
    const pending = stage.dispatch(["us", "global", "eu"], { facts: LATE, signal: abort.signal });
    await stage.clock.advance(3_000);
    abort.abort();
    expect(outcomes(await pending)).toEqual([
      ["us", "cancelled", "cancelled", "first"],
      ["global", "cancelled", "cancelled", "backup"],
    ]);
    expect(stage.health.cooldowns.isDoubtful(US)).toBe(false);
    expect(stage.samplesOf("us")).toEqual([]);
    await stage.clock.advance(60 * SECOND);
    expectSilenceAfterwards(stage);
    expect(stage.started).toEqual(["us", "global"]);
  });

  it("has all of them recorded as cancelled by him, also one that does not hear of it", async () => {
    const stage = new Stage({ us: [hangs()] });
    const abort = new AbortController();
    const scripted = stage.request({ signal: abort.signal });
    const never = new Promise<object>(() => {});
    const send: typeof scripted.send = (route, signal) => (route === US ? scripted.send(route, signal) : never);
    const pending = stage.dispatch(["us", "global"], { facts: LATE, signal: abort.signal, send });
    await stage.clock.advance(3_000);
    abort.abort();
    expect(outcomes(await pending)).toEqual([
      ["us", "cancelled", "cancelled", "first"],
      ["global", "cancelled", "cancelled", "backup"],
    ]);
  });

  it("has no backup started while the SDK has not noticed yet", async () => {
    const stage = new Stage({});
    const abort = new AbortController();
    const sent: string[] = [];
    const send = async ({ geography }: typeof US): Promise<object> => {
      sent.push(geography);
      await stage.clock.delay(2_050);
      throw Object.assign(new Error("Request aborted"), { name: "AbortError" });
    };
    const plan = planWith({ ...HEDGED, doubtfulAfterMs: 700 }, "us", "global");
    stage.health.cooldowns.lostRace(US);
    const pending = stage.dispatchPlan(plan, { signal: abort.signal, send });
    await stage.clock.advance(500);
    abort.abort();
    await stage.clock.finish(pending);
    expect(sent).toEqual(["us"]);
  });
});

/** Content and end at once. */
async function* contentNow(): AsyncGenerator<object> {
  yield converse.text("now");
  yield converse.stop;
}

/** A stream that does not hear of aborts. */
function deaf(events: readonly object[], wait: () => Promise<void> = async () => {}) {
  const left = [...events];
  const stream = {
    pulls: 0,
    returns: 0,
    [Symbol.asyncIterator]: () => ({
      next: async () => {
        stream.pulls += 1;
        await wait();
        const value = left.shift();
        return value === undefined ? { done: true, value } : { done: false, value };
      },
      return: async () => {
        stream.returns += 1;
        return { done: true, value: undefined };
      },
    }),
  };
  return stream;
}

function outcomes(result: DispatchResult): unknown[][] {
  const { attempts } = result.log.report();
  return attempts.map(({ route, outcome, family, cause }) => [route.geography, outcome, family, cause]);
}

/** Nothing is left that could still do something. */
function expectSilenceAfterwards({ clock, signals }: Stage): void {
  expect(clock.waiting).toBe(0);
  for (const signal of signals.slice(0, -1)) expect(signal.aborted).toBe(true);
}

async function read(result: DispatchResult): Promise<unknown[]> {
  const events: unknown[] = [];
  if (!result.succeeded) return events;
  const { stream = [] } = result.output as { stream?: AsyncIterable<unknown> };
  for await (const event of stream) events.push(event);
  return events;
}
