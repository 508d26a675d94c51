import type { EvidenceLookup, RouteEvidence } from "../evidence.ts";
import type { Candidate, ResolvedPolicy } from "../plan.ts";
import type { Route } from "../route.ts";
import type { EligibleRoute } from "./eligible-routes.ts";
import { type ExpectedTtfb, expectedTtfb } from "./expected-ttfb.ts";
import { type FirstByteRule, firstByteDeadlines } from "./first-byte-deadline.ts";

/**
 * Orders routes, best first. Rules, the first that decides wins:
 *
 * 1. A cooling route comes after every usable one; the one that reopens first leads them. It is postponed, never
 *    excluded.
 * 2. Provisioned models, then application profiles that the caller configured, then everything else.
 * 3. A route whose source Region AWS's own listing contradicts comes after the confirmed ones.
 * 4. What the policy prefers: `score` (latency), relative price (cost), size of the capacity pool (throughput).
 * 5. `score` = expected TTFB × relative price ^ priceWeight.
 * 6. The larger pool of destination Regions, then the key: the order never depends on chance.
 *
 * Among the routes that rules 1 to 4 hold equal, the one that is best by prior leads until another one scores at least
 * 15 % better on live evidence; otherwise noise would drift traffic between routes that are equally good. A `Lead` that
 * was chosen with more knowledge than one moment gives, such as a home route, comes first instead.
 */
export function rank(
  routes: readonly EligibleRoute[],
  policy: ResolvedPolicy,
  evidence: EvidenceLookup,
  rule: FirstByteRule,
): Ranking {
  const sorted = routes.map((eligible) => rankedRoute(eligible, policy, evidence(eligible.route)));
  sorted.sort((a, b) => compare(a, b, policy));
  const tiers = new Map(tiersOf(sorted, policy));
  const candidates = (order: readonly RankedRoute[], leads: string, known?: readonly Candidate[]) =>
    Object.freeze(
      order.map((entry, index) => {
        const same = index > 0 && known?.[index]?.route === entry.eligible.route ? known[index] : undefined;
        const place = index === 0 ? leads : `place ${index + 1}`;
        return same ?? candidateOf(entry, place, tiers.get(entry) ?? 0, policy, rule);
      }),
    );
  const order = [...sorted];
  const leads = keepDefaultFirst(order, policy);
  const ranked = candidates(order, leads);
  const ledBy = (lead: Lead): readonly Candidate[] => {
    const led = [...sorted];
    return candidates(led, moveToFront(led, lead), ranked);
  };
  return { candidates: ranked, ledBy };
}

/** Routes in the order in which they would be tried. */
export interface Ranking {
  readonly candidates: readonly Candidate[];
  /** The same with one route in front. Costs little: the facts of the others stay. */
  ledBy(lead: Lead): readonly Candidate[];
}

/** A route that comes first, and why. */
export interface Lead {
  readonly route: Route;
  readonly because: string;
}

/**
 * The route that is best by prior among those that the policy holds equal: where requests go before anything is known.
 * `undefined` when there is no route.
 */
export function defaultRoute(routes: readonly EligibleRoute[], policy: ResolvedPolicy): Route | undefined {
  const ranked = routes.map((eligible) => rankedRoute(eligible, policy, undefined));
  ranked.sort((a, b) => compare(a, b, policy));
  keepDefaultFirst(ranked, policy);
  return ranked[0]?.eligible.route;
}

/** How much better than the default route another one must score before it takes the lead. */
const LEAVE_DEFAULT_AT = 0.85;

interface RankedRoute {
  readonly eligible: EligibleRoute;
  readonly expected: ExpectedTtfb;
  readonly samples: number;
  readonly score: number;
  readonly priorScore: number;
  readonly tier: number;
  readonly pool: number;
  readonly coolingForMs: number;
  readonly coolingBecause: string | undefined;
  readonly capacityShare: number;
}

function rankedRoute(
  eligible: EligibleRoute,
  policy: ResolvedPolicy,
  evidence: RouteEvidence | undefined,
): RankedRoute {
  // A price of 0 would make every such score 0, however slow the route is.
  const priceFactor = eligible.relativePrice === 0 ? 1 : eligible.relativePrice ** policy.priceWeight;
  const expected = expectedTtfb(evidence, eligible.prior);
  return {
    eligible,
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
  };
}

function compare(a: RankedRoute, b: RankedRoute, policy: ResolvedPolicy): number {
  return (
    Number(a.coolingForMs > 0) - Number(b.coolingForMs > 0) ||
    a.coolingForMs - b.coolingForMs ||
    a.tier - b.tier ||
    byPreference(a, b, policy) ||
    a.score - b.score ||
    withoutChance(a, b)
  );
}

/** Decides between equals. Never 0, as keys differ. */
function withoutChance(a: RankedRoute, b: RankedRoute): number {
  return descending(a.pool, b.pool) || (a.eligible.route.key < b.eligible.route.key ? -1 : 1);
}

