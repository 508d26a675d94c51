import { LRUCache } from "lru-cache";
import type { DeadlineScale, DispatchTools } from "../dispatch/attempt.ts";
import { type DispatchResult, dispatch } from "../dispatch/dispatch.ts";
import { type Choice, type Contender, HomeRoute } from "../health/home-route.ts";
import type { Slice } from "../health/route-track.ts";
import type { RequestRoutingOptions } from "../options/options.ts";
import { type ResolvedOptions, refuseForeignPartition, resolveRequestOptions } from "../options/resolve-options.ts";
import type { PolicyRule } from "../options/resolve-policy.ts";
import { type EligibleRoutes, eligibleRoutes } from "../plan/eligible-routes.ts";
import { planRoutes, type RankedPlan } from "../plan/planner.ts";
import { defaultRoute } from "../plan/rank.ts";
import { narrowResidency, resolveResidency } from "../plan/residency.ts";
import type { Catalog } from "../profiles/catalog.ts";
import { parseModelRef } from "../profiles/model-ref.ts";
import { NoRouteError } from "../types/errors.ts";
import type { RequestInfo } from "../types/events.ts";
import type { Plan, ResolvedPolicy } from "../types/plan.ts";
import type { Route } from "../types/route.ts";
import { contendersOf } from "./contenders.ts";
import { deadlineScale, type PromptMeasure } from "./deadline-scale.ts";
import { rememberReport } from "./reports.ts";
import type { PlanRequest, RouteRequest } from "./route-request.ts";
import { Tracers } from "./tracers.ts";

/** Distinct (model, policy, pin) combinations whose eligible routes are kept. */
const MAX_CACHED = 500;
/** Workloads whose last plan is kept for each of them. */
const MAX_SLICES = 32;
/** What is shown of cooldowns and capacity may be this old. */
const SHOWN_FOR_MS = 1_000;

/** The routes of one kind of request, and what is made of them for each workload. */
interface Known {
  readonly eligible: EligibleRoutes;
  readonly views: LRUCache<string, View>;
}

/** The routes as they stand for one workload, and where its requests are at home. */
interface View {
  readonly slice: Slice;
  readonly home: HomeRoute | undefined;
  readonly defaultRoute: Route | undefined;
  ranked: RankedPlan;
  contenders: readonly Contender[];
  validUntilMs: number;
  healthRevision: number;
  cooldownRevision: number;
  /** The plan with another route in front, while that route is asked for. */
  led: { readonly choice: Choice; readonly plan: Plan } | undefined;
}

/** A plan, and what the dispatcher must know to learn from it. */
export interface PlannedRequest {
  readonly plan: Plan;
  readonly slice: Slice;
  readonly home: HomeRoute | undefined;
  /** Where the request goes while nothing has been observed. */
  readonly defaultRoute: Route | undefined;
}

/**
 * Plans requests. Which routes are eligible depends on the request alone and is kept; their order depends on what has
 * been observed and is made anew for every request.
 */
export class Router {
  readonly options: ResolvedOptions;
  readonly tools: DispatchTools;
  readonly tracers: Tracers = new Tracers();
  readonly #eligible: LRUCache<string, Known> = new LRUCache({ max: MAX_CACHED });
  #latest: { readonly request: PlanRequest; readonly known: Known } | undefined;
  #checkedHomeRegion: string | undefined;
  #catalog: Catalog | undefined;

  constructor(options: ResolvedOptions, tools: DispatchTools) {
    this.options = options;
    this.tools = tools;
  }

  /**
   * The plan of a request that is about to be sent. Every call counts as one request for the choice of the home route.
   * @throws {@link UnknownModelError}, {@link InvalidOptionsError}
   */
  plan(request: PlanRequest): PlannedRequest {
    const view = this.#view(request);
    const { home, slice } = view;
    const choice =
      home === undefined
        ? this.tools.health.capacity.choose(view.contenders)
        : home.choose(view.contenders, this.tools.clock.now(), request.mayProbe);
    const plan = choice === undefined ? view.ranked.plan : ledBy(choice, view);
    return { plan, slice, home, defaultRoute: view.defaultRoute };
  }

  /**
   * Plans a request that is about to be sent and tells so.
   * @throws {@link NoRouteError} when nothing is allowed
   */
  planToSend(request: PlanRequest): PlannedRequest {
    const planned = this.#planAndTell(request);
    if (planned.plan.candidates.length === 0) throw noRoute(planned.plan);
    return planned;
  }

