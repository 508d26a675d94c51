import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DispatchResult } from "../../src/dispatch/dispatch.ts";
import type { CallerSignal } from "../../src/dispatch/link-abort.ts";
import type { AttemptRecord } from "../../src/types/attempt.ts";
import type { AttemptEvent } from "../../src/types/events.ts";
import { nameOf, routeOf } from "../support/routes.ts";
import { converse, converseAnswer, stepsOf } from "../support/scripted-stream.ts";
import {
  endOfLife,
  invalidRoute,
  modelError,
  noAccess,
  rejected,
  throttled,
  throttledForTheDay,
  unavailable,
  unknownError,
} from "../support/service-errors.ts";
import { answers, converseStream, fails, hangs, type Script, Stage, type Step, streams } from "../support/stage.ts";

const MINUTE = 60_000;

describe("dispatch over several routes", () => {
  it("goes on to the next route at once", async () => {
    const stage = new Stage({ us: [fails(50, throttled())], global: [answers(300)] });
    await stage.run(["us", "global"]);
    expect(stage.log).toEqual([
      "0 start us",
      "50 throttled us",
      "50 failover us -> global",
      "50 start global",
      "350 succeeded global",
    ]);
  });

  it("hands over the very output of the SDK", async () => {
    const output = { output: {} };
    const result = await new Stage({ us: [answers(5, output)] }).run(["us"]);
    expect(result.succeeded && result.output).toBe(output);
  });

  it("prefers an untried route that is not cooling, and only then takes a cooling one", async () => {
    const stage = new Stage({
      us: [fails(10, unavailable())],
      eu: [fails(10, throttled()), answers(10)],
      global: [fails(10, unavailable())],
    });
    await stage.run(["eu"], { maxAttempts: 1 });
    stage.log.length = 0;
    await stage.run(["us", "eu", "global"]);
    expect(stage.log).toEqual([
      "10 start us",
      "20 unavailable us",
      "20 failover us -> global",
      "20 start global",
      "30 unavailable global",
      "30 failover global -> eu",
      "30 start eu",
      "40 succeeded eu",
    ]);
  });

  it("takes a route of another source Region first when the tokens of the day are used up", async () => {
    const stage = new Stage({
      us: [fails(10, throttledForTheDay())],
      global: [answers(10)],
      "eu@eu-west-1": [answers(10)],
    });
    await stage.run(["us", "global", "eu@eu-west-1"]);
    expect(starts(stage)).toEqual(["0 start us", "10 start eu@eu-west-1"]);
    expect(stage.cooldowns).toMatchObject([{ scope: "model", family: "tokens-per-day" }]);
  });

  it("keeps the model's other routes of that source Region waiting, and no other model", async () => {
    const stage = new Stage({ us: [fails(10, throttledForTheDay())] });
    await stage.run(["us"], { maxAttempts: 1 });
    const otherModel = { ...routeOf("us"), key: "us-east-1|us.amazon.nova-pro-v1:0", model: "amazon.nova-pro-v1:0" };
    expect(stage.health.cooldowns.cooling(routeOf("global"))).toMatchObject({ family: "tokens-per-day" });
    expect(stage.health.cooldowns.cooling(otherModel)).toBeUndefined();
    expect(stage.health.cooldowns.cooling(routeOf("eu@eu-west-1"))).toBeUndefined();
  });

  it("counts the attempts over all routes", async () => {
    const stage = new Stage({ us: [fails(1, throttled())], eu: [fails(1, throttled())], global: [answers(1)] });
    const result = await stage.run(["us", "eu", "global"], { maxAttempts: 2 });
    expect(starts(stage)).toEqual(["0 start us", "1 start eu"]);
    expect(result.succeeded).toBe(false);
  });

  it("waits for nothing after the last attempt", async () => {
    const stage = new Stage({ us: [fails(10, throttled(20))] });
    await stage.run(["us"], { maxAttempts: 1 });
    expect(stage.clock.now()).toBe(10);
  });
});

