import type Int32Histogram from "hdr-histogram-js/dist/Int32Histogram.js";
import type { Percentiles, RouteHistogram } from "../types/statistics.ts";

/** An HDR histogram of hdr-histogram-js: 32-bit counts, two significant digits, 1 ms to 10 minutes. */
export type HdrHistogram = Int32Histogram;

const LOWEST_MS = 1;
const HIGHEST_MS = 600_000;
const SIGNIFICANT_DIGITS = 2;

/** Buckets of one octave. Two significant digits take 100, and HDR histograms divide by powers of two. */
const PER_OCTAVE = 128;
/** Below this, each millisecond has a bucket of its own. */
const EXACT_MS = 2 * PER_OCTAVE;
/** As many as it takes to reach the highest duration, and the rest of its octave. */
const BUCKETS = 14 * PER_OCTAVE;

/** The buckets of a histogram that hold anything: index and count, by ascending index, and the exact extremes. */
export interface Buckets {
  readonly entries: readonly (readonly [index: number, count: number])[];
  readonly min: number;
  readonly max: number;
}

/**
 * Counts of durations from 1 ms to 10 minutes in the buckets of an HDR histogram with two significant digits. Only the
 * range that is in use is kept: the answers of one route lie within a few octaves, a whole histogram takes 7 KB. The
 * library is loaded when somebody asks for a histogram of its own kind.
 * @see https://github.com/HdrHistogram/HdrHistogramJS
 */
export class LatencyHistogram implements RouteHistogram {
  /** Of the buckets from `#from` on. */
  #counts: Uint16Array | Uint32Array = NO_COUNTS;
  #from = 0;
  #total = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = 0;

  /** Records a duration, clamped to the range. Not-a-number is refused: it would corrupt every later percentile. */
  record(durationMs: number): void {
    if (Number.isNaN(durationMs)) return;
    const ms = Math.round(Math.min(HIGHEST_MS, Math.max(LOWEST_MS, durationMs)));
    this.#count(indexOf(ms), 1);
    this.#extend(ms);
  }

  get totalCount(): number {
    return this.#total;
  }

  get minNonZeroValue(): number {
    return this.#total === 0 ? 0 : this.#min;
  }

  get maxValue(): number {
    return this.#max;
  }

  get mean(): number {
    let sum = 0;
    for (const [index, count] of this.buckets().entries) sum += count * middleOf(index);
    return this.#total === 0 ? 0 : sum / this.#total;
  }

