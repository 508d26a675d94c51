import type { Route } from "../types/route.ts";
import type { Clock } from "../util/clock.ts";
import type { Choice, Contender } from "./home-route.ts";

/** A route that was throttled keeps this much of its share of the requests. */
const KEPT = 0.5;
/** What an answer wins back, and all the answers of a second together: quotas are refilled by the minute. */
const REGAINED = 0.02;
/** Enough to notice that a quota was raised. */
const SMALLEST = 0.05;
/** Requests that were under way together are throttled together: they tell one thing. */
const BURST_MS = 1_000;

interface Share {
  share: number;
  cutAt: number;
  changedAt: number;
}

/**
 * How large a share of the requests each route can bear, learned from its throttles: halved by a throttle, regained
 * little by little with every answer (additive increase, multiplicative decrease). Quotas cannot be read while requests
 * run, and they count tokens as well as requests, so that what a route bears has to be tried.
 * @see https://doi.org/10.1016/0169-7552(89)90019-6 Chiu and Jain, Analysis of the increase and decrease algorithms
 */
export class CapacityShares {
  readonly #clock: Clock;
  readonly #random: () => number;
  /** Only routes that were throttled and have not regained everything. */
  readonly #shares: Map<string, Share> = new Map();

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  /** From 0.05 to 1. */
  shareOf(route: Route): number {
    return this.#shares.get(route.key)?.share ?? 1;
  }

  /**
   * Chooses for one request: the first route that its share falls to, else the one with the largest share. `undefined`
   * when no route is usable.
   * @param contenders - in the order in which they are preferred
   */
  choose(contenders: readonly Contender[]): Choice | undefined {
    let best: Contender | undefined;
    for (const contender of contenders) {
      if (contender.coolingForMs !== undefined) continue;
      const share = this.shareOf(contender.route);
      if (share >= 1 || this.#random() < share) return { route: contender.route, because: "share" };
      if (best === undefined || share > this.shareOf(best.route)) best = contender;
    }
    return best && { route: best.route, because: "share" };
  }

  /** The usable route that most requests go to. */
  likeliest(contenders: readonly Contender[]): Choice | undefined {
    const usable = contenders.filter(({ coolingForMs }) => coolingForMs === undefined);
    const shares = usable.map(({ route }) => this.shareOf(route));
    let left = 1;
    const chances = shares.map((share) => {
      const chance = left * share;
      left -= chance;
      return chance;
    });
    // Whoever no share was lucky for goes to the largest one.
    const largest = shares.indexOf(Math.max(...shares));
    chances[largest] = (chances[largest] ?? 0) + left;
    const likeliest = usable[chances.indexOf(Math.max(...chances))];
    return likeliest && { route: likeliest.route, because: "share" };
  }

  throttled({ key }: Route): void {
    const now = this.#clock.now();
    const known = this.#shares.get(key);
    if (known !== undefined && now - known.cutAt < BURST_MS) return;
    this.#shares.set(key, { share: Math.max(SMALLEST, (known?.share ?? 1) * KEPT), cutAt: now, changedAt: now });
  }

  answered({ key }: Route): void {
    if (this.#shares.size === 0) return;
    const known = this.#shares.get(key);
    if (known === undefined) return;
    const now = this.#clock.now();
    known.share += REGAINED * Math.min(1, (now - known.changedAt) / 1_000);
    known.changedAt = now;
    if (known.share >= 1) this.#shares.delete(key);
  }
}
