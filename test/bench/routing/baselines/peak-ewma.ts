import { type KnownRoute, leastOf, type Strategy } from "./strategy.ts";

const TAU_MS = 10_000;
const FAILURES_TO_DIE = 5;
const FIRST_DEATH_MS = 5_000;
const LONGEST_DEATH_MS = 300_000;
/** A failure in the protected version counts as so many priors, so that failing fast does not look fast. */
const FAILURE_PENALTY = 4;

interface Load {
  costMs: number;
  atMs: number;
  pending: number;
  failuresInARow: number;
  deaths: number;
  deadUntilMs: number;
}

/**
 * Peak-EWMA with the power of two choices, as Finagle has it: a moving average (10 s) that jumps to every peak, times the
 * requests under way, times the price; the better of two routes drawn by lot. By itself with Finagle's failure accrual:
 * five failures in a row make a route dead for 5 s to 5 min. Protected, the common cooldown takes its place, averages
 * start from the priors, and a failure is no fast answer.
 */
export class PeakEwma implements Strategy {
  readonly #routes: readonly KnownRoute[];
  readonly #loads: readonly Load[];
  readonly #random: () => number;
  readonly #protected: boolean;

  constructor(routes: readonly KnownRoute[], random: () => number, isProtected: boolean) {
    this.#routes = routes;
    this.#random = random;
    this.#protected = isProtected;
    this.#loads = routes.map(({ prior }) => ({
      costMs: isProtected ? prior.ttfbMs : 0,
      atMs: 0,
      pending: 0,
      failuresInARow: 0,
      deaths: 0,
      deadUntilMs: 0,
    }));
  }

  choose(among: readonly number[], nowMs: number, first: boolean): number {
    const living = among.filter((route) => nowMs >= this.#loads[route]!.deadUntilMs);
    if (living.length === 0) return leastOf(among, (route) => this.#loads[route]!.deadUntilMs);
    if (!first || living.length === 1) return leastOf(living, (route) => this.#load(route, nowMs));
    const one = Math.floor(this.#random() * living.length);
    const step = 1 + Math.floor(this.#random() * (living.length - 1));
    return leastOf([living[one]!, living[(one + step) % living.length]!], (route) => this.#load(route, nowMs));
  }

  started(route: number): void {
    this.#loads[route]!.pending += 1;
  }

  answered(route: number, ttfbMs: number, nowMs: number): void {
    const load = this.#loads[route]!;
    load.pending -= 1;
    load.failuresInARow = 0;
    load.deaths = 0;
    this.#observe(load, ttfbMs, nowMs);
  }

  failed(route: number, kind: "throttled" | "unavailable", nowMs: number): void {
    const load = this.#loads[route]!;
    load.pending -= 1;
    if (this.#protected) {
      this.#observe(load, FAILURE_PENALTY * this.#routes[route]!.prior.ttfbMs, nowMs);
      return;
    }
    this.#observe(load, kind === "throttled" ? 80 : 150, nowMs);
    load.failuresInARow += 1;
    if (load.failuresInARow < FAILURES_TO_DIE) return;
    load.failuresInARow = 0;
    const deadMs = Math.min(LONGEST_DEATH_MS, FIRST_DEATH_MS * 2 ** load.deaths);
    load.deadUntilMs = nowMs + deadMs * (0.5 + this.#random() / 2);
    load.deaths += 1;
  }

  late(route: number, elapsedMs: number, nowMs: number): void {
    this.#observe(this.#loads[route]!, elapsedMs, nowMs);
  }

  cutOff(route: number, elapsedMs: number, informative: boolean, nowMs: number): void {
    const load = this.#loads[route]!;
    load.pending -= 1;
    if (informative) this.#observe(load, elapsedMs, nowMs);
  }

  #observe(load: Load, valueMs: number, nowMs: number): void {
    const kept = Math.exp(-(nowMs - load.atMs) / TAU_MS);
    load.costMs = valueMs > load.costMs ? valueMs : load.costMs * kept + valueMs * (1 - kept);
    load.atMs = nowMs;
  }

  #load(route: number, nowMs: number): number {
    const load = this.#loads[route]!;
    const costMs = load.costMs * Math.exp(-(nowMs - load.atMs) / TAU_MS);
    // A route that was never measured: worth a try, but not a second one before the first has come back.
    if (costMs < 1e-9) return load.pending > 0 ? 1e15 + load.pending : 0;
    return costMs * (load.pending + 1) * this.#routes[route]!.relativePrice;
  }
}
