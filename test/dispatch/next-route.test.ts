import { describe, expect, it } from "vitest";
import {
  attemptToRepeat,
  errorToThrow,
  type FailedAttempt,
  healthyUntried,
  isConfiguration,
  rememberInvalidRoutes,
  untried,
} from "../../src/dispatch/next-route.ts";
import { RouteHealth } from "../../src/health/route-health.ts";
import type { Failure } from "../../src/types/failure.ts";
import type { Candidate } from "../../src/types/plan.ts";
import { nameOf, planOf, routeOf } from "../support/routes.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const THROTTLED: Failure = { kind: "throttled", scope: "route", family: "throttling" };
const INVALID: Failure = { kind: "invalid-route", scope: "route", family: "model-identifier-invalid" };

describe("the next route", () => {
  it("is the best one that was not tried and is not cooling", () => {
    const { plan, candidates, health } = setUp();
    expect(name(healthyUntried(plan, new Set(), health))).toBe("us");
    health.postpone(routeOf("eu"), THROTTLED);
    expect(name(healthyUntried(plan, new Set([candidates.us]), health))).toBe("global");
    health.postpone(routeOf("global"), THROTTLED);
    expect(name(healthyUntried(plan, new Set([candidates.us]), health))).toBeUndefined();
  });

  it("is one that has proved itself rather than one whose cooldown has merely passed", async () => {
    const clock = new VirtualClock();
    const health = new RouteHealth(
      clock,
      () => 0.5,
      () => {},
    );
    const { plan, candidates } = setUp();
    health.postpone(routeOf("eu"), { kind: "unavailable", scope: "route", family: "lost-races" });
    await clock.advance(10_000);
    expect(name(healthyUntried(plan, new Set([candidates.us]), health))).toBe("global");
    expect(name(healthyUntried(plan, new Set([candidates.us, candidates.global]), health))).toBe("eu");
    health.cooldowns.succeeded(routeOf("eu"));
    expect(name(healthyUntried(plan, new Set([candidates.us]), health))).toBe("eu");
  });

  it("after a throttle in the home Region, is another kind there before its equals elsewhere", () => {
    const health = new RouteHealth(
      new VirtualClock(),
      () => 0.5,
      () => {},
    );
    const plan = planOf("us", "us@us-west-2", "eu@us-west-2", "global");
    const [us, remote] = plan.candidates;
    const next = (candidate: Candidate | undefined, failure: Failure): string | undefined =>
      name(healthyUntried(plan, new Set([candidate!]), health, { candidate: candidate!, failure }));
    expect(next(us, THROTTLED)).toBe("global");
    expect(next(us, { ...THROTTLED, kind: "unavailable" })).toBe("us@us-west-2");
    expect(next(remote, THROTTLED)).toBe("us");
    health.postpone(routeOf("global"), THROTTLED);
    expect(next(us, THROTTLED)).toBe("us@us-west-2");
  });

  it("after a throttle in the home Region, is still of the best tier: a policy that wants the cheapest gets it", () => {
    const health = new RouteHealth(
      new VirtualClock(),
      () => 0.5,
      () => {},
    );
    const { candidates, ...rest } = planOf("global", "global@us-west-2", "us");
    const plan = {
      ...rest,
      candidates: candidates.map((candidate, index) => ({ ...candidate, tier: index < 2 ? 0 : 1 })),
    };
    const [candidate] = plan.candidates;
    const after = { candidate: candidate!, failure: THROTTLED };
    expect(name(healthyUntried(plan, new Set([candidate!]), health, after))).toBe("global@us-west-2");
  });

  it("is else the best one that was not tried: a cooldown is advice", () => {
    const { plan, candidates } = setUp();
    expect(name(untried(plan, new Set([candidates.us])))).toBe("eu");
    expect(name(untried(plan, new Set(Object.values(candidates))))).toBeUndefined();
  });
});

describe("the attempt to repeat", () => {
  it("is on the least tried route, and among equals on the one that reopens first", () => {
    const { plan, health, failed } = setUp();
    health.postpone(routeOf("us"), { ...THROTTLED, retryAfterMs: 50_000 });
    health.postpone(routeOf("eu"), THROTTLED);
    const once = [failed("us", THROTTLED), failed("eu", THROTTLED)];
    expect(attemptToRepeat(plan, once, health)).toBe(once[1]);
    const twice = [...once, failed("eu", THROTTLED)];
    expect(attemptToRepeat(plan, twice, health)).toBe(twice[0]);
  });

  it("is never on a route that is invalid, nor on one that was not tried", () => {
    const { plan, health, failed } = setUp();
    expect(attemptToRepeat(plan, [failed("us", INVALID)], health)).toBeUndefined();
    expect(attemptToRepeat(plan, [failed("us", THROTTLED), failed("us", INVALID)], health)).toBeUndefined();
  });
});

describe("the fault is the configuration's", () => {
  it("when every route is invalid", () => {
    const { plan, failed } = setUp();
    const all = ["us", "eu", "global"].map((route) => failed(route, INVALID));
    expect(isConfiguration(plan, all)).toBe(true);
    expect(isConfiguration(plan, all.slice(1))).toBe(false);
    expect(isConfiguration(plan, [...all, failed("us", THROTTLED)])).toBe(false);
  });

  it("not when one route was found invalid as often as there are routes, by a backup of its own", () => {
    const { plan, failed } = setUp();
    expect(isConfiguration(plan, [failed("us", INVALID), failed("us", INVALID), failed("eu", INVALID)])).toBe(false);
  });
});

describe("invalid routes", () => {
  it("alone are remembered", () => {
    const { health, failed } = setUp();
    rememberInvalidRoutes([failed("us", INVALID), failed("eu", THROTTLED)], health);
    expect(["us", "eu"].map((route) => health.cooldowns.cooling(routeOf(route))?.family)).toEqual([
      "model-identifier-invalid",
      undefined,
    ]);
  });
});

describe("the error to throw", () => {
  it("is the last one that is not about an invalid route, else the first", () => {
    const { failed } = setUp();
    const [invalid, throttled, other] = [failed("us", INVALID), failed("eu", THROTTLED), failed("global", INVALID)];
    expect(errorToThrow([invalid, throttled, other])).toBe(throttled.error);
    expect(errorToThrow([invalid, other])).toBe(invalid.error);
    expect(errorToThrow([])).toBeUndefined();
  });
});

function setUp() {
  const plan = planOf("us", "eu", "global");
  const [us, eu, global] = plan.candidates as [Candidate, Candidate, Candidate];
  const candidates = { us, eu, global };
  const health = new RouteHealth(
    new VirtualClock(),
    () => 0.5,
    () => {},
  );
  const failed = (route: string, failure: Failure): FailedAttempt => ({
    candidate: plan.candidates.find((candidate) => candidate.route === routeOf(route))!,
    error: new Error(`${route} ${failure.family}`),
    failure,
  });
  return { plan, candidates, health, failed };
}

function name(candidate: Candidate | undefined): string | undefined {
  return candidate && nameOf(candidate.route);
}
