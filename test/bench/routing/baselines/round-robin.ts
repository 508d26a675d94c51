import type { Strategy } from "./strategy.ts";

/** Every request to the next route in turn, and to the one after it on failure, as AI gateways balance load. */
export class RoundRobin implements Strategy {
  readonly #count: number;
  #last = -1;

  constructor(count: number) {
    this.#count = count;
  }

  choose(among: readonly number[], _nowMs: number, first: boolean): number {
    const [next] = [...among].sort((a, b) => this.#stepsTo(a) - this.#stepsTo(b));
    if (first) this.#last = next!;
    return next!;
  }

  #stepsTo(route: number): number {
    return (route - this.#last - 1 + this.#count) % this.#count;
  }
}
