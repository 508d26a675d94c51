import { describe, expect, it } from "vitest";
import { Trail } from "../../src/dispatch/trail.ts";
import { planOf, routeOf } from "../support/routes.ts";

const plan = planOf("us", "global");

describe("Trail", () => {
  it("counts the attempts that were started", () => {
    const trail = new Trail(plan);
    trail.start(routeOf("us"), 10, "first");
    trail.start(routeOf("global"), 20, "first");
    expect(trail.attempts).toBe(2);
  });

  it("reports a request without attempts", () => {
    expect(new Trail(plan).report()).toEqual({ plan, attempts: [], route: undefined });
  });

  it("reports the attempts in the order of their start, and the route that served", () => {
    const trail = new Trail(plan);
    const error = new Error("throttled");
    const first = trail.start(routeOf("us"), 10, "first");
    const second = trail.start(routeOf("global"), 20, "backup");
    Object.assign(second, { outcome: "succeeded", ttfbMs: 5, totalMs: 9 });
    Object.assign(first, { outcome: "throttled", totalMs: 30, family: "tokens-per-minute", error });
    expect(trail.report()).toEqual({
      plan,
      attempts: [
        {
          route: routeOf("us"),
          outcome: "throttled",
          startedAt: 10,
          totalMs: 30,
          family: "tokens-per-minute",
          error,
          cause: "first",
        },
        { route: routeOf("global"), outcome: "succeeded", startedAt: 20, ttfbMs: 5, totalMs: 9, cause: "backup" },
      ],
      route: routeOf("global"),
    });
  });

  it("leaves out an attempt that has not ended yet", () => {
    const trail = new Trail(plan);
    trail.start(routeOf("us"), 10, "first");
    expect(trail.report()).toMatchObject({ attempts: [], route: undefined });
  });

  it("says that a route served although its stream broke off after the first content", () => {
    const trail = new Trail(plan);
    Object.assign(trail.start(routeOf("us"), 10, "first"), { outcome: "unavailable", ttfbMs: 5, totalMs: 9 });
    expect(trail.report().route).toBe(routeOf("us"));
  });

  it("reports what stands at the time, in values that nobody can change", () => {
    const trail = new Trail(plan);
    const entry = trail.start(routeOf("us"), 10, "first");
    entry.outcome = "succeeded";
    const before = trail.report();
    entry.totalMs = 40;
    expect(before.attempts[0]).not.toHaveProperty("totalMs");
    expect(trail.report().attempts[0]).toHaveProperty("totalMs", 40);
    expect([before, before.attempts, before.attempts[0]].every((value) => Object.isFrozen(value))).toBe(true);
  });
});
