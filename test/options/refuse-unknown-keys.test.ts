import { describe, expect, it } from "vitest";
import { refuseUnknownKeys } from "../../src/options/refuse-unknown-keys.ts";
import { InvalidOptionsError } from "../../src/types/errors.ts";

const KNOWN = ["policy", "sourceRegions", "workload"];

describe("refuseUnknownKeys", () => {
  it("accepts any part of the known keys", () => {
    expect(() => refuseUnknownKeys({}, KNOWN, "routing")).not.toThrow();
    expect(() => refuseUnknownKeys({ policy: 1, workload: undefined }, KNOWN, "routing")).not.toThrow();
  });

  it("names the path and the nearest valid key", () => {
    expect(refusal({ policy: 1, sourceRegion: [] })).toMatchObject({
      message: "routing.sourceRegion is not an option: did you mean sourceRegions?",
      path: "routing.sourceRegion",
    });
  });

  it("lists the valid keys when none is near", () => {
    expect(refusal({ temperature: 1 })).toMatchObject({
      message: "routing.temperature is not an option; routing takes policy, sourceRegions, workload",
      path: "routing.temperature",
    });
  });

  it("refuses keys that every object inherits", () => {
    expect(refusal({ constructor: 1 }).path).toBe("routing.constructor");
  });
});

function refusal(object: object): InvalidOptionsError {
  try {
    refuseUnknownKeys(object, KNOWN, "routing");
  } catch (error) {
    if (error instanceof InvalidOptionsError) return error;
  }
  throw new Error("was accepted");
}
