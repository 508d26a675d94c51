import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { roundTripMs } from "../../src/profiles/distance.ts";
import { knownRegions } from "../../src/profiles/regions.ts";

const region = fc.constantFrom(...knownRegions());

describe("roundTripMs", () => {
  it.each([
    ["ap-southeast-1", "ap-northeast-1", 70],
    ["ap-southeast-1", "ap-southeast-2", 90],
    ["eu-central-1", "us-east-1", 90],
    ["ap-northeast-1", "us-west-2", 100],
  ])("is within 10 %% of what is measured between %s and %s: %d ms", (a, b, measuredMs) => {
    const estimate = roundTripMs(a, b)!;
    expect(Math.abs(estimate - measuredMs) / measuredMs).toBeLessThan(0.1);
  });

  it("is 0 within a Region, also within one newer than the table", () => {
    expect(roundTripMs("eu-west-1", "eu-west-1")).toBe(0);
    expect(roundTripMs("eu-north-9", "eu-north-9")).toBe(0);
  });

  it("is unknown to a Region newer than the table and to what is no Region", () => {
    expect(roundTripMs("eu-west-1", "eu-north-9")).toBeUndefined();
    expect(roundTripMs("eu-north-9", "eu-west-1")).toBeUndefined();
    expect(roundTripMs("*", "*")).toBeUndefined();
    expect(roundTripMs("us-east-1", "unknown")).toBeUndefined();
  });

  it("is the same in both directions, positive, and never more than half way around the world", () => {
    fc.assert(
      fc.property(region, region, (a, b) => {
        fc.pre(a !== b);
        const there = roundTripMs(a, b)!;
        expect(roundTripMs(b, a)).toBeCloseTo(there, 9);
        expect(there).toBeGreaterThanOrEqual(5);
        expect(there).toBeLessThan(250);
      }),
    );
  });

  it("orders the Regions around Singapore by distance", () => {
    const others = [
      "us-east-1",
      "ap-southeast-5",
      "eu-central-1",
      "ap-northeast-1",
      "ap-southeast-2",
      "ap-southeast-3",
    ];
    const near = [...others].sort((a, b) => roundTripMs("ap-southeast-1", a)! - roundTripMs("ap-southeast-1", b)!);
    expect(near).toEqual([
      "ap-southeast-5",
      "ap-southeast-3",
      "ap-northeast-1",
      "ap-southeast-2",
      "eu-central-1",
      "us-east-1",
    ]);
  });
});
