import type { EvidenceLookup } from "../types/evidence.ts";
import type { Plan } from "../types/plan.ts";
import type { EligibleRoutes } from "./eligible-routes.ts";
import { type Lead, type Ranking, rank } from "./rank.ts";

/** The plan of one request from the routes that it may take and from what is known of them now. */
export interface RankedPlan {
  readonly plan: Plan;
  /** The same with one route in front. */
  ledBy(lead: Lead): Plan;
  /** For the next plan of these routes. */
  readonly ranking: Ranking;
}

/**
 * Makes the plan of one request.
 * @param previous - a plan of the same eligible routes: what has not changed since is kept
 */
export function planRoutes(eligible: EligibleRoutes, evidence: EvidenceLookup, previous?: RankedPlan): RankedPlan {
  const ranking = rank(eligible.routes, eligible.policy, evidence, eligible.firstByteRule, previous?.ranking);
  if (previous !== undefined && ranking === previous.ranking) return previous;
  const planOf = (candidates: Plan["candidates"]): Plan =>
    Object.freeze({
      model: eligible.model,
      homeRegion: eligible.homeRegion,
      policy: eligible.policy,
      candidates,
      rejections: eligible.rejections,
      catalog: eligible.catalog,
    });
  return { plan: planOf(ranking.candidates), ledBy: (lead) => planOf(ranking.ledBy(lead)), ranking };
}
