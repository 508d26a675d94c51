import { bundledProfiles } from "./bundled-data.generated.ts";
import type { BundledProfiles } from "./bundled-format.ts";
import type { Catalog, InferenceProfile } from "./catalog.ts";

let decoded: Catalog | undefined;

/**
 * The profile table inside this package, decoded on the first call. It is as old as {@link Catalog.asOf} says: AWS adds
 * profiles every few weeks and has withdrawn some, but has not changed the destination Regions of one that stayed.
 */
export function bundledCatalog(): Catalog {
  decoded ??= decode(JSON.parse(bundledProfiles) as BundledProfiles);
  return decoded;
}

const NO_PROFILES: readonly InferenceProfile[] = Object.freeze([]);
const NO_REGIONS: readonly string[] = Object.freeze([]);

function decode(table: BundledProfiles): Catalog {
  const regions = table.regions.split(" ");
  const names = (indexes: readonly number[]): readonly string[] =>
    Object.freeze(indexes.map((index) => regions[index]!));
  const sets = table.sets.map(names);
  const maps = table.maps.map((pairs) => destinationMap(pairs, regions, sets));
  const assumed = new Set(table.assumed);

  const byModel = new Map<string, readonly InferenceProfile[]>();
  const byId = new Map<string, InferenceProfile>();
  for (const [model, geographies] of Object.entries(table.profiles)) {
    const profiles = Object.entries(geographies).map(([geography, map]) => {
      const id = `${geography}.${model}`;
      const contradicted = table.contradicted[id];
      const profile: InferenceProfile = Object.freeze({
        id,
        geography,
        model,
        destinations: maps[map]!,
        ...(contradicted === undefined ? {} : { contradictedSourceRegions: names(contradicted) }),
        ...(assumed.has(id) ? { assumedSourceRegions: Object.freeze(Object.keys(maps[map]!)) } : {}),
      });
      byId.set(id, profile);
      return profile;
    });
    byModel.set(model, Object.freeze(profiles));
  }
  const inRegion = new Map(Object.entries(table.inRegion).map(([model, set]) => [model, sets[set]!]));
  const doubtful = new Set(table.doubtful);
  const mantleOnly = new Set(table.mantleOnly);
  const endOfLife = new Map(
    Object.entries(table.endOfLife).map(([model, [date, ...sources]]) => [model, { date, regions: names(sources) }]),
  );
  const models = Object.freeze([...new Set([...byModel.keys(), ...inRegion.keys()])].sort());

  return Object.freeze({
    name: "bundled",
    asOf: table.asOf,
    profilesOf: (model: string) => byModel.get(model) ?? NO_PROFILES,
    profile: (id: string) => byId.get(id),
    inRegionRegions: (model: string) => inRegion.get(model) ?? NO_REGIONS,
    inRegionIsDoubtful: (model: string) => doubtful.has(model),
    endOfLife: (model: string, sourceRegion: string) => {
      const end = endOfLife.get(model);
      return end === undefined || end.regions.length === 0 || end.regions.includes(sourceRegion)
        ? end?.date
        : undefined;
    },
    isMantleOnly: (model: string) => mantleOnly.has(model),
    models: () => models,
  });
}

function destinationMap(
  pairs: readonly number[],
  regions: readonly string[],
  sets: readonly (readonly string[])[],
): Readonly<Record<string, readonly string[]>> {
  const map: Record<string, readonly string[]> = {};
  for (let index = 0; index < pairs.length; index += 2) map[regions[pairs[index]!]!] = sets[pairs[index + 1]!]!;
  return Object.freeze(map);
}
