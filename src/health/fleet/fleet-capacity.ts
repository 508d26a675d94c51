/** What a route did in five seconds, over all processes. */
export interface RouteCounts {
  readonly answered: number;
  readonly throttled: number;
}

/** What a throttle leaves of the rate, and by how much five seconds without one raise it. */
const KEPT = 0.85;
const REGAINED = 1.02;
/** Weight of the latest five seconds in what a route answers. */
const NEWEST = 0.34;
/** One burst of throttles does not cost more than this share of what was answered meanwhile. */
const LEAST_KEPT = 0.7;
/** Enough to notice that a quota was raised. */
const SLOWEST = 0.05;

/**
 * The requests a second that a route can bear, from what the fleet has counted of it: additive increase, multiplicative
 * decrease. Whoever has read the same counts has the same estimate, and nobody has to tell it. Infinity while there was no
 * throttle.
 * @param buckets - the oldest first, each of so many milliseconds; the last one has just begun
 * @see https://doi.org/10.1016/0169-7552(89)90019-6 Chiu and Jain, Analysis of the increase and decrease algorithms
 */
export function bearableRate(buckets: readonly RouteCounts[], bucketMs: number): number {
  let rate = Number.POSITIVE_INFINITY;
  let usual = 0;
  buckets.forEach(({ answered, throttled }, place) => {
    const isOver = place < buckets.length - 1;
    if (isOver) usual += Math.max(NEWEST, 1 / (place + 1)) * ((1_000 * answered) / bucketMs - usual);
    if (throttled > 0) rate = Math.max(Math.min(rate, Math.max(usual, SLOWEST)) * KEPT, usual * LEAST_KEPT);
    else if (isOver) rate *= REGAINED;
  });
  return rate;
}
