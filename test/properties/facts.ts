import { readFileSync } from "node:fs";

/** One inference profile of the facts file, as far as the judge reads it. */
export interface ProfileFact {
  readonly id: string;
  readonly geography: string;
  readonly model: string;
  readonly destinations: Readonly<Record<string, readonly string[] | null>>;
  readonly otherDestinations?: Readonly<Record<string, readonly string[]>>;
  readonly retired?: boolean;
}

interface Facts {
  readonly profiles: readonly ProfileFact[];
  readonly inRegionModels: readonly {
    readonly modelId: string;
    readonly regions: readonly string[];
    readonly endpoints: readonly string[];
  }[];
}

const raw = JSON.parse(
  readFileSync(new URL("../../src/profiles/data/inference-profiles.json", import.meta.url), "utf8"),
) as Facts;

/** Every profile that AWS has not withdrawn, by model. */
export const profilesByModel: ReadonlyMap<string, readonly ProfileFact[]> = groupByModel(
  raw.profiles.filter((profile) => profile.retired !== true),
);

/** Every profile that AWS has not withdrawn, by id. */
export const profileById: ReadonlyMap<string, ProfileFact> = new Map(
  [...profilesByModel.values()].flat().map((profile) => [profile.id, profile]),
);

/** Regions where the bare model id is callable at the runtime endpoint, by model. */
export const inRegionByModel: ReadonlyMap<string, readonly string[]> = new Map(
  raw.inRegionModels
    .filter(({ endpoints }) => endpoints.includes("bedrock-runtime"))
    .map(({ modelId, regions }) => [modelId, regions]),
);

/** Every model that a request can be routed to. */
export const models: readonly string[] = [...new Set([...profilesByModel.keys(), ...inRegionByModel.keys()])].sort();

/** Withdrawn profiles: their ids are still written in programs. */
export const retiredIds: readonly string[] = raw.profiles.filter(({ retired }) => retired).map(({ id }) => id);

/** Source Regions from which the model can be called in any way. */
export function sourceRegionsOf(model: string): readonly string[] {
  return sourceRegions.get(model) ?? [];
}

const sourceRegions: ReadonlyMap<string, readonly string[]> = new Map(
  models.map((model) => {
    const callers = (profilesByModel.get(model) ?? []).flatMap(({ destinations }) => Object.keys(destinations));
    return [model, [...new Set([...callers, ...(inRegionByModel.get(model) ?? [])])]];
  }),
);

function groupByModel(profiles: readonly ProfileFact[]): Map<string, ProfileFact[]> {
  const groups = new Map<string, ProfileFact[]>();
  for (const profile of profiles) groups.set(profile.model, [...(groups.get(profile.model) ?? []), profile]);
  return groups;
}
