import { describe, expect, it } from "vitest";
import { bundledCatalog } from "../../src/profiles/bundled-catalog.ts";
import { geographyOf } from "../../src/profiles/geography.ts";
import { knownRegions } from "../../src/profiles/regions.ts";
import { facts } from "./cases/facts.ts";

const catalog = bundledCatalog();
const current = facts.profiles.filter(({ retired }) => retired !== true);
const every = catalog.models().flatMap((model) => catalog.profilesOf(model));
const SONNET_46 = "anthropic.claude-sonnet-4-6";

describe("bundledCatalog compared with the facts", () => {
  it.each(current)("has $id with every source Region and its destination Regions", (fact) => {
    const profile = catalog.profile(fact.id)!;
    expect(profile).toMatchObject({ id: fact.id, geography: fact.geography, model: fact.model });
    expect(Object.keys(profile.destinations).sort()).toEqual(Object.keys(fact.destinations).sort());
    for (const [source, destinations] of Object.entries(fact.destinations)) {
      const expected = destinations === null ? ["unknown"] : fact.geography === "global" ? ["*"] : destinations;
      if (fact.otherDestinations === undefined) expect(profile.destinations[source], source).toEqual(expected);
      else expect(profile.destinations[source], source).toEqual(expect.arrayContaining([...expected]));
    }
    expect(profile.contradictedSourceRegions).toEqual(fact.contradictedByLiveApi);
    const assumed = fact.sourceRegionsAssumed === true ? Object.keys(fact.destinations).sort() : undefined;
    expect(profile.assumedSourceRegions?.toSorted()).toEqual(assumed);
  });

  it("has no profile that the facts do not have, and none that AWS withdrew", () => {
    expect(every.map(({ id }) => id).sort()).toEqual(current.map(({ id }) => id).sort());
    const withdrawn = facts.profiles.filter(({ retired }) => retired === true);
    expect(withdrawn).toHaveLength(10);
    expect(withdrawn.filter(({ id }) => catalog.profile(id) !== undefined)).toEqual([]);
  });

  it.each(facts.inRegionModels)("lists where $modelId is callable in-Region", ({ modelId, regions, endpoints }) => {
    expect(endpoints).toContain("bedrock-runtime");
    expect(catalog.inRegionRegions(modelId)).toEqual(regions);
    expect(catalog.inRegionIsDoubtful?.(modelId)).toBe(endpoints.includes("bedrock-mantle"));
  });

  it.each(facts.endOfLife)("ends the life of $model on $endOfLife where that is announced", (fact) => {
    for (const region of knownRegions()) {
      const announced = fact.regions?.includes(region) ?? true;
      expect(catalog.endOfLife?.(fact.model, region), region).toBe(announced ? fact.endOfLife : undefined);
    }
  });

  it("knows which models bedrock-mantle alone serves", () => {
    const models = [...catalog.models(), ...facts.mantleOnlyModels.map(({ modelId }) => modelId)];
    expect(models.filter((model) => catalog.isMantleOnly?.(model))).toEqual(
      facts.mantleOnlyModels.map(({ modelId }) => modelId),
    );
    expect(catalog.isMantleOnly?.("xai.grok-4.3")).toBe(true);
  });

  it("lists every model once, sorted, and finds its profiles both ways", () => {
    const named = [...current.map(({ model }) => model), ...facts.inRegionModels.map(({ modelId }) => modelId)];
    expect(catalog.models()).toEqual([...new Set(named)].sort());
    for (const profile of every) {
      expect(catalog.profile(profile.id)).toBe(profile);
      expect(catalog.profilesOf(profile.model)).toContain(profile);
    }
  });

  it("is as old as the facts", () => {
    expect(catalog.name).toBe("bundled");
    expect(catalog.asOf).toBe(facts.asOf);
    expect(catalog.asOf).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  });
});