  #planAndTell(request: PlanRequest): PlannedRequest {
    const planned = this.plan(request);
    const { plan } = planned;
    this.tools.emit("plan", () => ({ plan }));
    return planned;
  }

  /**
   * Plans a request, works through the plan until a route answers, and remembers how it went under the output or the
   * error: `getRouting` finds it there.
   * @throws {@link NoRouteError}, {@link UnknownModelError}, {@link InvalidOptionsError}
   */
  async send(request: RouteRequest): Promise<DispatchResult> {
    const planned = this.#planAndTell(request);
    const { plan, slice, defaultRoute } = planned;
    const about: RequestInfo = {
      operation: request.operation,
      workload: slice.workload,
      streaming: slice.streaming,
      startedAt: this.tools.clock.wallNow(),
      plan,
      ...(defaultRoute !== undefined && { defaultRoute }),
    };
    return this.tracers.request(about, () => this.#dispatch(request, planned, about));
  }

  async #dispatch(
    request: RouteRequest,
    { plan, slice, home }: PlannedRequest,
    about: RequestInfo,
  ): Promise<DispatchResult> {
    if (plan.candidates.length === 0) {
      const error = noRoute(plan);
      this.tools.emit("request", () => ({
        request: about,
        outcome: "no-route",
        attempts: 0,
        totalMs: 0,
        errorName: error.name,
      }));
      throw error;
    }
    const { model } = plan;
    const { homeRegion, callerSignal, stream, replayable, inputBytes } = request;
    let attempts = 0;
    const result = await dispatch(
      plan,
      {
        about,
        slice,
        home,
        homeRegion,
        callerSignal,
        stream,
        replayable,
        ...(request.onePass !== undefined && { onePass: request.onePass }),
        inputBytes,
        deadlineScale: this.deadlineScale(slice, { model, inputBytes }),
        ...(request.newController !== undefined && { newController: request.newController }),
        ...(request.usageOf !== undefined && { usageOf: request.usageOf }),
        send: (route, signal) => {
          attempts += 1;
          return this.tracers.attempt({ request: about, number: attempts, route }, () => request.send(route, signal));
        },
      },
      request.maxAttempts,
      this.tools,
    );
    rememberReport(result.succeeded ? result.output : result.error, result.trail);
    return result;
  }

  /** The same plan for a person to look at: nothing is counted. */
  preview(request: PlanRequest): Plan {
    const view = this.#view(request);
    const route = view.home?.route;
    const usable = view.contenders.some((contender) => contender.usable && contender.route === route);
    return route !== undefined && usable ? ledBy({ route, because: "home" }, view) : view.ranked.plan;
  }

  /** How patient to be with a prompt. */
  deadlineScale(slice: Slice, prompt: PromptMeasure): DeadlineScale {
    const { streaming, unary } = this.options.firstByte;
    return deadlineScale(prompt, slice, slice.streaming ? streaming : unary, this.tools.health);
  }

  /** What was made of the evidence last time is still right while the evidence is the same. */
  #view(request: PlanRequest): View {
    const { eligible, views } = this.#known(request);
    const { health, clock } = this.tools;
    const { workload } = resolveRequestOptions(request.overrides, this.options);
    const known = views.get(workload);
    const now = clock.now();
    if (
      known !== undefined &&
      known.healthRevision === health.revision &&
      known.cooldownRevision === health.cooldowns.revision &&
      now < known.validUntilMs
    ) {
      return known;
    }
    const slice: Slice = known?.slice ?? { workload, streaming: request.streaming };
    const ranked = planRoutes(eligible, (route) => health.evidence(route, slice), known?.ranked);
    const fresh = {
      ranked,
      contenders: contendersOf(ranked.plan, slice, health),
      validUntilMs: ranked.plan.candidates.reduce(
        (until, { coolingForMs }) =>
          coolingForMs === undefined ? until : Math.min(until, now + Math.min(coolingForMs, SHOWN_FOR_MS)),
        eligible.policy.prefer === "throughput" ? now + SHOWN_FOR_MS : health.evidenceUntil(now),
      ),
      healthRevision: health.revision,
      cooldownRevision: health.cooldowns.revision,
      led: ranked === known?.ranked ? known.led : undefined,
    };
    if (known !== undefined) return Object.assign(known, fresh);
    const byDefault = usualRoute(eligible);
    const home = byDefault === undefined ? undefined : new HomeRoute(byDefault);
    const view: View = { slice, home, defaultRoute: byDefault, ...fresh };
    views.set(workload, view);
    return view;
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

  /** Most requests are of the same kind as the one before. */
  #known(request: PlanRequest): Known {
    const catalog = this.options.catalog();
    if (catalog !== this.#catalog) {
      // What exists has changed: another object stands for another table.
      this.#eligible.clear();
      this.#latest = undefined;
      this.#catalog = catalog;
    }
    if (this.#latest !== undefined && isOfSameKind(request, this.#latest.request)) return this.#latest.known;
    const known = this.#lookUp(request);
    this.#latest = { request, known };
    return known;
  }

  #lookUp(request: PlanRequest): Known {
    const { modelId, homeRegion, pinnedBy, pinnedTo = homeRegion, takesOwnRoutes = true, exact, streaming } = request;
    const rule = resolveRequestOptions(request.overrides, this.options).policy;
    const override = rule === this.options.policy ? "" : JSON.stringify(rule);
    const key = `${modelId}\n${homeRegion}\n${streaming ? "stream" : "unary"}\n${exact ? "exact" : (pinnedBy ?? "")}\n${pinnedTo}\n${takesOwnRoutes}\n${override}`;
    const known = this.#eligible.get(key);
    if (known !== undefined) return known;
    this.#checkPartition(homeRegion);
    const ref = parseModelRef(modelId);
    // An ARN names no model; what the caller declared about it stands under the model that it serves.
    const { routes } = this.options;
    const model =
      "model" in ref
        ? ref.model
        : Object.keys(routes).find((name) => routes[name]?.some((own) => own.modelId === modelId));
    const eligible = eligibleRoutes({
      ref,
      homeRegion,
      sourceRegions: exact ? [homeRegion] : [...new Set([homeRegion, ...this.options.sourceRegions])],
      pinnedBy,
      pinnedTo,
      exact,
      policy: this.#policyFrom(rule, homeRegion),
      catalog: this.options.catalog(),
      extraRoutes: (takesOwnRoutes && model !== undefined ? routes[model] : undefined) ?? [],
      arnModel: model,
      prices: this.options.prices,
      priorOf: this.options.priorOf,
      firstByteRule: streaming ? this.options.firstByte.streaming : this.options.firstByte.unary,
    });
    const made: Known = { eligible, views: new LRUCache({ max: MAX_SLICES }) };
    this.#eligible.set(key, made);
    return made;
  }

  #checkPartition(homeRegion: string): void {
    if (homeRegion === this.#checkedHomeRegion) return;
    refuseForeignPartition(homeRegion, this.options.sourceRegions);
    this.#checkedHomeRegion = homeRegion;
  }
}

