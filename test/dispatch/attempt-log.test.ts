import { describe, expect, it } from "vitest";
import { AttemptLog } from "../../src/dispatch/attempt-log.ts";
import { planOf, routeOf } from "../support/routes.ts";

const plan = planOf("us", "global");

describe("the log of the attempts of a request", () => {
  it("counts the attempts that were started", () => {
    const log = new AttemptLog(plan);
    log.start(routeOf("us"), 10, "first");
    log.start(routeOf("global"), 20, "failover");
    expect(log.attempts).toBe(2);
  });

  it("reports a request without attempts", () => {
    expect(new AttemptLog(plan).report()).toEqual({ plan, attempts: [], route: undefined });
  });

  it("reports the attempts in the order of their start, and the route that served", () => {
    const log = new AttemptLog(plan);
    const error = new Error("throttled");
    const first = log.start(routeOf("us"), 10, "first");
    const second = log.start(routeOf("global"), 20, "backup");
    Object.assign(second, { outcome: "succeeded", ttfbMs: 5, totalMs: 9 });
    Object.assign(first, { outcome: "throttled", totalMs: 30, family: "tokens-per-minute", error });
    expect(log.report()).toEqual({
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
    const log = new AttemptLog(plan);
    log.start(routeOf("us"), 10, "first");
    expect(log.report()).toMatchObject({ attempts: [], route: undefined });
  });

  it("says that a route served although its stream broke off after the first content", () => {
    const log = new AttemptLog(plan);
    Object.assign(log.start(routeOf("us"), 10, "first"), { outcome: "unavailable", ttfbMs: 5, totalMs: 9 });
    expect(log.report().route).toBe(routeOf("us"));
  });

  it("reports what stands at the time, in values that nobody can change", () => {
    const log = new AttemptLog(plan);
    const entry = log.start(routeOf("us"), 10, "first");
    entry.outcome = "succeeded";
    const before = log.report();
    entry.totalMs = 40;
    expect(before.attempts[0]).not.toHaveProperty("totalMs");
    expect(log.report().attempts[0]).toHaveProperty("totalMs", 40);
    expect([before, before.attempts, before.attempts[0]].every((value) => Object.isFrozen(value))).toBe(true);
  });
});
