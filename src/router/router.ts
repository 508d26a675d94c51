// The room router/: one request, whichever door it came by: plan, dispatch, report. Its doors: `router.ts`,
// `route-request.ts` (what a door fills in), `routing.ts` (`client.routing`), `reports.ts` (`getRouting`), `live-catalog.ts`.

import { LRUCache } from "lru-cache";
import type { Dispatcher, DispatchResult } from "../dispatch/dispatch.ts";
import { abortError, type CallerSignal, isAborted } from "../dispatch/link-abort.ts";
import type { PlannedRequest } from "../dispatch/request.ts";
import type { Choice } from "../health/home-route.ts";
import { type KeptRoute, RouteChoice } from "../health/route-choice.ts";
import type { RouteHealth } from "../health/route-health.ts";
import type { Slice } from "../health/route-track.ts";
import type { WarmCache } from "../health/warm-caches.ts";
import type { RequestRoutingOptions } from "../options/options.ts";
import { type PolicyRule, type ResolvedOptions, resolveRequestOptions } from "../options/resolve-options.ts";
import { type EligibleRoutes, eligibleRoutes } from "../plan/eligible-routes.ts";
import type { FirstByteRule } from "../plan/first-byte-deadline.ts";
import { type GuardrailRef, guardrailRefusal, type UsedGuardrail } from "../plan/guardrail.ts";
import { planOf, type Ranking, rank } from "../plan/rank.ts";
import { reservationRemark } from "../plan/remarks.ts";
import { narrowResidency, residencyViolations, resolveResidency } from "../plan/residency.ts";
import type { Catalog } from "../profiles/catalog.ts";
import { rareFeatures } from "../profiles/feature-routes.ts";
import { type ModelRef, parseModelRef } from "../profiles/model-ref.ts";
import { NoRouteError } from "../types/errors.ts";
import type { EmitRoutingEvent, RequestInfo } from "../types/events.ts";
import type { AskedFeature } from "../types/failure.ts";
import type { Candidate, Plan, ResolvedPolicy } from "../types/plan.ts";
import { isQueued, levelName, serviceLevel } from "../types/service-level.ts";
import type { Clock } from "../util/clock.ts";
import type { Guardrails } from "./guardrails.ts";
import { rememberReport } from "./reports.ts";
import type { PlanRequest, RouteRequest } from "./route-request.ts";
import type { Tracers } from "./tracers.ts";
import { unlessAborted } from "./unless-aborted.ts";

/** Distinct (model, policy, pin) combinations whose eligible routes are kept. */
const MAX_CACHED = 500;
/** Workloads whose last plan is kept for each of them. */
const MAX_SLICES = 32;
/** Kinds of requests, workload included, of which it is kept where they are at home: as many as routes are tracked. */
const MAX_CHOICES = 1_000;
/** What is shown of cooldowns and capacity may be this old. */
const SHOWN_FOR_MS = 1_000;
const DAY_MS = 86_400_000;

/** The routes of one kind of request, and what is made of them for each workload. */
interface Known {
  readonly number: number;
  readonly eligible: EligibleRoutes;
  /** What the request names, as routes have it. */
  readonly namedId: string;
  readonly views: LRUCache<string, View>;
}

/** The routes as they stand for one workload, and which of them its requests go to. */
interface View {
  readonly eligible: EligibleRoutes;
  readonly namedId: string;
  readonly choice: RouteChoice;
  readonly fixed: PlannedRequest["fixed"];
  ranking: Ranking;
  validUntilMs: number;
  healthRevision: number;
  cooldownRevision: number;
  /** The plan that was shown last: most often the next one is the same. */
  shown: { readonly ranking: Ranking; readonly choice: Choice | undefined; readonly plan: Plan } | undefined;
}

/** What a router works with. */
export interface RouterParts {
  readonly clock: Clock;
  readonly health: RouteHealth;
  readonly dispatcher: Dispatcher;
  readonly emit: EmitRoutingEvent;
  readonly tracers: Tracers;
  /** Hears of a request that named something unknown, or has no route left. */
  readonly missed?: ((modelId: string, homeRegion: string) => void) | undefined;
  /** Knows where guardrails are evaluated. */
  readonly guardrails?: Guardrails | undefined;
}

/**
 * Plans requests and sends them. Which routes are eligible depends on the request alone and is kept; their order depends
 * on what has been observed and is made anew when that has changed.
 */
