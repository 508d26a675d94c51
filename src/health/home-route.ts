import type { Candidate } from "../types/plan.ts";
import type { Route } from "../types/route.ts";
import type { Crowd } from "./fleet/fleet.ts";

/** A route that competes for the requests of its kind. */
export type Contender = Pick<Candidate, "route" | "score" | "coolingForMs" | "samples" | "ttfbMs" | "priorMs">;

/** What few choices ask for beyond the scores. */
export interface Standing {
  /** It has failed and not proved itself since. */
  isPostponed(route: Route): boolean;
  /** The same, and it is time for a trial that all processes of a fleet would hear of. */
  awaitsTrial(route: Route): boolean;
  /** When it was last measured; minus infinity when it never was. */
  lastSampleAt(route: Route): number;
}

/** Where a request goes first, and why. */
export interface Choice {
  readonly route: Route;
  readonly because: "home" | "probe" | "home-postponed" | "room" | "share" | "cache";
}

/**
 * Whether a request may leave home for the sake of learning: never, whenever it is due, or only while home is slower than
 * was expected, because its prompt is meant to be cached.
 */
export type MayProbe = boolean | "while-slow";

/** How much better another route must score before it takes over from the home route. */
const LEAVE_AT = 0.85;
/** Requests until another route is probed; doubling up to the longest interval. */
const PROBE_AFTER = 32;
const PROBE_AT_MOST_AFTER = 256;
/**
 * A home route that takes so many times longer than was expected of it makes a probe of an unmeasured route due at once:
 * either the requests are slow everywhere, or this route is, and one answer from elsewhere tells which.
 */
const EARLY_PROBE_AT = 1.5;
/** A probe, or a follow-up, that has not come back by then is forgotten. */
const PROBE_LIMIT_MS = 30_000;
/** Samples that settle whether a probe was right. */
const FOLLOW_UPS = 10;

interface Interval {
  since: number;
  every: number;
}

interface FollowUp {
  readonly route: Route;
  readonly since: number;
  /** Requests sent, with the probe: a busy client must not send all that comes to a route that it hardly knows. */
  sent: number;
  lastSentAt: number;
  good: number;
  bad: number;
}

/**
 * The route that requests of one model, workload and policy go to until another one is clearly better.
 *
 * 1. The home route starts as the *default*: the best by prior. It leaves the default only for a route that scores at
 *    least 15 % better, moves between others at 15 %, and returns as soon as the default is no worse. Otherwise noise
 *    would drift traffic to a route that is dearer and no faster.
 * 2. Now and then one ordinary request goes to another allowed route, to learn how that one is doing: after 32, 64, 128,
 *    then every 256 requests, at most one at a time. A route that has just lost its home is looked at again soon.
 * 3. A probe that beats the home route by the margin is followed up at once by ten requests at most, until their samples
 *    agree or the bad ones outweigh the good.
 * 4. With others at work in a fleet, who see the same, the home route moves after a random time, trials and probes are
 *    drawn by lot, and the fleet makes about as many as one process would.
 */
export class HomeRoute {
  readonly #default: Route;
  readonly #standing: Standing;
  readonly #intervals: Map<string, Interval> = new Map();
  #home: Route;
  #homeScore = Number.POSITIVE_INFINITY;
  #evicted = false;
  #askedAt = Number.NEGATIVE_INFINITY;
  #probe: { readonly route: Route; readonly at: number } | undefined;
  #follow: FollowUp | undefined;

  constructor(defaultRoute: Route, standing: Standing) {
    this.#default = defaultRoute;
    this.#standing = standing;
    this.#home = defaultRoute;
  }

  /** Where the requests go now. */
  get route(): Route {
    return this.#home;
  }

  /**
   * Chooses for one request. `undefined` when no route is usable.
   * @param contenders - the routes that compete by score
   * @param mayProbe - false when the request must not leave home for the sake of learning, because of a prompt cache
   * @param crowd - the other processes, while there are any at work
   */
  choose(contenders: readonly Contender[], nowMs: number, mayProbe: MayProbe, crowd?: Crowd): Choice | undefined {
    if (contenders.length === 0) return undefined;
    this.#settle(contenders, nowMs, crowd);
    return this.#probeDue(contenders, nowMs, mayProbe, crowd) ?? this.#usual(this.#home, contenders);
  }

