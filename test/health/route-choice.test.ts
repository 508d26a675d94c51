import { describe, expect, it } from "vitest";
import { RouteChoice } from "../../src/health/route-choice.ts";
import { RouteHealth } from "../../src/health/route-health.ts";
import type { Failure } from "../../src/types/failure.ts";
import type { Candidate, Plan, RoutePreference } from "../../src/types/plan.ts";
import { nameOf, planOf, routeOf } from "../support/routes.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const THROTTLED: Failure = { kind: "throttled", family: "throttling" };
const DOWN: Failure = { kind: "unavailable", family: "service-unavailable" };
const INVALID: Failure = { kind: "invalid-route", family: "model-identifier-invalid" };
const SLICE = { workload: "default", streaming: true } as const;

describe("the first route", () => {
  it("is one of the first tier that has a usable route", () => {
    const { choice, plan } = setUp(["global", "global@us-west-2", "us", "us@us-west-2"]);
    const tiered = withFacts(plan, (_, place) => ({
      tier: place < 2 ? 0 : 1,
      score: 1_000 - 200 * place,
      samples: 20,
    }));
    expect(nameOf(choice.first(tiered, false)!.route)).toBe("global@us-west-2");
    // A ranking has cooling routes at its end.
    const [first, second, ...others] = tiered;
    const cooling = [first!, second!].map((candidate) => ({ ...candidate, coolingForMs: 5_000 }));
    expect(nameOf(choice.first([...others, ...cooling], false)!.route)).toBe("us@us-west-2");
    expect(choice.first(cooling, false)).toBeUndefined();
    expect(choice.preview(cooling)).toBeUndefined();
  });

  it("while home is cooling, is the best by score, whatever it is cooling for", () => {
    for (const failure of [THROTTLED, DOWN]) {
      const { choice, plan, health } = setUp(["us", "us@us-west-2", "eu"]);
      health.postpone(routeOf("us"), failure);
      const [us, ...others] = plan.candidates;
      const now = [...others, { ...us!, coolingForMs: 5_000 }];
      expect(nameOf(choice.preview(now)!.route)).toBe("us@us-west-2");
      expect(choice.first(now, false)).toMatchObject({ route: routeOf("us@us-west-2"), because: "home-postponed" });
    }
  });

  it("is shown as it will be, and looking at it changes nothing", () => {
    const { choice, plan } = setUp(["us", "global"]);
    const better = withFacts(plan, (_, place) => ({ score: place === 0 ? 1_000 : 500 }));
    for (let look = 0; look < 100; look += 1)
      expect(choice.preview(better)).toMatchObject({ route: routeOf("global") });
    expect(choice.preview(plan.candidates)).toMatchObject({ route: routeOf("us"), because: "home" });
    expect(choice.first(better, true)).toMatchObject({ route: routeOf("global"), because: "home" });
  });
});

describe("the first route where capacity is preferred", () => {
  const pools = (plan: Plan) => withFacts(plan, (_, place) => ({ tier: place < 2 ? 0 : 1 }));

  it("is of the largest pool that is not throttled, on the default among equals unless another is 15 % better", () => {
    const { choice, plan } = setUp(["global", "global@us-west-2", "us"], "throughput");
    const noisy = pools(plan).map((candidate, place) => ({ ...candidate, score: [500, 440, 100][place]! }));
    const ranked = [noisy[1]!, noisy[0]!, noisy[2]!];
    expect(nameOf(choice.first(ranked, true)!.route)).toBe("global");
    const clear = ranked.map((candidate, place) => ({ ...candidate, score: [424, 500, 100][place]! }));
    expect(nameOf(choice.first(clear, true)!.route)).toBe("global@us-west-2");
    expect(nameOf(choice.preview(clear)!.route)).toBe("global@us-west-2");
  });

  it("is any pool that is usable", () => {
    const { choice, plan } = setUp(["global", "global@us-west-2", "us"], "throughput");
    const [first, second, third] = pools(plan);
    const cooling = [third!, ...[first!, second!].map((candidate) => ({ ...candidate, coolingForMs: 5_000 }))];
    expect(nameOf(choice.first(cooling, true)!.route)).toBe("us");
  });

  it("is shown as the pool that has room", () => {
    const { choice, plan, health } = setUp(["global", "us"], "throughput");
    const candidates = withFacts(plan, (_, tier) => ({ tier }));
    const shown = (): string => nameOf(choice.preview(candidates)!.route);
    expect(shown()).toBe("global");
    const demand = health.capacity.demandOf(0);
    for (const [name, left] of [
      ["global", "us"],
      ["us", "global"],
    ] as const) {
      health.capacity.started(routeOf(name), demand);
      health.capacity.throttled(routeOf(name), THROTTLED, demand);
      expect(nameOf(choice.first(candidates, true, demand)!.route)).toBe(left);
    }
  });
});

