import type { Route } from "../types/route.ts";

/** A route as the choice of a home route sees it. */
export interface Contender {
  readonly route: Route;
  /** Lower is better. */
  readonly score: number;
  /** Not cooling, and no trial of it under way. */
  readonly usable: boolean;
  /** It has failed and not proved itself since. */
  readonly postponed: boolean;
  /** It is cooling because it was throttled. */
  readonly throttled: boolean;
  /** When it was last measured. */
  readonly lastSampleAt: number;
}

/** Where a request goes first, and why. */
export interface Choice {
  readonly route: Route;
  readonly because: "home" | "probe" | "home-postponed" | "share";
}

/** How much better another route must score before it takes over from the home route. */
const LEAVE_AT = 0.85;
/** Requests until another route is probed; doubling up to the longest interval. */
const PROBE_AFTER = 32;
const PROBE_AT_MOST_AFTER = 256;
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
 */
export class HomeRoute {
  readonly #default: Route;
  readonly #intervals: Map<string, Interval> = new Map();
  #home: Route;
  #homeScore = Number.POSITIVE_INFINITY;
  #evicted = false;
  #probe: { readonly route: Route; readonly at: number } | undefined;
  #follow: FollowUp | undefined;

  constructor(defaultRoute: Route) {
    this.#default = defaultRoute;
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
   */
  choose(contenders: readonly Contender[], nowMs: number, mayProbe: boolean): Choice | undefined {
    if (contenders.length === 0) return undefined;
    this.#settle(contenders);
    const isUsable = (wanted: Route): boolean => contenders.some(({ route, usable }) => usable && route === wanted);
    const follow = this.#followUp(nowMs);
    if (mayProbe && follow !== undefined && follow.sent < FOLLOW_UPS && isUsable(follow.route)) {
      follow.sent += 1;
      follow.lastSentAt = nowMs;
      return { route: follow.route, because: "probe" };
    }
    if (this.#probe !== undefined && nowMs - this.#probe.at > PROBE_LIMIT_MS) this.#probe = undefined;
    const due = this.#routeDue(contenders, mayProbe && this.#probe === undefined);
    if (due !== undefined) {
      const interval = this.#intervalOf(due);
      interval.since = 0;
      interval.every = Math.min(PROBE_AT_MOST_AFTER, interval.every * 2);
      this.#probe = { route: due, at: nowMs };
      return { route: due, because: "probe" };
    }
    if (isUsable(this.#home)) return { route: this.#home, because: "home" };
    const usable = contenders.filter((contender) => contender.usable);
    const best = bestOf(usable);
    // Another kind of route in the same Region has a quota of its own and is no further away.
    const isThrottled = contenders.some(({ route, throttled }) => route === this.#home && throttled);
    const near = isThrottled ? bestOf(usable.filter((other) => this.#isNear(other))) : undefined;
    const other = near !== undefined && best !== undefined && best.score >= near.score * LEAVE_AT ? near : best;
    return other === undefined ? undefined : { route: other.route, because: "home-postponed" };
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
    const better = this.#takesOver({ route, score });
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

  #settle(contenders: readonly Contender[]): void {
    const home = contenders.find(({ route }) => route === this.#home);
    this.#homeScore = home?.score ?? Number.POSITIVE_INFINITY;
    const others = contenders.filter(({ route }) => route !== this.#home);
    if (this.#evicted) {
      this.#evicted = false;
      const usable = others.filter((other) => other.usable);
      // Of two routes that fell silent one after the other, the first must not take over from the second.
      const refuge = bestOf(usable.filter(({ postponed }) => !postponed)) ?? bestOf(usable);
      if (refuge !== undefined) this.#move(refuge);
      return;
    }
    const best = bestOf(others.filter((other) => other.usable && this.#takesOver(other) && !other.postponed));
    if (best !== undefined) this.#move(best);
  }

  #isNear({ route }: Contender): boolean {
    return route.sourceRegion === this.#home.sourceRegion;
  }

  #takesOver({ route, score }: Pick<Contender, "route" | "score">): boolean {
    return route === this.#default ? score <= this.#homeScore : score < this.#homeScore * LEAVE_AT;
  }

  #followUp(nowMs: number): FollowUp | undefined {
    const follow = this.#follow;
    if (follow === undefined) return undefined;
    const overdue = follow.sent >= FOLLOW_UPS && nowMs - follow.lastSentAt > PROBE_LIMIT_MS;
    if (overdue || follow.route === this.#home) this.#follow = undefined;
    return this.#follow;
  }

  #move(to: Contender): void {
    // The route that was left is known by the samples that made it lose; it must soon be able to show better ones.
    this.#intervals.set(this.#home.key, { since: 0, every: PROBE_AFTER });
    this.#home = to.route;
    this.#homeScore = to.score;
  }

  /** Counts the request, and names the route that it may probe. */
  #routeDue(contenders: readonly Contender[], mayProbe: boolean): Route | undefined {
    let due: Contender | undefined;
    for (const contender of contenders) {
      if (contender.route === this.#home) continue;
      const interval = this.#intervalOf(contender.route);
      interval.since += 1;
      if (!mayProbe || interval.since < interval.every || !contender.usable) continue;
      if (due === undefined || contender.lastSampleAt < due.lastSampleAt) due = contender;
    }
    return due?.route;
  }

  #intervalOf(route: Route): Interval {
    const known = this.#intervals.get(route.key);
    if (known !== undefined) return known;
    const fresh: Interval = { since: 0, every: PROBE_AFTER };
    this.#intervals.set(route.key, fresh);
    return fresh;
  }
}

function bestOf(contenders: readonly Contender[]): Contender | undefined {
  return contenders.reduce<Contender | undefined>(
    (best, contender) => (best === undefined || contender.score < best.score ? contender : best),
    undefined,
  );
}
