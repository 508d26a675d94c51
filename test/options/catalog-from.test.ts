import { describe, expect, it } from "vitest";
import { catalogFrom, type SavedCatalog } from "../../src/options/catalog-from.ts";
import { bundledCatalog } from "../../src/profiles/bundled-catalog.ts";
import { compareCatalogs } from "../../src/profiles/compare-catalogs.ts";
import { InvalidOptionsError } from "../../src/types/errors.ts";
import { listingOf } from "../support/listings.ts";

const SONNET = "anthropic.claude-sonnet-4-6";
const ARN = "arn:aws:bedrock:eu-central-1:111122223333:application-inference-profile/v8gtbe8pryd4";
const listing = {
  sourceRegion: "eu-central-1",
  asOf: "2026-11-21T14:26:27.000Z",
  profiles: [{ id: `eu.${SONNET}`, model: SONNET, destinationRegions: ["eu-central-1", "eu-north-1"] }],
  inRegionModels: ["amazon.nova-lite-v1:0"],
  applicationProfiles: [{ arn: ARN, model: SONNET, destinationRegions: ["*"] }],
};
const saved: SavedCatalog = { format: "bedrock-routed-client/catalog", version: 1, listings: [listing] };

describe("catalogFrom", () => {
  it("lays a saved listing over the bundled table, from text or from an object", () => {
    for (const catalog of [catalogFrom(saved), catalogFrom(JSON.stringify(saved))]) {
      expect(catalog.profile(`eu.${SONNET}`)?.destinations["eu-central-1"]).toEqual(["eu-central-1", "eu-north-1"]);
      expect(catalog.profile(`global.${SONNET}`)?.destinations).not.toHaveProperty("eu-central-1");
      expect(catalog.inRegionRegions("amazon.nova-lite-v1:0")).toContain("eu-central-1");
      expect(catalog.applicationProfile?.(ARN)?.model).toBe(SONNET);
      expect(catalog.name).toBe("saved eu-central-1 2026-11-21T14:26Z, else bundled");
      expect(compareCatalogs(bundledCatalog(), catalog, ["us-east-1", "eu-west-1"])).toEqual([]);
    }
  });

  it("takes back every listing that the table itself could have", () => {
    const listings = ["us-east-1", "us-gov-west-1", "ap-northeast-3"].map((region) =>
      listingOf(bundledCatalog(), region),
    );
    expect(() => catalogFrom(JSON.stringify({ ...saved, listings }))).not.toThrow();
  });

  it("takes Regions and prefixes that are newer than this library", () => {
    const profiles = [
      { id: "kr.newvendor.thing-v1:0", model: "newvendor.thing-v1:0", destinationRegions: ["kr-central-1"] },
    ];
    const catalog = catalogFrom({ ...saved, listings: [{ ...listing, sourceRegion: "kr-central-1", profiles }] });
    expect(catalog.profile("kr.newvendor.thing-v1:0")?.destinations).toEqual({ "kr-central-1": ["kr-central-1"] });
  });

  const profile = listing.profiles[0];
  it.each<[unknown, string, string]>([
    ["{", "catalog", 'must be JSON, got "{"'],
    ["null", "catalog", "must be an object, got null"],
    [[], "catalog", "must be an object, got an empty array"],
    [undefined, "catalog", "must be an object, got undefined"],
    [{ ...saved, format: "x" }, "catalog.format", 'must be "bedrock-routed-client/catalog", got "x"'],
    [{ ...saved, version: 2 }, "catalog.version", "must be 1: a newer file needs a newer release, got 2"],
    [{ ...saved, listing: [] }, "catalog.listing", "is not an option: did you mean listings?"],
    [{ ...saved, listings: {} }, "catalog.listings", "must be an array of at most 100, got an object with keys []"],
    [
      { ...saved, listings: Array(101).fill(listing) },
      "catalog.listings",
      "must be an array of at most 100, got an array of 101",
    ],
    [
      { ...saved, listings: [listing, listing] },
      "catalog.listings[1].sourceRegion",
      'must not be given twice, got "eu-central-1"',
    ],
    [
      listed({ sourceRegion: "__proto__" }),
      "catalog.listings[0].sourceRegion",
      'must be an AWS Region, got "__proto__"',
    ],
    [
      listed({ asOf: "yesterday" }),
      "catalog.listings[0].asOf",
      'must be a date and time such as 2026-11-21T14:26:00.000Z, got "yesterday"',
    ],
    [
      listed({ profiles: [{ ...profile, id: "eu" }] }),
      "catalog.listings[0].profiles[0].id",
      'must be an inference profile id, got "eu"',
    ],
    [
      listed({ profiles: [{ ...profile, model: "x y" }] }),
      "catalog.listings[0].profiles[0].model",
      'must be a foundation-model id, got "x y"',
    ],
    [
      listed({ profiles: [{ ...profile, regions: [] }] }),
      "catalog.listings[0].profiles[0].regions",
      "is not an option; catalog.listings[0].profiles[0] takes id, model, destinationRegions",
    ],
    [
      listed({ profiles: [{ ...profile, destinationRegions: [] }] }),
      "catalog.listings[0].profiles[0].destinationRegions",
      "must be a non-empty array of at most 100, got an empty array",
    ],
    [
      listed({ profiles: [{ ...profile, destinationRegions: ["eu-west-1", "*"] }] }),
      "catalog.listings[0].profiles[0].destinationRegions[1]",
      'must be the only one, got "*"',
    ],
    [
      listed({ profiles: [{ ...profile, destinationRegions: ["Frankfurt"] }] }),
      "catalog.listings[0].profiles[0].destinationRegions[0]",
      'must be an AWS Region, got "Frankfurt" (did you mean "eu-central-1"?)',
    ],
    [listed({ inRegionModels: [7] }), "catalog.listings[0].inRegionModels[0]", "must be a foundation-model id, got 7"],
    [
      listed({ applicationProfiles: [{ arn: "arn:x" }] }),
      "catalog.listings[0].applicationProfiles[0].arn",
      'must be the ARN of an application inference profile, got "arn:x"',
    ],
  ])("refuses %j", (value, path, message) => {
    const attempt = (): unknown => catalogFrom(value as SavedCatalog);
    expect(attempt).toThrow(expect.objectContaining({ path, message: `${path} ${message}` }));
    expect(attempt).toThrow(InvalidOptionsError);
  });

  it("is not misled by the names of object methods", () => {
    const hostile = JSON.parse(
      `{"format":"bedrock-routed-client/catalog","version":1,"listings":[],"__proto__":{"x":1}}`,
    );
    expect(() => catalogFrom(hostile)).toThrow("catalog.__proto__ is not an option");
  });
});

function listed(part: object): object {
  return { ...saved, listings: [{ ...listing, ...part }] };
}