function byPreference(a: RankedRoute, b: RankedRoute, policy: ResolvedPolicy): number {
  switch (policy.prefer) {
    case "latency":
      return 0;
    case "cost":
      return a.eligible.relativePrice - b.eligible.relativePrice;
    case "throughput":
      return descending(a.pool, b.pool);
    default:
      return policy.prefer satisfies never;
  }
}

/** `Infinity - Infinity` is NaN, which would break the sort. */
function descending(a: number, b: number): number {
  return a === b ? 0 : b > a ? 1 : -1;
}

function tierOf({ route, contradicted }: EligibleRoute): number {
  if (route.kind === "provisioned") return 0;
  if (route.kind === "application") return 1;
  return contradicted ? 3 : 2;
}

/** How many Regions can share the load: AWS routes a global profile to any commercial Region. */
function poolOf({ route }: EligibleRoute): number {
  return route.destinationRegions.includes("*") ? Number.POSITIVE_INFINITY : route.destinationRegions.length;
}

/** Moves the default route to the front, unless the leader is clearly better. Says why the first one leads. */
function keepDefaultFirst(ranked: RankedRoute[], policy: ResolvedPolicy): string {
  const [leader] = ranked;
  if (leader === undefined || leader.coolingForMs > 0) return "leads";
  let best = leader;
  for (const entry of ranked) {
    if (entry.coolingForMs > 0 || entry.tier !== leader.tier || byPreference(entry, leader, policy) !== 0) continue;
    if ((entry.priorScore - best.priorScore || withoutChance(entry, best)) < 0) best = entry;
  }
  if (best === leader || leader.score < best.score * LEAVE_DEFAULT_AT) return "leads";
  return moveToFront(ranked, { route: best.eligible.route, because: "as the default: no other is 15 % better" });
}

function moveToFront(ranked: RankedRoute[], { route, because }: Lead): string {
  const index = ranked.findIndex(({ eligible }) => eligible.route === route);
  const [entry] = index < 0 ? [] : ranked.splice(index, 1);
  if (entry !== undefined) ranked.unshift(entry);
  return `leads ${because}`;
}

/** Numbers what rules 2 to 4 hold apart, from 0. */
function tiersOf(ranked: readonly RankedRoute[], policy: ResolvedPolicy): readonly (readonly [RankedRoute, number])[] {
  const apart = (a: RankedRoute, b: RankedRoute): number => a.tier - b.tier || byPreference(a, b, policy);
  const distinct: RankedRoute[] = [];
  for (const entry of ranked) if (!distinct.some((other) => apart(entry, other) === 0)) distinct.push(entry);
  distinct.sort(apart);
  return ranked.map((entry) => [entry, distinct.findIndex((other) => apart(entry, other) === 0)]);
}

function candidateOf(
  entry: RankedRoute,
  place: string,
  tier: number,
  policy: ResolvedPolicy,
  rule: FirstByteRule,
): Candidate {
  const { eligible, expected, samples, score, coolingForMs } = entry;
  const facts = {
    route: eligible.route,
    // Sentences cost more than the whole decision, and most requests never show them.
    get reasons(): readonly string[] {
      return reasonsOf(entry, place, policy);
    },
    ttfbMs: expected.p50Ms,
    samples,
    relativePrice: eligible.relativePrice,
    score,
    tier,
    ...firstByteDeadlines(expected, samples, rule),
  };
  return Object.freeze(coolingForMs > 0 ? Object.assign(facts, { coolingForMs }) : facts);
}

function reasonsOf(entry: RankedRoute, place: string, policy: ResolvedPolicy): readonly string[] {
  const { eligible, score } = entry;
  const paidByHour = eligible.route.kind === "provisioned";
  return [
    `expects ${Math.round(entry.expected.p50Ms)} ms to first byte, from ${basisOf(entry)}`,
    paidByHour ? "costs nothing more by the token" : `costs ${eligible.relativePrice.toFixed(2)} × the global price`,
    policy.prefer === "latency"
      ? `scores ${Math.round(score)} (TTFB × price^${policy.priceWeight}), ${place}`
      : `ranked by ${policy.prefer}, ${place}`,
    ...(policy.prefer === "throughput" && entry.capacityShare < 1
      ? [`takes ${Math.round(100 * entry.capacityShare)} % of the requests that it could, because it was throttled`]
      : []),
    ...(eligible.note === undefined ? [] : [eligible.note]),
    ...(entry.coolingForMs > 0
      ? [`postponed for ${Math.ceil(entry.coolingForMs / 1000)} s after ${entry.coolingBecause}`]
      : []),
    ...(eligible.contradicted
      ? ["AWS's own sources disagree about this source Region: tried after the confirmed routes"]
      : []),
  ];
}

function basisOf({ eligible, samples }: RankedRoute): string {
  if (samples === 0) return eligible.prior.basis;
  return `${samples} live ${samples === 1 ? "sample" : "samples"}${samples < 10 ? " and the prior" : ""}`;
}
