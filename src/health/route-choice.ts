import type { AttemptCause } from "../types/attempt.ts";
import type { AskedFeature, Failure } from "../types/failure.ts";
import type { Met } from "../types/failure-family.ts";
import type { Candidate, Plan, RoutePreference } from "../types/plan.ts";
import type { Route } from "../types/route.ts";
import type { Clock } from "../util/clock.ts";
import { type Demand, NO_DEMAND } from "./capacity.ts";
import { LOST_RACES } from "./cooldowns.ts";
import type { Crowd } from "./fleet/fleet.ts";
import { type Choice, HomeRoute, type MayProbe, type Standing } from "./home-route.ts";
import type { RouteHealth } from "./route-health.ts";
import type { Slice } from "./route-track.ts";

/** A failed attempt of a request. */
export interface FailedAttempt {
  readonly candidate: Candidate;
  readonly error: unknown;
  readonly failure: Failure;
}

/** A route that a request had better stay on. */
export interface KeptRoute {
  readonly routeKey: string;
  /** How many times better another route must score. */
  readonly worth: number;
}

/** What is spread by what each route can bear may go to another one this much better, with every request. */
const LEAVE_AT = 0.85;

/**
 * Which route next, for the requests of one kind: the first route of each, the one after a failure, and the one beside a
 * silent attempt. Scores come from the plan; this adds what one moment does not show: where the requests are at home,
 * when to probe, what each route bears, and what is cooling by now.
 */
export class RouteChoice {
  readonly slice: Slice;
  /** What the requests ask for that routes have refused. */
  readonly asked: readonly AskedFeature[];
  readonly #byPrior: readonly Route[];
  readonly #home: HomeRoute | undefined;
  readonly #health: RouteHealth;
  readonly #clock: Clock;
  /** How often others had found, when this was last looked at, that a route has lost too many races. */
  readonly #evictions: Map<string, number> = new Map();
  #seen: readonly Candidate[] | undefined;
  #contenders: readonly Candidate[] = [];

  /** @param byPrior - the routes that the requests may take, the default first */
  constructor(
    byPrior: readonly Route[],
    prefer: RoutePreference,
    slice: Slice,
    health: RouteHealth,
    clock: Clock,
    asked: readonly AskedFeature[] = [],
  ) {
    this.slice = slice;
    this.asked = asked;
    this.#byPrior = byPrior;
    this.#health = health;
    this.#clock = clock;
    const [first] = byPrior;
    // By throughput the requests go wherever there is room: they are at home nowhere.
    this.#home = first === undefined || prefer === "throughput" ? undefined : new HomeRoute(first, this.#standing());
  }

  /** Where requests go while nothing has been observed; undefined when they are spread. */
  get defaultRoute(): Route | undefined {
    return this.#home === undefined ? undefined : this.#byPrior[0];
  }

  /**
   * Where a request that is about to be sent goes first; `undefined` when no route is usable.
   * @param candidates - as they are ranked now
   * @param mayProbe - false when the request must not leave home for the sake of learning
   * @param demand - what it takes of a quota
   * @param kept - the route that holds its prompt in a cache
   */
  first(
    candidates: readonly Candidate[],
    mayProbe: MayProbe,
    demand: Demand = NO_DEMAND,
    kept?: KeptRoute,
  ): Choice | undefined {
    const contenders = this.#contendersOf(candidates);
    const choice =
      this.#health.fleet === undefined
        ? this.#choose(contenders, mayProbe, demand)
        : this.#firstInFleet(contenders, mayProbe, demand);
    return choice === undefined || kept === undefined ? choice : keepRoute(kept, choice, contenders);
  }

