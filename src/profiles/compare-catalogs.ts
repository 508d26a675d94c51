import type { Catalog } from "./catalog.ts";

/** One difference between two tables, about one source Region. */
export interface CatalogChange {
  readonly kind: "added" | "removed" | "destinations";
  /** A profile id, or a foundation-model id for the model in-Region. */
  readonly modelId: string;
  readonly model: string;
  readonly sourceRegion: string;
  /** Destination Regions in the first table; empty for what was added. */
  readonly before: readonly string[];
  /** Destination Regions in the second table; empty for what was removed. */
  readonly after: readonly string[];
}

/** What changes from one table to another in the given source Regions, by Region, model and id. */
export function compareCatalogs(
  before: Catalog,
  after: Catalog,
  sourceRegions: readonly string[],
): readonly CatalogChange[] {
  const models = [...new Set([...before.models(), ...after.models()])].sort();
  return sourceRegions.flatMap((sourceRegion) =>
    models.flatMap((model) => {
      const old = callable(before, model, sourceRegion);
      const now = callable(after, model, sourceRegion);
      return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((modelId) => {
        const was = old.get(modelId);
        const is = now.get(modelId);
        if (was !== undefined && is !== undefined && sameRegions(was, is)) return [];
        const kind = was === undefined ? "added" : is === undefined ? "removed" : "destinations";
        return [{ kind, modelId, model, sourceRegion, before: was ?? [], after: is ?? [] } satisfies CatalogChange];
      });
    }),
  );
}

/** What can be called for a model from one source Region, with the destination Regions of each. */
export function callable(catalog: Catalog, model: string, sourceRegion: string): Map<string, readonly string[]> {
  const profiles = catalog.profilesOf(model).flatMap(({ id, destinations }) => {
    const regions = Object.hasOwn(destinations, sourceRegion) ? destinations[sourceRegion] : undefined;
    return regions === undefined ? [] : [[id, regions] as const];
  });
  const inRegion = catalog.inRegionRegions(model).includes(sourceRegion) ? [[model, [sourceRegion]] as const] : [];
  return new Map<string, readonly string[]>([...profiles, ...inRegion]);
}

/** Whether two lists of destination Regions hold the same Regions. */
export function sameRegions(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((region) => b.includes(region));
}
