import { describe, expect, it } from "vitest";
import { type MeasuredRoute, measuredPriors } from "../../src/plan/measured-prior.ts";
import { priorOf } from "../../src/plan/prior.ts";
import { roundTripMs } from "../../src/profiles/distance.ts";
import type { Route } from "../../src/types/route.ts";

const tokyo: Route = {
  key: "ap-northeast-1|jp.anthropic.claude-sonnet-4-6",
  sourceRegion: "ap-northeast-1",
  modelId: "jp.anthropic.claude-sonnet-4-6",
  model: "anthropic.claude-sonnet-4-6",
  kind: "geographic",
  geography: "jp",
  destinationRegions: ["ap-northeast-1", "ap-northeast-3"],
};

function measured(measuredFrom: string | null, p50: number, logSpread = 0.3): MeasuredRoute {
  return { measuredFrom, ttfb: { count: 30, p50, logSpread }, total: { count: 30, p50: p50 + 1_500, logSpread } };
}

const lookup = (...routes: MeasuredRoute[]): ReturnType<typeof measuredPriors> =>
  measuredPriors(new Map([[tokyo.key, routes]]), "your measurements of 2026-11-21");

describe("measuredPriors", () => {
  it("expects what was measured, of the first byte or of the whole answer", () => {
    const priors = lookup(measured("ap-northeast-1", 700));
    expect(priors(tokyo, "ap-northeast-1", true)).toEqual({
      ttfbMs: 700,
      networkMs: 0,
      sigma: 0.3,
      basis: "your measurements of 2026-11-21, 30 samples",
    });
    expect(priors(tokyo, "ap-northeast-1", false).ttfbMs).toBe(2_200);
  });

  it("keeps the built-in expectation of every other route", () => {
    const osaka = { ...tokyo, key: "ap-northeast-3|jp", sourceRegion: "ap-northeast-3" };
    expect(lookup()(osaka, "ap-northeast-1", true)).toEqual(priorOf(osaka, "ap-northeast-1", true));
  });

  it("adds the way to the source Region for a client that stands elsewhere, and takes off that of the lab", () => {
    const rtt = Math.round(roundTripMs("ap-southeast-1", "ap-northeast-1") ?? Number.NaN);
    expect(lookup(measured("ap-northeast-1", 700))(tokyo, "ap-southeast-1", true)).toMatchObject({
      ttfbMs: 700 + rtt,
      basis: `your measurements of 2026-11-21, 30 samples, + ${rtt} ms of network`,
    });
    expect(lookup(measured("ap-southeast-1", 800))(tokyo, "ap-northeast-1", true).ttfbMs).toBe(800 - rtt);
    expect(lookup(measured("ap-southeast-1", 5))(tokyo, "ap-northeast-1", true).ttfbMs).toBe(1);
  });

  it("prefers what was measured from the home Region, then what was measured nobody knows where", () => {
    const all = [measured("ap-northeast-1", 700), measured(null, 750), measured("ap-southeast-1", 800)];
    expect(lookup(...all)(tokyo, "ap-southeast-1", true).ttfbMs).toBe(800);
    expect(lookup(...all)(tokyo, "eu-central-1", true).ttfbMs).toBe(750);
  });

  it("trusts neither equal calls nor wild ones", () => {
    expect(lookup(measured(null, 700, 0))(tokyo, "ap-northeast-1", true).sigma).toBe(0.1);
    expect(lookup(measured(null, 700, 9))(tokyo, "ap-northeast-1", true).sigma).toBe(1);
  });
});
