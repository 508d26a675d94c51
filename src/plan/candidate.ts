import type { RouteEvidence } from "../types/evidence.ts";
import type { Candidate, ResolvedPolicy } from "../types/plan.ts";
import { onDemand } from "../util/on-demand.ts";
import { type EligibleRoute, priceFactor } from "./eligible-routes.ts";
import { expectedTtfb } from "./expected-ttfb.ts";
import { type FirstByteRule, firstByteDeadlines } from "./first-byte-deadline.ts";

/** What the answers of all routes together tell of the requests. */
export interface Workload {
  /** How many times longer than the priors they take. */
  readonly level: number;
  /** True while no route has answered. */
  readonly cold: boolean;
}

const AS_EXPECTED: Workload = { level: 1, cold: false };

/**
 * A route with the facts it is ranked by, for people and for the dispatcher.
 * @param leadsBecause - why it comes first, if it does
 */
export function candidateOf(
  eligible: EligibleRoute,
  evidence: RouteEvidence | undefined,
  policy: ResolvedPolicy,
  rule: FirstByteRule,
  leadsBecause?: string,
  workload: Workload = AS_EXPECTED,
): Candidate {
  const { route, prior, relativePrice, tier } = eligible;
  const expected = expectedTtfb(evidence, prior, workload.level);
  const samples = evidence?.samples ?? 0;
  const ttfbMs = expected.p50Ms;
  const score = ttfbMs * priceFactor(relativePrice, policy);
  const coolingForMs = evidence?.coolingForMs ?? 0;
  // Sentences cost more than the whole decision, and most requests never show them.
  const facts = withReasons({ route }, () =>
    reasonsOf(eligible, evidence, { ttfbMs, score, samples }, policy, leadsBecause),
  );
  return Object.freeze(
    Object.assign(
      facts,
      { ttfbMs, priorMs: prior.ttfbMs, samples, relativePrice, score, tier },
      firstByteDeadlines(expected, evidence?.answers ?? 0, rule, workload.cold),
      coolingForMs > 0 ? { coolingForMs } : undefined,
    ),
  );
}

const withReasons = onDemand<"reasons", readonly string[]>("reasons");

function reasonsOf(
  eligible: EligibleRoute,
  evidence: RouteEvidence | undefined,
  { ttfbMs, score, samples }: Pick<Candidate, "ttfbMs" | "score" | "samples">,
  { prefer, priceWeight }: ResolvedPolicy,
  leadsBecause: string | undefined,
): readonly string[] {
  const { coolingForMs = 0, coolingBecause, tokensPerMinute } = evidence ?? {};
  const leads = leadsBecause === undefined ? "" : `, leads ${leadsBecause}`;
  return [
    `expects ${Math.round(ttfbMs)} ms to first byte, from ${basisOf(eligible, samples)}`,
    eligible.route.kind === "provisioned"
      ? "costs nothing more per token"
      : `costs ${eligible.relativePrice.toFixed(2)} × the global price`,
    prefer === "latency"
      ? `scores ${Math.round(score)} (TTFB × price^${priceWeight})${leads}`
      : `ranked by ${prefer}${leads}`,
    ...(tokensPerMinute === undefined
      ? []
      : [`bears about ${tokensPerMinute} tokens a minute, as far as its throttles tell`]),
    ...(eligible.note === undefined ? [] : [eligible.note]),
    ...(coolingForMs > 0 ? [`postponed for ${Math.ceil(coolingForMs / 1000)} s after ${coolingBecause}`] : []),
    ...(eligible.doubt === undefined ? [] : [`tried after the routes without a doubt: ${eligible.doubt}`]),
  ];
}

function basisOf({ prior }: EligibleRoute, samples: number): string {
  if (samples === 0) return prior.basis;
  return `${samples} live ${samples === 1 ? "sample" : "samples"}${samples < 10 ? " and the prior" : ""}`;
}
