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
    const json = JSON.stringify(takeSnapshot(healthWith(values, clock), clock));
    expect(json.length).toBeLessThan(1_500);
    const restored = new RouteHealth(
      clock,
      () => 0.5,
      () => {},
    );
    restoreSnapshot(JSON.parse(json), restored, clock);
    expect(restored.stats()[0]).toMatchObject({ attempts: 5_000, successes: 5_000, ttfb: { count: 5_000 } });
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
    ["not a number", { ...track({ recent: [Number.NaN] }) }, "snapshot.routes[0].recent[0] must be a whole number"],
    [
      "another kind of route",
      { ...track({ route: { ...US, kind: "magic" } }) },
      "snapshot.routes[0].route.kind must be one of",
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
