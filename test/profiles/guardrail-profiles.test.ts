import { describe, expect, it } from "vitest";
import { documentedReach, guardrailDestinations } from "../../src/profiles/guardrail-profiles.ts";
import { knownRegions } from "../../src/profiles/regions.ts";
import { facts } from "./cases/facts.ts";

describe("guardrail profiles", () => {
  it("are those of the facts file", () => {
    for (const { id, destinations } of facts.guardrailProfiles) {
      for (const [source, regions] of Object.entries(destinations)) {
        expect(guardrailDestinations(id, source), `${id} ${source}`).toEqual(regions);
        // AWS promises as much: content may stay where it came from.
        expect(regions, `${id} ${source}`).toContain(source);
        expect(knownRegions()).toEqual(expect.arrayContaining([...regions]));
      }
    }
    expect(guardrailDestinations("us.guardrail.v1:0", "eu-central-1")).toBeUndefined();
    expect(guardrailDestinations("us.guardrail.v2:0", "us-east-1")).toBeUndefined();
    expect(guardrailDestinations("__proto__", "us-east-1")).toBeUndefined();
  });

  it("tell where any guardrail of a Region may be evaluated", () => {
    expect(documentedReach("us-west-1")).toEqual(["us-east-1", "us-east-2", "us-west-1", "us-west-2"]);
    expect(documentedReach("eu-west-2")).toEqual(["eu-west-2"]);
    // Two profiles can be chosen there, and one of them leaves Australia.
    expect(documentedReach("ap-southeast-2")).toContain("ap-northeast-1");
    expect(documentedReach("sa-east-1")).toBeUndefined();
  });
});
