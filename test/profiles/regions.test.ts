import { describe, expect, it } from "vitest";
import { knownCountries, knownRegions, regionInfo } from "../../src/profiles/regions.ts";
import { facts } from "./cases/facts.ts";

describe("regionInfo", () => {
  it.each([
    ["eu-west-2", "GB"],
    ["eu-central-1", "DE"],
    ["eu-central-2", "CH"],
    ["il-central-1", "IL"],
    ["me-central-1", "AE"],
    ["ap-east-1", "HK"],
    ["ap-east-2", "TW"],
    ["ap-southeast-5", "MY"],
    ["ap-southeast-6", "NZ"],
    ["ca-west-1", "CA"],
    ["us-gov-west-1", "US"],
  ])("places %s in %s", (region, country) => {
    expect(regionInfo(region)?.country).toBe(country);
  });

  it("keeps GovCloud in a partition of its own", () => {
    const inGovCloud = knownRegions().filter((region) => regionInfo(region)?.partition === "aws-us-gov");
    expect(inGovCloud).toEqual(["us-gov-east-1", "us-gov-west-1"]);
  });

  it("knows nothing of a Region newer than the table, nor of a name inherited from Object", () => {
    expect(regionInfo("eu-north-9")).toBeUndefined();
    expect(regionInfo("constructor")).toBeUndefined();
    expect(regionInfo("*")).toBeUndefined();
  });

  it("gives every Region a name, a country code and coordinates on the globe", () => {
    for (const region of knownRegions()) {
      const info = regionInfo(region)!;
      expect(info.name, region).toMatch(/^[A-Z].+\(.+\)$/);
      expect(info.country, region).toMatch(/^[A-Z]{2}$/);
      expect(Math.abs(info.latitude), region).toBeLessThan(65);
      expect(Math.abs(info.longitude), region).toBeLessThanOrEqual(180);
      expect(Object.isFrozen(info), region).toBe(true);
    }
  });

  it("puts every Region into the right quarter of the globe", () => {
    const south = knownRegions().filter((region) => regionInfo(region)!.latitude < 0);
    expect(south).toEqual([
      "sa-east-1",
      "sa-west-1",
      "af-south-1",
      "ap-southeast-2",
      "ap-southeast-3",
      "ap-southeast-4",
      "ap-southeast-6",
    ]);
    const west = knownRegions().filter((region) => regionInfo(region)!.longitude < 0);
    const european = ["eu-south-2", "eu-west-1", "eu-west-2"];
    expect(west.filter((region) => !/^(us|ca|mx|sa)-/.test(region))).toEqual(european);
  });
});

describe("knownRegions", () => {
  it("holds every Region that a profile names as source or destination", () => {
    const named = facts.profiles.flatMap(({ destinations }) => [
      ...Object.keys(destinations),
      ...Object.values(destinations).flatMap((regions) => regions ?? []),
    ]);
    const missing = [...new Set(named)].filter((region) => region !== "*" && !knownRegions().includes(region));
    expect(missing).toEqual([]);
  });

  it("holds 36 commercial Regions, those without Bedrock profiles included", () => {
    expect(knownRegions()).toHaveLength(36 + 2);
    expect(new Set(knownRegions()).size).toBe(38);
    expect(knownRegions()).toEqual(expect.arrayContaining(["ap-east-1", "me-west-1", "sa-west-1"]));
  });
});

describe("knownCountries", () => {
  it("names each country once, sorted", () => {
    const countries = knownRegions().map((region) => regionInfo(region)!.country);
    expect(knownCountries()).toEqual([...new Set(countries)].sort());
    expect(Object.isFrozen(knownCountries())).toBe(true);
  });
});
