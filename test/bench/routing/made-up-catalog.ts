import type { Catalog, InferenceProfile } from "../../../src/profiles/catalog.ts";
import type { Regime } from "./regime.ts";

/** A profile table that holds the routes of a regime and nothing else. */
export function catalogOf({ model, routes }: Regime): Catalog {
  const ids = [...new Set(routes.filter(({ kind }) => kind !== "in-region").map(({ modelId }) => modelId))];
  const profiles = ids.map((id): InferenceProfile => {
    const sources = routes.filter(({ modelId }) => modelId === id).map(({ sourceRegion }) => sourceRegion);
    const destinations = id.startsWith("global.") ? ["*"] : sources;
    return {
      id,
      geography: id.slice(0, id.indexOf(".")),
      model,
      destinations: Object.fromEntries(sources.map((region) => [region, destinations])),
    };
  });
  const inRegion = routes.filter(({ kind }) => kind === "in-region").map(({ sourceRegion }) => sourceRegion);
  return {
    name: "made up",
    asOf: "2026-01-01",
    profilesOf: (name) => (name === model ? profiles : []),
    profile: (id) => profiles.find((profile) => profile.id === id),
    inRegionRegions: (name) => (name === model ? inRegion : []),
    models: () => [model],
  };
}
