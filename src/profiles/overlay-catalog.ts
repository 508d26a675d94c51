import type { Catalog, InferenceProfile } from "./catalog.ts";
import type { ListedApplicationProfile, ListedProfile, RegionListing } from "./region-listing.ts";

/** What is known better than a table knows it. */
export interface Overlay {
  /** Names the result in plans. */
  readonly name: () => string;
  /** At most one for each source Region. */
  readonly listings: readonly RegionListing[];
  /** What is known of application profiles beside the listings. */
  readonly applicationProfiles?: readonly ListedApplicationProfile[];
}

/**
 * A table with the listings of some source Regions laid over it. For those Regions a listing replaces the table: a
 * profile that it does not name cannot be called from there, and one that it names is confirmed. What the listings do
 * not cover, other source Regions above all, stays as the table has it.
 */
export function overlayCatalog(base: Catalog, { name, listings, applicationProfiles = [] }: Overlay): Catalog {
  const profileLayers = listings.flatMap(({ sourceRegion, profiles }) =>
    profiles === undefined ? [] : [{ sourceRegion, byId: byId(profiles) }],
  );
  const modelLayers = listings.flatMap(({ sourceRegion, inRegionModels }) =>
    inRegionModels === undefined ? [] : [{ sourceRegion, models: new Set(inRegionModels) }],
  );
  const application = new Map(
    [...listings.flatMap((listing) => listing.applicationProfiles ?? []), ...applicationProfiles].map((profile) => [
      profile.arn,
      profile,
    ]),
  );
  const listed = new Map<string, ListedProfile>(profileLayers.flatMap(({ byId }) => [...byId]));
  const idsByModel = new Map<string, string[]>();
  for (const { id, model } of listed.values()) {
    const ids = idsByModel.get(model);
    if (ids === undefined) idsByModel.set(model, [id]);
    else ids.push(id);
  }

  /** The profile as the layers have it; `undefined` when no source Region is left that may call it. */
  const layered = (id: string): InferenceProfile | undefined => {
    const below = base.profile(id);
    const touched = profileLayers.filter(
      ({ sourceRegion, byId }) => byId.has(id) || (below !== undefined && sourceRegion in below.destinations),
    );
    if (touched.length === 0) return below;
    const destinations = new Map(Object.entries(below?.destinations ?? {}));
    for (const { sourceRegion, byId } of touched) {
      const regions = byId.get(id)?.destinationRegions;
      if (regions === undefined) destinations.delete(sourceRegion);
      else destinations.set(sourceRegion, regions);
    }
    if (destinations.size === 0) return undefined;
    const sorted = [...destinations].sort(([a], [b]) => (a < b ? -1 : 1));
    const fresh: InferenceProfile = {
      id,
      model: listed.get(id)?.model ?? below?.model ?? "",
      geography: id.slice(0, Math.max(0, id.indexOf("."))),
      destinations: Object.freeze(Object.fromEntries(sorted)),
    };
    const stillDoubted = (name: "contradictedSourceRegions" | "assumedSourceRegions"): Partial<InferenceProfile> => {
      const left = below?.[name]?.filter((region) => !touched.some(({ sourceRegion }) => sourceRegion === region));
      return left === undefined || left.length === 0 ? {} : { [name]: Object.freeze(left) };
    };
    return Object.freeze({
      ...fresh,
      ...stillDoubted("contradictedSourceRegions"),
      ...stillDoubted("assumedSourceRegions"),
    });
  };

  const profilesOf = (model: string): readonly InferenceProfile[] => {
    const ids = new Set([...base.profilesOf(model).map(({ id }) => id), ...(idsByModel.get(model) ?? [])]);
    return Object.freeze([...ids].flatMap((id) => layered(id) ?? []).filter((profile) => profile.model === model));
  };

  const inRegionRegions = (model: string): readonly string[] => {
    const below = base.inRegionRegions(model);
    if (modelLayers.length === 0) return below;
    const regions = new Set(below);
    for (const { sourceRegion, models } of modelLayers) {
      if (models.has(model)) regions.add(sourceRegion);
      else regions.delete(sourceRegion);
    }
    return Object.freeze([...regions].sort());
  };

  let models: readonly string[] | undefined;
  return Object.freeze({
    get name() {
      return name();
    },
    asOf: base.asOf,
    profilesOf,
    profile: layered,
    inRegionRegions,
    inRegionIsDoubtful: (model: string, sourceRegion?: string) =>
      !modelLayers.some((layer) => layer.sourceRegion === sourceRegion) &&
      (base.inRegionIsDoubtful?.(model, sourceRegion) ?? false),
    endOfLife: (model: string, sourceRegion: string) => {
      const date = base.endOfLife?.(model, sourceRegion);
      const listing = listings.find((one) => one.sourceRegion === sourceRegion);
      if (listing === undefined) return date;
      const told = listing.endOfLife?.find((end) => end.model === model)?.date;
      if (told !== undefined) return told;
      const isListed =
        listing.inRegionModels?.includes(model) || listing.profiles?.some((profile) => profile.model === model);
      // What AWS still lists after that day has not ended then.
      return date !== undefined && isListed && date <= listing.asOf.slice(0, 10) ? undefined : date;
    },
    isMantleOnly: (model: string) =>
      (base.isMantleOnly?.(model) ?? false) && profilesOf(model).length + inRegionRegions(model).length === 0,
    applicationProfile: (arn: string) => application.get(arn) ?? base.applicationProfile?.(arn),
    models: () => {
      const named = [...base.models(), ...idsByModel.keys(), ...modelLayers.flatMap((layer) => [...layer.models])];
      models ??= Object.freeze(
        [...new Set(named)].filter((model) => profilesOf(model).length + inRegionRegions(model).length > 0).sort(),
      );
      return models;
    },
  });
}

/** A profile that is listed twice may run wherever either entry says. */
function byId(profiles: readonly ListedProfile[]): ReadonlyMap<string, ListedProfile> {
  const found = new Map<string, ListedProfile>();
  for (const profile of profiles) {
    const other = found.get(profile.id);
    const destinationRegions = other && union(other.destinationRegions, profile.destinationRegions);
    found.set(profile.id, destinationRegions === undefined ? profile : { ...profile, destinationRegions });
  }
  return found;
}

function union(a: readonly string[], b: readonly string[]): readonly string[] {
  for (const whole of ["*", "unknown"]) if (a.includes(whole) || b.includes(whole)) return Object.freeze([whole]);
  return Object.freeze([...new Set([...a, ...b])].sort());
}

/** How listings are named in plans: `live eu-central-1 2026-11-21T14:26Z, else bundled`. */
export function overlayName(source: string, listings: readonly RegionListing[], base: string): string {
  if (listings.length === 0) return base;
  const regions = listings.map(({ sourceRegion, asOf }) => `${sourceRegion} ${asOf.slice(0, 16)}Z`);
  return `${source} ${regions.join(", ")}, else ${base}`;
}
