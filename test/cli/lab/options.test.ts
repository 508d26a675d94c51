import { describe, expect, it } from "vitest";
import { DEFAULT_LAB_OPTIONS, type LabOptions, resolveLabOptions } from "../../../src/cli/lab/options.ts";
import { bundledCatalog } from "../../../src/profiles/bundled-catalog.ts";

const resolve = (given: object): LabOptions => resolveLabOptions(given as Partial<LabOptions>, bundledCatalog());

describe("resolveLabOptions", () => {
  it("repeats the latency lab by default", () => {
    expect(resolve({})).toEqual(DEFAULT_LAB_OPTIONS);
    expect(resolve({ runs: 5 })).toEqual({ ...DEFAULT_LAB_OPTIONS, runs: 5 });
  });

  it.each([
    [{ models: ["eu.anthropic.claude-sonnet-4-6"] }, /lab\.models\[0\] .*did you mean "anthropic\.claude-sonnet-4-6"/],
    [{ models: [] }, /lab\.models must be a non-empty array/],
    [{ sourceRegions: ["eu-wst-1"] }, /lab\.sourceRegions\[0\] .*did you mean "eu-west-1"/],
    [{ sourceRegions: ["eu-west-1", "eu-west-1"] }, /lab\.sourceRegions\[1\] must not be given twice/],
    [{ kinds: ["provisioned"] }, /lab\.kinds\[0\] must be "global", "geographic" or "in-region", got "provisioned"/],
    [{ runs: 0 }, /lab\.runs must be a whole number from 1 to 10000, got 0/],
    [{ runs: 1.5 }, /lab\.runs must be a whole number/],
    [{ temperature: Number.NaN }, /lab\.temperature/],
    [{ prompt: " " }, /lab\.prompt/],
    [{ measuredFrom: "home" }, /lab\.measuredFrom must be an AWS Region/],
    [{ run: 3 }, /lab\.run is not an option: did you mean runs/],
  ])("refuses %j", (given, message) => {
    expect(() => resolve(given)).toThrow(message);
  });
});
