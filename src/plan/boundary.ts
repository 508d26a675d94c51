import type { Catalog } from "../profiles/catalog.ts";
import type { ModelRef } from "../profiles/model-ref.ts";

/** The destination Regions that an explicit profile id stands for; `undefined` when the `modelId` bounds nothing. */
export type Boundary = { readonly modelId: string; readonly regions: readonly string[] } | undefined;

/**
 * The boundary of a `modelId`: whoever writes `eu.anthropic…` has said where the prompt may go, so no other route may
 * take it further. A bare model id and a global profile bound nothing.
 *
 * A profile's destinations depend on the source Region. They are those seen from the home Region; when the profile
 * cannot be called from there, those seen from the caller's other source Regions.
 */
export function boundaryOf(ref: ModelRef, catalog: Catalog, sourceRegions: readonly string[]): Boundary {
  switch (ref.kind) {
    case "foundation-model":
      return ref.region === undefined ? undefined : { modelId: ref.modelId, regions: [ref.region] };
    case "system-profile": {
      if (ref.geography === "global") return undefined;
      const destinations = catalog.profile(ref.profileId)?.destinations ?? {};
      const callable = (ref.region === undefined ? sourceRegions : [ref.region]).filter((region) => region in destinations);
      const [home] = sourceRegions;
      const seenFrom = home !== undefined && callable.includes(home) ? [home] : callable;
      return { modelId: ref.modelId, regions: [...new Set(seenFrom.flatMap((region) => destinations[region] ?? []))] };
    }
    default:
      return undefined;
  }
}
