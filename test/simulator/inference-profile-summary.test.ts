import { describe, expect, it } from "vitest";
import { inferenceProfile, inferenceProfiles } from "../../src/simulator/inference-profile-summary.ts";
import { catalogOf, worldOf } from "./worlds.ts";

const arn = (region: string): object => ({
  modelArn: `arn:aws:bedrock:${region}::foundation-model/anthropic.claude-sonnet-4-6`,
});

describe("the summary of an inference profile", () => {
  it("is what the API says of a geographic one", () => {
    expect(inferenceProfile("us.anthropic.claude-sonnet-4-6", "us-west-1", worldOf())).toMatchObject({
      inferenceProfileName: "US Anthropic Claude Sonnet 4.6",
      description: "Routes requests to Anthropic Claude Sonnet 4.6 in us-east-1, us-east-2, us-west-1, us-west-2.",
      inferenceProfileArn: "arn:aws:bedrock:us-west-1:111122223333:inference-profile/us.anthropic.claude-sonnet-4-6",
      models: ["us-east-1", "us-east-2", "us-west-1", "us-west-2"].map(arn),
      inferenceProfileId: "us.anthropic.claude-sonnet-4-6",
      status: "ACTIVE",
      type: "SYSTEM_DEFINED",
    });
  });

  it("is what the API says of a global one: the ARN without a Region, and the source Region's", () => {
    expect(inferenceProfile("global.anthropic.claude-sonnet-4-6", "us-east-1", worldOf())).toMatchObject({
      inferenceProfileName: "Global Anthropic Claude Sonnet 4.6",
      description: "Routes requests to Anthropic Claude Sonnet 4.6 globally across all supported AWS Regions.",
      models: [arn(""), arn("us-east-1")],
    });
  });

  it("names the source Region where AWS does not document the destinations", () => {
    const catalog = catalogOf([{ id: "us.vendor.model", destinations: { "us-east-1": ["unknown"] } }]);
    expect(inferenceProfile("us.vendor.model", "us-east-1", worldOf({ catalog }))?.models).toEqual([
      { modelArn: "arn:aws:bedrock:us-east-1::foundation-model/vendor.model" },
    ]);
  });

  it("exists where the profile can be called only", () => {
    expect(inferenceProfile("jp.anthropic.claude-sonnet-4-6", "ap-southeast-1", worldOf())).toBeUndefined();
    expect(inferenceProfile("jp.amazon.nova-2-lite-v1:0", "ap-northeast-3", worldOf())).toBeUndefined();
  });

  it("keeps the invariants of the real API in every Region", () => {
    for (const region of ["us-east-1", "eu-central-1", "ap-northeast-1", "us-gov-west-1"]) {
      const summaries = inferenceProfiles("SYSTEM_DEFINED", region, worldOf());
      expect(summaries.length).toBeGreaterThan(3);
      for (const { inferenceProfileId, models } of summaries) {
        const model = inferenceProfileId.slice(inferenceProfileId.indexOf(".") + 1);
        for (const { modelArn } of models) expect(modelArn.endsWith(`::foundation-model/${model}`)).toBe(true);
        if (inferenceProfileId.startsWith("global.")) expect(models).toHaveLength(2);
      }
    }
  });

  it("names the model of an application profile that was copied from a foundation model", () => {
    const applicationProfiles = [{ id: "a", sourceRegion: "us-east-1", copyFrom: "vendor.model" }];
    expect(inferenceProfile("a", "us-east-1", worldOf({ applicationProfiles }))?.models).toEqual([
      { modelArn: "arn:aws:bedrock:us-east-1::foundation-model/vendor.model" },
    ]);
  });
});
