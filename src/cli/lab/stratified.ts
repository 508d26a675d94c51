/**
 * Random numbers for the simulator's latencies, spread evenly: of the runs of a route each gets another slice of the
 * distribution, in a shuffled order. Thirty independent draws would miss a median by eight per cent one time in three,
 * and say nothing about the route; these meet it.
 */
export interface Stratified {
  /** The source of random numbers of the next request of a route. */
  next(route: string): () => number;
}

/**
 * @param runs - how many counted requests of each route make one full round of slices
 * @param warmups - how many requests of each route come before those, and draw independently
 * @param done - how many counted requests a route has had in an earlier part of the run
 * @param draw - a number in [0, 1) that depends on its keys alone
 */
export function stratified(
  runs: number,
  warmups: number,
  done: (route: string) => number,
  draw: (...keys: readonly (string | number)[]) => number,
): Stratified {
  const used = new Map<string, number>();
  const orders = new Map<string, readonly number[]>();
  const slice = (route: string, use: string, index: number): number => {
    const key = `${route} ${use} ${Math.floor(index / runs)}`;
    const order = orders.get(key) ?? shuffled(runs, (place) => draw(key, place));
    orders.set(key, order);
    return (order[index % runs]! + 0.5) / runs;
  };
  return {
    next(route) {
      const request = used.get(route) ?? 0;
      used.set(route, request + 1);
      let place = 0;
      if (request < warmups) return () => draw(route, "warm-up", request, place++);
      const index = request - warmups + done(route);
      const z = normalQuantile(slice(route, "spread", index));
      // The simulator makes a normal deviate of two numbers by Box and Muller's rule: these give exactly z.
      const numbers = [1 - Math.exp((-z * z) / 2), z < 0 ? 0.5 : 0, slice(route, "tail", index)];
      return () => numbers[place++] ?? draw(route, index, place);
    },
  };
}

function shuffled(size: number, random: (place: number) => number): readonly number[] {
  const order = Array.from({ length: size }, (_, index) => index);
  for (let place = size - 1; place > 0; place -= 1) {
    const other = Math.floor(random(place) * (place + 1));
    [order[place], order[other]] = [order[other]!, order[place]!];
  }
  return order;
}

/** Quantile of the standard normal distribution, by bisection of its distribution function: this is no hot path. */
export function normalQuantile(probability: number): number {
  let low = -9;
  let high = 9;
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (normalShare(middle) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Share of the standard normal distribution below `z`, good to 1.5e-7. @see Abramowitz and Stegun, formula 7.1.26 */
function normalShare(z: number): number {
  const t = 1 / (1 + (0.3275911 * Math.abs(z)) / Math.SQRT2);
  const polynomial = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const tail = (polynomial * Math.exp((-z * z) / 2)) / 2;
  return z < 0 ? tail : 1 - tail;
}
