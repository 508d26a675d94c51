import { describe, expect, it } from "vitest";
import { Capacity, type Demand } from "../../src/health/capacity.ts";
import type { Contender } from "../../src/health/home-route.ts";
import { RouteHealth } from "../../src/health/route-health.ts";
import type { Failure } from "../../src/types/failure.ts";
import type { Route } from "../../src/types/route.ts";
import { Chance } from "../support/chance.ts";
import { routeOf } from "../support/routes.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const GLOBAL = routeOf("global");
const EU = routeOf("eu");
const SLICE = { workload: "default", streaming: false };
const SECOND = 1_000;
const TOKENS: Failure = { kind: "throttled", family: "tokens-per-minute" };

const contender = (route: Route, usable = true): Contender => ({
  route,
  score: 1,
  samples: 20,
  ttfbMs: 1,
  priorMs: 1,
  ...(usable ? {} : { coolingForMs: 5_000 }),
});

function stage() {
  const clock = new VirtualClock();
  const capacity = new Capacity(clock);
  /** Requests of a thousand tokens (as much as 200 of the output), one a second, answered with `output` tokens. */
  const admit = async (requests: number, output: number, maxTokens = 1_000): Promise<void> => {
    const demand = capacity.demandOf(0, maxTokens);
    for (let request = 0; request < requests; request += 1) {
      capacity.started(GLOBAL, demand);
      capacity.ended(GLOBAL, demand, { inputTokens: 0, outputTokens: output }, false);
      await clock.advance(SECOND);
    }
  };
  const refuse = (demand: Demand): number | "large" | undefined => {
    capacity.started(GLOBAL, demand);
    capacity.ended(GLOBAL, demand, undefined, true);
    return capacity.throttled(GLOBAL, TOKENS, demand);
  };
  return { clock, capacity, admit, refuse };
}

describe("what a route bears", () => {
  it("is everything until it is throttled", () => {
    const { capacity } = stage();
    expect(capacity.waitMs(GLOBAL, capacity.demandOf(1e6, 1e6))).toBe(0);
    expect(capacity.choose([contender(GLOBAL), contender(EU)], capacity.demandOf(0))?.route).toBe(GLOBAL);
    expect(capacity.tokensPerMinute(GLOBAL)).toBeUndefined();
  });

  it("is what it took between two throttles, refilled by tokens: a request waits for as many as it reserves", async () => {
    const { clock, capacity, admit, refuse } = stage();
    await admit(60, 200);
    refuse(capacity.demandOf(0, 1_000));
    await admit(30, 200);
    // Thirty thousand in half a minute.
    expect(refuse(capacity.demandOf(0, 1_000))).toBeCloseTo(SECOND / 0.95);
    expect(capacity.tokensPerMinute(GLOBAL)).toBeCloseTo(57_000);
    expect(capacity.waitMs(GLOBAL, capacity.demandOf(0, 10_000))).toBeCloseTo((10 * SECOND) / 0.95);
    await clock.advance(4 * SECOND);
    expect(capacity.waitMs(GLOBAL, capacity.demandOf(0, 10_000))).toBeCloseTo((10 * SECOND) / 0.95 - 4 * SECOND);
    expect(capacity.waitMs(GLOBAL, capacity.demandOf(0, 3_000))).toBe(0);
    expect(capacity.waitMs(EU, capacity.demandOf(0, 4_000))).toBe(0);
  });

  it("counts what answers used, by the burndown rate of the model, and not what they had reserved", async () => {
    const used = async (output: number, maxTokens: number): Promise<number | undefined> => {
      const { capacity, admit, refuse } = stage();
      await admit(60, output, maxTokens);
      refuse(capacity.demandOf(0, maxTokens));
      return capacity.tokensPerMinute(GLOBAL);
    };
    expect(GLOBAL.model).toContain("anthropic.claude");
    expect(await used(100, 64_000)).toBe(await used(100, 1_000));
    expect(await used(200, 1_000)).toBe(2 * (await used(100, 1_000))!);
  });

  it("is not judged by a request that asks for far more than the others: only such requests go elsewhere", async () => {
    const { clock, capacity, admit, refuse } = stage();
    await admit(20, 10);
    expect(refuse(capacity.demandOf(0, 64_000))).toBe("large");
    const both = [contender(GLOBAL), contender(EU)];
    expect(capacity.choose(both, capacity.demandOf(0, 64_000))?.route).toBe(EU);
    expect(capacity.tooLargeForMs(GLOBAL, capacity.demandOf(0, 64_000))).toBe(30 * SECOND);
    expect(capacity.choose(both, capacity.demandOf(0, 1_000))?.route).toBe(GLOBAL);
    await clock.advance(30 * SECOND);
    expect(capacity.choose(both, capacity.demandOf(0, 64_000))?.route).toBe(GLOBAL);
  });

  it("grows while it answers, and is forgotten in the end", async () => {
    const { clock, capacity, admit, refuse } = stage();
    await admit(60, 200);
    refuse(capacity.demandOf(0, 1_000));
    const before = capacity.tokensPerMinute(GLOBAL)!;
    for (let second = 0; second < 100; second += 1) {
      await clock.advance(SECOND);
      capacity.answered(GLOBAL);
    }
    expect(capacity.tokensPerMinute(GLOBAL)).toBeGreaterThan(1.2 * before);
    for (let second = 0; second < 300; second += 1) {
      await clock.advance(SECOND);
      capacity.answered(GLOBAL);
    }
    expect(capacity.tokensPerMinute(GLOBAL)).toBeUndefined();
  });

  it("says nothing after what is no quota of the account", async () => {
    const { capacity, admit } = stage();
    await admit(60, 200);
    const overloaded: Failure = { kind: "throttled", family: "overloaded" };
    expect(capacity.throttled(GLOBAL, overloaded, capacity.demandOf(0, 1_000))).toBeUndefined();
    expect(capacity.waitMs(GLOBAL, capacity.demandOf(0, 1_000))).toBe(0);
  });

  it("chooses the route that has room first when none has any, and none when none is usable", async () => {
    const { capacity, admit, refuse } = stage();
    await admit(60, 200);
    refuse(capacity.demandOf(0, 1_000));
    const demand = capacity.demandOf(0, 1_000);
    expect(capacity.choose([contender(GLOBAL), contender(EU, false)], demand)?.route).toBe(GLOBAL);
    expect(capacity.choose([contender(GLOBAL, false), contender(EU, false)], demand)).toBeUndefined();
    expect(capacity.choose([], demand)).toBeUndefined();
  });
});