export class Router {
  readonly options: ResolvedOptions;
  readonly #clock: Clock;
  readonly #health: RouteHealth;
  readonly #dispatcher: Dispatcher;
  readonly #emit: EmitRoutingEvent;
  readonly #tracers: Tracers;
  readonly #missed: RouterParts["missed"];
  readonly #guardrails: Guardrails | undefined;
  readonly #eligible: LRUCache<string, Known> = new LRUCache({ max: MAX_CACHED });
  /** Apart from the views: a view can be made again, what was learned in a choice cannot. */
  readonly #choices: LRUCache<string, RouteChoice> = new LRUCache({ max: MAX_CHOICES });
  #knownKinds = 0;
  #latest: { readonly request: PlanRequest; readonly known: Known } | undefined;
  #latestName: Readonly<Record<"workload" | "level" | "asked" | "name", string>> = NO_NAME;
  #catalog: Catalog | undefined;
  /** ISO 8601 date (UTC), and when it is over. */
  #today = "";
  #todayEndsAt = Number.NEGATIVE_INFINITY;

  constructor(options: ResolvedOptions, parts: RouterParts) {
    const { clock, health, dispatcher, emit, tracers, missed, guardrails } = parts;
    this.options = options;
    this.#guardrails = guardrails;
    this.#clock = clock;
    this.#health = health;
    this.#dispatcher = dispatcher;
    this.#emit = emit;
    this.#tracers = tracers;
    this.#missed = missed;
  }

  /**
   * What has to be waited for before the request is planned: where its guardrail is evaluated, if a residency asks. Rejects
   * with the SDK's own error when the caller gives up.
   */
  ready(
    { guardrail, homeRegion, overrides }: Pick<PlanRequest, "guardrail" | "homeRegion" | "overrides">,
    callerSignal?: CallerSignal,
  ): Promise<void> | undefined {
    if (guardrail === undefined || this.#guardrails === undefined) return undefined;
    const { residency } = this.resolvePolicy(overrides, homeRegion);
    const isInside = residencyViolations([guardrail.region], residency).length === 0;
    const isOpen = isInside && guardrailRefusal({ ...guardrail, reach: undefined }, residency) !== undefined;
    const asked = isOpen ? this.#guardrails.ready(guardrail) : undefined;
    return (
      asked &&
      unlessAborted(asked, callerSignal).then(() => {
        if (isAborted(callerSignal)) throw abortError(callerSignal);
      })
    );
  }

  /** A guardrail with what is known of it. */
  withReach(guardrail: GuardrailRef): UsedGuardrail {
    return { ...guardrail, reach: this.#guardrails?.reachOf(guardrail) };
  }

  /**
   * The plan of a request that is about to be sent. Every call counts as one request for the choice of the home route.
   * @throws {@link UnknownModelError}, {@link InvalidOptionsError}
   */
  plan(request: PlanRequest): PlannedRequest {
    const view = this.#view(request);
    const { choice, fixed } = view;
    const warm = this.#health.caches.of(request.conversation);
    const mayProbe = warm === undefined && !isQueued(request) && request.mayProbe;
    const demand = this.#health.capacity.demandOf(request.inputBytes ?? 0, request.maxTokens);
    const kept = warm && keptBy(warm, view.eligible.policy);
    const plan = planLedBy(choice.first(view.ranking.candidates, mayProbe, demand, kept), view);
    const isNamed = ({ route: { modelId, sourceRegion } }: Candidate): boolean =>
      sourceRegion === plan.homeRegion && (modelId === view.namedId || modelId === request.modelId);
    return { plan, choice, fixed, demand, named: plan.candidates.find(isNamed) };
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
    if (plan.unlisted || plan.candidates.length === 0) this.#missed?.(request.modelId, request.homeRegion);
    this.#emit("plan", () => ({ plan }));
    return planned;
  }

  /**
   * Plans a request, works through the plan until a route answers, and remembers how it went under the output or the
   * error: `getRouting` finds it there.
   * @throws {@link NoRouteError}, {@link UnknownModelError}, {@link InvalidOptionsError}
   */
  async send(request: RouteRequest): Promise<DispatchResult> {
    const planned = this.#planAndTell(request);
    const { plan, choice } = planned;
    const about: RequestInfo = {
      operation: request.operation,
      ...choice.slice,
      startedAt: this.#clock.wallNow(),
      plan,
      ...(choice.defaultRoute !== undefined && { defaultRoute: choice.defaultRoute }),
    };
    return this.#tracers.request(about, () => this.#dispatch(planned, request, about));
  }

  async #dispatch(planned: PlannedRequest, request: RouteRequest, about: RequestInfo): Promise<DispatchResult> {
    if (planned.plan.candidates.length === 0) {
      const error = noRoute(planned.plan);
      const { name } = error;
      this.#emit("request", () => ({ request: about, outcome: "no-route", attempts: 0, totalMs: 0, errorName: name }));
      throw error;
    }
    const result = await this.#dispatcher.dispatch(planned, request, about);
    rememberReport(result.succeeded ? result.output : result.error, result.log);
    return result;
  }

  /** The plan of the next such request that is no probe, for a person to look at: nothing is counted. */
  preview(request: PlanRequest): Plan {
    const view = this.#view(request);
    const plan = planLedBy(view.choice.preview(view.ranking.candidates), view);
    const remark = reservationRemark(request.maxTokens, this.#health.meanOutput(plan.model, view.choice.slice));
    return remark === undefined ? plan : Object.freeze({ ...plan, remarks: Object.freeze([...plan.remarks, remark]) });
  }

  /** Most often the one before, as text that has been hashed. */
  #viewName(workload: string, level: string, asked: string): string {
    const latest = this.#latestName;
    if (latest.workload === workload && latest.level === level && latest.asked === asked) return latest.name;
    this.#latestName = { workload, level, asked, name: `${workload}${level}\n${asked}` };
    return this.#latestName.name;
  }

  /** What was made of the evidence last time is still right while the evidence is the same. */
  #view(request: PlanRequest): View {
    const { number, eligible, namedId, views } = this.#known(request);
    const health = this.#health;
    const { workload } = resolveRequestOptions(request.overrides, this.options);
    const asked = health.refusedFeatures.among(request.features ?? []);
    const viewName = this.#viewName(workload, levelName(request), `${asked}`);
    const known = views.get(viewName);
    const now = this.#clock.now();
    if (
      known !== undefined &&
      known.healthRevision === health.revision &&
      known.cooldownRevision === health.cooldowns.revision &&
      now < known.validUntilMs
    ) {
      return known;
    }
    const { policy, firstByteRule } = eligible;
    const choice =
      known?.choice ?? this.#choiceOf(`${number} ${viewName}`, eligible, sliceOf(request, workload), asked);
    const ranking = rank(eligible, (route) => health.evidence(route, choice.slice, asked), known?.ranking);
    const fresh = {
      ranking,
      validUntilMs: ranking.candidates.reduce(
        (until, { coolingForMs }) =>
          coolingForMs === undefined ? until : Math.min(until, now + Math.min(coolingForMs, SHOWN_FOR_MS)),
        policy.prefer === "throughput" ? now + SHOWN_FOR_MS : health.evidenceUntil(now),
      ),
      healthRevision: health.revision,
      cooldownRevision: health.cooldowns.revision,
    };
    if (known !== undefined) return Object.assign(known, fresh);
    const view: View = {
      eligible,
      namedId,
      choice,
      fixed: {
        late: typeof firstByteRule.backupAfterMs === "number",
        hedge: typeof firstByteRule.hedgeAfterMs === "number",
      },
      ...fresh,
      shown: undefined,
    };
    views.set(viewName, view);
    return view;
  }

