import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bundledCatalog } from "../../src/profiles/bundled-catalog.ts";
import type { Catalog } from "../../src/profiles/catalog.ts";
import { callable, compareCatalogs } from "../../src/profiles/compare-catalogs.ts";
import { overlayCatalog, overlayName } from "../../src/profiles/overlay-catalog.ts";
import type { RegionListing } from "../../src/profiles/region-listing.ts";
import { knownRegions } from "../../src/profiles/regions.ts";
import { listingOf } from "../support/listings.ts";

const SONNET = "anthropic.claude-sonnet-4-6";
const NOVA = "amazon.nova-2-lite-v1:0";
const HAIKU = "anthropic.claude-haiku-4-5-20251001-v1:0";
const FRANKFURT = "eu-central-1";
const base = bundledCatalog();

describe("overlayCatalog", () => {
  it("withdraws from a listed Region what its listing does not name, and from no other", () => {
    const catalog = over(without(FRANKFURT, `eu.${SONNET}`));
    expect(catalog.profile(`eu.${SONNET}`)?.destinations).not.toHaveProperty(FRANKFURT);
    expect(catalog.profile(`eu.${SONNET}`)?.destinations["eu-west-1"]).toEqual(
      base.profile(`eu.${SONNET}`)?.destinations["eu-west-1"],
    );
    expect(callable(catalog, SONNET, FRANKFURT).has(`global.${SONNET}`)).toBe(true);
  });

  it("adds a profile and a model that the table does not know", () => {
    const profile = { id: "kr.acme.next-1", model: "acme.next-1", destinationRegions: ["eu-central-1", "eu-west-9"] };
    const listing = listingOf(base, FRANKFURT);
    const catalog = over({ ...listing, profiles: [...(listing.profiles ?? []), profile] });
    expect(catalog.profilesOf("acme.next-1")).toEqual([
      {
        id: "kr.acme.next-1",
        geography: "kr",
        model: "acme.next-1",
        destinations: { [FRANKFURT]: ["eu-central-1", "eu-west-9"] },
      },
    ]);
    expect(catalog.profile("kr.acme.next-1")).toEqual(catalog.profilesOf("acme.next-1")[0]);
    expect(catalog.models()).toContain("acme.next-1");
    expect(catalog.models()).toEqual([...catalog.models()].sort());
  });

  it("forgets a profile that no Region is left to call, and a model without any route", () => {
    const only: Catalog = {
      ...base,
      profilesOf: (model) => (model === "acme.old-1" ? [old] : []),
      profile: (id) => (id === old.id ? old : undefined),
      inRegionRegions: () => [],
      models: () => ["acme.old-1"],
    };
    const old = {
      id: "eu.acme.old-1",
      geography: "eu",
      model: "acme.old-1",
      destinations: { [FRANKFURT]: ["eu-west-1"] },
    };
    const catalog = overlayCatalog(only, {
      name: () => "x",
      listings: [{ ...listingOf(base, FRANKFURT), inRegionModels: [] }],
    });
    expect(catalog.profile(old.id)).toBeUndefined();
    expect(catalog.models()).not.toContain("acme.old-1");
  });

  it("lets a profile that is listed twice run wherever either entry says", () => {
    const twice = (...destinations: readonly (readonly string[])[]) =>
      over({
        ...listingOf(base, FRANKFURT),
        profiles: destinations.map((regions) => ({ id: `eu.${SONNET}`, model: SONNET, destinationRegions: regions })),
      }).profile(`eu.${SONNET}`)?.destinations[FRANKFURT];
    expect(twice(["us-east-1", FRANKFURT], [FRANKFURT])).toEqual([FRANKFURT, "us-east-1"]);
    expect(twice([FRANKFURT], ["eu-west-1"], [FRANKFURT])).toEqual([FRANKFURT, "eu-west-1"]);
    expect(twice([FRANKFURT], ["*"])).toEqual(["*"]);
    expect(twice(["unknown"], [FRANKFURT])).toEqual(["unknown"]);
  });

  it("takes other destination Regions from the listing", () => {
    const listing = listingOf(base, FRANKFURT);
    const profiles = listing.profiles?.map((profile) =>
      profile.id === `eu.${SONNET}` ? { ...profile, destinationRegions: ["eu-central-1", "us-east-1"] } : profile,
    );
    expect(over({ ...listing, profiles: profiles ?? [] }).profile(`eu.${SONNET}`)?.destinations[FRANKFURT]).toEqual([
      "eu-central-1",
      "us-east-1",
    ]);
  });

  it("confirms what was contradicted or doubtful, in the listed Region only", () => {
    const osaka = "ap-northeast-3";
    expect(base.profile(`jp.${NOVA}`)?.contradictedSourceRegions).toEqual([osaka]);
    const listed = { id: `jp.${NOVA}`, model: NOVA, destinationRegions: ["ap-northeast-1", osaka] };
    const listing = listingOf(base, osaka);
    const confirmed = over({ ...listing, profiles: [...(listing.profiles ?? []), listed] });
    expect(confirmed.profile(`jp.${NOVA}`)?.contradictedSourceRegions).toBeUndefined();
    expect(confirmed.profile(`jp.${NOVA}`)?.destinations[osaka]).toEqual(listed.destinationRegions);
    const denied = over(listing);
    expect(denied.profile(`jp.${NOVA}`)?.destinations).not.toHaveProperty(osaka);

    expect(base.inRegionIsDoubtful?.(HAIKU)).toBe(true);
    const ireland = over(listingOf(base, "eu-west-1"));
    expect(ireland.inRegionIsDoubtful?.(HAIKU, "eu-west-1")).toBe(false);
    expect(ireland.inRegionIsDoubtful?.(HAIKU, "eu-west-2")).toBe(true);
  });

  it("believes a listing that names a model after its announced end of life, and its newer dates", () => {
    const old = "anthropic.claude-sonnet-4-20250514-v1:0";
    expect(base.endOfLife?.(old, FRANKFURT)).toBe("2026-10-14");
    const listing = listingOf(base, FRANKFURT);
    expect(over(listing).endOfLife?.(old, FRANKFURT)).toBeUndefined();
    expect(over(listing).endOfLife?.(old, "eu-west-1")).toBe("2026-10-14");
    expect(over({ ...listing, asOf: "2026-10-13T23:00:00.000Z" }).endOfLife?.(old, FRANKFURT)).toBe("2026-10-14");
    expect(over(without(FRANKFURT, `eu.${old}`)).endOfLife?.(old, FRANKFURT)).toBe("2026-10-14");
    const told = { ...listing, endOfLife: [{ model: SONNET, date: "2027-08-01" }] };
    expect(over(told).endOfLife?.(SONNET, FRANKFURT)).toBe("2027-08-01");
    expect(over(told).endOfLife?.(SONNET, "eu-west-1")).toBeUndefined();
    expect(over(listing).isMantleOnly?.("xai.grok-4.3")).toBe(true);
  });

  it("leaves alone what a part that was not listed would have told", () => {
    const { inRegionModels: _, ...profilesOnly } = without(FRANKFURT, `eu.${SONNET}`);
    const catalog = over(profilesOnly);
    for (const model of base.models()) expect(catalog.inRegionRegions(model)).toEqual(base.inRegionRegions(model));
    const { profiles: __, ...modelsOnly } = { ...listingOf(base, FRANKFURT), inRegionModels: [SONNET] };
    expect(over(modelsOnly).profile(`eu.${SONNET}`)).toBe(base.profile(`eu.${SONNET}`));
    expect(over(modelsOnly).inRegionRegions(SONNET)).toEqual([FRANKFURT, "eu-west-2"]);
  });

  it("knows application profiles by what is closest to the source", () => {
    const listed = { arn: "arn:1", model: SONNET, destinationRegions: ["eu-west-1"] };
    const catalog = overlayCatalog(
      { ...base, applicationProfile: (arn) => ({ model: `${arn} of the table`, destinationRegions: ["*"] }) },
      {
        name: () => "x",
        listings: [
          {
            sourceRegion: FRANKFURT,
            asOf: "2026-11-21T00:00:00Z",
            applicationProfiles: [listed, { ...listed, arn: "arn:2" }],
          },
        ],
        applicationProfiles: [{ ...listed, arn: "arn:2", destinationRegions: ["*"] }],
      },
    );
    expect(catalog.applicationProfile?.("arn:1")).toEqual(listed);
    expect(catalog.applicationProfile?.("arn:2")?.destinationRegions).toEqual(["*"]);
    expect(catalog.applicationProfile?.("arn:3")?.model).toBe("arn:3 of the table");
  });

  it("changes nothing when every Region lists what the table has, but the rows that the API contradicts", () => {
    const catalog = overlayCatalog(base, {
      name: () => "x",
      listings: knownRegions().map((region) => listingOf(base, region)),
    });
    const changes = compareCatalogs(base, catalog, knownRegions());
    expect(changes.map(({ kind, modelId, sourceRegion }) => [kind, modelId, sourceRegion])).toEqual([
      ["removed", `jp.${NOVA}`, "ap-northeast-3"],
    ]);
    // What was assumed has been confirmed.
    expect(base.profile("us.openai.gpt-6.1-sol")?.assumedSourceRegions).toContain("us-east-1");
    expect(catalog.profile("us.openai.gpt-6.1-sol")?.assumedSourceRegions).toBeUndefined();
  });

  it("answers for a listed Region with its listing and nothing else, whatever that is", () => {
    const regions = ["eu-central-1", "us-east-1", "ap-northeast-1"];
    const ids = base.models().flatMap((model) => base.profilesOf(model).map(({ id }) => ({ id, model })));
    const listing = fc.record({
      sourceRegion: fc.constantFrom(...regions),
      picked: fc.uniqueArray(fc.constantFrom(...ids), { maxLength: 20, selector: ({ id }) => id }),
      models: fc.uniqueArray(fc.constantFrom(...base.models()), { maxLength: 10 }),
    });
    fc.assert(
      fc.property(fc.uniqueArray(listing, { selector: ({ sourceRegion }) => sourceRegion }), (listings) => {
        const catalog = overlayCatalog(base, {
          name: () => "x",
          listings: listings.map(({ sourceRegion, picked, models }) => ({
            sourceRegion,
            asOf: "2026-11-21T00:00:00Z",
            profiles: picked.map(({ id, model }) => ({ id, model, destinationRegions: [sourceRegion, "eu-north-1"] })),
            inRegionModels: models,
          })),
        });
        for (const { sourceRegion, picked, models } of listings) {
          const found = [...new Set([...base.models(), ...catalog.models()])].flatMap((model) => [
            ...callable(catalog, model, sourceRegion).keys(),
          ]);
          expect(found.sort()).toEqual([...picked.map(({ id }) => id), ...models].sort());
        }
        const others = knownRegions().filter((region) => !listings.some(({ sourceRegion }) => sourceRegion === region));
        expect(compareCatalogs(base, catalog, others)).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });
});

describe("the name of a table with listings over it", () => {
  it("tells the Regions, the minutes and the table below", () => {
    const listings = [
      listingOf(base, FRANKFURT),
      { ...listingOf(base, "eu-north-1"), asOf: "2026-11-20T09:00:30.500Z" },
    ];
    expect(overlayName("live", listings, "bundled")).toBe(
      "live eu-central-1 2026-11-21T14:26Z, eu-north-1 2026-11-20T09:00Z, else bundled",
    );
    expect(overlayName("live", [], "bundled")).toBe("bundled");
  });
});

function over(listing: RegionListing): Catalog {
  return overlayCatalog(base, { name: () => "test", listings: [listing] });
}

function without(region: string, id: string): RegionListing {
  const listing = listingOf(base, region);
  return { ...listing, profiles: (listing.profiles ?? []).filter((profile) => profile.id !== id) };
}
