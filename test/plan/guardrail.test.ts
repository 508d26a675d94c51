import { describe, expect, it } from "vitest";
import { calledIn, type GuardrailReach, guardrailRef, guardrailRefusal } from "../../src/plan/guardrail.ts";
import { type Residency, resolveResidency } from "../../src/plan/residency.ts";

describe("a guardrail", () => {
  it("lives in the Region of its ARN, or else in the home Region", () => {
    expect(guardrailRef("abc123", "1", "eu-west-1")).toEqual({ id: "abc123", version: "1", region: "eu-west-1" });
    expect(guardrailRef("arn:aws:bedrock:us-east-1:111122223333:guardrail/abc123", undefined, "eu-west-1")).toEqual({
      id: "abc123",
      version: undefined,
      region: "us-east-1",
    });
    expect(guardrailRef("arn:aws-us-gov:bedrock:us-gov-west-1:1:guardrail/a", "1", "x").region).toBe("us-gov-west-1");
    // What is no such ARN is none of ours to read.
    expect(guardrailRef("arn:aws:bedrock:us-east-1:1:guardrail/a/../b", "1", "eu-west-1").region).toBe("eu-west-1");
  });

  it("is called where it lives, if that Region may be called", () => {
    const guardrail = guardrailRef("arn:aws:bedrock:us-east-1:111122223333:guardrail/abc123", "1", "eu-west-1");
    expect(calledIn(guardrail, "eu-west-1", ["us-east-1"])).toBe("us-east-1");
    expect(calledIn(guardrail, "eu-west-1", ["eu-central-1"])).toBe("eu-west-1");
  });
});

describe("a residency", () => {
  const EU = ["eu-central-1", "eu-west-1"];
  const here = { regions: [] };

  it.each<[string, string, GuardrailReach | undefined, Residency]>([
    ["anything, without a residency", "us-east-1", { regions: ["us-west-2"] }, "any"],
    ["what stays in its Region", "eu-central-1", here, { regions: ["eu-central-1"] }],
    ["what is evaluated within it", "eu-central-1", { regions: EU }, { regions: EU }],
    ["what is evaluated within it", "eu-central-1", { regions: EU }, "eu"],
    [
      "a profile that AWS does not describe, by its geography",
      "eu-west-2",
      { regions: undefined, geography: "eu" },
      "eu",
    ],
    ["a narrower geography", "ap-northeast-1", { regions: undefined, geography: "jp" }, "apac"],
    ["what nobody has said, where every profile stays inside", "eu-central-1", undefined, "eu"],
    ["what nobody has said, where every profile stays inside", "eu-west-2", undefined, { regions: ["eu-west-2"] }],
    ["what nobody has said, where every profile stays inside", "us-east-1", undefined, { countries: ["US"] }],
    ["what nobody has said, where AWS has no profile, by geography", "sa-east-1", undefined, "sa"],
  ])("is met by %s (%s)", (_title, region, reach, residency) => {
    expect(guardrailRefusal({ id: "abc", version: "1", region, reach }, resolveResidency(residency, region))).toBe(
      undefined,
    );
  });

  it.each<[string, string, GuardrailReach | undefined, Residency, RegExp]>([
    [
      "what is evaluated elsewhere, too",
      "eu-central-1",
      { regions: EU },
      { regions: ["eu-central-1"] },
      /eu-west-1, out/,
    ],
    ["its own Region, outside", "us-east-1", here, "eu", /guardrail abc may be evaluated in us-east-1, outside eu/],
    ["what is nobody's guess", "il-central-1", { regions: ["eu-west-1"] }, "home", /eu-west-1, outside home/],
    [
      "an undescribed profile, by Region",
      "eu-west-2",
      { regions: undefined, geography: "eu" },
      { regions: EU },
      /within eu/,
    ],
    [
      "an undescribed profile of a wider geography",
      "ap-northeast-1",
      { regions: undefined, geography: "apac" },
      "jp",
      /wi/,
    ],
    ["a geography that is none", "eu-west-2", { regions: undefined, geography: "mars" }, "eu", /within mars/],
    [
      "what nobody has said",
      "eu-central-1",
      undefined,
      { regions: ["eu-central-1"] },
      /is not known where guardrail abc/,
    ],
    ["what nobody has said", "il-central-1", undefined, "home", /not known/],
    ["what nobody has said", "ap-southeast-2", undefined, "au", /not known/],
    ["what nobody has said, where AWS has no profile", "sa-east-1", undefined, { countries: ["BR"] }, /not known/],
    ["what nobody has said, outside", "sa-east-1", undefined, "eu", /not known/],
  ])("is broken by %s (%s)", (_title, region, reach, residency, reason) => {
    const refusal = guardrailRefusal({ id: "abc", version: "1", region, reach }, resolveResidency(residency, region));
    expect(refusal).toMatch(reason);
  });
});
