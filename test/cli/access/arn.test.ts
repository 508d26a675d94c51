import { describe, expect, it } from "vitest";
import { modelArn, profileArn } from "../../../src/cli/access/arn.ts";

describe("an ARN in a policy", () => {
  it("has no account for a model, and no Region for a model that may run anywhere", () => {
    expect(modelArn("aws", "eu-west-1", "vendor.model")).toBe(
      "arn:aws:bedrock:eu-west-1::foundation-model/vendor.model",
    );
    expect(modelArn("aws", "", "vendor.model")).toBe("arn:aws:bedrock:::foundation-model/vendor.model");
    expect(profileArn("aws", "eu-west-1", "*", "eu.vendor.model")).toBe(
      "arn:aws:bedrock:eu-west-1:*:inference-profile/eu.vendor.model",
    );
  });
});
