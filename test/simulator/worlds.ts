import { bundledCatalog } from "../../src/profiles/bundled-catalog.ts";
import type { Catalog, InferenceProfile } from "../../src/profiles/catalog.ts";
import type { ModelWorld } from "../../src/simulator/model-target.ts";

/** The bundled table and an account that owns what is given. */
export function worldOf(own: Partial<ModelWorld> = {}): ModelWorld {
  return { catalog: bundledCatalog(), applicationProfiles: [], provisionedModels: [], ...own };
}

/** A table of one's own. */
export function catalogOf(
  profiles: readonly Omit<InferenceProfile, "geography" | "model">[],
  inRegion: Readonly<Record<string, readonly string[]>> = {},
): Catalog {
  const all = profiles.map((profile) => ({
    ...profile,
    geography: profile.id.slice(0, profile.id.indexOf(".")),
    model: profile.id.slice(profile.id.indexOf(".") + 1),
  }));
  return {
    name: "test",
    asOf: "2026-01-01",
    profilesOf: (model) => all.filter((profile) => profile.model === model),
    profile: (id) => all.find((profile) => profile.id === id),
    inRegionRegions: (model) => inRegion[model] ?? [],
    models: () => [...new Set([...all.map((profile) => profile.model), ...Object.keys(inRegion)])].sort(),
  };
}
