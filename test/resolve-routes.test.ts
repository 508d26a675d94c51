import { describe, expect, it } from "vitest";
import { resolveRoutes } from "../src/resolve-routes.ts";

const ARN = "arn:aws:bedrock:eu-central-1:123456789012:application-inference-profile/a1b2c3d4e5f6";

describe("resolveRoutes", () => {
  it("keeps the caller's routes, frozen", () => {
    const routes = resolveRoutes({ "anthropic.claude-sonnet-4-6": [{ modelId: ARN }] }, "routing.routes");
    expect(routes).toEqual({ "anthropic.claude-sonnet-4-6": [{ modelId: ARN }] });
    expect(Object.isFrozen(routes["anthropic.claude-sonnet-4-6"]?.[0])).toBe(true);
  });

  it("refuses routes under a name that is never looked up", () => {
    expect(() => resolveRoutes({ "eu.anthropic.claude-sonnet-4-6": [{ modelId: ARN }] }, "routing.routes")).toThrow(
      'did you mean "anthropic.claude-sonnet-4-6"?',
    );
  });

  it("refuses a route that is no ARN of the caller's", () => {
    expect(() => resolveRoutes({ "anthropic.claude-sonnet-4-6": [{ modelId: "x" }] }, "routing.routes")).toThrow(
      'routing.routes["anthropic.claude-sonnet-4-6"][0].modelId must be the ARN',
    );
  });
});
