import { describe, expect, it } from "vitest";
import { modelArn, partitionOf, profileArn } from "../../../src/cli/access/arn.ts";

describe("an ARN in a policy", () => {
  it("names the partition of its Region, also of one newer than the table", () => {
    expect(
      ["eu-central-1", "us-gov-west-1", "us-gov-north-9", "cn-north-1", "eusc-de-east-1", "eu-north-9"].map(
        partitionOf,
      ),
    ).toEqual(["aws", "aws-us-gov", "aws-us-gov", "aws-cn", "aws-eusc", "aws"]);
  });

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