describe("the next route", () => {
  it("is the best one that was not tried and is not cooling", () => {
    const { choice, plan, health } = setUp();
    const [us] = plan.candidates;
    expect(name(choice.next(plan, new Set()))).toBe("us");
    health.postpone(routeOf("eu"), THROTTLED);
    expect(name(choice.next(plan, new Set([us!])))).toBe("global");
    health.postpone(routeOf("global"), THROTTLED);
    expect(choice.next(plan, new Set([us!]))).toBeUndefined();
  });

  it("after a throttle too, is the best by score: the same profile from the next Region has a quota of its own", () => {
    const { choice, plan, health } = setUp(["us", "us@us-west-2", "eu@us-west-2", "global"]);
    const [us] = plan.candidates;
    health.postpone(routeOf("us"), THROTTLED);
    expect(name(choice.next(plan, new Set([us!])))).toBe("us@us-west-2");
  });
});

describe("the attempt to repeat", () => {
  it("is on the least tried route, and among equals on the one that reopens first", () => {
    const { choice, plan, health, failed } = setUp();
    health.postpone(routeOf("us"), { ...THROTTLED, retryAfterMs: 50_000 });
    health.postpone(routeOf("eu"), THROTTLED);
    const once = [failed("us", THROTTLED), failed("eu", THROTTLED)];
    expect(choice.toRepeat(plan, once)).toBe(once[1]);
    const twice = [...once, failed("eu", THROTTLED)];
    expect(choice.toRepeat(plan, twice)).toBe(twice[0]);
  });

  it("is never on a route that is invalid, nor on one that was not tried", () => {
    const { choice, plan, failed } = setUp();
    expect(choice.toRepeat(plan, [failed("us", INVALID)])).toBeUndefined();
    expect(choice.toRepeat(plan, [failed("us", THROTTLED), failed("us", INVALID)])).toBeUndefined();
  });
});

describe("what was measured", () => {
  it("counts with the price of the route, and drops the older samples of a default that has recovered", () => {
    const { choice, plan, health, clock } = setUp(["us", "global"]);
    const slow = withFacts(plan, (_, place) => ({ score: place === 0 ? 900 : 500, ttfbMs: 450, samples: 20 }));
    const track = health.track(routeOf("us"), SLICE);
    for (let sample = 0; sample < 20; sample += 1) track.answered(900);
    expect(nameOf(choice.first(slow, true)!.route)).toBe("global");
    return clock.advance(20_000).then(() => {
      while (choice.first(slow, true)?.because !== "probe");
      expect(choice.causeOf(routeOf("us"))).toBe("probe");
      for (let sample = 0; sample < 10; sample += 1) {
        track.answered(200);
        // A score of 2 a millisecond: 240 ms are 480, which is no worse than home.
        choice.measured(slow[0]!, 240);
        choice.first(slow, true);
      }
      expect(health.evidence(routeOf("us"), SLICE)).toMatchObject({ samples: 10, p50Ms: 200 });
    });
  });
});

function setUp(names: readonly string[] = ["us", "eu", "global"], prefer: RoutePreference = "latency") {
  const clock = new VirtualClock();
  const health = new RouteHealth(
    clock,
    () => 0.5,
    () => {},
  );
  const plan = planOf(...names);
  const choice = new RouteChoice(names.map(routeOf), prefer, SLICE, health, clock);
  const failed = (route: string, failure: Failure) => ({
    candidate: plan.candidates.find((candidate) => candidate.route === routeOf(route))!,
    error: new Error(`${route} ${failure.family}`),
    failure,
  });
  return { choice, plan, health, clock, failed };
}

function withFacts(
  plan: Plan,
  factsOf: (candidate: Candidate, place: number) => Partial<Candidate>,
): readonly Candidate[] {
  return plan.candidates.map((candidate, place) => ({ ...candidate, ...factsOf(candidate, place) }));
}

function name(candidate: Candidate | undefined): string | undefined {
  return candidate && nameOf(candidate.route);
}