describe("dispatch when every route was tried", () => {
  it("repeats the only route after a backoff", async () => {
    const stage = new Stage({ us: [fails(10, throttled()), fails(10, throttled()), answers(10)] });
    await stage.run(["us"]);
    // Full jitter, in the middle: half of 1000 ms, then half of 2000 ms.
    expect(starts(stage)).toEqual(["0 start us", "510 start us", "1520 start us"]);
    expect(stage.log.filter((line) => line.includes("failover"))).toEqual([]);
  });

  it("waits as long as Retry-After says, up to five seconds more than it would", async () => {
    for (const [seconds, waitedMs] of [
      [3, 3_010],
      [3_600, 5_510],
    ] as const) {
      const stage = new Stage({ us: [fails(10, throttled(seconds)), answers(10)] });
      await stage.run(["us"]);
      expect(starts(stage)).toEqual(["0 start us", `${waitedMs} start us`]);
    }
  });

  it("waits for each route by how often that was tried", async () => {
    const stage = new Stage({ us: [fails(10, throttled())], global: [fails(10, throttled())] });
    await stage.run(["us", "global"], { maxAttempts: 5 });
    // Half of 1000 ms before the second try of each, then half of 2000 ms.
    expect(starts(stage)).toEqual([
      "0 start us",
      "10 start global",
      "520 start us",
      "1030 start global",
      "2040 start us",
    ]);
  });

  it("repeats the routes in turn", async () => {
    const stage = new Stage({ us: [fails(10, unavailable())], global: [fails(10, unavailable())] });
    await stage.run(["us", "global"], { maxAttempts: 5 });
    expect(stage.started).toEqual(["us", "global", "us", "global", "us"]);
  });

  it("repeats the route that reopens first", async () => {
    const stage = new Stage({ us: [fails(10, throttled(60))], global: [fails(10, throttled()), answers(10)] });
    await stage.run(["us", "global"]);
    expect(stage.started).toEqual(["us", "global", "global"]);
  });

  it("never repeats an invalid route, and waits as the repeated route demands", async () => {
    const stage = new Stage({ us: [fails(10, throttled(3)), answers(10)], eu: [fails(10, invalidRoute())] });
    await stage.run(["us", "eu"]);
    expect(starts(stage)).toEqual(["0 start us", "10 start eu", "3020 start us"]);
  });

  it("gives up when only invalid routes are left", async () => {
    const stage = new Stage({ us: [fails(10, invalidRoute())], eu: [fails(10, invalidRoute())] });
    await stage.run(["us", "eu"], { maxAttempts: 9 });
    expect(stage.started).toEqual(["us", "eu"]);
  });
});

describe("dispatch for a caller that repeats the request by itself", () => {
  it("tries every usable route once and waits for nothing", async () => {
    const stage = new Stage({ us: [fails(10, throttled())], eu: [fails(10, unavailable())] });
    const result = await stage.run(["us", "eu"], { onePass: true, maxAttempts: 9 });
    expect(starts(stage)).toEqual(["0 start us", "10 start eu"]);
    expect(result.succeeded).toBe(false);
    expect(stage.clock.now()).toBe(20);
  });

  it("leaves a cooling route alone, and tries one when nothing else is there", async () => {
    const stage = new Stage({ us: [fails(10, throttled())], eu: [fails(10, throttled())] });
    await stage.run(["eu"], { maxAttempts: 1 });
    await stage.run(["us", "eu"], { onePass: true });
    expect(stage.started).toEqual(["eu", "us"]);
    await stage.run(["us", "eu"], { onePass: true });
    expect(stage.started).toEqual(["eu", "us", "us"]);
  });

  it("tries a cooling route when all others were invalid, because no caller repeats that", async () => {
    const stage = new Stage({ us: [fails(10, invalidRoute())], eu: [fails(10, throttled()), answers(10)] });
    await stage.run(["eu"], { maxAttempts: 1 });
    const result = await stage.run(["us", "eu"], { onePass: true });
    expect(stage.started).toEqual(["eu", "us", "eu"]);
    expect(result.succeeded).toBe(true);
  });
});

