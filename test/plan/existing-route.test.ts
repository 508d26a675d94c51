import { describe, expect, it } from "vitest";
import { makeRoute } from "../../src/plan/existing-route.ts";

describe("makeRoute", () => {
  it("gives the route its key and freezes it, destination Regions included", () => {
    const destinationRegions = ["eu-west-1"];
    const parts = { modelId: "eu.acme.model", model: "acme.model", kind: "geographic", geography: "eu" } as const;
    const route = makeRoute({ ...parts, sourceRegion: "eu-west-1", destinationRegions });
    expect(route.key).toBe("eu-west-1|eu.acme.model");
    expect(Object.isFrozen(route) && Object.isFrozen(route.destinationRegions)).toBe(true);
    destinationRegions.push("us-east-1");
    expect(route.destinationRegions).toEqual(["eu-west-1"]);
  });
});
