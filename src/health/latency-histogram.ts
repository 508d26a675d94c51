// The package's index loads a WebAssembly module and a compression library that plain recording never uses.
import histogramModule from "hdr-histogram-js/dist/Int32Histogram.js";
import type { Percentiles } from "../statistics.ts";

type HdrHistogram = InstanceType<typeof histogramModule>;

// CommonJS default export: Node hands over `module.exports`, a bundler may already have unwrapped it.
const Int32Histogram: typeof histogramModule =
  (histogramModule as unknown as { default?: typeof histogramModule }).default ?? histogramModule;

const LOWEST_MS = 1;
const HIGHEST_MS = 600_000;
const SIGNIFICANT_DIGITS = 2;

/**
 * An HDR histogram of durations from 1 ms to 10 minutes with two significant digits (7 KB).
 * @see https://github.com/HdrHistogram/HdrHistogramJS
 */
export class LatencyHistogram {
  #histogram: HdrHistogram | undefined;

  /** Records a duration, clamped to the range. Not-a-number is refused: it would corrupt every later percentile. */
  record(durationMs: number): void {
    if (Number.isNaN(durationMs)) return;
    this.#histogram ??= new Int32Histogram(LOWEST_MS, HIGHEST_MS, SIGNIFICANT_DIGITS);
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
}

const EMPTY: Percentiles = Object.freeze({ count: 0, min: 0, mean: 0, p50: 0, p90: 0, p95: 0, p99: 0, max: 0 });