describe("dispatch of a request that no other route could cure", () => {
  it("ends a rejected request with one call", async () => {
    const error = rejected();
    const stage = new Stage({ us: [fails(10, error)], global: [answers(10)] });
    const result = await stage.run(["us", "global"]);
    expect(stage.log).toEqual(["0 start us", "10 rejected us"]);
    expect(thrownBy(result)).toBe(error);
    expect(stage.cooldowns).toEqual([]);
  });

  it("gives an unknown error one further try", async () => {
    const stage = new Stage({
      us: [fails(10, unknownError())],
      eu: [fails(10, unknownError())],
      global: [answers(10)],
    });
    await stage.run(["us", "eu", "global"], { maxAttempts: 9 });
    expect(stage.started).toEqual(["us", "eu"]);
    expect(stage.cooldowns).toEqual([]);
  });

  it("gives an unknown error one further try on the only route", async () => {
    const stage = new Stage({ us: [fails(10, unknownError())] });
    await stage.run(["us"], { maxAttempts: 9 });
    expect(stage.started).toEqual(["us", "us"]);
  });

  it("holds no generation that went wrong against its route", async () => {
    const stage = new Stage({ us: [fails(10, modelError())], global: [answers(10)] });
    await stage.run(["us", "global"]);
    expect(stage.started).toEqual(["us", "global"]);
    expect(stage.cooldowns).toEqual([]);
  });

  it("takes what send throws at once for the failure of an attempt", async () => {
    const error = rejected();
    const stage = new Stage({ us: [{ throws: error }] });
    expect(thrownBy(await stage.run(["us"]))).toBe(error);
    expect(stage.log).toEqual(["0 start us", "0 rejected us"]);
  });
});

describe("the error of a request that failed", () => {
  const [throttling, invalid, other] = [throttled(), invalidRoute(), unavailable()];

  it.each([
    ["is the only one", [throttling], throttling],
    ["is the one after an invalid route", [invalid, throttling], throttling],
    ["is the one before an invalid route", [throttling, invalid], throttling],
    ["is the last telling one", [other, invalid, throttling], throttling],
    ["is the first one when all routes are invalid", [invalid, invalidRoute(), invalidRoute()], invalid],
  ])("%s", async (_, failures, thrown) => {
    const names = ["us", "eu", "global"].slice(0, failures.length);
    const script = Object.fromEntries(names.map((name, index) => [name, [fails(1, failures[index])]]));
    const result = await new Stage(script).run(names, { maxAttempts: failures.length });
    expect(thrownBy(result)).toBe(thrown);
  });
});

describe("an invalid route", () => {
  it("is remembered once another route has worked", async () => {
    const stage = new Stage({ eu: [fails(1, invalidRoute())], us: [answers(1)] });
    await stage.run(["eu", "us"]);
    expect(stage.health.cooldowns.cooling(routeOf("eu"))).toMatchObject({ family: "model-identifier-invalid" });
    expect(stage.health.cooldowns.cooling(routeOf("us"))).toBeUndefined();
  });

  it("is not remembered when all routes are, because the fault is not theirs", async () => {
    const stage = new Stage({ eu: [fails(1, invalidRoute())], us: [fails(1, invalidRoute())] });
    await stage.run(["eu", "us"]);
    expect(stage.cooldowns).toEqual([]);
  });

  it("is remembered when the cap on attempts left other routes untried", async () => {
    const stage = new Stage({ eu: [fails(1, invalidRoute())], us: [answers(1)] });
    await stage.run(["eu", "us"], { maxAttempts: 1 });
    expect(stage.health.cooldowns.cooling(routeOf("eu"))).toBeDefined();
  });

  it.each([
    ["lacks access to the model", noAccess()],
    ["has reached the model's end of life", endOfLife()],
  ])("does not postpone the route that works when it %s", async (_, error) => {
    const stage = new Stage({ us: [fails(1, error)], global: [answers(1)] });
    await stage.run(["us", "global"]);
    expect(stage.health.cooldowns.cooling(routeOf("us"))).toBeDefined();
    expect(stage.health.cooldowns.cooling(routeOf("global"))).toBeUndefined();
  });

  it("may be tried again by another request when its trial ended with all routes invalid", async () => {
    const stage = new Stage({ eu: [fails(1, noAccess())], us: [answers(1), fails(1, invalidRoute())] });
    await stage.run(["eu", "us"]);
    await stage.clock.advance(10 * MINUTE);
    await stage.run(["eu", "us"]);
    expect(stage.health.cooldowns.cooling(routeOf("eu"))).toBeUndefined();
  });
});

