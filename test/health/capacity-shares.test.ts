import { describe, expect, it } from "vitest";
import { CapacityShares } from "../../src/health/capacity-shares.ts";
import type { Contender } from "../../src/health/home-route.ts";
import { RouteHealth } from "../../src/health/route-health.ts";
import type { Route } from "../../src/types/route.ts";
import { Chance } from "../support/chance.ts";
import { routeOf } from "../support/routes.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const GLOBAL = routeOf("global");
const EU = routeOf("eu");
const SLICE = { workload: "default", streaming: false };

const contender = (route: Route, usable = true): Contender => ({
  route,
  score: 1,
  samples: 20,
  ttfbMs: 1,
  priorMs: 1,
  ...(usable ? {} : { coolingForMs: 5_000 }),
});

function stage(luck: () => number = () => 0.5) {
  const clock = new VirtualClock();
  return { clock, shares: new CapacityShares(clock, luck) };
}

describe("the share of a route by capacity", () => {
  it("is everything until the route is throttled", () => {
    const { shares } = stage(() => 0.999);
    expect(shares.shareOf(GLOBAL)).toBe(1);
    expect(shares.choose([contender(GLOBAL), contender(EU)])?.route).toBe(GLOBAL);
  });

  it("is halved by a throttle, down to one request in twenty", async () => {
    const { shares, clock } = stage();
    for (const share of [0.5, 0.25, 0.125, 0.0625, 0.05, 0.05]) {
      shares.throttled(GLOBAL);
      expect(shares.shareOf(GLOBAL)).toBe(share);
      await clock.advance(1_000);
    }
    expect(shares.shareOf(EU)).toBe(1);
  });

  it("is halved once by requests that were throttled together", async () => {
    const { shares, clock } = stage();
    shares.throttled(GLOBAL);
    await clock.advance(999);
    shares.throttled(GLOBAL);
    expect(shares.shareOf(GLOBAL)).toBe(0.5);
  });

  it("is regained with answers, by two points a second at most", async () => {
    const { shares, clock } = stage();
    shares.throttled(GLOBAL);
    await clock.advance(10_000);
    expect(shares.shareOf(GLOBAL)).toBe(0.5);
    shares.answered(GLOBAL);
    expect(shares.shareOf(GLOBAL)).toBeCloseTo(0.52);
    for (let answer = 0; answer < 100; answer += 1) shares.answered(GLOBAL);
    expect(shares.shareOf(GLOBAL)).toBeCloseTo(0.52);
    for (let second = 0; second < 24; second += 1) {
      await clock.advance(1_000);
      shares.answered(GLOBAL);
    }
    expect(shares.shareOf(GLOBAL)).toBe(1);
  });

  it("decides by luck, in the order of preference", () => {
    let luck = 0.6;
    const { shares } = stage(() => luck);
    shares.throttled(GLOBAL);
    const both = [contender(GLOBAL), contender(EU)];
    expect(shares.choose(both)?.route).toBe(EU);
    luck = 0.4;
    expect(shares.choose(both)?.route).toBe(GLOBAL);
  });

  it("goes to the largest share when luck is with nobody, and to nobody when no route is usable", () => {
    const { shares } = stage(() => 0.99);
    shares.throttled(GLOBAL);
    expect(shares.choose([contender(GLOBAL), contender(EU, false)])?.route).toBe(GLOBAL);
    expect(shares.choose([contender(GLOBAL, false), contender(EU, false)])).toBeUndefined();
    expect(shares.choose([])).toBeUndefined();
  });
});

/** Quotas of `perSecond` requests, as a bucket of one minute, and the requests of ten minutes at 20 a second. */
function drive(perSecond: Readonly<Record<string, number>>, choose: (health: RouteHealth) => Route) {
  const clock = new VirtualClock();
  const chance = new Chance(1, 1);
  const health = new RouteHealth(
    clock,
    () => chance.next(),
    () => {},
  );
  const tokens: Record<string, number> = Object.fromEntries(Object.entries(perSecond).map(([k, v]) => [k, 60 * v]));
  const served: Record<string, number> = {};
  let throttles = 0;
  return {
    async run(): Promise<{ throttles: number; served: Record<string, number> }> {
      for (let request = 0; request < 12_000; request += 1) {
        await clock.advance(50);
        for (const [key, rate] of Object.entries(perSecond)) {
          tokens[key] = Math.min(60 * rate, (tokens[key] ?? 0) + rate / 20);
        }
        const first = choose(health);
        for (const route of [first, first === GLOBAL ? EU : GLOBAL]) {
          const track = health.track(route, SLICE);
          track.started("first");
          if ((tokens[route.geography] ?? 0) >= 1) {
            tokens[route.geography] = (tokens[route.geography] ?? 0) - 1;
            served[route.geography] = (served[route.geography] ?? 0) + 1;
            track.answered(500);
            health.capacity.answered(route);
            break;
          }
          throttles += 1;
          track.failed("throttled");
          health.postpone(route, { kind: "throttled", family: "requests-per-minute" } as never);
        }
      }
      return { throttles, served };
    },
  };
}

it("uses the quotas of all routes with fewer throttles than cooldowns alone", async () => {
  const quotas = { global: 12, eu: 12 };
  const usable = (health: RouteHealth, route: Route) => health.cooldowns.cooling(route) === undefined;
  const alone = await drive(quotas, (health) => (usable(health, GLOBAL) ? GLOBAL : EU)).run();
  const shared = await drive(quotas, (health) => {
    const both = [GLOBAL, EU].map((route) => contender(route, usable(health, route)));
    return health.capacity.choose(both)?.route ?? GLOBAL;
  }).run();
  expect(alone.served).toSatisfy(({ global, eu }) => global + eu === 12_000);
  expect(shared.served).toSatisfy(({ global, eu }) => global + eu === 12_000);
  expect(shared.throttles).toBeLessThan(0.75 * alone.throttles);
});
