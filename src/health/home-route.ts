import type { Route } from "../route.ts";

/** A route as the choice of a home route sees it. */
export interface Contender {
  readonly route: Route;
  /** Lower is better. */
  readonly score: number;
  /** Not cooling, and no trial of it under way. */
  readonly usable: boolean;
  /** It has failed and not proved itself since. */
  readonly postponed: boolean;
  /** When it was last measured. */
  readonly lastSampleAt: number;
}

/** Where a request goes first, and why. */
export interface Choice {
  readonly route: Route;
  readonly because: "home" | "probe" | "home-postponed";
}

/** How much better another route must score before it takes over from the home route. */
const LEAVE_AT = 0.85;
/** Requests until another route is probed; doubling up to the longest interval. */
const PROBE_AFTER = 32;
const PROBE_AT_MOST_AFTER = 256;
/** A probe that has not come back by then is forgotten. */
const PROBE_LIMIT_MS = 30_000;
/** Samples that settle whether a probe was right. */
const FOLLOW_UPS = 10;

interface Interval {
  since: number;
  every: number;
}

/**
 * The route that requests of one model, workload and policy go to until another one is clearly better.
 *
 * 1. The home route starts as the *default*: the best by prior. It leaves the default only for a route that scores at
 *    least 15 % better, moves between others at 15 %, and returns as soon as the default is no worse. Otherwise noise
 *    would drift traffic to a route that is dearer and no faster.
 * 2. Now and then one ordinary request goes to another allowed route, to learn how that one is doing: after 32, 64, 128,
 *    then every 256 requests, at most one at a time. A route that has just lost its home is looked at again soon.
 * 3. A probe that beats the home route by the margin is followed up at once, until ten samples agree or the bad ones
 *    outweigh the good.
 */
export class HomeRoute {
  readonly #default: Route;
  readonly #intervals: Map<string, Interval> = new Map();
  #home: Route;
  #homeScore = Number.POSITIVE_INFINITY;
  #evicted = false;
  #probe: { readonly route: Route; readonly at: number } | undefined;
  #follow: { readonly route: Route; good: number; bad: number } | undefined;

  constructor(defaultRoute: Route) {
    this.#default = defaultRoute;
    this.#home = defaultRoute;
  }

  /** Where the requests go now. */
  get route(): Route {
    return this.#home;
  }

  /**
   * Chooses for one request.
   * @param contenders - the routes that compete by score, at least one
   * @param mayProbe - false when the request must not leave home for the sake of learning, because of a prompt cache
   */
  choose(contenders: readonly Contender[], nowMs: number, mayProbe: boolean): Choice | undefined {
    this.#settle(contenders);
    if (this.#follow?.route === this.#home) this.#follow = undefined;
    const followed = this.#follow?.route;
    if (mayProbe && followed !== undefined && contenders.some(({ route, usable }) => usable && route === followed)) {
      return { route: followed, because: "probe" };
    }
    const due = this.#routeDue(contenders);
    if (this.#probe !== undefined && nowMs - this.#probe.at > PROBE_LIMIT_MS) this.#probe = undefined;
    if (mayProbe && due !== undefined && this.#probe === undefined) {
      const interval = this.#intervalOf(due);
      interval.since = 0;
      interval.every = Math.min(PROBE_AT_MOST_AFTER, interval.every * 2);
      this.#probe = { route: due, at: nowMs };
      return { route: due, because: "probe" };
    }
    if (contenders.some(({ route, usable }) => usable && route === this.#home))
      return { route: this.#home, because: "home" };
    const other = bestOf(contenders.filter(({ usable }) => usable));
    return other === undefined ? undefined : { route: other.route, because: "home-postponed" };
  }

  /** Whether a request on the route is a probe or the follow-up of one: it then deserves an early backup. */
  isProbing(route: Route): boolean {
    return this.#probe?.route === route || this.#follow?.route === route;
  }

  /** A route was measured. */
  measured(route: Route, score: number): void {
    if (route === this.#home) return;
    const better = score < this.#homeScore * LEAVE_AT;
    if (this.#follow === undefined && this.#probe?.route === route) {
      if (better) this.#follow = { route, good: 1, bad: 0 };
      this.#probe = undefined;
    } else if (this.#follow?.route === route) {
      if (better) this.#follow.good += 1;
      else this.#follow.bad += 1;
      const { good, bad } = this.#follow;
      if (bad >= good || good + bad >= FOLLOW_UPS) this.#follow = undefined;
    }
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
      const refuge = bestOf(others.filter(({ usable }) => usable));
      if (refuge !== undefined) this.#move(refuge);
      return;
    }
    const better = others.filter(
      ({ route, score, usable, postponed }) =>
        usable && !postponed && score < this.#homeScore * (route === this.#default ? 1 : LEAVE_AT),
    );
    const best = bestOf(better);
    if (best !== undefined) this.#move(best);
  }

  #move(to: Contender): void {
    // The route that was left is known by the samples that made it lose; it must soon be able to show better ones.
    this.#intervals.set(this.#home.key, { since: 0, every: PROBE_AFTER });
    this.#home = to.route;
    this.#homeScore = to.score;
  }

  #routeDue(contenders: readonly Contender[]): Route | undefined {
    let due: Contender | undefined;
    for (const contender of contenders) {
      if (contender.route === this.#home) continue;
      const interval = this.#intervalOf(contender.route);
      interval.since += 1;
      if (interval.since < interval.every || !contender.usable) continue;
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
