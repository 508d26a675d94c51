import { describe, expect, it } from "vitest";
import { resolvePolicy } from "../../src/options/resolve-policy.ts";
import { knownGeographies } from "../../src/profiles/geography.ts";
import { InvalidOptionsError } from "../../src/types/errors.ts";

const GEOGRAPHIES = knownGeographies().join(", ");
const NAMES = 'must be "latency", "cost", "residency" or a policy object';

describe("resolvePolicy", () => {
  it.each([
    ["latency", { prefer: "latency", priceWeight: 1, residency: "any" }],
    ["cost", { prefer: "cost", priceWeight: 1, residency: "any" }],
    ["residency", { prefer: "latency", priceWeight: 1, residency: "home" }],
    [{}, { prefer: "latency", priceWeight: 1, residency: "any" }],
    [
      { prefer: "throughput", priceWeight: 0, residency: "eu" },
      { prefer: "throughput", priceWeight: 0, residency: "eu" },
    ],
    [{ priceWeight: 100 }, { prefer: "latency", priceWeight: 100, residency: "any" }],
    [{ residency: ["us", "ca"] }, { prefer: "latency", priceWeight: 1, residency: ["us", "ca"] }],
    [{ residency: { countries: ["DE", "GB"] } }, { residency: { countries: ["DE", "GB"] } }],
    [{ residency: { regions: ["eu-west-1"] } }, { residency: { regions: ["eu-west-1"] } }],
    [
      { prefer: undefined, priceWeight: undefined, residency: undefined },
      { prefer: "latency", priceWeight: 1 },
    ],
  ])("takes %j", (policy, expected) => {
    expect(resolvePolicy(policy, "routing.policy")).toMatchObject(expected);
  });

  it.each([
    [undefined, "", `${NAMES}, got undefined`],
    [null, "", `${NAMES}, got null`],
    [7, "", `${NAMES}, got 7`],
    [["latency"], "", `${NAMES}, got an array of 1`],
    ["latancy", "", `${NAMES}, got "latancy" (did you mean "latency"?)`],
    ["fast", "", `${NAMES}, got "fast"`],
    ["toString", "", `${NAMES}, got "toString"`],
    [{ prefers: "cost" }, ".prefers", "is not an option: did you mean prefer?"],
    [{ budget: 1 }, ".budget", "is not an option; routing.policy takes prefer, residency, priceWeight"],
    [{ prefer: "price" }, ".prefer", 'must be "latency", "cost" or "throughput", got "price"'],
    [{ prefer: "Cost" }, ".prefer", 'must be "latency", "cost" or "throughput", got "Cost" (did you mean "cost"?)'],
    [{ prefer: "residency" }, ".prefer", 'must be "latency", "cost" or "throughput", got "residency"'],
    [{ prefer: null }, ".prefer", 'must be "latency", "cost" or "throughput", got null'],
    [{ priceWeight: -0.1 }, ".priceWeight", "must be a number from 0 (latency alone) to 100, got -0.1"],
    [{ priceWeight: 101 }, ".priceWeight", "must be a number from 0 (latency alone) to 100, got 101"],
    [{ priceWeight: Number.NaN }, ".priceWeight", "must be a number from 0 (latency alone) to 100, got NaN"],
    [{ priceWeight: "1" }, ".priceWeight", 'must be a number from 0 (latency alone) to 100, got "1"'],
    [{ prefer: "cost", priceWeight: 0 }, ".priceWeight", 'must not be 0 (latency alone) when prefer is "cost", got 0'],
    [{ residency: null }, ".residency", 'must be "any", "home", a geography, { regions } or { countries }, got null'],
    [{ residency: true }, ".residency", 'must be "any", "home", a geography, { regions } or { countries }, got true'],
    [{ residency: "europe" }, ".residency", `must be a geography (${GEOGRAPHIES}), got "europe"`],
    [{ residency: "EU" }, ".residency", `must be a geography (${GEOGRAPHIES}), got "EU" (did you mean "eu"?)`],
    [{ residency: "kr" }, ".residency", `must be a geography (${GEOGRAPHIES}), got "kr"`],
    [
      { residency: "global" },
      ".residency",
      'cannot be "global", which is no place: use "any" to allow global profiles, got "global"',
    ],
    [{ residency: [] }, ".residency", "must name at least one geography, got an empty array"],
    [{ residency: ["eu", "home"] }, ".residency[1]", 'cannot combine "home" with other geographies, got "home"'],
    [{ residency: ["any"] }, ".residency[0]", 'cannot combine "any" with other geographies, got "any"'],
    [{ residency: ["eu", 1] }, ".residency[1]", `must be a geography (${GEOGRAPHIES}), got 1`],
    [{ residency: { region: ["eu-west-1"] } }, ".residency.region", "is not an option: did you mean regions?"],
    [{ residency: {} }, ".residency", "must have regions or countries, got an object with keys []"],
    [
      { residency: { regions: ["eu-west-1"], countries: ["IE"] } },
      ".residency",
      'must have either regions or countries, not both, got an object with keys ["regions","countries"]',
    ],
    [
      { residency: { regions: "eu-west-1" } },
      ".residency.regions",
      'must be a non-empty array, each an AWS Region, got "eu-west-1"',
    ],
    [
      { residency: { regions: [] } },
      ".residency.regions",
      "must be a non-empty array, each an AWS Region, got an empty array",
    ],
    [
      { residency: { regions: ["eu-west-1", "eu-wst-2"] } },
      ".residency.regions[1]",
      'must be an AWS Region, got "eu-wst-2" (did you mean "eu-west-2"?)',
    ],
    [{ residency: { regions: ["*"] } }, ".residency.regions[0]", 'must be an AWS Region, got "*"'],
    [
      { residency: { countries: ["DE", "UK"] } },
      ".residency.countries[1]",
      'must be the ISO 3166-1 code of a country with an AWS Region, got "UK" (did you mean "GB"?)',
    ],
    [
      { residency: { countries: ["Germany"] } },
      ".residency.countries[0]",
      'must be the ISO 3166-1 code of a country with an AWS Region, got "Germany"',
    ],
    [
      { residency: { countries: ["de"] } },
      ".residency.countries[0]",
      'must be the ISO 3166-1 code of a country with an AWS Region, got "de" (did you mean "DE"?)',
    ],
  ])("refuses %j", (policy, at, message) => {
    const attempt = (): unknown => resolvePolicy(policy, "routing.policy");
    expect(attempt).toThrow(InvalidOptionsError);
    expect(attempt).toThrow(
      expect.objectContaining({ path: `routing.policy${at}`, message: `routing.policy${at} ${message}` }),
    );
  });

  it("fills what is absent from the given defaults", () => {
    const client = resolvePolicy({ prefer: "cost", priceWeight: 2, residency: "eu" }, "routing.policy");
    expect(resolvePolicy({ prefer: "latency" }, "routing.policy", client)).toEqual({ ...client, prefer: "latency" });
    expect(resolvePolicy("latency", "routing.policy", client)).toEqual({
      prefer: "latency",
      priceWeight: 1,
      residency: "any",
    });
  });

  it("copies and freezes what the caller may change later", () => {
    const regions = ["eu-west-1"];
    const geographies = ["eu"];
    const byRegion = resolvePolicy({ residency: { regions } }, "routing.policy");
    const byGeography = resolvePolicy({ residency: geographies }, "routing.policy");
    regions.push("us-east-1");
    geographies.push("us");
    expect([byRegion.residency, byGeography.residency]).toEqual([{ regions: ["eu-west-1"] }, ["eu"]]);
    expect([byRegion, byRegion.residency, byGeography.residency].every((value) => Object.isFrozen(value))).toBe(true);
  });
});
