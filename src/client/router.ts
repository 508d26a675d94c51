import { LRUCache } from "lru-cache";
import type { DispatchTools } from "../dispatch/attempt-route.ts";
import type { Slice } from "../health/route-track.ts";
import type { RequestRoutingOptions } from "../options.ts";
import { type EligibleRoutes, eligibleRoutes } from "../plan/eligible-routes.ts";
import { planRoutes } from "../plan/planner.ts";
import { narrowResidency, resolveResidency } from "../plan/residency.ts";
import type { Plan, ResolvedPolicy } from "../plan.ts";
import { parseModelRef } from "../profiles/model-ref.ts";
import { type ResolvedOptions, refuseForeignPartition, resolveRequestOptions } from "../resolve-options.ts";
import type { PolicyRule } from "../resolve-policy.ts";

/** What the router has to know of a request to plan it. */
export interface PlanRequest {
  readonly modelId: string;
  readonly homeRegion: string;
  readonly pinnedBy: string | undefined;
  readonly exact: boolean;
  readonly streaming: boolean;
  readonly overrides: RequestRoutingOptions | undefined;
}

/** Distinct (model, policy, pin) combinations whose eligible routes are kept. */
const MAX_CACHED = 500;
/** Workloads whose last plan is kept for each of them. */
const MAX_SLICES = 32;
/** Samples grow old without anything happening. */
const MAX_PLAN_AGE_MS = 1_000;

interface Known {
  readonly eligible: EligibleRoutes;
  readonly plans: Map<string, { readonly plan: Plan; readonly revision: number; readonly madeAt: number }>;
}

/**
 * Plans requests. Which routes are eligible depends on the request alone and is kept; their order depends on what has
 * been observed and is made anew for every request.
 */
export class Router {
  readonly options: ResolvedOptions;
  readonly tools: DispatchTools;
  readonly #eligible: LRUCache<string, Known> = new LRUCache({ max: MAX_CACHED });
  #checkedHomeRegion: string | undefined;

  constructor(options: ResolvedOptions, tools: DispatchTools) {
    this.options = options;
    this.tools = tools;
  }

  /** @throws {@link UnknownModelError}, {@link InvalidOptionsError} */
  plan(request: PlanRequest): { readonly plan: Plan; readonly slice: Slice } {
    const { policy, workload } = resolveRequestOptions(request.overrides, this.options);
    const slice: Slice = { workload, streaming: request.streaming };
    return { plan: this.#currentPlan(this.#eligibleRoutes(request, policy), slice), slice };
  }

  /** The last plan is still the right one while nothing that it was made from has changed. */
  #currentPlan({ eligible, plans }: Known, slice: Slice): Plan {
    const { health, clock } = this.tools;
    const now = clock.now();
    const key = `${slice.streaming ? "stream" : "unary"} ${slice.workload}`;
    const last = plans.get(key);
    const idle = health.cooldowns.idle;
    if (last !== undefined && idle && last.revision === health.revision && now - last.madeAt < MAX_PLAN_AGE_MS)
      return last.plan;
    const plan = planRoutes(eligible, (route) => health.evidence(route, slice));
    if (plans.size >= MAX_SLICES) plans.clear();
    if (idle) plans.set(key, { plan, revision: health.revision, madeAt: now });
    return plan;
  }

  /** The policy of a request as seen from the home Region. */
  resolvePolicy(overrides: RequestRoutingOptions | undefined, homeRegion: string): ResolvedPolicy {
    return this.#policyFrom(resolveRequestOptions(overrides, this.options).policy, homeRegion);
  }

  #policyFrom(rule: PolicyRule, homeRegion: string): ResolvedPolicy {
    const residency = resolveResidency(this.options.policy.residency, homeRegion);
    return Object.freeze({
      prefer: rule.prefer,
      priceWeight: rule.priceWeight,
      residency:
        rule === this.options.policy
          ? residency
          : narrowResidency(residency, resolveResidency(rule.residency, homeRegion)),
    });
  }

  #eligibleRoutes(request: PlanRequest, rule: PolicyRule): Known {
    const { modelId, homeRegion, pinnedBy, exact } = request;
    const override = rule === this.options.policy ? "" : JSON.stringify(rule);
    const key = `${modelId}\n${homeRegion}\n${exact ? "exact" : (pinnedBy ?? "")}\n${override}`;
    const known = this.#eligible.get(key);
    if (known !== undefined) return known;
    this.#checkPartition(homeRegion);
    const ref = parseModelRef(modelId);
    // An ARN names no model; what the caller declared about it stands under the model that it serves.
    const extraRoutes =
      "model" in ref ? (this.options.routes[ref.model] ?? []) : Object.values(this.options.routes).flat();
    const eligible = eligibleRoutes({
      ref,
      homeRegion,
      sourceRegions: exact ? [homeRegion] : [...new Set([homeRegion, ...this.options.sourceRegions])],
      pinnedBy,
      exact,
      policy: this.#policyFrom(rule, homeRegion),
      catalog: this.options.catalog(),
      extraRoutes,
      priorOf: this.options.priorOf,
    });
    const made: Known = { eligible, plans: new Map() };
    this.#eligible.set(key, made);
    return made;
  }

  #checkPartition(homeRegion: string): void {
    if (homeRegion === this.#checkedHomeRegion) return;
    refuseForeignPartition(homeRegion, this.options.sourceRegions);
    this.#checkedHomeRegion = homeRegion;
  }
}
