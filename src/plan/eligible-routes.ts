import type { Rejection, ResolvedPolicy } from "../types/plan.ts";
import { type Boundary, boundaryOf } from "./boundary.ts";
import type { ExistingRoute } from "./existing-route.ts";
import { existingRoutes } from "./existing-routes.ts";
import type { FirstByteRule } from "./first-byte-deadline.ts";
import type { Prior } from "./prior.ts";
import { residencyViolations } from "./residency.ts";
import type { RouteQuery } from "./route-query.ts";

/** The routes that a request may take, before they are ranked. Depends on nothing that changes between requests. */
export interface EligibleRoutes {
  readonly model: string;
  readonly homeRegion: string;
  readonly policy: ResolvedPolicy;
  readonly catalog: string;
  readonly routes: readonly EligibleRoute[];
  readonly rejections: readonly Rejection[];
  readonly firstByteRule: FirstByteRule;
}

/** A route with the facts about it that do not change between requests. */
export interface EligibleRoute extends ExistingRoute {
  readonly prior: Prior;
  /** Whether the source Region is another than the home Region. */
  readonly remote: boolean;
  readonly relativePrice: number;
}

/**
 * Keeps the routes that a request may take and rejects the others with a reason, in this order: not callable from any
 * source Region, pinned to the home Region, outside the boundary of an explicit profile id, outside the residency.
 */
export function eligibleRoutes(request: RouteQuery): EligibleRoutes {
  const existing = existingRoutes(request);
  const boundary = request.exact ? undefined : boundaryOf(request.ref, request.catalog, request.sourceRegions);
  const rejections: Rejection[] = [];
  const routes: EligibleRoute[] = [];
  for (const candidate of existing.routes) {
    const rejection = rejectionOf(candidate, request, boundary);
    if (rejection === undefined) routes.push(withFacts(candidate, request));
    else rejections.push(Object.freeze({ route: candidate.route, ...rejection }));
  }
  return Object.freeze({
    model: existing.model,
    homeRegion: request.homeRegion,
    policy: request.policy,
    // A live table is confirmed again and again while these routes stay as they are.
    get catalog(): string {
      return `${request.catalog.name}, ${request.catalog.asOf}`;
    },
    routes: Object.freeze(routes),
    // What the request itself excludes says more than what AWS does not offer here.
    rejections: Object.freeze([...rejections, ...existing.rejections]),
    firstByteRule: request.firstByteRule,
  });
}

function rejectionOf(
  existing: ExistingRoute,
  request: RouteQuery,
  boundary: Boundary | undefined,
): Omit<Rejection, "route"> | undefined {
  const { route } = existing;
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
  const violations = residencyViolations(route.destinationRegions, residency);
  if (violations.length > 0) {
    return { reason: "residency", detail: `may run in ${list(violations)}, outside ${residency.label}` };
  }
  return undefined;
}

function beyondBoundary({ route, explicit }: ExistingRoute, boundary: Boundary): readonly string[] {
  // The named profile is inside its own boundary, also when AWS does not document its destinations.
  if (explicit && boundary.seenFrom.includes(route.sourceRegion)) return [];
  return residencyViolations(route.destinationRegions, { label: boundary.modelId, regions: boundary.regions });
}

function withFacts(existing: ExistingRoute, { homeRegion, prices, priorOf, firstByteRule }: RouteQuery): EligibleRoute {
  const { route } = existing;
  return Object.freeze({
    ...existing,
    prior: priorOf(route, homeRegion, firstByteRule.streaming),
    remote: route.sourceRegion !== homeRegion,
    // A provisioned model is paid for by the hour: one more request costs nothing.
    relativePrice: route.kind === "provisioned" ? 0 : prices.relativePrice(route.model, route),
  });
}

function list(regions: readonly string[]): string {
  return regions
    .map((region) =>
      region === "*" ? "any commercial Region" : region === "unknown" ? "undocumented Regions" : region,
    )
    .join(", ");
}
