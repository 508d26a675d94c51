import { describe, expect, it } from "vitest";
import { nearest } from "../../src/util/nearest.ts";

describe("nearest", () => {
  it.each([
    ["latancy", ["latency", "cost", "residency"], "latency"],
    ["Latency", ["latency", "cost"], "latency"],
    ["sourceRegion", ["policy", "sourceRegions", "routes"], "sourceRegions"],
    ["sourceregions", ["policy", "sourceRegions"], "sourceRegions"],
    ["us-esat-1", ["us-east-1", "eu-west-1"], "us-east-1"],
    ["apc", ["apac", "au"], "apac"],
    ["costs", ["latency", "cost"], "cost"],
    ["de", ["DE", "FR"], "DE"],
    [
      "anthropic.claude-sonet-46",
      ["anthropic.claude-sonnet-4-6", "amazon.nova-lite-v1:0"],
      "anthropic.claude-sonnet-4-6",
    ],
  ])("takes %j for a misspelling, of %j, of %j", (text, names, expected) => {
    expect(nearest(text, names)).toBe(expected);
  });

  it.each([
    ["price", ["latency", "cost", "throughput"]],
    ["fast", ["latency", "cost", "throughput"]],
    ["UK", ["GB", "DE", "US"]],
    ["jq", ["jp", "us"]],
    ["", ["us", "cost"]],
    ["anything", []],
  ])("has no guess for %j among %j", (text, names) => {
    expect(nearest(text, names)).toBeUndefined();
  });

  it("prefers the same name in another case to a near one", () => {
    expect(nearest("EU-WEST-2", ["eu-west-1", "eu-west-2"])).toBe("eu-west-2");
  });
});
