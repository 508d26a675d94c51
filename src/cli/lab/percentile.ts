/**
 * The median: the middle value, or the mean of the two middle ones. `sorted` ascending; NaN when it is empty.
 */
export function median(sorted: readonly number[]): number {
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}

/**
 * A percentile by nearest rank: the smallest value that at least that share of the values does not exceed. With fewer
 * than 100 values the 99th percentile is therefore the largest one. `sorted` ascending; NaN when it is empty.
 */
export function percentile(sorted: readonly number[], percent: number): number {
  if (percent === 50) return median(sorted);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length - 1e-9) - 1)] ?? Number.NaN;
}

/** A sorted copy. */
export function ascending(values: readonly number[]): readonly number[] {
  return [...values].sort((a, b) => a - b);
}

/**
 * Spread of the natural logarithm, from the middle half of the values, so that a tail does not inflate it. 0 for fewer
 * than four values.
 */
export function logSpread(sorted: readonly number[]): number {
  if (sorted.length < 4) return 0;
  const quartiles = Math.log(percentile(sorted, 75)) - Math.log(percentile(sorted, 25));
  return Math.round((quartiles / QUARTILES_OF_NORMAL) * 10_000) / 10_000;
}

/** Distance between the quartiles of a normal distribution, in standard deviations. */
const QUARTILES_OF_NORMAL = 1.349;
