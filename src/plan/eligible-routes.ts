// The room plan/: what would be done, as pure functions without clock and I/O. Its doors: `eligible-routes.ts` (what a
// request may use), `rank.ts` (in which order), `residency.ts`, `first-byte-deadline.ts`, `prior.ts`.

import { offeredElsewhere } from "../profiles/feature-routes.ts";
import type { Rejection, ResolvedPolicy } from "../types/plan.ts";
import type { Route } from "../types/route.ts";
import { guessOf, refuse } from "../types/schema.ts";
import { onDemand } from "../util/on-demand.ts";
import { type Boundary, boundaryOf } from "./boundary.ts";
import type { ExistingRoute } from "./existing-route.ts";
import { type ExistingRoutes, existingRoutes } from "./existing-routes.ts";
import type { FirstByteRule } from "./first-byte-deadline.ts";
import { guardrailRefusal } from "./guardrail.ts";
import type { Prior } from "./prior.ts";
import { remarksOf } from "./remarks.ts";
import { residencyViolations, routeViolations } from "./residency.ts";
import type { RouteQuery } from "./route-query.ts";

/** The routes that a request may take, before they are ranked. Depends on nothing that changes between requests. */
export interface EligibleRoutes {
  readonly model: string;
  readonly homeRegion: string;
  readonly policy: ResolvedPolicy;
  readonly catalog: string;
  /** In the order of what is known beforehand, see {@link byPrior}: the first is the default. */
  readonly routes: readonly EligibleRoute[];
  readonly rejections: readonly Rejection[];
  readonly remarks: readonly string[];
  readonly unlisted?: true;
  /** The day (ISO 8601) on which a model comes to its end: then the routes are others. */
  readonly expiresOn?: string;
  readonly firstByteRule: FirstByteRule;
}

/** A route that a request may take, with the facts about it that do not change between requests. */
export interface EligibleRoute extends ExistingRoute {
  readonly prior: Prior;
  /** Whether the source Region is another than the home Region. */
  readonly remote: boolean;
  readonly relativePrice: number;
  /** Routes of the same tier compete by score; those of a later tier wait until no earlier one is usable. */
  readonly tier: number;
}

/**
 * Keeps the routes that a request may take and rejects the others with a reason, in this order: not callable from any
 * source Region, another one than the request names, pinned to the home Region, outside the boundary of an explicit
 * profile id, outside the residency, with a guardrail that may be evaluated outside the residency.
 * @throws {@link InvalidOptionsError} when the request names a route that does not exist
 */
export function eligibleRoutes(request: RouteQuery): EligibleRoutes {
  const existing = existingRoutes(request);
  const boundary = boundaryOfRequest(request);
  const only = onlyRoute(request, existing);
  const rejections: Rejection[] = [];
  const routes: PricedRoute[] = [];
  for (const candidate of existing.routes) {
    const rejection = rejectionOf(candidate, request, boundary, only);
    if (rejection === undefined) routes.push(withFacts(candidate, request));
    else rejections.push(Object.freeze({ route: candidate.route, ...rejection }));
  }
  // What the request itself excludes says more than what AWS does not offer here.
  const allRejections = Object.freeze([...rejections, ...existing.rejections]);
  const [expiresOn] = existing.routes
    .flatMap(({ route }) => request.catalog.endOfLife?.(route.model, route.sourceRegion) ?? [])
    .filter((date) => date > request.today)
    .sort();
  const { homeRegion, policy, catalog, firstByteRule } = request;
  const { model, unlisted } = existing;
  const facts = {
    ...{ model, homeRegion, policy, firstByteRule, rejections: allRejections },
    routes: Object.freeze(byPrior(routes, policy)),
    ...(unlisted && { unlisted }),
    ...(expiresOn !== undefined && { expiresOn }),
  };
  let remarks: readonly string[] | undefined;
  // Most requests never show them, and looking for a misspelling takes time.
  const withTheirs = withRemarks(facts, () => {
    remarks ??= remarksOf(request, existing, allRejections);
    return remarks;
  });
  // A live table is confirmed again and again while these routes stay as they are.
  return Object.freeze(withCatalog(withTheirs, () => `${catalog.name}, ${catalog.asOf}`));
}

const withRemarks = onDemand<"remarks", readonly string[]>("remarks");
const withCatalog = onDemand<"catalog", string>("catalog");

function rejectionOf(
  existing: ExistingRoute,
  request: RouteQuery,
  boundary: Boundary | undefined,
  only: Route | "none" | undefined,
): Omit<Rejection, "route"> | undefined {
  const { route } = existing;
  if (only !== undefined && route !== only) {
    return { reason: "other-route", detail: `the request may take ${request.route} only` };
  }
  const { pinnedBy, pinnedTo = request.homeRegion } = request;
  if (pinnedBy !== undefined && route.sourceRegion !== pinnedTo && route.key !== pinnedTo) {
    const where = pinnedTo === request.homeRegion ? "the home Region" : pinnedTo;
    return { reason: "pinned", detail: `${pinnedBy} exists in ${where} only` };
  }
  const beyond = boundary === undefined ? [] : beyondBoundary(existing, boundary);
  if (boundary !== undefined && beyond.length > 0) {
    const from = boundary.seenFrom.length === 0 ? "" : ` called from ${boundary.seenFrom.join(", ")}`;
    return { reason: "boundary", detail: `${boundary.modelId}${from} is not known to reach ${list(beyond)}` };
  }
  const { residency } = request.policy;
  const violations = routeViolations(route, residency);
  if (violations.length > 0) {
    return { reason: "residency", detail: `may run in ${list(violations)}, outside ${residency.label}` };
  }
  const detail = request.guardrail && guardrailRefusal(request.guardrail, residency);
  return detail === undefined ? undefined : { reason: "guardrail", detail };
}

