import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { geographyOf, isKnownGeography, knownGeographies, regionsInGeography } from "../../src/profiles/geography.ts";
import { knownRegions, regionInfo } from "../../src/profiles/regions.ts";
import { facts } from "./cases/facts.ts";

describe("geographyOf", () => {
  it.each([
    ["us-east-1", "us"],
    ["us-west-2", "us"],
    ["us-gov-east-1", "us-gov"],
    ["ca-central-1", "ca"],
    ["ca-west-1", "ca"],
    ["mx-central-1", "mx"],
    ["sa-east-1", "sa"],
    ["eu-central-1", "eu"],
    ["eu-central-2", "eu"],
    ["eu-west-2", "eu"],
    ["il-central-1", "il"],
    ["me-south-1", "me"],
    ["af-south-1", "af"],
    ["ap-northeast-1", "jp"],
    ["ap-northeast-2", "apac"],
    ["ap-northeast-3", "jp"],
    ["ap-southeast-1", "apac"],
    ["ap-southeast-2", "au"],
    ["ap-southeast-4", "au"],
    ["ap-southeast-6", "au"],
    ["ap-south-1", "in"],
    ["ap-south-2", "in"],
    ["ap-east-1", "apac"],
  ])("gives %s the narrowest geography, %s", (region, geography) => {
    expect(geographyOf(region)).toBe(geography);
  });

  it.each([
    ["eu-north-2", "eu"],
    ["us-south-1", "us"],
    ["ap-southeast-9", "apac"],
    ["ap-northeast-4", "apac"],
    ["kr-central-1", "kr"],
    ["us-gov-central-1", "us-gov"],
    ["us-iso-east-1", "us-iso"],
    ["eusc-de-east-1", "eusc-de"],
    ["cn-north-1", "cn"],
  ])("gives the unknown Region %s the geography of its prefix, %s", (region, geography) => {
    expect(regionInfo(region)).toBeUndefined();
    expect(geographyOf(region)).toBe(geography);
  });

  it.each(["*", "unknown", "", "us", "us-east", "global", "US-EAST-1", "us-east-1 "])(
    "puts %j, which is no Region, into no geography",
    (text) => {
      expect(geographyOf(text)).toBe("unknown");
      expect(isKnownGeography("unknown")).toBe(false);
    },
  );

  it("never throws and never invents an empty geography", () => {
    fc.assert(fc.property(fc.string(), (text) => geographyOf(text).length > 0));
  });
});

describe("regionsInGeography", () => {
  it("counts Japan, Australia with New Zealand, and India to Asia Pacific", () => {
    const apac = regionsInGeography("apac");
    for (const narrower of ["jp", "au", "in"])
      expect(apac).toEqual(expect.arrayContaining([...regionsInGeography(narrower)]));
    expect(apac).toHaveLength(14);
    expect(apac.every((region) => region.startsWith("ap-"))).toBe(true);
  });

  it("keeps Canada and GovCloud out of the US", () => {
    expect(regionsInGeography("us")).toEqual(["us-east-1", "us-east-2", "us-west-1", "us-west-2"]);
    expect(regionsInGeography("ca")).toEqual(["ca-central-1", "ca-west-1"]);
    expect(regionsInGeography("us-gov")).toEqual(["us-gov-east-1", "us-gov-west-1"]);
  });

  it.each(["global", "*", "unknown", "", "EU", "kr"])("is empty for %j", (name) => {
    expect(regionsInGeography(name)).toEqual([]);
  });

  it("puts every known Region into exactly one geography that is not apac, or into apac alone", () => {
    for (const region of knownRegions()) {
      const holders = knownGeographies().filter((geography) => regionsInGeography(geography).includes(region));
      const own = geographyOf(region);
      expect(holders, region).toEqual(["jp", "au", "in"].includes(own) ? ["apac", own] : [own]);
    }
  });
});

describe("knownGeographies", () => {
  it("holds the prefix of every geographic profile, and not global", () => {
    const prefixes = new Set(facts.profiles.map(({ geography }) => geography));
    prefixes.delete("global");
    expect(knownGeographies()).toEqual(expect.arrayContaining([...prefixes]));
    expect([...prefixes].every(isKnownGeography)).toBe(true);
    expect(isKnownGeography("global")).toBe(false);
  });

  it("has at least one Region in each", () => {
    for (const geography of knownGeographies()) expect(regionsInGeography(geography), geography).not.toHaveLength(0);
  });
});