describe("dispatch of a request that the caller aborts", () => {
  it("sends nothing when it was aborted before", async () => {
    const stage = new Stage({ us: [answers(1)] });
    const result = await stage.run(["us"], { signal: AbortSignal.abort() });
    expect(stage.log).toEqual([]);
    expect(thrownBy(result)).toMatchObject({ name: "AbortError" });
  });

  it("ends with the SDK's own error when it is aborted during an attempt", async () => {
    const controller = new AbortController();
    const stage = new Stage({ us: [hangs()], global: [answers(1)] });
    const pending = stage.dispatch(["us", "global"], { signal: controller.signal });
    await stage.clock.advance(30);
    controller.abort();
    expect(thrownBy(await pending)).toMatchObject({ name: "AbortError" });
    expect(stage.log).toEqual(["0 start us", "30 cancelled us"]);
    expect(stage.cooldowns).toEqual([]);
  });

  it("keeps the very error that the SDK threw, even if that is no abort", async () => {
    const controller = new AbortController();
    const error = throttled();
    const stage = new Stage({});
    const send = async (): Promise<object> => {
      controller.abort();
      throw error;
    };
    expect(thrownBy(await stage.dispatch(["us", "global"], { signal: controller.signal, send }))).toBe(error);
    expect(stage.log).toEqual(["0 cancelled us"]);
    expect(stage.cooldowns).toEqual([]);
  });

  it("does not wait for the end of a backoff", async () => {
    const controller = new AbortController();
    const stage = new Stage({ us: [fails(10, throttled(15))] });
    const pending = stage.dispatch(["us"], { signal: controller.signal });
    await stage.clock.advance(1_000);
    controller.abort(new Error("the user left"));
    expect(thrownBy(await pending)).toMatchObject({ name: "AbortError", cause: { message: "the user left" } });
    expect(stage.log).toEqual(["0 start us", "10 throttled us"]);
    expect(stage.clock.waiting).toBe(0);
  });

  it("does not wait for it either with the older signal that only has onabort", async () => {
    const signal: LegacySignal = { aborted: false, onabort: null };
    const stage = new Stage({ us: [fails(10, throttled(15))] });
    const pending = stage.dispatch(["us"], { signal, stream: converseStream });
    await stage.clock.advance(1_000);
    signal.aborted = true;
    signal.onabort?.();
    expect(thrownBy(await pending)).toMatchObject({ name: "AbortError" });
    expect(stage.clock.now()).toBe(1_000);
    expect(signal.onabort).toBeNull();
  });

  it("announces no failover that does not happen", async () => {
    const controller = new AbortController();
    const stage = new Stage({ us: [fails(10, throttled())], global: [fails(10, throttled())] });
    const pending = stage.dispatch(["us", "global"], { signal: controller.signal });
    await stage.clock.advance(100);
    controller.abort();
    await pending;
    expect(stage.log.filter((line) => line.includes("failover"))).toEqual(["10 failover us -> global"]);
  });

  it("remembers the invalid routes that it met before", async () => {
    const controller = new AbortController();
    const stage = new Stage({ eu: [fails(10, invalidRoute())], us: [fails(10, throttled())] });
    const pending = stage.dispatch(["eu", "us"], { signal: controller.signal });
    await stage.clock.advance(100);
    controller.abort();
    await pending;
    expect(stage.health.cooldowns.cooling(routeOf("eu"))).toMatchObject({ family: "model-identifier-invalid" });
  });

  it("ignores an abort that comes after the answer", async () => {
    const controller = new AbortController();
    const stage = new Stage({ us: [answers(10)] });
    const result = await stage.run(["us"], { signal: controller.signal });
    controller.abort();
    expect(result.succeeded).toBe(true);
    expect(stage.log).toEqual(["0 start us", "10 succeeded us"]);
  });
});

