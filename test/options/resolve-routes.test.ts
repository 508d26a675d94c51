import { describe, expect, it } from "vitest";
import { resolveRoutes } from "../../src/options/resolve-by-model.ts";

const ARN = "arn:aws:bedrock:eu-central-1:123456789012:application-inference-profile/a1b2c3d4e5f6";

describe("resolveRoutes", () => {
  it("keeps the caller's routes, frozen", () => {
    const routes = resolveRoutes({ "anthropic.claude-sonnet-4-6": [{ modelId: ARN }] }, "routing.routes");
    expect(routes).toEqual({ "anthropic.claude-sonnet-4-6": [{ modelId: ARN }] });
    expect(Object.isFrozen(routes["anthropic.claude-sonnet-4-6"]?.[0])).toBe(true);
  });

  it("keeps each destination Region once", () => {
    const route = { modelId: ARN, destinationRegions: ["eu-west-1", "eu-central-1", "eu-west-1"] };
    expect(resolveRoutes({ "anthropic.claude-sonnet-4-6": [route] }, "routing.routes")).toEqual({
      "anthropic.claude-sonnet-4-6": [{ modelId: ARN, destinationRegions: ["eu-west-1", "eu-central-1"] }],
    });
  });

  it.each([
    ["arn:aws:bedrock:us-gov-west-1:123456789012:provisioned-model/a1b2c3d4e5f6", "us-gov-west-1 (aws-us-gov)"],
    ["arn:aws-us-gov:bedrock:eu-west-1:123456789012:provisioned-model/a1b2c3d4e5f6", "eu-west-1 (aws)"],
  ])("refuses %s, whose partition is not that of its Region", (modelId, region) => {
    expect(() => resolveRoutes({ "anthropic.claude-sonnet-4-6": [{ modelId }] }, "routing.routes")).toThrow(
      `[0].modelId must be in the partition of its Region ${region}`,
    );
  });

  it("refuses a route that is no ARN of the caller's", () => {
    expect(() => resolveRoutes({ "anthropic.claude-sonnet-4-6": [{ modelId: "x" }] }, "routing.routes")).toThrow(
      'routing.routes["anthropic.claude-sonnet-4-6"][0].modelId must be the ARN',
    );
  });
});
