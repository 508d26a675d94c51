import { describe, expect, it } from "vitest";
import { Denials } from "../../src/simulator/denials.ts";
import type { ModelTarget } from "../../src/simulator/model-target.ts";

const geographic: ModelTarget = {
  modelId: "eu.vendor.model",
  model: "vendor.model",
  kind: "geographic",
  scope: "geographic",
  destinationRegions: ["eu-central-1", "eu-west-3"],
  resourceArn: "",
};
const global: ModelTarget = { ...geographic, kind: "global", scope: "global", destinationRegions: ["*"] };

describe("a denied destination Region", () => {
  it("fails a geographic profile that has it, and names its ARN", () => {
    const denials = new Denials();
    denials.deny({ destinationRegions: ["eu-west-3"] });
    expect(denials.refusalOf(geographic, { operation: "Converse" }, "eu-central-1")?.message).toMatch(
      /bedrock:InvokeModel on resource: arn:aws:bedrock:eu-west-3::foundation-model\/vendor\.model with an explicit deny in a service control policy/,
    );
    expect(
      denials.refusalOf(
        { ...geographic, destinationRegions: ["eu-central-1"] },
        { operation: "Converse" },
        "eu-central-1",
      ),
    ).toBeUndefined();
  });

  it("does not fail a global profile, whose destination policies do not see", () => {
    const denials = new Denials();
    denials.deny({ destinationRegions: ["us-east-1"] });
    expect(denials.refusalOf(global, { operation: "Converse" }, "us-west-2")).toBeUndefined();
  });

  it("fails every request that is sent to it, and names the profile that was called", () => {
    const denials = new Denials();
    denials.deny({ destinationRegions: ["us-east-1"] });
    expect(
      denials.refusalOf({ ...global, resourceArn: "arn:profile" }, { operation: "Converse" }, "us-east-1")?.message,
    ).toContain("on resource: arn:profile with an explicit deny");
    const elsewhere = { ...geographic, destinationRegions: ["us-west-2"] };
    expect(denials.refusalOf(elsewhere, { operation: "Converse" }, "us-east-1")?.status).toBe(403);
  });

  it("may be one that no policy allows", () => {
    const denials = new Denials();
    denials.deny({ destinationRegions: ["eu-west-3"], by: "no-identity-based-policy" });
    expect(denials.refusalOf(geographic, { operation: "Converse" }, "eu-central-1")?.message).toMatch(
      /foundation-model\/vendor\.model because no identity-based policy allows the bedrock:InvokeModel action$/,
    );
  });

  it("fails a global profile when it is the unspecified one, with an ARN without a Region", () => {
    const denials = new Denials();
    denials.deny({ destinationRegions: ["unspecified"], by: "identity-based-policy" });
    expect(denials.refusalOf(global, { operation: "ConverseStream" }, "us-east-1")?.message).toMatch(
      /bedrock:InvokeModelWithResponseStream on resource: arn:aws:bedrock:::foundation-model\/vendor\.model with an explicit deny in an identity-based policy$/,
    );
    expect(denials.refusalOf(geographic, { operation: "Converse" }, "eu-central-1")).toBeUndefined();
  });

  it("is allowed again when the denial is removed", () => {
    const denials = new Denials();
    const handle = denials.deny({ destinationRegions: ["eu-west-3"] });
    const other = denials.deny({ destinationRegions: ["eu-north-1"] });
    handle.remove();
    expect(denials.refusalOf(geographic, { operation: "Converse" }, "eu-central-1")).toBeUndefined();
    other[Symbol.dispose]();
  });
});
