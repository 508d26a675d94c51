import type { EvidenceLookup } from "../types/evidence.ts";
import type { Candidate, ResolvedPolicy } from "../types/plan.ts";
import type { Route } from "../types/route.ts";
import { candidateOf } from "./candidate.ts";
import type { EligibleRoute } from "./eligible-routes.ts";
import type { FirstByteRule } from "./first-byte-deadline.ts";
import { LEAVE_DEFAULT_AT, type RankedRoute, rankedRoute } from "./ranked-route.ts";

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
 *
 * @param previous - a ranking of the same routes by the same policy: what has not changed since is kept
 */
export function rank(
  routes: readonly EligibleRoute[],
  policy: ResolvedPolicy,
  evidence: EvidenceLookup,
  rule: FirstByteRule,
  previous?: Ranking,
): Ranking {
  const sorted = (previous?.sorted ?? routes.map((eligible) => rankedRoute(eligible, policy, undefined))).map(
    (known) => {
      const now = evidence(known.eligible.route);
      return now === known.evidence ? known : rankedRoute(known.eligible, policy, now);
    },
  );
  if (previous?.sorted.every((known, index) => known === sorted[index])) return previous;
  sorted.sort((a, b) => compare(a, b, policy));
  const tiers = previous?.tiers ?? tiersOf(sorted, policy);
  const show = (order: readonly RankedRoute[], leads: string): readonly Candidate[] =>
    Object.freeze(
      order.map((entry, index) => {
        const place = index === 0 ? leads : index + 1;
        const known = entry.shown.get(place);
        if (known !== undefined) return known;
        const candidate = candidateOf(entry, place, tiers.get(entry.eligible) ?? 0, policy, rule);
        entry.shown.set(place, candidate);
        return candidate;
      }),
    );
  const order = [...sorted];
  const leads = keepDefaultFirst(order, policy);
  const ledBy = (lead: Lead): readonly Candidate[] => {
    const led = [...sorted];
    return show(led, moveToFront(led, lead));
  };
  return { candidates: show(order, leads), ledBy, sorted, tiers };
}

/** Routes in the order in which they would be tried. */
export interface Ranking {
  readonly candidates: readonly Candidate[];
  /** The same with one route in front. Costs little: the facts of the others stay. */
  ledBy(lead: Lead): readonly Candidate[];
  /** For the next ranking of these routes: most often the evidence of one of them has changed. */
  readonly sorted: readonly RankedRoute[];
  readonly tiers: ReadonlyMap<EligibleRoute, number>;
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

/** Numbers what rules 2 to 4 hold apart, from 0. None of them depends on evidence. */
function tiersOf(ranked: readonly RankedRoute[], policy: ResolvedPolicy): ReadonlyMap<EligibleRoute, number> {
  const apart = (a: RankedRoute, b: RankedRoute): number => a.tier - b.tier || byPreference(a, b, policy);
  const distinct: RankedRoute[] = [];
  for (const entry of ranked) if (!distinct.some((other) => apart(entry, other) === 0)) distinct.push(entry);
  distinct.sort(apart);
  return new Map(
    ranked.map((entry) => [entry.eligible, distinct.findIndex((other) => apart(entry, other) === 0)] as const),
  );
}
