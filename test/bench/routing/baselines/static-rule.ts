import { type KnownRoute, leastOf, type Strategy } from "./strategy.ts";

/** One order for ever: the route that the lab's rule names, then the others by prior and price. */
export class StaticRule implements Strategy {
  readonly #routes: readonly KnownRoute[];
  readonly #first: number;

  constructor(routes: readonly KnownRoute[], first: number) {
    this.#routes = routes;
    this.#first = first;
  }

  choose(among: readonly number[]): number {
    return leastOf(among, (route) => {
      const { prior, relativePrice } = this.#routes[route]!;
      return route === this.#first ? 0 : prior.ttfbMs * relativePrice;
    });
  }
}