describe("dispatch of a streaming request", () => {
  it("fails over while the caller has seen no content", async () => {
    const stage = new Stage({
      us: [
        streams(10, [
          { afterMs: 5, event: converse.start },
          { afterMs: 5, error: throttled() },
        ]),
      ],
      global: [streams(10, stepsOf(converseAnswer, 5))],
    });
    const result = await stage.run(["us", "global"], { stream: converseStream });
    expect(await stage.clock.finish(read(result))).toEqual(converseAnswer);
    expect(stage.log).toEqual([
      "0 start us",
      "20 throttled us",
      "20 failover us -> global",
      "20 start global",
      "60 succeeded global",
    ]);
  });

  it("fails over from a stream that ends before any content", async () => {
    const stage = new Stage({
      us: [streams(10, stepsOf([converse.start]))],
      eu: [streams(10, [])],
      global: [streams(10, stepsOf(converseAnswer))],
    });
    const result = await stage.run(["us", "eu", "global"], { stream: converseStream });
    expect(stage.started).toEqual(["us", "eu", "global"]);
    expect(result.log.report().attempts).toMatchObject([
      { outcome: "unavailable", family: "empty-stream" },
      { outcome: "unavailable", family: "empty-stream" },
      { outcome: "succeeded" },
    ]);
  });

  it("lets an error after the first content through and tries no other route", async () => {
    const error = unavailable();
    const stage = new Stage({
      us: [streams(10, [{ event: converse.text("Hel") }, { afterMs: 5, error }])],
      global: [answers(1)],
    });
    const result = await stage.run(["us", "global"], { stream: converseStream });
    expect(await stage.clock.finish(read(result).catch((thrown: unknown) => thrown))).toBe(error);
    expect(stage.log).toEqual(["0 start us", "15 unavailable us"]);
    expect(stage.cooldowns).toMatchObject([{ family: "service-unavailable" }]);
  });

  it("ends a silent stream when the caller aborts before any content", async () => {
    const controller = new AbortController();
    const stage = new Stage({ us: [streams(10, [{ event: converse.start }, { silent: true }])] });
    const pending = stage.dispatch(["us"], { stream: converseStream, signal: controller.signal });
    await stage.clock.advance(100);
    controller.abort();
    expect(thrownBy(await pending)).toMatchObject({ name: "AbortError", message: "Request aborted" });
    expect(stage.log).toEqual(["0 start us", "100 cancelled us"]);
  });
});

