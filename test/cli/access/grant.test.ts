import { describe, expect, it } from "vitest";
import { grantsOf } from "../../../src/cli/access/grant.ts";
import { type Route, routeKey } from "../../../src/types/route.ts";

const ACCOUNT = "111122223333";
const APPLICATION = `arn:aws:bedrock:eu-west-1:${ACCOUNT}:application-inference-profile/abcdefghijkl`;
const route = (parts: Partial<Route>): Route => ({
  key: routeKey("eu-west-1", "x"),
  sourceRegion: "eu-west-1",
  modelId: "eu.vendor.model",
  model: "vendor.model",
  kind: "geographic",
  geography: "eu",
  destinationRegions: ["eu-west-1", "eu-west-3"],
  ...parts,
});
const resources = (parts: Partial<Route>): readonly string[] =>
  grantsOf(route(parts), ACCOUNT).flatMap((grant) => grant.resources.map((arn) => arn.replace("arn:aws:bedrock:", "")));

describe("the grants of a route", () => {
  it("include the model in the source Region, also where inference never runs there", () => {
    expect(resources({ sourceRegion: "il-central-1" })).toEqual([
      `il-central-1:${ACCOUNT}:inference-profile/eu.vendor.model`,
      "il-central-1::foundation-model/vendor.model",
      "eu-west-1::foundation-model/vendor.model",
      "eu-west-3::foundation-model/vendor.model",
    ]);
  });

  it("name every Region, through the profile alone, where AWS does not document the destinations", () => {
    const [, models] = grantsOf(route({ destinationRegions: ["unknown"] }), ACCOUNT);
    expect(models).toEqual({
      name: "InvokeModelsThroughProfiles",
      resources: ["arn:aws:bedrock:*::foundation-model/vendor.model"],
      throughProfiles: [`arn:aws:bedrock:eu-west-1:${ACCOUNT}:inference-profile/eu.vendor.model`],
      unspecifiedRegion: false,
    });
  });

  it("follow an application profile to where its source may run, be that anywhere", () => {
    const application = { kind: "application", modelId: APPLICATION } as const;
    expect(resources({ ...application, destinationRegions: ["*"] })).toEqual([
      APPLICATION.replace("arn:aws:bedrock:", ""),
      "eu-west-1::foundation-model/vendor.model",
      "::foundation-model/vendor.model",
    ]);
    expect(resources({ ...application, destinationRegions: ["eu-west-3"] })).toContain(
      "eu-west-3::foundation-model/vendor.model",
    );
  });

  it("are one resource without a condition for what runs in one Region", () => {
    const imported = `arn:aws:bedrock:eu-west-1:${ACCOUNT}:imported-model/abcdefghijkl`;
    const provisioned = `arn:aws:bedrock:eu-west-1:${ACCOUNT}:provisioned-model/abcdefghijkl`;
    expect(resources({ kind: "in-region", modelId: "vendor.model" })).toEqual([
      "eu-west-1::foundation-model/vendor.model",
    ]);
    expect(grantsOf(route({ kind: "in-region", modelId: imported, model: imported }), ACCOUNT)).toEqual([
      { name: "Invoke", resources: [imported], throughProfiles: [], unspecifiedRegion: false },
    ]);
    expect(grantsOf(route({ kind: "provisioned", modelId: provisioned }), ACCOUNT)[0]?.resources).toEqual([
      provisioned,
    ]);
  });

  it.each([
    `arn:aws:bedrock:eu-west-1:${ACCOUNT}:prompt/ABCDEFGHIJ`,
    `arn:aws:bedrock:eu-west-1:${ACCOUNT}:default-prompt-router/anthropic.claude:1`,
    `arn:aws:sagemaker:eu-west-1:${ACCOUNT}:endpoint/mine`,
  ])("cannot be told from the ARN %s alone", (modelId) => {
    expect(() => grantsOf(route({ kind: "in-region", modelId, model: modelId }), ACCOUNT)).toThrow(
      /its policy cannot be written from it/,
    );
  });
});
