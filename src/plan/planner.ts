import type { EvidenceLookup } from "../evidence.ts";
import type { Plan } from "../plan.ts";
import type { EligibleRoutes } from "./eligible-routes.ts";
import { type Lead, rank } from "./rank.ts";

/** Makes the plan of one request from the routes that it may take and from what is known of them now. */
export function planRoutes(eligible: EligibleRoutes, evidence: EvidenceLookup, lead?: Lead): Plan {
  return Object.freeze({
    model: eligible.model,
    homeRegion: eligible.homeRegion,
    policy: eligible.policy,
    candidates: rank(eligible.routes, eligible.policy, evidence, eligible.firstByteRule, lead),
    rejections: eligible.rejections,
    catalog: eligible.catalog,
  });
}
