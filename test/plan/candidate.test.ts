import { describe, expect, it } from "vitest";
import { candidateOf } from "../../src/plan/candidate.ts";
import { ADAPTIVE, cooling, eligibleRoute, policyFor, steady } from "./route-request.ts";

const LATENCY = policyFor("latency", "eu-central-1");
const eu = eligibleRoute({ modelId: "eu", priorMs: 800, relativePrice: 1.1 });

describe("candidateOf", () => {
  it("shows the numbers that the route is ranked by, in sentences as well", () => {
    const candidate = candidateOf(eu, steady(500), LATENCY, ADAPTIVE);
    expect(candidate).toMatchObject({
      route: eu.route,
      ttfbMs: 500,
      relativePrice: 1.1,
      tier: 0,
      backupAfterMs: 1_500,
    });
    expect(candidate.score).toBeCloseTo(550);
    expect(candidate.reasons[0]).toMatch(/^expects 500 ms to first byte, from \d+ live samples$/);
    expect(candidate.reasons).toContain("scores 550 (TTFB × price^1)");
  });

  it("says of the first one why it leads", () => {
    const candidate = candidateOf(eu, undefined, LATENCY, ADAPTIVE, "as a probe");
    expect(candidate.reasons).toContain("scores 880 (TTFB × price^1), leads as a probe");
  });

  it("tells how long the route is postponed, and only then", () => {
    const show = (evidence: ReturnType<typeof steady>) => candidateOf(eu, evidence, LATENCY, ADAPTIVE);
    expect(show(cooling(4_200, "throttled"))).toMatchObject({ coolingForMs: 4_200 });
    expect(show(cooling(4_200, "throttled")).reasons).toContain("postponed for 5 s after throttled");
    expect(show(steady(500))).not.toHaveProperty("coolingForMs");
  });

  it("does not take a price of 0 for a reason to ignore how slow the route is", () => {
    const own = eligibleRoute({ modelId: "own", priorMs: 800, relativePrice: 0 });
    expect(candidateOf(own, undefined, LATENCY, ADAPTIVE).score).toBe(800);
  });

  it("is frozen, and survives JSON with its reasons", () => {
    const candidate = candidateOf(eu, undefined, LATENCY, ADAPTIVE);
    expect(Object.isFrozen(candidate)).toBe(true);
    expect(JSON.parse(JSON.stringify(candidate))).toMatchObject({ reasons: candidate.reasons });
  });
});
