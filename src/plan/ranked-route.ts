import type { RouteEvidence } from "../types/evidence.ts";
import type { Candidate, ResolvedPolicy } from "../types/plan.ts";
import type { EligibleRoute } from "./eligible-routes.ts";
import { type ExpectedTtfb, expectedTtfb } from "./expected-ttfb.ts";

/** How much better than the default route another one must score before it takes the lead. */
export const LEAVE_DEFAULT_AT = 0.85;

/** A route with what it is ordered by. */
export interface RankedRoute {
  readonly eligible: EligibleRoute;
  readonly evidence: RouteEvidence | undefined;
  readonly expected: ExpectedTtfb;
  readonly samples: number;
  readonly score: number;
  readonly priorScore: number;
  readonly tier: number;
  readonly pool: number;
  readonly coolingForMs: number;
  readonly coolingBecause: string | undefined;
  readonly capacityShare: number;
  /** What was made of it for each place in the order; of the first place, for each reason to lead. */
  readonly shown: Map<number | string, Candidate>;
}

/** Works out what a route is ordered by. */
export function rankedRoute(
  eligible: EligibleRoute,
  policy: ResolvedPolicy,
  evidence: RouteEvidence | undefined,
): RankedRoute {
  // A price of 0 would make every such score 0, however slow the route is.
  const priceFactor = eligible.relativePrice === 0 ? 1 : eligible.relativePrice ** policy.priceWeight;
  const expected = expectedTtfb(evidence, eligible.prior);
  return {
    eligible,
    evidence,
    expected,
    samples: evidence?.samples ?? 0,
    score: expected.p50Ms * priceFactor,
    // A route far away must be clearly better even by prior: estimates of two Regions differ by chance as well.
    priorScore: (eligible.prior.ttfbMs * priceFactor) / (eligible.remote ? LEAVE_DEFAULT_AT : 1),
    tier: tierOf(eligible),
    pool: poolOf(eligible),
    coolingForMs: evidence?.coolingForMs ?? 0,
    coolingBecause: evidence?.coolingBecause,
    capacityShare: evidence?.capacityShare ?? 1,
    shown: new Map(),
  };
}

function tierOf({ route, doubt }: EligibleRoute): number {
  if (route.kind === "provisioned") return 0;
  if (route.kind === "application") return 1;
  return doubt === undefined ? 2 : 3;
}

/** How many Regions can share the load: AWS routes a global profile to any commercial Region. */
function poolOf({ route }: EligibleRoute): number {
  return route.destinationRegions.includes("*") ? Number.POSITIVE_INFINITY : route.destinationRegions.length;
}