  /** What the next request that is no probe would be told. Changes nothing. */
  preview(contenders: readonly Contender[]): Choice | undefined {
    return this.#usual(this.#homeAmong(contenders), contenders);
  }

  /** Whether a request on the route is a probe or the follow-up of one: it then deserves an early backup. */
  isProbing(route: Route): boolean {
    return this.#probe?.route === route || this.#follow?.route === route;
  }

  /**
   * A route was measured.
   * @returns since when the default is another one than before: a follow-up has confirmed its probe. Other routes keep
   * their older samples, or ten lucky ones would draw the requests away from the default.
   */
  measured(route: Route, score: number): number | undefined {
    if (route === this.#home) return undefined;
    const better = this.#takesOver({ route, score, samples: SURE }, this.#homeScore);
    if (this.#follow === undefined && this.#probe?.route === route) {
      const { at } = this.#probe;
      if (better) this.#follow = { route, since: at, sent: 1, lastSentAt: at, good: 1, bad: 0 };
      this.#probe = undefined;
    } else if (this.#follow?.route === route) {
      if (better) this.#follow.good += 1;
      else this.#follow.bad += 1;
      const { good, bad, since } = this.#follow;
      if (bad >= good || good + bad >= FOLLOW_UPS) this.#follow = undefined;
      if (bad < good && good + bad >= FOLLOW_UPS && route === this.#default) return since;
    }
    return undefined;
  }

  /** A probe failed or was late: that settles it. */
  dropProbe(route: Route): void {
    if (this.#probe?.route === route) this.#probe = undefined;
    if (this.#follow?.route === route) this.#follow = undefined;
  }

  /** The route has lost too many races to stay home. */
  evict(route: Route): void {
    if (route === this.#home) this.#evicted = true;
  }

  #settle(contenders: readonly Contender[], nowMs: number, crowd: Crowd | undefined): void {
    const home = this.#homeAmong(contenders);
    const sinceMs = nowMs - this.#askedAt;
    this.#askedAt = nowMs;
    const mayMove = this.#evicted || crowd === undefined || home === this.#home || crowd.mayMove(sinceMs);
    this.#evicted = false;
    if (home !== this.#home && mayMove) {
      // The route that was left is known by the samples that made it lose; it must soon be able to show better ones.
      this.#intervals.set(this.#home.key, { since: 0, every: PROBE_AFTER });
      this.#home = home;
    }
    this.#homeScore = scoreIn(contenders, this.#home);
  }

  /** Where the requests are at home as the scores stand now. */
  #homeAmong(contenders: readonly Contender[]): Route {
    const homeScore = scoreIn(contenders, this.#home);
    const others = contenders.filter(
      (other) => other.route !== this.#home && isUsable(other) && (this.#evicted || this.#takesOver(other, homeScore)),
    );
    // Of two routes that fell silent one after the other, the first must not take over from the second.
    const proven = others.filter(({ route }) => !this.#standing.isPostponed(route));
    const best = bestOf(proven) ?? (this.#evicted ? bestOf(others) : undefined);
    return best?.route ?? this.#home;
  }

  #usual(home: Route, contenders: readonly Contender[]): Choice | undefined {
    if (contenders.some((contender) => contender.route === home && isUsable(contender))) {
      return { route: home, because: "home" };
    }
    const best = bestOf(contenders.filter(isUsable));
    return best && { route: best.route, because: "home-postponed" };
  }

  #takesOver({ route, score, samples }: Pick<Contender, "route" | "score" | "samples">, homeScore: number): boolean {
    return route === this.#default ? score <= homeScore : score < homeScore * leaveAt(samples);
  }

  /** Counts the request, and makes it a probe or a follow-up when one is due. */
  #probeDue(
    contenders: readonly Contender[],
    nowMs: number,
    mayProbe: MayProbe,
    crowd: Crowd | undefined,
  ): Choice | undefined {
    const follow = this.#followUp(nowMs);
    if (mayProbe !== false && follow !== undefined && this.#mayFollow(follow)) {
      if (contenders.some((other) => other.route === follow.route && isUsable(other))) {
        follow.sent += 1;
        follow.lastSentAt = nowMs;
        return { route: follow.route, because: "probe" };
      }
    }
    if (this.#probe !== undefined && nowMs - this.#probe.at > PROBE_LIMIT_MS) this.#probe = undefined;
    const due = this.#routeDue(contenders, this.#probe === undefined && mayProbe, crowd);
    if (due === undefined) return undefined;
    const interval = this.#intervalOf(due);
    interval.since = 0;
    interval.every = Math.min(PROBE_AT_MOST_AFTER, interval.every * 2);
    this.#probe = { route: due, at: nowMs };
    return { route: due, because: "probe" };
  }

  /**
   * Where answers take long, all ten would be on their way before the first of them has shown that the probe was lucky. To
   * the default they may go: nothing is risked there.
   */
  #mayFollow(follow: FollowUp): boolean {
    if (follow.sent >= FOLLOW_UPS) return false;
    return follow.route === this.#default || outstanding(follow) < Math.max(AT_A_TIME, follow.good - follow.bad);
  }

  #followUp(nowMs: number): FollowUp | undefined {
    const follow = this.#follow;
    if (follow === undefined) return undefined;
    const overdue = outstanding(follow) > 0 && nowMs - follow.lastSentAt > PROBE_LIMIT_MS;
    if (overdue || follow.route === this.#home) this.#follow = undefined;
    return this.#follow;
  }

  /** Counts the request, and names the route that it may probe. */
  #routeDue(contenders: readonly Contender[], mayProbe: MayProbe, crowd: Crowd | undefined): Route | undefined {
    let due: Route | undefined;
    const home = contenders.find(({ route }) => route === this.#home);
    // Beside a route of which only the prior is known, any answer may look good.
    if (home !== undefined && home.samples === 0 && isUsable(home)) return undefined;
    const isSlow = home !== undefined && home.samples > 0 && home.ttfbMs > EARLY_PROBE_AT * home.priorMs;
    for (const contender of contenders) {
      const { route } = contender;
      if (route === this.#home) continue;
      const interval = this.#intervalOf(route);
      interval.since += 1;
      const isEarly = isSlow && contender.samples === 0;
      const isInTurn =
        crowd === undefined ? interval.since >= interval.every : this.#isDrawn(crowd, interval, contender, isSlow);
      const isDue = (isInTurn && (mayProbe === true || isSlow)) || (isEarly && crowd === undefined);
      if (mayProbe === false || !isDue || !isUsable(contender)) continue;
      if (due === undefined || this.#standing.lastSampleAt(route) < this.#standing.lastSampleAt(due)) due = route;
    }
    return due;
  }

  /** Whoever may be the trial of a route is its trial: nobody else will be for as long as the news takes. */
  #isDrawn(crowd: Crowd, { since, every }: Interval, { route, samples }: Contender, isSlow: boolean): boolean {
    if (this.#standing.awaitsTrial(route) || (isSlow && samples === 0)) return crowd.mayTry;
    return crowd.mayProbe ?? since >= every;
  }

  #intervalOf(route: Route): Interval {
    const known = this.#intervals.get(route.key);
    if (known !== undefined) return known;
    const fresh: Interval = { since: 0, every: PROBE_AFTER };
    this.#intervals.set(route.key, fresh);
    return fresh;
  }
}

function outstanding({ sent, good, bad }: FollowUp): number {
  return sent - good - bad;
}

/** Follow-ups under way at a time, until their answers speak for more. */
const AT_A_TIME = 4;

const SURE = 20;
/** A few answers can be lucky: the fewer there are, the better they must be. */
function leaveAt(samples: number): number {
  return LEAVE_AT - FEW_SAMPLES * Math.max(0, 1 - samples / SURE);
}
const FEW_SAMPLES = 0.15;

/** Not cooling, and no trial of it under way. */
function isUsable({ coolingForMs }: Contender): boolean {
  return coolingForMs === undefined;
}

function scoreIn(contenders: readonly Contender[], home: Route): number {
  return contenders.find(({ route }) => route === home)?.score ?? Number.POSITIVE_INFINITY;
}

function bestOf(contenders: readonly Contender[]): Contender | undefined {
  return contenders.reduce<Contender | undefined>(
    (best, contender) => (best === undefined || contender.score < best.score ? contender : best),
    undefined,
  );
}
