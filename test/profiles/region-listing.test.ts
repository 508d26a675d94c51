import { describe, expect, it } from "vitest";
import {
  applicationProfileOf,
  listedApplicationProfiles,
  listedInRegionModels,
  listedProfiles,
  type ProfileSummary,
} from "../../src/profiles/region-listing.ts";

const MODEL = "anthropic.claude-sonnet-4-6";

describe("listedProfiles", () => {
  it("takes model and destination Regions from the ARNs, as the API answered in us-west-1", () => {
    expect(listedProfiles([summary(`us.${MODEL}`, "us-west-2", "us-east-1", "us-east-2", "us-west-1")])).toEqual([
      { id: `us.${MODEL}`, model: MODEL, destinationRegions: ["us-east-1", "us-east-2", "us-west-1", "us-west-2"] },
    ]);
  });

  it("takes more destination Regions than the API reference allows", () => {
    const regions = Array.from({ length: 10 }, (_, index) => `us-east-${index + 1}`);
    expect(listedProfiles([summary(`us.${MODEL}`, ...regions)])[0]?.destinationRegions).toHaveLength(10);
  });

  it("takes an ARN without a Region for any commercial Region, whatever stands beside it", () => {
    expect(destinationsOf(summary(`global.${MODEL}`, "", "us-east-1"))).toEqual(["*"]);
    expect(destinationsOf(summary(`eu.${MODEL}`, "eu-west-1", ""))).toEqual(["*"]);
  });

  it("does not believe a global profile that names Regions", () => {
    expect(destinationsOf(summary(`global.${MODEL}`, "eu-central-1"))).toEqual(["*"]);
  });

  it("does not believe the prefix of an id either", () => {
    expect(destinationsOf(summary(`eu.${MODEL}`, "eu-west-1", "us-east-1"))).toEqual(["eu-west-1", "us-east-1"]);
  });

  it("knows no destination Regions when one of the ARNs cannot be read", () => {
    const profile = summary(`eu.${MODEL}`, "eu-west-1");
    const models = [...(profile.models ?? []), { modelArn: "arn:aws:bedrock:us-east-1:111122223333:prompt/ABC" }];
    expect(destinationsOf({ ...profile, models })).toEqual(["unknown"]);
  });

  it("leaves out what is not active, and what does not tell its model", () => {
    const profile = summary(`eu.${MODEL}`, "eu-west-1");
    const other = { modelArn: "arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-lite-v1:0" };
    const useless: readonly ProfileSummary[] = [
      { ...profile, status: "CREATING" },
      { ...profile, status: undefined },
      { ...profile, models: [] },
      { ...profile, models: undefined },
      { ...profile, models: [...(profile.models ?? []), other] },
      { ...profile, inferenceProfileId: undefined },
    ];
    expect(listedProfiles(useless)).toEqual([]);
  });

  it("takes a prefix and a vendor that are newer than this library, and GovCloud's partition", () => {
    const arn = "arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/newvendor.thing-v1:0";
    const id = "us-gov.newvendor.thing-v1:0";
    expect(listedProfiles([{ inferenceProfileId: id, models: [{ modelArn: arn }], status: "ACTIVE" }])).toEqual([
      { id, model: "newvendor.thing-v1:0", destinationRegions: ["us-gov-west-1"] },
    ]);
  });
});

describe("listedApplicationProfiles", () => {
  it("knows them by ARN", () => {
    const arn = "arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/v8gtbe8pryd4";
    const own = { ...summary("v8gtbe8pryd4", "", "eu-west-1"), inferenceProfileArn: arn };
    expect(listedApplicationProfiles([own, { ...own, inferenceProfileArn: undefined }])).toEqual([
      { arn, model: MODEL, destinationRegions: ["*"] },
    ]);
    expect(applicationProfileOf({ ...own, status: "DELETING" })).toBeUndefined();
  });
});

describe("listedInRegionModels", () => {
  it("takes what is callable on demand by its bare id, whatever its lifecycle", () => {
    const models = [
      { modelId: MODEL, inferenceTypesSupported: ["INFERENCE_PROFILE"] },
      { modelId: "amazon.nova-lite-v1:0", inferenceTypesSupported: ["ON_DEMAND", "INFERENCE_PROFILE"] },
      { modelId: "anthropic.claude-v2", inferenceTypesSupported: ["ON_DEMAND"], modelLifecycle: { status: "LEGACY" } },
      { modelId: "anthropic.claude-v2:1:200k", inferenceTypesSupported: ["ON_DEMAND"] },
      { modelId: "cohere.embed-english-v3:0:512", inferenceTypesSupported: ["ON_DEMAND"] },
      { modelId: "amazon.titan-text-lite-v1:0:4k", inferenceTypesSupported: ["PROVISIONED"] },
      { modelId: undefined, inferenceTypesSupported: ["ON_DEMAND"] },
      { modelId: "acme.silent" },
    ];
    expect(listedInRegionModels(models)).toEqual(["amazon.nova-lite-v1:0", "anthropic.claude-v2"]);
  });
});

function destinationsOf(profile: ProfileSummary): readonly string[] | undefined {
  return listedProfiles([profile])[0]?.destinationRegions;
}

function summary(id: string, ...regions: readonly string[]): ProfileSummary {
  return {
    inferenceProfileId: id,
    status: "ACTIVE",
    models: regions.map((region) => ({ modelArn: `arn:aws:bedrock:${region}::foundation-model/${MODEL}` })),
  };
}