/** Quotas of tokens a minute on two routes, and the requests of ten minutes at 10 a second. */
async function drive(
  quotas: Readonly<Record<string, number>>,
  sizeOf: (chance: Chance) => { readonly maxTokens: number; readonly output: number },
  choose: (health: RouteHealth, demand: Demand) => Route,
) {
  const clock = new VirtualClock();
  const chance = new Chance(1, 1);
  const health = new RouteHealth(
    clock,
    () => chance.next(),
    () => {},
  );
  const level = { ...quotas };
  let throttles = 0;
  let served = 0;
  for (let request = 0; request < 6_000; request += 1) {
    await clock.advance(100);
    for (const [key, quota] of Object.entries(quotas)) level[key] = Math.min(quota, level[key]! + quota / 600);
    const { maxTokens, output } = sizeOf(chance);
    const demand = health.capacity.demandOf(0, maxTokens);
    const first = choose(health, demand);
    for (const route of [first, first === GLOBAL ? EU : GLOBAL]) {
      const track = health.track(route, SLICE);
      track.started("first");
      health.capacity.started(route, demand);
      if (level[route.geography]! >= maxTokens) {
        // Burndown of the model.
        level[route.geography]! -= 5 * output;
        health.capacity.ended(route, demand, { inputTokens: 0, outputTokens: output }, false);
        track.answered(500);
        health.capacity.answered(route);
        served += 1;
        break;
      }
      throttles += 1;
      track.failed("throttled");
      health.capacity.ended(route, demand, undefined, true);
      health.postpone(route, TOKENS, {}, demand);
    }
  }
  return { throttles, served };
}

describe("a quota of tokens", () => {
  const usable = (health: RouteHealth, route: Route) => health.cooldowns.cooling(route) === undefined;
  const byCooldowns = (health: RouteHealth): Route => (usable(health, GLOBAL) ? GLOBAL : EU);
  const byRoom = (health: RouteHealth, demand: Demand): Route => {
    const both = [GLOBAL, EU].map((route) => contender(route, usable(health, route)));
    return health.capacity.choose(both, demand)?.route ?? GLOBAL;
  };

  it("is used as far with fewer throttles than by cooldowns alone", async () => {
    const size = (): { maxTokens: number; output: number } => ({ maxTokens: 1_000, output: 200 });
    const quotas = { global: 400_000, eu: 400_000 };
    const alone = await drive(quotas, size, byCooldowns);
    const shared = await drive(quotas, size, byRoom);
    expect(shared.served).toBeGreaterThanOrEqual(alone.served);
    expect(shared.throttles).toBeLessThan(0.75 * alone.throttles);
  });

  it("that large requests cannot get costs the small ones nothing", async () => {
    const quotas = { global: 60_000, eu: 1e9 };
    const some = (large: number) => (chance: Chance) =>
      chance.next() < large ? { maxTokens: 64_000, output: 10 } : { maxTokens: 500, output: 10 };
    const small = await drive(quotas, some(0), byRoom);
    const mixed = await drive(quotas, some(0.05), byRoom);
    expect(small.throttles).toBe(0);
    // One try every half a minute, and nobody waits for it.
    expect(mixed.throttles).toBeLessThan(25);
    expect(mixed.served).toBe(6_000);
  });
});
