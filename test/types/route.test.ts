import { describe, expect, it } from "vitest";
import { routeKey } from "../../src/types/route.ts";

describe("routeKey", () => {
  it("tells routes apart by source Region and modelId", () => {
    expect(routeKey("eu-central-1", "eu.anthropic.claude-sonnet-4-6")).toBe(
      "eu-central-1|eu.anthropic.claude-sonnet-4-6",
    );
    const keys = ["eu-central-1", "eu-west-1"].flatMap((region) => ["a.b", "eu.a.b"].map((id) => routeKey(region, id)));
    expect(new Set(keys).size).toBe(4);
  });
});
