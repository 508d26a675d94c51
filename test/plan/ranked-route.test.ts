import { expect, it } from "vitest";
import { rankedRoute } from "../../src/plan/ranked-route.ts";
import { eligibleRoute, policyFor, steady } from "./route-request.ts";

const LATENCY = policyFor("latency", "eu-central-1");

it("scores a route by its expected TTFB times its price, and by its prior for the time when nothing is known", () => {
  const entry = rankedRoute(eligibleRoute({ modelId: "eu", priorMs: 800, relativePrice: 1.1 }), LATENCY, steady(500));
  expect(entry.score).toBeCloseTo(550);
  expect(entry.priorScore).toBeCloseTo(880);
});

it("does not take a price of 0 for a reason to ignore how slow a route is", () => {
  expect(rankedRoute(eligibleRoute({ modelId: "own", priorMs: 800, relativePrice: 0 }), LATENCY, undefined).score).toBe(
    800,
  );
});

it("holds a global profile for the largest pool", () => {
  const global = eligibleRoute({ modelId: "global", kind: "global", destinationRegions: ["*"] });
  const eu = eligibleRoute({ modelId: "eu", destinationRegions: ["a", "b"] });
  expect(rankedRoute(global, LATENCY, undefined).pool).toBe(Number.POSITIVE_INFINITY);
  expect(rankedRoute(eu, LATENCY, undefined).pool).toBe(2);
});
