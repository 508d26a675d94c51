import type { Candidate, ResolvedPolicy } from "../types/plan.ts";
import { type FirstByteRule, firstByteDeadlines } from "./first-byte-deadline.ts";
import type { RankedRoute } from "./ranked-route.ts";

/**
 * What people and the dispatcher are shown of a route.
 * @param place - in the order; for the first one why it leads
 */
export function candidateOf(
  entry: RankedRoute,
  place: number | string,
  tier: number,
  policy: ResolvedPolicy,
  rule: FirstByteRule,
): Candidate {
  const { eligible, expected, samples, score, coolingForMs } = entry;
  const facts = {
    route: eligible.route,
    // Sentences cost more than the whole decision, and most requests never show them.
    get reasons(): readonly string[] {
      return reasonsOf(entry, typeof place === "number" ? `place ${place}` : place, policy);
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
    ...(eligible.doubt === undefined ? [] : [`tried after the routes without a doubt: ${eligible.doubt}`]),
  ];
}

function basisOf({ eligible, samples }: RankedRoute): string {
  if (samples === 0) return eligible.prior.basis;
  return `${samples} live ${samples === 1 ? "sample" : "samples"}${samples < 10 ? " and the prior" : ""}`;
}