  #choose(contenders: readonly Candidate[], mayProbe: MayProbe, demand: Demand, crowd?: Crowd): Choice | undefined {
    return this.#home === undefined
      ? this.#health.capacity.choose(contenders, demand)
      : this.#home.choose(this.#withRoom(contenders, demand), this.#clock.now(), mayProbe, crowd);
  }

  #firstInFleet(contenders: readonly Candidate[], mayProbe: MayProbe, demand: Demand): Choice | undefined {
    const { fleet } = this.#health;
    const crowd = fleet?.crowd(this.#byPrior);
    this.#followEvictions();
    const choice =
      crowd === undefined
        ? this.#choose(contenders, mayProbe, demand)
        : this.#borne(this.#choose(this.#triedBy(crowd, contenders), mayProbe, demand, crowd), contenders, crowd);
    const wanted = this.#home?.route ?? contenders[0]?.route;
    if (wanted !== undefined) fleet?.wanted(wanted);
    return choice;
  }

  /** A route that awaits its trial is none for a request that may not be the trial, unless nothing else is left. */
  #triedBy({ mayTry }: Crowd, contenders: readonly Candidate[]): readonly Candidate[] {
    const { cooldowns } = this.#health;
    if (mayTry || !contenders.some(({ route }) => cooldowns.awaitsTrial(route, this.slice))) return contenders;
    const left = contenders.map((candidate) =>
      candidate.coolingForMs === undefined && cooldowns.awaitsTrial(candidate.route, this.slice)
        ? { ...candidate, coolingForMs: 1 }
        : candidate,
    );
    return left.some(({ coolingForMs }) => coolingForMs === undefined) ? left : contenders;
  }

  /** What the route cannot bear of all that the fleet sends goes to the next one. */
  #borne(choice: Choice | undefined, contenders: readonly Candidate[], crowd: Crowd): Choice | undefined {
    if (choice === undefined || choice.because === "probe") return choice;
    const { cooldowns } = this.#health;
    const others = contenders
      .filter(({ route, coolingForMs }) => route !== choice.route && coolingForMs === undefined)
      .filter(({ route }) => !cooldowns.awaitsTrial(route, this.slice))
      .sort((a, b) => a.score - b.score);
    const routes = [choice.route, ...others.map(({ route }) => route)];
    const place = crowd.bearer(routes);
    const route = routes[place];
    return place === 0 || route === undefined ? choice : { route, because: "share" };
  }

  #followEvictions(): void {
    for (const route of this.#byPrior) {
      const evictions = this.#health.fleet?.evictions(route) ?? 0;
      if (evictions === (this.#evictions.get(route.key) ?? 0)) continue;
      this.#evictions.set(route.key, evictions);
      this.#home?.evict(route);
    }
  }

  /** What has refused such a request for its size waits as if it were cooling, unless that is so everywhere. */
  #withRoom(contenders: readonly Candidate[], demand: Demand): readonly Candidate[] {
    const { capacity } = this.#health;
    if (!capacity.holdsBack) return contenders;
    let someRoom = false;
    const shown = contenders.map((contender) => {
      if (contender.coolingForMs !== undefined) return contender;
      const waitMs = capacity.tooLargeForMs(contender.route, demand);
      if (waitMs > 0) return { ...contender, coolingForMs: waitMs };
      someRoom = true;
      return contender;
    });
    return someRoom ? shown : contenders;
  }

  /** Where the next request goes that is no probe; where shares decide, where most go. Changes nothing. */
  preview(candidates: readonly Candidate[]): Choice | undefined {
    this.#health.fleet?.prepare(this.#byPrior);
    const contenders = this.#contendersOf(candidates);
    return this.#home === undefined
      ? this.#health.capacity.choose(contenders, NO_DEMAND)
      : this.#home.preview(contenders);
  }

  /** The best route that the request has not tried and that is not cooling; `undefined` when there is none. */
  next(plan: Plan, tried: ReadonlySet<Candidate>): Candidate | undefined {
    return this.#untried(plan, tried, (family) => family === undefined);
  }

  /** The best untried route that is cooling for nothing but its silence. */
  nextSilent(plan: Plan, tried: ReadonlySet<Candidate>): Candidate | undefined {
    return this.#untried(plan, tried, (family) => family === LOST_RACES.family);
  }

  /** @param isMeant - by what the route is cooling for; undefined when it is not cooling */
  #untried(
    { candidates }: Plan,
    tried: ReadonlySet<Candidate>,
    isMeant: (family: string | undefined) => boolean,
  ): Candidate | undefined {
    return candidates.find(
      (candidate) =>
        !tried.has(candidate) && isMeant(this.#health.cooling(candidate.route, this.slice, this.asked)?.family),
    );
  }

  /** The latest attempt on the least tried route that may recover; among equals on the one that reopens first. */
  toRepeat(plan: Plan, failed: readonly FailedAttempt[]): FailedAttempt | undefined {
    const repeatable = plan.candidates.flatMap((candidate) => {
      const attempts = failed.filter((attempt) => attempt.candidate === candidate);
      const latest = attempts.at(-1);
      if (latest === undefined || attempts.some(({ failure }) => failure.kind === "invalid-route")) return [];
      return [
        {
          latest,
          tries: attempts.length,
          coolingForMs: this.#health.cooling(candidate.route, this.slice, this.asked)?.forMs ?? 0,
        },
      ];
    });
    repeatable.sort((a, b) => a.tries - b.tries || a.coolingForMs - b.coolingForMs);
    return repeatable[0]?.latest;
  }

  /** Why the first attempt of a request is made. */
  causeOf(route: Route): AttemptCause {
    return this.#home?.isProbing(route) === true ? "probe" : "first";
  }

  /** Where a failure on the route is met. The first route is the one that leads when nothing is cooling and nothing probed. */
  met(route: Route, { candidates, homeRegion }: Plan): Met {
    if (route.sourceRegion !== homeRegion) return "away";
    if (this.#home !== undefined) return route.key === this.#home.route.key ? "first" : "moved";
    const leads = candidates[0]?.route === route && candidates.every(({ coolingForMs }) => coolingForMs === undefined);
    return leads ? "first" : "moved";
  }

  /** An attempt on the route took so long, or has waited so long when it was cut off. */
  measured({ route, score, ttfbMs }: Candidate, durationMs: number): void {
    // Price is the rest of a score.
    const measured = ttfbMs > 0 ? (score / ttfbMs) * durationMs : durationMs;
    const changedAt = this.#home?.measured(route, measured);
    // What it was like before must not outvote the samples that have confirmed the change.
    if (changedAt !== undefined) this.#health.track(route, this.slice).forgetBefore(changedAt);
  }

  /** A probe failed or was late: that settles it. */
  dropProbe(route: Route): void {
    this.#home?.dropProbe(route);
  }

  /**
   * The route was late and another one answered first. After too many of those it loses its home; after the first one if it
   * has never answered such a request, of this process or another, as it had four times as long as was expected, and short
   * lives are not to learn that three times.
   */
  lostRace(route: Route): void {
    const isMute = (this.#health.evidence(route, this.slice)?.answers ?? 0) === 0;
    if (this.#health.cooldowns.lostRace(route, isMute)) this.#home?.evict(route);
  }

  #standing(): Standing {
    const { cooldowns } = this.#health;
    return {
      isPostponed: (route) =>
        cooldowns.isPostponed(route, this.slice) ||
        this.#health.refusedFeatures.cooling(route, this.asked) !== undefined,
      awaitsTrial: (route) => cooldowns.awaitsTrial(route, this.slice),
      lastSampleAt: (route) => this.#health.lastSampleAt(route, this.slice),
    };
  }

  /**
   * The candidates that compete for the lead: by throughput all of them, else those of the first tier that has a usable
   * one.
   */
  #contendersOf(candidates: readonly Candidate[]): readonly Candidate[] {
    if (candidates !== this.#seen) {
      this.#seen = candidates;
      this.#contenders = this.#home === undefined ? this.#defaultFirst(candidates) : firstUsableTier(candidates);
    }
    return this.#contenders;
  }

  /** Of equal pools the one that is best by prior leads, unless another is clearly better: noise must not spread load. */
  #defaultFirst(candidates: readonly Candidate[]): readonly Candidate[] {
    const [leader] = candidates;
    if (leader === undefined) return candidates;
    const equals = candidates.filter(({ tier, coolingForMs }) => tier === leader.tier && coolingForMs === undefined);
    const route = this.#byPrior.find((known) => equals.some((candidate) => candidate.route === known));
    const best = equals.find((candidate) => candidate.route === route);
    if (best === undefined || leader.score < best.score * LEAVE_AT) return candidates;
    return [best, ...candidates.filter((candidate) => candidate !== best)];
  }
}

function keepRoute({ routeKey, worth }: KeptRoute, choice: Choice, contenders: readonly Candidate[]): Choice {
  if (choice.route.key === routeKey) return choice;
  const kept = contenders.find(({ route, coolingForMs }) => route.key === routeKey && coolingForMs === undefined);
  const other = contenders.find(({ route }) => route === choice.route);
  if (kept === undefined || other === undefined || kept.score > other.score * worth) return choice;
  return { route: kept.route, because: "cache" };
}

function firstUsableTier(candidates: readonly Candidate[]): readonly Candidate[] {
  // Cooling candidates come last, and the others in the order of their tiers.
  const [first] = candidates;
  return first === undefined || first.coolingForMs !== undefined
    ? []
    : candidates.filter(({ tier }) => tier === first.tier);
}
