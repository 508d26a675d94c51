/** A statistic with its interval of confidence. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Share of the intervals that hold the true value, if the calls were independent. */
export const CONFIDENCE = 0.95;
/** Resamples behind an interval. */
export const RESAMPLES = 4_000;

/**
 * The percentile bootstrap of a statistic of two independent samples: both are drawn anew, with replacement, as often as
 * {@link RESAMPLES} says; the interval holds the middle {@link CONFIDENCE} of what the statistic was. Seeded, so that
 * the same calls always give the same interval.
 * @see Efron and Tibshirani, An Introduction to the Bootstrap, chapter 13
 */
export function bootstrap(
  first: readonly number[],
  second: readonly number[],
  statistic: (first: readonly number[], second: readonly number[]) => number,
  seed = 1,
): Interval {
  const random = mulberry32(seed);
  const values = new Float64Array(RESAMPLES);
  for (let index = 0; index < RESAMPLES; index += 1) {
    values[index] = statistic(resample(first, random), resample(second, random));
  }
  values.sort();
  const cut = (1 - CONFIDENCE) / 2;
  return Object.freeze({
    value: statistic(first, second),
    low: values[Math.floor(cut * RESAMPLES)] ?? Number.NaN,
    high: values[Math.ceil((1 - cut) * RESAMPLES) - 1] ?? Number.NaN,
  });
}

/** The exact interval of a share (Clopper–Pearson), for "3 of 30 calls" and the like. */
export function shareInterval(hits: number, calls: number): Interval {
  const cut = (1 - CONFIDENCE) / 2;
  return Object.freeze({
    value: hits / calls,
    low: hits === 0 ? 0 : bisect((share) => atLeast(hits, calls, share) - cut),
    high: hits === calls ? 1 : bisect((share) => cut - (1 - atLeast(hits + 1, calls, share))),
  });
}

/** A resample of an ascending list, ascending as well: indexes are counted, not sorted. */
function resample(sorted: readonly number[], random: () => number): readonly number[] {
  const size = sorted.length;
  const counts = new Uint32Array(size);
  for (let draw = 0; draw < size; draw += 1) counts[Math.floor(random() * size)]! += 1;
  const drawn: number[] = [];
  for (let index = 0; index < size; index += 1) {
    for (let count = counts[index] ?? 0; count > 0; count -= 1) drawn.push(sorted[index]!);
  }
  return drawn;
}

/** Probability of at least `hits` hits in `calls` calls. */
function atLeast(hits: number, calls: number, share: number): number {
  let sum = 0;
  let logChoose = 0;
  for (let count = 0; count < hits; count += 1) {
    sum += Math.exp(logChoose + count * Math.log(share) + (calls - count) * Math.log1p(-share));
    logChoose += Math.log((calls - count) / (count + 1));
  }
  return 1 - sum;
}

/** Where a rising function crosses 0 between 0 and 1. */
function bisect(rising: (share: number) => number): number {
  let low = 0;
  let high = 1;
  for (let step = 0; step < 50; step += 1) {
    const middle = (low + high) / 2;
    if (rising(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** A small generator of evenly spread numbers in [0, 1). @see https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