  getValueAtPercentile(percentile: number): number {
    const share = (Math.min(percentile, 100) * this.#total) / 100;
    // What is a whole number may come out a little above it, and must not skip a sample.
    const rank = Math.max(1, Math.ceil(share * (1 - Number.EPSILON)));
    let counted = 0;
    for (const [place, count] of this.#counts.entries()) {
      counted += count;
      // The upper end of a bucket, which the longest need not reach.
      if (counted >= rank) return Math.min(this.#max, floorOf(this.#from + place + 1) - 1);
    }
    return this.#max;
  }

  percentiles(): Percentiles {
    if (this.#total === 0) return EMPTY;
    return Object.freeze({
      count: this.#total,
      min: this.#min,
      mean: Math.round(this.mean * 10) / 10,
      p50: this.getValueAtPercentile(50),
      p90: this.getValueAtPercentile(90),
      p95: this.getValueAtPercentile(95),
      p99: this.getValueAtPercentile(99),
      max: this.#max,
    });
  }

  copy(): LatencyHistogram {
    const copy = new LatencyHistogram();
    copy.#counts = this.#counts.slice();
    copy.#from = this.#from;
    copy.#total = this.#total;
    copy.#min = this.#min;
    copy.#max = this.#max;
    return copy;
  }

  /** The same counts as a histogram of hdr-histogram-js. */
  async toHdr(): Promise<HdrHistogram> {
    // As it is now, not once the library is there.
    const { entries, min, max } = this.buckets();
    const hdr = await emptyHdr();
    const last = entries.length - 1;
    entries.forEach(([index, count], place) => {
      // The extremes are known exactly; within a bucket every value counts the same.
      const value = place === 0 ? min : place === last ? max : floorOf(index);
      const isOnly = last === 0 && count > 1;
      if (isOnly) hdr.recordValue(max);
      hdr.recordValueWithCount(value, isOnly ? count - 1 : count);
    });
    return hdr;
  }

  buckets(): Buckets {
    if (this.#total === 0) return { entries: [], min: 0, max: 0 };
    const entries: [number, number][] = [];
    for (const [place, count] of this.#counts.entries()) if (count > 0) entries.push([this.#from + place, count]);
    return { entries, min: this.#min, max: this.#max };
  }

  /**
   * Adds the buckets of another histogram of the same shape.
   * @throws RangeError for buckets that this shape does not have
   */
  addBuckets({ entries, min, max }: Buckets): void {
    for (const [index] of entries) if (!(index >= 0 && index < BUCKETS)) throw new RangeError(`No bucket ${index}`);
    const last = entries.length - 1;
    entries.forEach(([index, count], place) => {
      this.#count(Math.max(LOWEST_MS, index), count);
      // An extreme counts where it is said to be; else nothing is known but the bucket.
      const low = place === 0 && isIn(min, index) ? min : undefined;
      const high = place === last && isIn(max, index) ? max : undefined;
      this.#extend(Math.max(LOWEST_MS, low ?? high ?? floorOf(index)));
      this.#extend(Math.max(LOWEST_MS, high ?? low ?? floorOf(index)));
    });
  }

  #count(index: number, count: number): void {
    if (index < this.#from || index >= this.#from + this.#counts.length) this.#cover(index);
    const place = index - this.#from;
    const counted = (this.#counts[place] ?? 0) + count;
    if (counted > MOST_IN_16_BITS && this.#counts instanceof Uint16Array) this.#counts = Uint32Array.from(this.#counts);
    this.#counts[place] = counted;
    this.#total += count;
  }

  #extend(ms: number): void {
    if (ms < this.#min) this.#min = ms;
    if (ms > this.#max) this.#max = ms;
  }

  /** Makes room for a bucket, and for some beside it. */
  #cover(index: number): void {
    const [from, to] = this.#total === 0 ? [index, index] : [this.#from, this.#from + this.#counts.length - 1];
    const first = Math.floor(Math.min(from, index) / ROOM) * ROOM;
    const end = Math.floor(Math.max(to, index) / ROOM + 1) * ROOM;
    const counts = this.#counts instanceof Uint16Array ? new Uint16Array(end - first) : new Uint32Array(end - first);
    counts.set(this.#counts, this.#total === 0 ? 0 : this.#from - first);
    this.#counts = counts;
    this.#from = first;
  }
}

/** Buckets that are made at once: a quarter of an octave. */
const ROOM = 32;
const MOST_IN_16_BITS = 0xffff;
const NO_COUNTS: Uint16Array = new Uint16Array(0);
const EMPTY: Percentiles = Object.freeze({ count: 0, min: 0, mean: 0, p50: 0, p90: 0, p95: 0, p99: 0, max: 0 });

/** The bucket of a whole number of milliseconds. */
function indexOf(ms: number): number {
  if (ms < EXACT_MS) return ms;
  const octave = Math.clz32(EXACT_MS) + 1 - Math.clz32(ms);
  return octave * PER_OCTAVE + (ms >> octave);
}

/** The lowest duration in a bucket. */
function floorOf(index: number): number {
  if (index < EXACT_MS) return index;
  const octave = Math.floor(index / PER_OCTAVE) - 1;
  return (PER_OCTAVE + (index % PER_OCTAVE)) * 2 ** octave;
}

/** The duration that stands for all of a bucket in a mean. */
function middleOf(index: number): number {
  const floor = floorOf(index);
  return floor + Math.floor((floorOf(index + 1) - floor) / 2);
}

function isIn(ms: number, index: number): boolean {
  return ms >= floorOf(index) && ms < floorOf(index + 1);
}

// The package's index loads a WebAssembly module and a compression library that are of no use here.
async function emptyHdr(): Promise<HdrHistogram> {
  const { default: loaded } = await import("hdr-histogram-js/dist/Int32Histogram.js");
  // CommonJS default export: Node hands over `module.exports`, a bundler may already have unwrapped it.
  const Histogram = (loaded as unknown as { default?: typeof loaded }).default ?? loaded;
  return new Histogram(LOWEST_MS, HIGHEST_MS, SIGNIFICANT_DIGITS);
}
