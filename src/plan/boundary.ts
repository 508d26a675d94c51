import { type Catalog, knowsRegion } from "../profiles/catalog.ts";
import type { ModelRef } from "../profiles/model-ref.ts";

/** The destination Regions that an explicit `modelId` stands for. */
export interface Boundary {
  readonly modelId: string;
  /** The source Regions from which the named profile is what the caller meant; none for a foundation-model ARN. */
  readonly seenFrom: readonly string[];
  /** Its destination Regions from there, as far as AWS documents them. */
  readonly regions: readonly string[];
}

/**
 * The boundary of a `modelId`: whoever writes `eu.anthropic…` has said where the prompt may go, so no other route may
 * take it further. `undefined` when it bounds nothing: a bare model id, a global profile, an ARN of the caller's own.
 *
 * A profile's destinations depend on the source Region: `us.` called from Canada may run in Canada too. They are those
 * seen from the home Region; when the profile cannot be called from there, those seen from the caller's other source
 * Regions.
 */
export function boundaryOf(ref: ModelRef, catalog: Catalog, sourceRegions: readonly string[]): Boundary | undefined {
  const { modelId } = ref;
  switch (ref.kind) {
    case "foundation-model":
      return ref.region === undefined ? undefined : { modelId, seenFrom: [], regions: [ref.region] };
    case "system-profile": {
      if (ref.geography === "global") return undefined;
      const destinations = catalog.profile(ref.profileId)?.destinations ?? {};
      // Undocumented: the profile itself, wherever it is tried, and nothing else.
      if (Object.keys(destinations).length === 0) return { modelId, seenFrom: sourceRegions, regions: [] };
      // Not `in`: an ARN may name `constructor` as its Region.
      const callable = (ref.region === undefined ? sourceRegions : [ref.region]).filter((region) =>
        Object.hasOwn(destinations, region),
      );
      const [home] = sourceRegions;
      // The table cannot tell what the profile is in a Region that it does not know: there, the profile itself.
      if (callable.length === 0 && home !== undefined && !knowsRegion(catalog, home)) {
        return { modelId, seenFrom: [home], regions: [] };
      }
      const seenFrom = home !== undefined && callable.includes(home) ? [home] : callable;
      return { modelId, seenFrom, regions: [...new Set(seenFrom.flatMap((region) => destinations[region] ?? []))] };
    }
    default:
      return undefined;
  }
}
