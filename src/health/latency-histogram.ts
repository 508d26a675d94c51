// The package's index loads a WebAssembly module and a compression library that plain recording never uses.
import histogramModule from "hdr-histogram-js/dist/Int32Histogram.js";
import type { Percentiles } from "../types/statistics.ts";

/** An HDR histogram of hdr-histogram-js: 32-bit counts, two significant digits, 1 ms to 10 minutes. */
export type HdrHistogram = InstanceType<typeof histogramModule>;

// CommonJS default export: Node hands over `module.exports`, a bundler may already have unwrapped it.
const Int32Histogram: typeof histogramModule =
  (histogramModule as unknown as { default?: typeof histogramModule }).default ?? histogramModule;

const LOWEST_MS = 1;
const HIGHEST_MS = 600_000;
const SIGNIFICANT_DIGITS = 2;

/** The buckets of a histogram that hold anything: index and count, by ascending index, and the exact extremes. */
export interface Buckets {
  readonly entries: readonly (readonly [index: number, count: number])[];
  readonly min: number;
  readonly max: number;
}

/**
 * An HDR histogram of durations from 1 ms to 10 minutes with two significant digits (7 KB).
 * @see https://github.com/HdrHistogram/HdrHistogramJS
 */
export class LatencyHistogram {
  #histogram: HdrHistogram | undefined;

  /** Records a duration, clamped to the range. Not-a-number is refused: it would corrupt every later percentile. */
  record(durationMs: number): void {
    if (Number.isNaN(durationMs)) return;
    this.#histogram ??= emptyHistogram();
    this.#histogram.recordValue(Math.round(Math.min(HIGHEST_MS, Math.max(LOWEST_MS, durationMs))));
  }

  percentiles(): Percentiles {
    const histogram = this.#histogram;
    if (histogram === undefined) return EMPTY;
    const max = histogram.maxValue;
    // A percentile is the upper end of its bucket, which the largest sample need not reach.
    const percentile = (percent: number): number => Math.min(max, histogram.getValueAtPercentile(percent));
    return Object.freeze({
      count: histogram.totalCount,
      min: histogram.minNonZeroValue,
      mean: Math.round(histogram.mean * 10) / 10,
      p50: percentile(50),
      p90: percentile(90),
      p95: percentile(95),
      p99: percentile(99),
      max,
    });
  }

  /** A copy of the HDR histogram itself. */
  copy(): HdrHistogram {
    const copy = emptyHistogram();
    if (this.#histogram !== undefined) copy.add(this.#histogram);
    return copy;
  }

  buckets(): Buckets {
    const histogram = this.#histogram;
    if (histogram === undefined) return { entries: [], min: 0, max: 0 };
    const entries: [number, number][] = [];
    for (let index = 0; index < histogram.countsArrayLength; index += 1) {
      const count = histogram.getCountAtIndex(index);
      if (count > 0) entries.push([index, count]);
    }
    return { entries, min: histogram.minNonZeroValue, max: histogram.maxValue };
  }

  /**
   * Adds the buckets of another histogram of the same shape.
   * @throws RangeError for buckets that this shape does not have
   */
  addBuckets({ entries, min, max }: Buckets): void {
    if (entries.length === 0) return;
    const histogram = this.#histogram ?? emptyHistogram();
    for (const [index] of entries) {
      if (!(index >= 0 && index < histogram.countsArrayLength)) throw new RangeError(`No bucket ${index}`);
    }
    const last = entries.length - 1;
    entries.forEach(([index, count], place) => {
      // The extremes are known exactly; within a bucket every value counts the same.
      const floor = histogram.valueFromIndex(index);
      const exact = place === last ? max : place === 0 ? min : floor;
      const value = histogram.lowestEquivalentValue(exact) === histogram.lowestEquivalentValue(floor) ? exact : floor;
      histogram.recordValueWithCount(Math.max(LOWEST_MS, value), count);
    });
    this.#histogram = histogram;
  }
}

function emptyHistogram(): HdrHistogram {
  return new Int32Histogram(LOWEST_MS, HIGHEST_MS, SIGNIFICANT_DIGITS);
}

const EMPTY: Percentiles = Object.freeze({ count: 0, min: 0, mean: 0, p50: 0, p90: 0, p95: 0, p99: 0, max: 0 });
