import { type Geography, geographyOf, isWithin, regionsInGeography } from "../profiles/geography.ts";
import { knownRegions, regionInfo } from "../profiles/regions.ts";
import type { ResolvedResidency } from "../types/plan.ts";
import type { Route } from "../types/route.ts";

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
    return allow(`home (${geography})`, [...regionsInGeography(geography), homeRegion], [geography]);
  }
  if (typeof residency === "string") return allow(residency, regionsInGeography(residency), [residency]);
  if (isGeographyList(residency)) return allow(residency.join(", "), residency.flatMap(regionsInGeography), residency);
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
  const clients = client.geographies ?? [];
  const requests = request.geographies ?? [];
  return allow(
    client.label === request.label ? client.label : `${client.label} and ${request.label}`,
    client.regions.filter((region) => allowed.includes(region)),
    [
      ...clients.filter((geography) => requests.some((other) => isWithin(geography, other))),
      ...requests.filter((geography) => clients.some((other) => isWithin(geography, other))),
    ],
  );
}

/**
 * What of a route breaks `residency`; empty when the route meets it. Where AWS does not document the destination Regions
 * of a geographic profile, its promise counts that such a profile stays within its geography: then the profile meets a
 * residency by geography that holds it, and none by Region or country. The source Region must be inside, too: it is a
 * destination of its own where it lies outside the geography, as Montréal does for `us.` profiles.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/geographic-cross-region-inference.html
 */
export function routeViolations(route: Route, residency: ResolvedResidency): readonly string[] {
  const violations = residencyViolations(route.destinationRegions, residency);
  if (route.kind !== "geographic" || violations.length !== 1 || violations[0] !== "unknown") return violations;
  const isPromised = residency.geographies?.some((geography) => isWithin(route.geography, geography)) ?? false;
  return isPromised ? residencyViolations([route.sourceRegion], residency) : violations;
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

function allow(label: string, regions: readonly string[], geographies: readonly string[] = []): ResolvedResidency {
  return Object.freeze({
    label,
    regions: Object.freeze([...new Set(regions)].sort()),
    ...(geographies.length === 0 ? {} : { geographies: Object.freeze([...new Set(geographies)].sort()) }),
  });
}

function isGeographyList(residency: Exclude<Residency, string>): residency is readonly string[] {
  return Array.isArray(residency);
}
