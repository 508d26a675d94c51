import { describe, expect, it } from "vitest";
import { resolveGuardrails } from "../../src/options/resolve-guardrails.ts";

const ARN = "arn:aws:bedrock:us-east-1:111122223333:guardrail/abc123";
const read = (value: unknown) => resolveGuardrails(value, "routing.guardrails");

describe("resolveGuardrails", () => {
  it("takes one word for all of them", () => {
    expect(read("in-region")).toEqual({ all: [], byName: {} });
    expect(read(["eu-west-1"])).toEqual({ all: ["eu-west-1"], byName: {} });
  });

  it("takes one for each, by id or ARN", () => {
    expect(read({ abc123: "in-region", [ARN]: ["us-west-2"] })).toEqual({
      byName: { abc123: [], "us-east-1/abc123": ["us-west-2"] },
    });
    expect(read({})).toEqual({ byName: {} });
  });

  it.each<[unknown, RegExp]>([
    ["in-regoin", /^routing\.guardrails must be "in-region" or an array of AWS Regions, got "in-regoin"/],
    [null, /^routing\.guardrails must be "in-region", an array of AWS Regions, or an object with these by the id/],
    [5, /^routing\.guardrails must be "in-region", an array/],
    [
      ["frankfurt"],
      /^routing\.guardrails\[0\] must be an AWS Region, got "frankfurt" \(did you mean "eu-central-1"\?\)/,
    ],
    [{ abc123: true }, /^routing\.guardrails\.abc123 must be "in-region" or an array of AWS Regions, got true/],
    [{ abc123: ["x"] }, /^routing\.guardrails\.abc123\[0\] must be an AWS Region/],
    [{ "my guardrail": "in-region" }, /\["my guardrail"\] must be named by the id or the ARN of a guardrail/],
    [{ [`${ARN}/1`]: "in-region" }, /must be named by the id or the ARN of a guardrail/],
  ])("refuses %j", (value, message) => {
    expect(() => read(value)).toThrow(message);
  });
});
