import type { Catalog } from "../../src/profiles/catalog.ts";
import type { RegionListing } from "../../src/profiles/region-listing.ts";

/** What a Region would list if a table were right: rows that the API contradicts are not in its listing. */
export function listingOf(catalog: Catalog, sourceRegion: string): RegionListing {
  const profiles = catalog.models().flatMap((model) =>
    catalog.profilesOf(model).flatMap(({ id, destinations, contradictedSourceRegions = [] }) => {
      const destinationRegions = destinations[sourceRegion];
      if (destinationRegions === undefined || contradictedSourceRegions.includes(sourceRegion)) return [];
      return [{ id, model, destinationRegions }];
    }),
  );
  const inRegionModels = catalog.models().filter((model) => catalog.inRegionRegions(model).includes(sourceRegion));
  return { sourceRegion, asOf: "2026-11-21T14:26:27.000Z", profiles, inRegionModels };
}