  #choiceOf(
    key: string,
    { routes, policy }: EligibleRoutes,
    slice: Slice,
    asked: readonly AskedFeature[],
  ): RouteChoice {
    const known = this.#choices.get(key);
    if (known !== undefined) return known;
    const byPrior = routes.map(({ route }) => route);
    const made = new RouteChoice(byPrior, policy.prefer, slice, this.#health, this.#clock, asked);
    this.#choices.set(key, made);
    return made;
  }

  /** Whether a request goes as the plain client would send it. */
  isOff(overrides: RequestRoutingOptions | undefined): boolean {
    return this.options.off || resolveRequestOptions(overrides, this.options).route === "off";
  }

  /** The model behind an ARN that names none, as AWS or the caller says. */
  modelOfArn(arn: string): string | undefined {
    return this.options.catalog().applicationProfile?.(arn)?.model ?? this.#declaredModel(arn);
  }

  /** What the caller declared about an ARN stands under the model that it serves. */
  #declaredModel(arn: string): string | undefined {
    const { routes } = this.options;
    return Object.keys(routes).find((name) => routes[name]?.some((own) => own.modelId === arn));
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
    const wallMs = this.#clock.wallNow();
    if (wallMs >= this.#todayEndsAt) this.#newDay(wallMs);
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

  /** Models come to their end by the day; what was made of others stays. */
  #newDay(wallMs: number): void {
    this.#today = new Date(wallMs).toISOString().slice(0, 10);
    this.#todayEndsAt = Date.parse(this.#today) + DAY_MS;
    for (const [key, { eligible }] of this.#eligible.entries()) {
      if (eligible.expiresOn !== undefined && eligible.expiresOn <= this.#today) this.#eligible.delete(key);
    }
    this.#latest = undefined;
  }

  #lookUp(request: PlanRequest): Known {
    const { modelId, homeRegion, pinnedBy, pinnedTo = homeRegion, takesOwnRoutes = true, streaming } = request;
    const { policy: rule, route: named } = resolveRequestOptions(request.overrides, this.options);
    const route = this.options.off ? "off" : named;
    const exact = request.exact || route === "off";
    const queued = isQueued(request);
    const override = rule === this.options.policy ? "" : JSON.stringify(rule);
    const free = rule.residency === "any" && this.options.policy.residency === "any";
    const guardrail = request.guardrail === undefined || free ? undefined : this.withReach(request.guardrail);
    const guarded = guardrail && JSON.stringify(guardrail);
    const rare = rareFeatures(request.features ?? []);
    const key = `${modelId}\n${homeRegion}\n${streaming ? "stream" : "unary"}\n${exact ? "exact" : (pinnedBy ?? "")}\n${pinnedTo}\n${takesOwnRoutes}\n${override}\n${route}\n${guarded}\n${rare}\n${queued}`;
    const known = this.#eligible.get(key);
    if (known !== undefined) return known;
    const ref = parseModelRef(modelId);
    const { routes } = this.options;
    const model = "model" in ref ? ref.model : this.#declaredModel(modelId);
    const eligible = eligibleRoutes({
      ref,
      homeRegion,
      sourceRegions: exact ? [homeRegion] : [...new Set([homeRegion, ...this.options.sourceRegions])],
      pinnedBy,
      pinnedTo,
      guardrail,
      features: rare,
      exact,
      route,
      profileIds: this.options.profileIds,
      policy: this.#policyFrom(rule, homeRegion),
      catalog: this.options.catalog(),
      today: this.#today,
      extraRoutes: (takesOwnRoutes && model !== undefined ? routes[model] : undefined) ?? [],
      arnModel: model,
      prices: this.options.prices,
      priorOf: this.options.priorOf,
      firstByteRule: queued ? waits(streaming) : this.options.firstByte[streaming ? "streaming" : "unary"],
    });
    this.#knownKinds += 1;
    const made: Known = {
      number: this.#knownKinds,
      eligible,
      namedId: idOf(ref),
      views: new LRUCache({ max: MAX_SLICES }),
    };
    this.#eligible.set(key, made);
    return made;
  }
}

