import { type Geography, geographyOf, regionsInGeography } from "../profiles/geography.ts";
import { knownRegions, regionInfo } from "../profiles/regions.ts";
import type { ResolvedResidency } from "../types/plan.ts";

/** The constraint on destination Regions, as a caller writes it. */
export type Residency =
  | "any"
  | "home"
  | Geography
  | readonly Geography[]
  | { readonly regions: readonly string[] }
  | { readonly countries: readonly string[] };

/**
 * Turns a residency into the set of destination Regions that it allows.
 *
 * `"home"` is the narrowest geography that holds the home Region: Tokyo is `jp`, Montréal is `ca`.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/geographic-cross-region-inference.html
 */
export function resolveResidency(residency: Residency, homeRegion: string): ResolvedResidency {
  if (residency === "any") return ANY;
  if (residency === "home") {
    const geography = geographyOf(homeRegion);
    // A home Region newer than the Region table is at least itself.
    return allow(`home (${geography})`, [...regionsInGeography(geography), homeRegion]);
  }
  if (typeof residency === "string") return allow(residency, regionsInGeography(residency));
  if (isGeographyList(residency)) return allow(residency.join(", "), residency.flatMap(regionsInGeography));
  if ("regions" in residency) return allow(`Regions ${residency.regions.join(", ")}`, residency.regions);
  const countries = residency.countries;
  return allow(
    `countries ${countries.join(", ")}`,
    knownRegions().filter((region) => countries.includes(regionInfo(region)?.country ?? "")),
  );
}

/** What both residencies allow. A request can narrow the residency of its client this way, never widen it. */
export function narrowResidency(client: ResolvedResidency, request: ResolvedResidency): ResolvedResidency {
  if (request.regions === "any") return client;
  if (client.regions === "any") return request;
  const allowed = request.regions;
  return allow(
    `${client.label} and ${request.label}`,
    client.regions.filter((region) => allowed.includes(region)),
  );
}

/**
 * The destination Regions that break `residency`; empty when the route meets it. `*` (a global profile) and `unknown`
 * are no Regions, so they meet nothing but `"any"`, whatever the set holds. A route without destination Regions meets
 * nothing either.
 */
export function residencyViolations(
  destinationRegions: readonly string[],
  residency: ResolvedResidency,
): readonly string[] {
  const allowed = residency.regions;
  if (allowed === "any") return [];
  if (destinationRegions.length === 0) return ["unknown"];
  return destinationRegions.filter((region) => NO_REGION.includes(region) || !allowed.includes(region));
}

// The SDK takes `*` for a home Region, and its "home" must not hold what those two stand for.
const NO_REGION: readonly string[] = ["*", "unknown"];
const ANY: ResolvedResidency = Object.freeze({ label: "any", regions: "any" });

function allow(label: string, regions: readonly string[]): ResolvedResidency {
  return Object.freeze({ label, regions: Object.freeze([...new Set(regions)].sort()) });
}

function isGeographyList(residency: Exclude<Residency, string>): residency is readonly string[] {
  return Array.isArray(residency);
}
