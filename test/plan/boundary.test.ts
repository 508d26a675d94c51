import { describe, expect, it } from "vitest";
import { boundaryOf } from "../../src/plan/boundary.ts";
import { bundledCatalog } from "../../src/profiles/bundled-catalog.ts";
import { parseModelRef } from "../../src/profiles/model-ref.ts";

const MODEL = "anthropic.claude-sonnet-4-6";
const US = ["us-east-1", "us-east-2", "us-west-2"];

describe("boundaryOf", () => {
  it.each([
    MODEL,
    `global.${MODEL}`,
    `arn:aws:bedrock:::foundation-model/${MODEL}`,
    `arn:aws:bedrock:eu-central-1:123456789012:inference-profile/global.${MODEL}`,
    "arn:aws:bedrock:eu-central-1:123456789012:application-inference-profile/a1b2c3",
    "arn:aws:bedrock:eu-central-1:123456789012:provisioned-model/a1b2c3",
    "arn:aws:bedrock:eu-central-1:123456789012:prompt/ABCDEFGHIJ",
  ])("has none for %s", (modelId) => {
    expect(boundary(modelId, "eu-central-1")).toBeUndefined();
  });

  it("is what the profile reaches from the home Region", () => {
    expect(boundary(`us.${MODEL}`, "us-east-1", "ca-central-1")).toEqual({
      modelId: `us.${MODEL}`,
      seenFrom: ["us-east-1"],
      regions: US,
    });
    expect(boundary(`us.${MODEL}`, "ca-central-1", "us-east-1")).toMatchObject({
      seenFrom: ["ca-central-1"],
      regions: ["ca-central-1", ...US],
    });
  });

  it("is what the profile reaches from the further source Regions when home cannot call it", () => {
    expect(boundary(`us.${MODEL}`, "eu-central-1", "us-east-1", "ca-west-1")).toMatchObject({
      seenFrom: ["us-east-1", "ca-west-1"],
      regions: [...US, "ca-west-1"],
    });
  });

  it("is what the profile reaches from the Region of its ARN", () => {
    const modelId = `arn:aws:bedrock:us-west-1:123456789012:inference-profile/us.${MODEL}`;
    expect(boundary(modelId, "us-east-1")).toEqual({
      modelId,
      seenFrom: ["us-west-1"],
      regions: ["us-east-1", "us-east-2", "us-west-1", "us-west-2"],
    });
  });

  it("is the Region of a foundation-model ARN", () => {
    const modelId = `arn:aws:bedrock:eu-west-2::foundation-model/${MODEL}`;
    expect(boundary(modelId, "eu-central-1")).toEqual({ modelId, seenFrom: [], regions: ["eu-west-2"] });
  });

  it("holds no Region for a profile that cannot be called from here", () => {
    expect(boundary(`jp.${MODEL}`, "ap-southeast-1")).toMatchObject({ seenFrom: [], regions: [] });
  });

  it.each([`kr.${MODEL}`, "eu.anthropic.claude-next-1"])(
    "holds no Region, but the profile itself, for the undocumented %s",
    (modelId) => {
      expect(boundary(modelId, "eu-central-1")).toEqual({ modelId, seenFrom: ["eu-central-1"], regions: [] });
    },
  );
});

function boundary(modelId: string, ...sourceRegions: readonly string[]): ReturnType<typeof boundaryOf> {
  return boundaryOf(parseModelRef(modelId), bundledCatalog(), sourceRegions);
}