/** What the service answers when it has room is late by design: a second attempt would only pay twice. */
function waits(streaming: boolean): FirstByteRule {
  return { streaming, backupAfterMs: false, hedgeAfterMs: false };
}

/** Equal to no workload: there is a line break in none. */
const NO_NAME = { workload: "\n", level: "", asked: "", name: "" };

/** A refusal that `getRouting` can explain. */
export function noRoute(plan: Plan): NoRouteError {
  const error = new NoRouteError(plan);
  rememberReport(error, { report: () => Object.freeze({ plan, attempts: Object.freeze([]), route: undefined }) });
  return error;
}

function planLedBy(choice: Choice | undefined, view: View): Plan {
  const { ranking, shown, eligible } = view;
  const isShown =
    shown?.ranking === ranking && shown.choice?.route === choice?.route && shown.choice?.because === choice?.because;
  if (isShown) return shown.plan;
  const plan = planOf(eligible, ranking, choice && { route: choice.route, because: BECAUSE[choice.because] });
  view.shown = { ranking, choice, plan };
  return plan;
}

/** Turns that are expected of a conversation beyond as many as it has had. */
const FURTHER_TURNS = 4;

/**
 * How many times better another route must score to be worth the cache that is left behind: dearer is as bad as slower,
 * and is paid once, while every further turn gains.
 */
function keptBy({ routeKey, missPrice, turns }: WarmCache, { priceWeight }: ResolvedPolicy): KeptRoute {
  return { routeKey, worth: 1 + (missPrice ** priceWeight - 1) / (turns + FURTHER_TURNS) };
}

function sliceOf({ streaming, serviceTier, latency }: PlanRequest, workload: string): Slice {
  return { workload, streaming, ...serviceLevel(serviceTier, latency) };
}

/** As routes have it: what an ARN names by an id is sent by that id. */
function idOf(ref: ModelRef): string {
  if (ref.kind === "system-profile") return ref.profileId;
  return ref.kind === "foundation-model" ? ref.model : ref.modelId;
}

function haveSameFeatures({ features: a = [] }: PlanRequest, { features: b = [] }: PlanRequest): boolean {
  return a === b || (a.length === b.length && a.every((feature, index) => feature === b[index]));
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
    isQueued(a) === isQueued(b) &&
    haveSameFeatures(a, b) &&
    // What is known of a guardrail may change.
    a.guardrail === undefined &&
    b.guardrail === undefined &&
    a.overrides === undefined &&
    b.overrides === undefined
  );
}

const BECAUSE: Readonly<Record<Choice["because"], string>> = {
  home: "as the home route: no other is 15 % better",
  probe: "as a probe: one request to learn how it is doing",
  "home-postponed": "while the home route is postponed",
  share: "for its share of what the fleet sends",
  cache: "because the prompt of the conversation is cached there",
  room: "as the largest pool of capacity that has room for this request",
};
