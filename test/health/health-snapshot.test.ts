import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type HealthSnapshot, restoreSnapshot, takeSnapshot } from "../../src/health/health-snapshot.ts";
import { RouteHealth } from "../../src/health/route-health.ts";
import { routeOf } from "../support/routes.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const CHAT = { workload: "chat", streaming: true };
const US = routeOf("us");

describe("a snapshot", () => {
  it("merges into the histogram of the union", () => {
    const ttfbs = fc.array(fc.integer({ min: 1, max: 600_000 }), { maxLength: 80 });
    fc.assert(
      fc.property(ttfbs, ttfbs, (here, there) => {
        const clock = new VirtualClock();
        const merged = healthWith(here, clock);
        restoreSnapshot(takeSnapshot(healthWith(there, clock), clock), merged, clock);
        const union = healthWith([...here, ...there], clock);
        const counts = (health: RouteHealth): unknown =>
          health.snapshots().map(({ ttfb, attempts }) => [ttfb, attempts]);
        expect(counts(merged)).toEqual(counts(union));
      }),
      { numRuns: 60 },
    );
  });

  it("is JSON of at most 1.5 KB a route", () => {
    const clock = new VirtualClock();
    const values = Array.from({ length: 5_000 }, (_, index) => 800 * Math.exp(0.4 * Math.sin(index * 7)));
    const health = healthWith(values, clock);
    for (const [index, value] of values.entries()) {
      const usage = { inputTokens: 9_999, outputTokens: 999, cacheReadInputTokens: 9_999, cacheWriteInputTokens: 999 };
      health.track(US, CHAT).usage.answered(usage, value, 0.0123 + index / 7e7, 0.0111 + index / 7e7);
      health.track(US, CHAT).usage.extra(usage, 0.0123 + index / 7e7);
    }
    const json = JSON.stringify(takeSnapshot(health, clock));
    expect(json.length).toBeLessThan(1_500);
    const restored = new RouteHealth(
      clock,
      () => 0.5,
      () => {},
    );
    restoreSnapshot(JSON.parse(json), restored, clock);
    expect(restored.stats()[0]).toMatchObject({ attempts: 5_000, successes: 5_000, ttfb: { count: 5_000 } });
  });

  it("carries the sums of tokens and cost", () => {
    const clock = new VirtualClock();
    const health = healthWith([400], clock);
    health.track(US, CHAT).usage.answered({ inputTokens: 1_000, outputTokens: 200 }, 2_000, 0.0066, 0.006);
    const json = JSON.stringify(takeSnapshot(health, clock));
    const merged = healthWith([], clock);
    restoreSnapshot(JSON.parse(json), merged, clock);
    restoreSnapshot(JSON.parse(json), merged, clock);
    expect(merged.stats()[0]).toMatchObject({
      tokens: { answers: 2, input: 2_000, output: 400 },
      outputTokensPerSecond: 100,
      cost: { usd: 0.0132, pricedAnswers: 2, alternative: { usd: 0.012 } },
    });
  });

  it("of a version without tokens is taken as it is", () => {
    const clock = new VirtualClock();
    const snapshot = takeSnapshot(healthWith([400], clock), clock);
    expect(snapshot.routes[0]).not.toHaveProperty("usage");
    const merged = healthWith([], clock);
    restoreSnapshot(snapshot, merged, clock);
    expect(merged.stats()[0]).not.toHaveProperty("tokens");
  });

  it("gives the next process recent samples, as old as they are", () => {
    const clock = new VirtualClock();
    const snapshot = takeSnapshot(healthWith([400, 500, 600], clock), clock);
    const young = new RouteHealth(
      clock,
      () => 0.5,
      () => {},
    );
    restoreSnapshot({ ...snapshot, takenAt: clock.wallNow() - 60_000 }, young, clock);
    expect(young.evidence(US, CHAT)).toMatchObject({ samples: 3, p50Ms: 500 });
    const old = new RouteHealth(
      clock,
      () => 0.5,
      () => {},
    );
    restoreSnapshot({ ...snapshot, takenAt: clock.wallNow() - 3_600_000 }, old, clock);
    expect(old.evidence(US, CHAT)).toMatchObject({ samples: 0 });
  });

  it.each([
    ["nothing", undefined, "snapshot must be an object"],
    ["another version", { version: 2 }, "snapshot.version must be 1, got 2"],
    ["routes that are none", { version: 1, takenAt: 0, routes: {} }, "snapshot.routes must be an array"],
    [
      "too many routes",
      { version: 1, takenAt: 0, routes: new Array(1_001).fill({}) },
      "snapshot.routes must be an array of at most 1000",
    ],
    [
      "a huge histogram",
      { ...track({ ttfb: "A".repeat(9_000) }) },
      "snapshot.routes[0].ttfb must be a text of 1 to 8192 characters",
    ],
    ["a damaged histogram", { ...track({ total: "!!" }) }, "snapshot.routes[0].total must be a packed histogram"],
    [
      "a negative count",
      { ...track({ attempts: -1 }) },
      "snapshot.routes[0].attempts must be a whole number of at least 0, got -1",
    ],
    [
      "a negative sum",
      { ...track({ usage: [1, -1] }) },
      "snapshot.routes[0].usage[1] must be a number of at least 0, got -1",
    ],
    ["sums that are none", { ...track({ usage: {} }) }, "snapshot.routes[0].usage must be an array of at most 64"],
    ["not a number", { ...track({ recent: [Number.NaN] }) }, "snapshot.routes[0].recent[0] must be a whole number"],
    [
      "another kind of route",
      { ...track({ route: { ...US, kind: "magic" } }) },
      'snapshot.routes[0].route.kind must be "in-region", "geographic"',
    ],
  ])("is refused when it is %s, and nothing of it is used", (_what, snapshot, message) => {
    const clock = new VirtualClock();
    const health = new RouteHealth(
      clock,
      () => 0.5,
      () => {},
    );
    expect(() => restoreSnapshot(snapshot, health, clock)).toThrow(message);
    expect(health.stats()).toEqual([]);
  });
});

function healthWith(ttfbs: readonly number[], clock: VirtualClock): RouteHealth {
  const health = new RouteHealth(
    clock,
    () => 0.5,
    () => {},
  );
  const observed = health.track(US, CHAT);
  for (const ttfbMs of ttfbs) {
    observed.started("first");
    observed.answered(ttfbMs);
    observed.succeeded(ttfbMs);
  }
  return health;
}

function track(changes: object): HealthSnapshot {
  const clock = new VirtualClock();
  const snapshot = takeSnapshot(healthWith([100], clock), clock);
  return { ...snapshot, routes: snapshot.routes.map((route) => ({ ...route, ...changes })) };
}