/** Where requests go while nothing has been observed; undefined for a policy that spreads them. */
function usualRoute({ routes, policy }: EligibleRoutes): Route | undefined {
  return policy.prefer === "throughput" ? undefined : defaultRoute(routes, policy);
}

/** A refusal that `getRouting` can explain. */
export function noRoute(plan: Plan): NoRouteError {
  const error = new NoRouteError(plan);
  rememberReport(error, { report: () => Object.freeze({ plan, attempts: Object.freeze([]), route: undefined }) });
  return error;
}

function ledBy(choice: Choice, view: View): Plan {
  if (view.led?.choice.route === choice.route && view.led.choice.because === choice.because) return view.led.plan;
  const plan = view.ranked.ledBy({ route: choice.route, because: BECAUSE[choice.because] });
  view.led = { choice, plan };
  return plan;
}

/** Whether two requests without options of their own have the same eligible routes. */
function isOfSameKind(a: PlanRequest, b: PlanRequest): boolean {
  return (
    a.modelId === b.modelId &&
    a.homeRegion === b.homeRegion &&
    a.streaming === b.streaming &&
    a.exact === b.exact &&
    a.pinnedBy === b.pinnedBy &&
    a.pinnedTo === b.pinnedTo &&
    a.takesOwnRoutes === b.takesOwnRoutes &&
    a.overrides === undefined &&
    b.overrides === undefined
  );
}

const BECAUSE: Readonly<Record<Choice["because"], string>> = {
  home: "as the home route: no other is 15 % better",
  probe: "as a probe: one request to learn how it is doing",
  "home-postponed": "while the home route is postponed",
  share: "as the largest pool of capacity that can bear this request",
};
