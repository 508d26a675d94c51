import { type KnownRoute, leastOf, type Strategy } from "./strategy.ts";

const WINDOW = 200;
const EXPLORATION = 0.25;
/** Spread of the logarithm of the latency, which scales the bonus of the unknown. */
const SIGMA = 0.4;
/** The prior counts as so many samples. */
const PRIOR_SAMPLES = 5;
const FAILURE_PENALTY = 5;

interface Arm {
  /** Logarithms of the latencies of the window, and at which of all samples they came. */
  readonly values: number[];
  readonly at: number[];
  sum: number;
  readonly logPrior: number;
  readonly logPrice: number;
}

/**
 * Sliding-window UCB (Garivier and Moulines, 2011) on the logarithm of latency × price: the route that would be best if
 * it were as good as its last 200 samples allow. A failure counts as five priors.
 */
export class SlidingWindowUcb implements Strategy {
  readonly #routes: readonly KnownRoute[];
  readonly #arms: readonly Arm[];
  #samples = 0;

  constructor(routes: readonly KnownRoute[]) {
    this.#routes = routes;
    this.#arms = routes.map(({ prior, relativePrice }) => ({
      values: [],
      at: [],
      sum: 0,
      logPrior: Math.log(prior.ttfbMs),
      logPrice: Math.log(relativePrice),
    }));
  }

  choose(among: readonly number[], _nowMs: number, first: boolean): number {
    const spent = Math.log(Math.min(this.#samples + 2, WINDOW));
    return leastOf(among, (route) => {
      const arm = this.#arms[route]!;
      this.#forget(arm);
      const count = arm.values.length + PRIOR_SAMPLES;
      const mean = (arm.sum + PRIOR_SAMPLES * arm.logPrior) / count;
      const bonus = first ? SIGMA * Math.sqrt((EXPLORATION * spent) / count) : 0;
      return mean + arm.logPrice - bonus;
    });
  }

  answered(route: number, ttfbMs: number): void {
    this.#note(route, ttfbMs);
  }

  failed(route: number, kind: "throttled" | "unavailable"): void {
    // A throttled route is no slower for it; its cooldown keeps requests away.
    if (kind === "unavailable") this.#note(route, FAILURE_PENALTY * this.#routes[route]!.prior.ttfbMs);
  }

  cutOff(route: number, elapsedMs: number, informative: boolean): void {
    if (informative) this.#note(route, elapsedMs);
  }

  #note(route: number, valueMs: number): void {
    const arm = this.#arms[route]!;
    arm.values.push(Math.log(valueMs));
    arm.at.push(this.#samples);
    arm.sum += Math.log(valueMs);
    this.#samples += 1;
  }

  #forget(arm: Arm): void {
    while (arm.at.length > 0 && arm.at[0]! < this.#samples - WINDOW) {
      arm.at.shift();
      arm.sum -= arm.values.shift()!;
    }
  }
}