function boundaryOfRequest({ ref, catalog, sourceRegions, exact, profileIds }: RouteQuery): Boundary | undefined {
  const isModel = profileIds === "model" && ref.kind === "system-profile";
  return exact || isModel ? undefined : boundaryOf(ref, catalog, sourceRegions);
}

/** The one route that the request names: from the home Region, if several source Regions may call it. */
function onlyRoute(
  { route: name, homeRegion }: RouteQuery,
  { model, routes, rejections }: ExistingRoutes,
): Route | "none" | undefined {
  if (name === undefined || name === "off") return undefined;
  const isNamed = ({ route }: { readonly route: Route }): boolean => route.key === name || route.modelId === name;
  const named = routes.filter(isNamed);
  const [first] = [...named.filter(({ route }) => route.sourceRegion === homeRegion), ...named];
  if (first !== undefined) return first.route;
  // Why it cannot be called stands in its rejection.
  if (rejections.some(isNamed)) return "none";
  const keys = routes.map(({ route }) => route.key);
  return refuse("routing.route", `must be "off" or a route of ${model}: ${keys.join(", ")}`, name, guessOf(name, keys));
}

function beyondBoundary({ route, explicit }: ExistingRoute, boundary: Boundary): readonly string[] {
  // The named profile is inside its own boundary, also when AWS does not document its destinations.
  if (explicit && boundary.seenFrom.includes(route.sourceRegion)) return [];
  return residencyViolations(route.destinationRegions, { label: boundary.modelId, regions: boundary.regions });
}

function withFacts(existing: ExistingRoute, request: RouteQuery): PricedRoute {
  const { homeRegion, prices, priorOf, firstByteRule, features = [] } = request;
  const { route } = existing;
  const feature = offeredElsewhere(features, route);
  return {
    // Not refused: AWS may offer it in more places by now.
    ...(feature !== undefined && { doubt: `AWS offers ${feature} through other routes of the model` }),
    ...existing,
    prior: priorOf(route, homeRegion, firstByteRule.streaming),
    remote: route.sourceRegion !== homeRegion,
    // A provisioned model is paid for by the hour: one more request costs nothing.
    relativePrice: route.kind === "provisioned" ? 0 : prices.relativePrice(route.model, route),
  };
}

/** A route before the routes of its plan are compared. */
type PricedRoute = Omit<EligibleRoute, "tier">;

/** A remote route must be clearly better by prior: estimates of two Regions differ by chance as well. */
const REMOTE_AT = 0.85;

/**
 * The order of routes before anything is observed. Rules, the first that decides wins:
 *
 * 1. Provisioned models, then application profiles that the caller configured, then everything else; of that, routes
 *    about which there is a doubt come last.
 * 2. What the policy prefers: relative price (cost), size of the pool of destination Regions (throughput).
 * 3. Expected TTFB × relative price ^ priceWeight; a remote route must be 15 % better.
 * 4. The larger pool of destination Regions, then the key: the order never depends on chance.
 *
 * Routes that rules 1 and 2 hold equal are of one tier, numbered from 0.
 */
export function byPrior(routes: readonly PricedRoute[], policy: ResolvedPolicy): readonly EligibleRoute[] {
  const apart = (a: PricedRoute, b: PricedRoute): number => kindOrder(a) - kindOrder(b) || byPreference(a, b, policy);
  const scoreOf = ({ prior, relativePrice, remote }: PricedRoute): number =>
    (prior.ttfbMs * priceFactor(relativePrice, policy)) / (remote ? REMOTE_AT : 1);
  const sorted = [...routes].sort((a, b) => apart(a, b) || scoreOf(a) - scoreOf(b) || withoutChance(a.route, b.route));
  let tier = 0;
  return sorted.map((eligible, place) => {
    const before = sorted[place - 1];
    if (before !== undefined && apart(before, eligible) !== 0) tier += 1;
    return Object.freeze({ ...eligible, tier });
  });
}

function kindOrder({ route, doubt }: PricedRoute): number {
  if (route.kind === "provisioned") return 0;
  if (route.kind === "application") return 1;
  return doubt === undefined ? 2 : 3;
}

function byPreference(a: PricedRoute, b: PricedRoute, { prefer }: ResolvedPolicy): number {
  switch (prefer) {
    case "latency":
      return 0;
    case "cost":
      return a.relativePrice - b.relativePrice;
    case "throughput":
      return descending(poolOf(a.route), poolOf(b.route));
    default:
      return prefer satisfies never;
  }
}

/** Decides between equals. Never 0, as keys differ. */
function withoutChance(a: Route, b: Route): number {
  return descending(poolOf(a), poolOf(b)) || (a.key < b.key ? -1 : 1);
}

/** How many Regions can share the load: AWS routes a global profile to any commercial Region. */
function poolOf({ destinationRegions }: Route): number {
  return destinationRegions.includes("*") ? Number.POSITIVE_INFINITY : destinationRegions.length;
}

/** `Infinity - Infinity` is NaN, which would break the sort. */
function descending(a: number, b: number): number {
  return a === b ? 0 : b > a ? 1 : -1;
}

/** What the price makes of a time to first byte. A price of 0 would make every score 0, however slow the route is. */
export function priceFactor(relativePrice: number, { priceWeight }: ResolvedPolicy): number {
  return relativePrice === 0 ? 1 : relativePrice ** priceWeight;
}

function list(regions: readonly string[]): string {
  return regions
    .map((region) =>
      region === "*" ? "any commercial Region" : region === "unknown" ? "undocumented Regions" : region,
    )
    .join(", ");
}
