import { describe, expect, it } from "vitest";
import {
  isRegionName,
  knownCountries,
  knownRegions,
  partitionOf,
  regionInfo,
  suggestRegion,
} from "../../src/profiles/regions.ts";
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

describe("a Region by its name", () => {
  it.each([
    ["eu-central-1", "aws"],
    ["eu-north-9", "aws"],
    ["kr-central-1", "aws"],
    ["us-gov-west-1", "aws-us-gov"],
    ["us-gov-north-9", "aws-us-gov"],
    ["cn-northwest-1", "aws-cn"],
    ["eusc-de-east-1", "aws-eusc"],
    ["eusc-fr-south-2", "aws-eusc"],
    ["us-iso-east-1", "aws-iso"],
    ["us-isob-east-1", "aws-iso-b"],
    ["eu-isoe-west-1", "aws-iso-e"],
    ["us-isof-south-1", "aws-iso-f"],
  ])("%s lies in the partition %s", (region, partition) => {
    expect(isRegionName(region)).toBe(true);
    expect(partitionOf(region)).toBe(partition);
  });

  it.each([
    "frankfurt",
    "eu-centrl-1",
    "eu-central-1a",
    "eu-central",
    "EU-CENTRAL-1",
    "eu-central-1.example",
    "eu",
    "*",
    "global",
    "unknown",
    "constructor",
    "__proto__",
    "",
    "eu-central-1\n",
  ])("%j is none", (text) => {
    expect(isRegionName(text)).toBe(false);
  });

  it.each([
    ["frankfurt", "eu-central-1"],
    ["Oregon", "us-west-2"],
    ["N. Virginia", "us-east-1"],
    ["eu-centrl-1", "eu-central-1"],
    ["EU-Central-1", "eu-central-1"],
    ["eu-central-1a", "eu-central-1"],
    ["eu_central_1", "eu-central-1"],
    ["west", undefined],
    ["eu", undefined],
    ["constructor", undefined],
    ["frankfurt".repeat(100_000), undefined],
  ])("a Region that %.20s may mean is suggested", (text, region) => {
    expect(suggestRegion(text)).toBe(region);
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
