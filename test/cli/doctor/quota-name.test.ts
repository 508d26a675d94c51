import { describe, expect, it } from "vitest";
import { quotaName } from "../../../src/cli/doctor/quota-name.ts";
import { routeOf } from "../../support/routes.ts";

describe("the quota that was hit", () => {
  it("has the name that Service Quotas gives it, by the kind of the route", () => {
    const inRegion = { ...routeOf("us"), kind: "in-region" } as const;
    expect(
      [routeOf("us"), routeOf("global"), inRegion].map((route) => quotaName("requests-per-minute", route)),
    ).toEqual([
      "Amazon Bedrock, us-east-1: Cross-region model inference requests per minute for anthropic.claude-sonnet-4-6",
      "Amazon Bedrock, us-east-1: Global cross-region model inference requests per minute for anthropic.claude-sonnet-4-6",
      "Amazon Bedrock, us-east-1: On-demand model inference requests per minute for anthropic.claude-sonnet-4-6",
    ]);
    expect(quotaName("tokens-per-minute", routeOf("us"))).toContain("tokens per minute");
  });

  it("counts every way to the model together when it is the daily one", () => {
    expect(quotaName("tokens-per-day", routeOf("us"))).toBe(
      "Amazon Bedrock, us-east-1: Model invocation max tokens per day for anthropic.claude-sonnet-4-6",
    );
  });

  it("has no name where the service did not say which it was", () => {
    expect(quotaName("throttling", routeOf("us"))).toBeUndefined();
    expect(quotaName("overloaded", routeOf("us"))).toBeUndefined();
  });
});
