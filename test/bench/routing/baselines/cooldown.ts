const BASE_MS = 5_000;
const AFTER_LOST_RACES_MS = 10_000;
const CAP_MS = 60_000;
const LOST_RACES = 2;

interface RouteCooldown {
  untilMs: number;
  level: number;
  /** It has failed and not answered since. */
  closed: boolean;
  onTrial: boolean;
  lostRaces: number;
}

/**
 * The cooldown that protects a baseline: 5 s after a throttle or an error, doubling to 60 s, then one trial; 10 s after
 * two lost races in a row. It is advice: the executor uses a cooling route before it gives up.
 */
export class Cooldown {
  readonly #random: () => number;
  readonly #routes: readonly RouteCooldown[];

  constructor(routes: number, random: () => number) {
    this.#random = random;
    this.#routes = Array.from({ length: routes }, () => ({
      untilMs: 0,
      level: 0,
      closed: false,
      onTrial: false,
      lostRaces: 0,
    }));
  }

  isUsable(route: number, nowMs: number): boolean {
    const { untilMs, closed, onTrial } = this.#routes[route]!;
    return nowMs >= untilMs && !(closed && onTrial);
  }

  untilMs(route: number): number {
    return this.#routes[route]!.untilMs;
  }

  started(route: number, nowMs: number): void {
    const state = this.#routes[route]!;
    if (state.closed && nowMs >= state.untilMs) state.onTrial = true;
  }

  answered(route: number, nowMs: number): void {
    const state = this.#routes[route]!;
    state.lostRaces = 0;
    if (nowMs < state.untilMs) return;
    state.closed = false;
    state.onTrial = false;
    state.level = 0;
  }

  cutOff(route: number): void {
    this.#routes[route]!.onTrial = false;
  }

  lostRace(route: number, nowMs: number): void {
    const state = this.#routes[route]!;
    state.onTrial = false;
    state.lostRaces += 1;
    if (!state.closed && state.lostRaces < LOST_RACES) return;
    state.lostRaces = 0;
    this.#cool(state, nowMs, AFTER_LOST_RACES_MS);
  }

  failed(route: number, nowMs: number): void {
    this.#cool(this.#routes[route]!, nowMs, BASE_MS);
  }

  #cool(state: RouteCooldown, nowMs: number, baseMs: number): void {
    // Stragglers of the burst that closed the route must not prolong its cooldown.
    if (nowMs < state.untilMs) return;
    state.level += 1;
    const grownMs = Math.min(CAP_MS, baseMs * 2 ** (state.level - 1));
    state.untilMs = nowMs + grownMs * (0.8 + 0.4 * this.#random());
    state.closed = true;
    state.onTrial = false;
  }
}