describe("bundledCatalog", () => {
  it("knows Claude Opus 5.5 by its global profile from all 33 Regions, and in London itself", () => {
    const model = "anthropic.claude-opus-5-5";
    const { destinations } = catalog.profile(`global.${model}`)!;
    expect(Object.keys(destinations)).toHaveLength(33);
    for (const region of ["ap-southeast-1", "sa-east-1", "mx-central-1", "il-central-1", "af-south-1"]) {
      expect(destinations[region]).toEqual(["*"]);
    }
    expect(catalog.inRegionRegions(model)).toEqual(["eu-west-2"]);
    expect(catalog.inRegionIsDoubtful?.(model)).toBe(false);
  });

  it("lets every GovCloud profile be called from GovCloud, although AWS prints few of their ids", () => {
    for (const model of ["opus-5-5", "haiku-5-5", "sonnet-5-5", "opus-4-8", "opus-5", "fable-5-1"]) {
      const profile = catalog.profile(`us-gov.anthropic.claude-${model}`)!;
      expect(profile.destinations, model).toEqual({ "us-gov-east-1": ["unknown"], "us-gov-west-1": ["unknown"] });
    }
  });

  it("routes the lab's models as the lab's tables say", () => {
    const europe = ["eu-central-1", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-3"];
    expect(catalog.profile(`eu.${SONNET_46}`)?.destinations["eu-central-1"]).toEqual(europe);
    expect(catalog.profile(`jp.${SONNET_46}`)?.destinations).toEqual({
      "ap-northeast-1": ["ap-northeast-1", "ap-northeast-3"],
      "ap-northeast-3": ["ap-northeast-1", "ap-northeast-3"],
    });
    expect(catalog.profile(`global.${SONNET_46}`)?.destinations["ap-southeast-1"]).toEqual(["*"]);
    const fromSingapore = catalog.profilesOf(SONNET_46).filter(({ destinations }) => "ap-southeast-1" in destinations);
    expect(fromSingapore.map(({ geography }) => geography)).toEqual(["global"]);
  });

  it("adds London to the destinations of an EU profile only for callers in London", () => {
    const { destinations } = catalog.profile(`eu.${SONNET_46}`)!;
    const withLondon = Object.keys(destinations).filter((source) => destinations[source]?.includes("eu-west-2"));
    expect(withLondon).toEqual(["eu-west-2"]);
  });

  it("keeps the source Region that a live listing contradicts, and says so", () => {
    const profile = catalog.profile("jp.amazon.nova-2-lite-v1:0")!;
    expect(Object.keys(profile.destinations)).toEqual(["ap-northeast-1", "ap-northeast-3"]);
    expect(profile.contradictedSourceRegions).toEqual(["ap-northeast-3"]);
    expect(every.filter(({ contradictedSourceRegions }) => contradictedSourceRegions !== undefined)).toEqual([profile]);
  });

  it("takes every destination that one of two disagreeing AWS pages names", () => {
    const both = ["us-gov-east-1", "us-gov-west-1"];
    expect(catalog.profile("us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0")).toMatchObject({
      destinations: { "us-gov-east-1": both, "us-gov-west-1": both },
    });
  });

  it("marks the in-Region rows that AWS merges with bedrock-mantle as doubtful", () => {
    expect(catalog.inRegionIsDoubtful?.("anthropic.claude-opus-4-8")).toBe(true);
    expect(catalog.inRegionIsDoubtful?.(SONNET_46)).toBe(false);
  });

  it("names only known Regions, and lets only a global profile reach any Region", () => {
    for (const { id, geography, destinations } of every) {
      for (const [source, regions] of Object.entries(destinations)) {
        expect(knownRegions(), id).toContain(source);
        expect(regions, id).not.toHaveLength(0);
        expect(regions.includes("*"), id).toBe(geography === "global");
        const places = regions.filter((region) => region !== "*" && region !== "unknown");
        expect(places.length === regions.length || regions.length === 1, id).toBe(true);
        expect(knownRegions(), id).toEqual(expect.arrayContaining(places));
      }
    }
  });

  it("lets no GovCloud profile reach a commercial Region, nor the reverse", () => {
    for (const { id, geography, destinations } of every) {
      const named = [...Object.keys(destinations), ...Object.values(destinations).flat()];
      const inGovCloud = named.filter((region) => geographyOf(region) === "us-gov");
      const commercial = named.filter((region) => !["us-gov", "unknown"].includes(geographyOf(region)));
      expect(geography === "us-gov" ? commercial : inGovCloud, id).toEqual([]);
    }
  });

  it("answers for what it does not know without throwing", () => {
    expect(catalog.profilesOf("constructor")).toEqual([]);
    expect(catalog.profile("eu.constructor")).toBeUndefined();
    expect(catalog.inRegionRegions("__proto__")).toEqual([]);
    expect(catalog.inRegionIsDoubtful?.("toString")).toBe(false);
    expect(catalog.endOfLife?.("constructor", "us-east-1")).toBeUndefined();
    expect(catalog.isMantleOnly?.("__proto__")).toBe(false);
  });

  it("is decoded once, and frozen all the way down", () => {
    expect(bundledCatalog()).toBe(catalog);
    expect(deepFrozen([catalog, catalog.models(), ...every])).toBe(true);
    for (const model of catalog.models()) {
      expect(deepFrozen([catalog.profilesOf(model), catalog.inRegionRegions(model)])).toBe(true);
    }
    expect(deepFrozen([catalog.profilesOf("none"), catalog.inRegionRegions("none")])).toBe(true);
  });
});

function deepFrozen(values: readonly unknown[]): boolean {
  return values.every(
    (value) =>
      typeof value !== "object" || value === null || (Object.isFrozen(value) && deepFrozen(Object.values(value))),
  );
}