describe("dispatch of any plan over any routes", () => {
  const names = ["us", "eu", "global", "us@us-west-2", "eu@eu-west-1"];
  const errors = [
    throttled,
    throttledForTheDay,
    invalidRoute,
    endOfLife,
    noAccess,
    rejected,
    unavailable,
    modelError,
    unknownError,
  ];
  const afterMs = fc.integer({ min: 0, max: 400 });
  const error = fc.constantFrom(...errors).map((make) => make());
  const content = fc.constantFrom([converse.start], [converse.start, converse.text("a")], [...converseAnswer]);
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({ afterMs, error }),
    fc.record({ error }).map((failing) => ({ throws: failing.error })),
    fc.record({ afterMs, stream: content.map((events) => stepsOf(events, 20)) }),
    fc
      .record({ afterMs, error, content })
      .map((parts) => ({ afterMs: parts.afterMs, stream: [...stepsOf(parts.content, 20), { error: parts.error }] })),
    fc
      .record({ afterMs, content })
      .map((parts) => ({ afterMs: parts.afterMs, stream: [...stepsOf(parts.content, 20), { silent: true as const }] })),
    fc.record({ afterMs, output: fc.constant({}) }),
    fc.constant(hangs()),
  );
  const deadline = fc.integer({ min: 1, max: 600 });
  const world = fc.record({
    plan: fc.shuffledSubarray(names, { minLength: 1 }),
    script: fc.record(Object.fromEntries(names.map((name) => [name, fc.array(step, { minLength: 1, maxLength: 3 })]))),
    facts: fc.record(
      { backupAfterMs: deadline, doubtfulAfterMs: deadline, hedgeAfterMs: deadline, ttfbMs: deadline },
      { requiredKeys: ["ttfbMs"] },
    ),
    streaming: fc.boolean(),
    maxAttempts: fc.integer({ min: 1, max: 7 }),
    // Someone has to lose patience, or a request on routes that hang would never end.
    abortAtMs: fc.oneof(fc.integer({ min: 0, max: 2_000 }), fc.constant(10 * MINUTE)),
    stopReadingAfter: fc.integer({ min: 0, max: 8 }),
    random: fc.double({ min: 0, max: 0.999, noNaN: true }),
    requests: fc.integer({ min: 1, max: 3 }),
  });

  it("keeps its promises", async () => {
    await fc.assert(
      fc.asyncProperty(world, async ({ plan, script, facts, streaming, maxAttempts, abortAtMs, ...rest }) => {
        const stage = new Stage(script as Script, () => rest.random);
        const choice = stage.choiceOf(plan, streaming ? { stream: converseStream } : {});
        for (let request = 0; request < rest.requests; request += 1) {
          const from = { log: stage.log.length, attempts: stage.attempts.length, signals: stage.signals.length };
          const controller = new AbortController();
          const beginMs = stage.clock.now();
          const cancelAbort = stage.clock.after(abortAtMs, () => controller.abort());
          const stream = streaming ? { stream: converseStream } : {};
          const dispatched = stage.dispatch(plan, { ...stream, maxAttempts, facts, choice, signal: controller.signal });
          const result = await stage.clock.finish(dispatched);
          if (streaming) await stage.clock.finish(read(result, rest.stopReadingAfter).catch(() => {}));
          cancelAbort();
          await stage.clock.advance(0);
          expect(stage.clock.waiting).toBe(0);

          const log = stage.log.slice(from.log);
          const sent = log.filter((line) => line.includes(" start "));
          const ended = stage.attempts.slice(from.attempts);
          const report = result.log.report();
          expect(sent.length).toBeLessThanOrEqual(maxAttempts);
          expect(log.filter((line) => /late:|doubtful:/.test(line)).length).toBeLessThanOrEqual(2);
          expect(log.filter((line) => line.includes("hedge:")).length).toBeLessThanOrEqual(1);
          expect(ended.filter(({ outcome }) => outcome === "succeeded").length).toBeLessThanOrEqual(1);
          expect(report.attempts.map(({ route }) => nameOf(route))).toEqual(sent.map((line) => line.split(" ")[2]));
          expect(ended.map(endOf).sort()).toEqual(report.attempts.map(endOf).sort());
          expect(report.attempts.filter(({ cause }) => cause === "backup" || cause === "hedge").length).toBe(
            log.filter((line) => line.includes(": ")).length,
          );
          for (const line of sent) {
            expect(plan).toContain(line.split(" ")[2]);
            expect(Number.parseFloat(line)).toBeLessThanOrEqual(beginMs + abortAtMs);
          }
          const signals = stage.signals.slice(from.signals);
          for (const [index, { outcome, family }] of report.attempts.entries()) {
            if (family === "lost-race") expect(signals[index]?.aborted).toBe(true);
            if (outcome !== "succeeded" && streaming) expect(signals[index]?.aborted).toBe(true);
          }
        }
        for (const { attempts, successes, failures } of stage.health.stats()) {
          expect(attempts).toBe(successes + Object.values(failures).reduce((sum, count) => sum + count, 0));
        }
        expect(stage.health.stats().reduce((sum, { attempts }) => sum + attempts, 0)).toBe(stage.attempts.length);
      }),
      { numRuns: 2_000 },
    );
  }, 60_000);
});

function endOf({ route, outcome, family, cause }: AttemptRecord | AttemptEvent): string {
  return `${route.key} ${outcome} ${family} ${cause}`;
}

interface LegacySignal extends CallerSignal {
  aborted: boolean;
  onabort: ((...args: unknown[]) => void) | null;
}

function starts({ log }: Stage): string[] {
  return log.filter((line) => line.includes(" start "));
}

function thrownBy(result: DispatchResult): unknown {
  if (result.succeeded) throw new Error("The request succeeded");
  return result.error;
}

/** Reads the answer stream to its end, or stops after some events. */
async function read(result: DispatchResult, stopAfter = Number.POSITIVE_INFINITY): Promise<unknown[]> {
  const events: unknown[] = [];
  if (!result.succeeded) return events;
  const { stream = [] } = result.output as { stream?: AsyncIterable<unknown> };
  for await (const event of stream) {
    events.push(event);
    if (events.length >= stopAfter) break;
  }
  return events;
}
