import { describe, expect, it } from "vitest";
import { regionsInGeography } from "../../src/profiles/geography.ts";
import {
  applicationProfileOf,
  listedApplicationProfiles,
  listedEndsOfLife,
  listedInRegionModels,
  listedProfiles,
  type ProfileSummary,
} from "../../src/profiles/region-listing.ts";

const MODEL = "anthropic.claude-sonnet-4-6";

describe("listedProfiles", () => {
  it("takes model and destination Regions from the ARNs, as the API answered in us-west-1", () => {
    expect(
      listedProfiles([summary(`us.${MODEL}`, "us-west-2", "us-east-1", "us-east-2", "us-west-1")], "us-west-1"),
    ).toEqual([
      { id: `us.${MODEL}`, model: MODEL, destinationRegions: ["us-east-1", "us-east-2", "us-west-1", "us-west-2"] },
    ]);
  });

  it("takes more destination Regions than the API reference allows", () => {
    const regions = Array.from({ length: 10 }, (_, index) => `us-east-${index + 1}`);
    expect(listedProfiles([summary(`us.${MODEL}`, ...regions)], "us-east-1")[0]?.destinationRegions).toHaveLength(10);
  });

  it("takes an ARN without a Region for any commercial Region, whatever stands beside it", () => {
    expect(destinationsOf(summary(`global.${MODEL}`, "", "us-east-1"))).toEqual(["*"]);
    expect(destinationsOf(summary(`eu.${MODEL}`, "eu-west-1", ""))).toEqual(["*"]);
  });

  it("does not believe a global profile that names Regions", () => {
    expect(destinationsOf(summary(`global.${MODEL}`, "eu-central-1"))).toEqual(["*"]);
  });

  it("believes both where the prefix of an id and its ARNs contradict each other", () => {
    const europe = regionsInGeography("eu");
    expect(destinationsOf(summary(`eu.${MODEL}`, "eu-west-1", "us-east-1"))).toEqual([...europe, "us-east-1"].sort());
    const america = regionsInGeography("us");
    expect(destinationsOf(summary(`us.${MODEL}`, "eu-west-1"), "us-east-1")).toEqual([...america, "eu-west-1"].sort());
    expect(destinationsOf(summary(`jp.${MODEL}`, "ap-northeast-2"), "ap-northeast-1")).toContain("ap-northeast-1");
  });

  it("takes the calling Region, Regions newer than this library and prefixes that are no geography as they are", () => {
    const montreal = summary(`us.${MODEL}`, "ca-central-1", "us-east-1");
    expect(destinationsOf(montreal, "ca-central-1")).toEqual(["ca-central-1", "us-east-1"]);
    expect(destinationsOf(montreal, "us-east-1")).toContain("us-west-2");
    expect(destinationsOf(summary(`eu.${MODEL}`, "eu-central-9"), "eu-west-1")).toEqual(["eu-central-9"]);
    expect(destinationsOf(summary(`apac.${MODEL}`, "ap-northeast-1"), "ap-south-1")).toEqual(["ap-northeast-1"]);
    expect(destinationsOf(summary(`amer.${MODEL}`, "sa-east-1"), "us-east-1")).toEqual(["sa-east-1"]);
  });

  it.each([
    `Global.${MODEL}`,
    `../../model/global.${MODEL}`,
    "__proto__",
    "constructor",
    `eu.${MODEL}/../x`,
    ` eu.${MODEL}`,
    `eu.${MODEL}\n`,
    "eu.claude",
    "",
  ])("leaves out %j, which is no profile id", (id) => {
    expect(listedProfiles([summary(id, "eu-west-1")], "eu-west-1")).toEqual([]);
  });

  it("leaves out a profile whose model has no such name, and Regions that are none", () => {
    const models = [{ modelArn: "arn:aws:bedrock:eu-west-1::foundation-model/../x" }];
    expect(listedProfiles([{ ...summary(`eu.${MODEL}`), models }], "eu-west-1")).toEqual([]);
    expect(destinationsOf(summary(`eu.${MODEL}`, "eu-west-1", "--"))).toEqual(["unknown"]);
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
    expect(listedProfiles(useless, "eu-west-1")).toEqual([]);
  });

  it("takes a prefix and a vendor that are newer than this library, and GovCloud's partition", () => {
    const arn = "arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/newvendor.thing-v1:0";
    const id = "us-gov.newvendor.thing-v1:0";
    const listed = [{ inferenceProfileId: id, models: [{ modelArn: arn }], status: "ACTIVE" }];
    expect(listedProfiles(listed, "us-gov-west-1")).toEqual([
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
    for (const other of ["__proto__", `${arn}/../x`, "arn:aws:bedrock:eu-west-1:1:application-inference-profile/x"]) {
      expect(applicationProfileOf({ ...own, inferenceProfileArn: other }), other).toBeUndefined();
    }
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
      { modelId: "__proto__", inferenceTypesSupported: ["ON_DEMAND"] },
      { modelId: "../inference-profiles/x.y", inferenceTypesSupported: ["ON_DEMAND"] },
    ];
    expect(listedInRegionModels(models)).toEqual(["amazon.nova-lite-v1:0", "anthropic.claude-v2"]);
  });
});

describe("listedEndsOfLife", () => {
  it("knows the day of what is to end", () => {
    const ending = { status: "LEGACY", endOfLifeTime: new Date("2027-01-08T00:00:00Z") };
    const models = [
      { modelId: MODEL, modelLifecycle: ending },
      { modelId: "amazon.nova-lite-v1:0", modelLifecycle: { status: "ACTIVE" } },
      { modelId: "acme.broken-1", modelLifecycle: { endOfLifeTime: new Date(Number.NaN) } },
      { modelId: "__proto__", modelLifecycle: ending },
      { modelId: "acme.silent" },
    ];
    expect(listedEndsOfLife(models)).toEqual([{ model: MODEL, date: "2027-01-08" }]);
  });
});

function destinationsOf(profile: ProfileSummary, sourceRegion = "eu-west-1"): readonly string[] | undefined {
  return listedProfiles([profile], sourceRegion)[0]?.destinationRegions;
}

function summary(id: string, ...regions: readonly string[]): ProfileSummary {
  return {
    inferenceProfileId: id,
    status: "ACTIVE",
    models: regions.map((region) => ({ modelArn: `arn:aws:bedrock:${region}::foundation-model/${MODEL}` })),
  };
}
