import { describe, expect, it } from "vitest";
import { isSourceRegion, type ModelTarget, modelTarget, resourceId } from "../../src/simulator/model-target.ts";
import { refuse } from "../../src/simulator/refusal.ts";
import { catalogOf, worldOf } from "./worlds.ts";

const account = "111122223333";
const sonnet = "anthropic.claude-sonnet-4-6";

describe("what a modelId means in a source Region", () => {
  it("is a geographic profile, with the destinations of that source Region", () => {
    expect(modelTarget(`jp.${sonnet}`, "ap-northeast-1", worldOf())).toEqual({
      modelId: `jp.${sonnet}`,
      model: sonnet,
      kind: "geographic",
      scope: "geographic",
      destinationRegions: ["ap-northeast-1", "ap-northeast-3"],
      resourceArn: `arn:aws:bedrock:ap-northeast-1:${account}:inference-profile/jp.${sonnet}`,
    });
  });

  it("is a global profile", () => {
    expect(modelTarget(`global.${sonnet}`, "ap-southeast-1", worldOf())).toMatchObject({
      kind: "global",
      scope: "global",
      destinationRegions: ["*"],
    });
  });

  it("is a profile by the ARN of the same Region, and nothing by the ARN of another", () => {
    const arn = (region: string): string => `arn:aws:bedrock:${region}:${account}:inference-profile/eu.${sonnet}`;
    expect(modelTarget(arn("eu-west-1"), "eu-west-1", worldOf())).toMatchObject({ model: sonnet, kind: "geographic" });
    expect(modelTarget(arn("eu-west-3"), "eu-west-1", worldOf())).toEqual(refuse.invalidModelIdentifier());
  });

  it.each([
    ["a Region that is no source of the profile", `jp.${sonnet}`, "ap-southeast-1"],
    ["a profile that does not exist", "eu.anthropic.claude-nonsense-9", "eu-central-1"],
    ["a model that does not exist", "anthropic.claude-nonsense-9", "eu-central-1"],
    ["an id without any form", "nonsense", "eu-central-1"],
    ["a variant with a context length", "anthropic.claude-v2:1:200k", "us-east-1"],
    ["a custom model of somebody else", `arn:aws:bedrock:us-east-1:${account}:custom-model/a.b/c`, "us-east-1"],
  ])("is nothing for %s", (_case, modelId, region) => {
    expect(modelTarget(modelId, region, worldOf())).toEqual(refuse.invalidModelIdentifier());
  });

  it("is nothing for a pair of profile and Region that a later listing contradicts", () => {
    const nova = "jp.amazon.nova-2-lite-v1:0";
    expect(modelTarget(nova, "ap-northeast-3", worldOf())).toEqual(refuse.invalidModelIdentifier());
    expect(modelTarget(nova, "ap-northeast-1", worldOf())).toMatchObject({ kind: "geographic" });
  });

  it("is refused with a hint for a model that a Region serves through profiles only", () => {
    expect(modelTarget(sonnet, "eu-central-1", worldOf())).toEqual(refuse.onDemandUnsupported(sonnet));
  });

  it("is the model itself where it is served on demand", () => {
    const catalog = catalogOf([], { "vendor.model-v1:0": ["eu-west-1"] });
    const world = worldOf({ catalog });
    expect(modelTarget("vendor.model-v1:0", "eu-west-1", world)).toMatchObject({
      kind: "in-region",
      scope: "in-region",
      destinationRegions: ["eu-west-1"],
      resourceArn: "arn:aws:bedrock:eu-west-1::foundation-model/vendor.model-v1:0",
    });
    expect(modelTarget("vendor.model-v1:0", "eu-west-2", world)).toEqual(refuse.invalidModelIdentifier());
  });

  it("is an application profile of the account, with what stands behind it", () => {
    const applicationProfiles = [{ id: "v8gtbe8pryd4", sourceRegion: "eu-central-1", copyFrom: `eu.${sonnet}` }];
    const world = worldOf({ applicationProfiles });
    const arn = `arn:aws:bedrock:eu-central-1:${account}:application-inference-profile/v8gtbe8pryd4`;
    expect(modelTarget(arn, "eu-central-1", world)).toMatchObject({
      modelId: arn,
      model: sonnet,
      kind: "application",
      scope: "geographic",
      resourceArn: arn,
    });
    expect(modelTarget(arn.replace("v8gtbe8pryd4", "unknown00000"), "eu-central-1", world)).toEqual(
      refuse.invalidModelIdentifier(),
    );
    for (const named of [arn, arn.replace("eu-central-1", "eu-west-1")]) {
      expect(modelTarget(named, "eu-west-1", world)).toEqual(refuse.invalidModelIdentifier());
    }
  });

  it("is a provisioned model of the account", () => {
    const world = worldOf({ provisionedModels: [{ id: "abc123def456", sourceRegion: "us-west-2", model: sonnet }] });
    const arn = `arn:aws:bedrock:us-west-2:${account}:provisioned-model/abc123def456`;
    expect(modelTarget(arn, "us-west-2", world)).toMatchObject({
      model: sonnet,
      kind: "provisioned",
      destinationRegions: ["us-west-2"],
    });
    expect(modelTarget(`${arn}x`, "us-west-2", world)).toEqual(refuse.invalidModelIdentifier());
  });

  it("names GovCloud's partition in GovCloud", () => {
    const target = modelTarget("us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0", "us-gov-west-1", worldOf());
    expect((target as ModelTarget).resourceArn).toMatch(/^arn:aws-us-gov:bedrock:us-gov-west-1:/);
  });
});

describe("isSourceRegion", () => {
  it("is not fooled by names that every object has", () => {
    const [profile] = catalogOf([{ id: "us.a.b", destinations: { "us-east-1": ["us-east-1"] } }]).profilesOf("a.b");
    expect(isSourceRegion(profile!, "us-east-1")).toBe(true);
    expect(isSourceRegion(profile!, "constructor")).toBe(false);
  });
});

describe("resourceId", () => {
  it("is the last part of an ARN, or the id itself", () => {
    expect(resourceId(`arn:aws:bedrock:us-east-1:${account}:inference-profile/us.a.b:0`)).toBe("us.a.b:0");
    expect(resourceId("us.a.b:0")).toBe("us.a.b:0");
  });
});
