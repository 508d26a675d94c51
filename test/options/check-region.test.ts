import { describe, expect, it } from "vitest";
import { checkRegion } from "../../src/options/check-region.ts";

describe("checkRegion", () => {
  it("accepts a commercial and a GovCloud Region", () => {
    expect(() => checkRegion("eu-central-1", "x")).not.toThrow();
    expect(() => checkRegion("us-gov-west-1", "x")).not.toThrow();
  });

  it("names the path, what came and the nearest Region", () => {
    expect(() => checkRegion("eu-centrl-1", "routing.sourceRegions[0]")).toThrow(
      'routing.sourceRegions[0] must be an AWS Region, got "eu-centrl-1" (did you mean "eu-central-1"?)',
    );
    expect(() => checkRegion(7, "x")).toThrow("x must be an AWS Region, got 7");
  });
});
