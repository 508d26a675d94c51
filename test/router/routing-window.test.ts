import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RoutingEmitter } from "../../src/router/routing-emitter.ts";
import { AttemptWindow, type WindowOptions } from "../../src/router/routing-window.ts";
import type { AttemptEvent } from "../../src/types/events.ts";
import { converseCommand, EU_SONNET, GLOBAL_SONNET } from "../support/requests.ts";
import { planOf, requestInfo, routeOf } from "../support/routes.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { openWire } from "../support/wire.ts";

const MINUTE = 60_000;
const request = requestInfo(planOf("us"));

function attempt(differs: Partial<AttemptEvent> = {}): AttemptEvent {
  return {
    ...{ request, number: 1, cause: "first", route: routeOf("us"), workload: "default", streaming: true },
    ...{ startedAt: 0, outcome: "succeeded", ttfbMs: 100, totalMs: 1_100 },
    ...differs,
  };
}

function setUp(options: WindowOptions = {}) {
  const clock = new VirtualClock();
  const emitter = new RoutingEmitter();
  const window = new AttemptWindow(options, emitter, clock, "default");
  return {
    clock,
    emitter,
    window,
    add: (differs?: Partial<AttemptEvent>) => emitter.emit("attempt", () => attempt(differs)),
  };
}

describe("client.routing.window()", () => {
  it("counts what ends from its opening on, and is no part of the statistics", async () => {
    await using wire = await openWire();
    const { routing } = wire.client;
    await wire.client.send(converseCommand());
    const window = routing.window();
    expect(window.stats()).toEqual([]);
    wire.simulator.enqueue({ kind: "throttle" });
    await wire.client.send(converseCommand());
    expect(window.stats()).toMatchObject([
      { route: { modelId: EU_SONNET }, attempts: 1, successes: 0, failures: { throttled: 1 }, ttfb: { count: 0 } },
      { route: { modelId: GLOBAL_SONNET }, attempts: 1, successes: 1, ttfb: { count: 1 }, tokens: { answers: 1 } },
    ]);
    const [, served] = window.stats();
    expect(served?.cost?.usd).toBeGreaterThan(0);
    routing.reset();
    expect(window.stats()).toHaveLength(2);
    window.close();
    await wire.client.send(converseCommand());
    expect(countOf(window.stats())).toBe(2);
  });

  it("says what is wrong with its options", async () => {
    await using wire = await openWire();
    const { routing } = wire.client;
    expect(() => routing.window({ lastMs: 5 })).toThrow(
      "window.lastMs must be a number of milliseconds of at least 1000",
    );
    expect(() => routing.window({ last: 5 } as never)).toThrow("did you mean lastMs?");
  });
});

describe("a window on the last minutes", () => {
  it("forgets what is older, by tenths", async () => {
    const { clock, window, add } = setUp({ lastMs: 5 * MINUTE });
    add({ ttfbMs: 1_000 });
    await clock.advance(4 * MINUTE);
    add({ ttfbMs: 100 });
    expect(window.stats()).toMatchObject([{ attempts: 2, ttfb: { count: 2, p50: 100, max: 1_000 } }]);
    await clock.advance(MINUTE);
    expect(window.stats()).toMatchObject([{ attempts: 1, ttfb: { count: 1, max: 100 } }]);
    await clock.advance(5 * MINUTE);
    expect(window.stats()).toEqual([]);
  });

  it("shows what ended within nine tenths of it, and nothing older than all of it, whenever it is read", () => {
    fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 4_000 }), { maxLength: 40 }), async (pauses) => {
        const { clock, window, add } = setUp({ lastMs: 10_000 });
        const endedAt: number[] = [];
        for (const pause of pauses) {
          await clock.advance(pause);
          endedAt.push(clock.now());
          add();
          const count = window.stats().reduce((sum, { attempts }) => sum + attempts, 0);
          expect(count).toBeGreaterThanOrEqual(endedAt.filter((at) => clock.now() - at < 9_000).length);
          expect(count).toBeLessThanOrEqual(endedAt.filter((at) => clock.now() - at < 10_000).length);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("remembers a bounded number of routes, the latest", () => {
    const { window, add } = setUp({ lastMs: MINUTE });
    for (let route = 0; route < 5_000; route += 1) add({ route: { ...routeOf("us"), key: `route ${route}` } });
    const kept = window.stats().map(({ route }) => route.key);
    expect(kept).toHaveLength(100);
    expect(kept.at(-1)).toBe("route 4999");
  });
});

describe("a window between two looks", () => {
  it("gives each attempt exactly once", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("add", "take", "read")), (steps) => {
        const { window, add } = setUp();
        let added = 0;
        let taken = 0;
        for (const step of steps) {
          if (step === "take") taken += countOf(window.take());
          if (step === "read") window.stats();
          if (step !== "add") continue;
          add();
          added += 1;
        }
        expect(taken + countOf(window.stats())).toBe(added);
      }),
    );
  });

  it("keeps workloads, and streaming and unary calls, apart", () => {
    const { window, add } = setUp();
    add();
    add({ streaming: false, ttfbMs: 900 });
    add({ workload: "batch", ttfbMs: 5_000 });
    expect(window.stats().map(({ workload, streaming, ttfb }) => [workload, streaming, ttfb.max])).toEqual([
      ["default", true, 100],
      ["default", false, 900],
      ["batch", true, 5_000],
    ]);
    const { key } = routeOf("us");
    expect(window.histogram(key, { workload: "batch" })?.maxValue).toBeCloseTo(5_000, -2);
    expect(window.histogram(key, { of: "total" })?.totalCount).toBe(1);
    expect(window.histogram("elsewhere")).toBeUndefined();
  });

  it("tells probes and backups, and how many of these won", () => {
    const { window, add } = setUp();
    add({ cause: "probe" });
    add({ cause: "backup" });
    add({ cause: "hedge", outcome: "cancelled", ttfbMs: undefined } as never);
    expect(window.stats()).toMatchObject([{ attempts: 3, probes: 1, backups: { started: 2, won: 1 } }]);
  });
});

function countOf(stats: readonly { readonly attempts: number }[]): number {
  return stats.reduce((sum, { attempts }) => sum + attempts, 0);
}
