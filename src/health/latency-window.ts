/** Length of one slice of time: a reading grows old in such steps. */
export const SLICE_MS = 10_000;
/** Slices kept: a route's latency of more than ten minutes ago says little about now. */
const SLICES = 60;
/** Slices that always count: the last 30 seconds. */
const RECENT_SLICES = 3;
/** The window reaches further back until it holds this many samples. */
const ENOUGH = 20;
/** Samples kept of one slice (1 KB); of a busier slice, the latest. */
const SLICE_CAPACITY = 256;
/** Below this many samples the planner fills up from the prior, so it needs the samples themselves. */
const FEW = 10;
/** The percentiles are computed anew after this share of new samples. */
const STALE_SHARE = 1 / 16;

/** Percentiles of a route's recent durations, in milliseconds. */
export interface WindowReading {
  /** Answers, and waits of attempts that were cut off. */
  readonly samples: number;
  /** Median of the samples: what the route is ranked by. */
  readonly p50Ms: number;
  /** The samples themselves, ascending, while they are too few to stand on their own. */
  readonly fewSamples: readonly number[];
  /** Answers alone. A wait says how long somebody was patient, not how long an answer takes: it sets no deadline. */
  readonly answers: number;
  readonly answerP50Ms: number;
  readonly answerP75Ms: number;
  readonly answerP95Ms: number;
  readonly fewAnswers: readonly number[];
}

interface Slice {
  index: number;
  seen: number;
  /** Waits are negative. */
  values: Float32Array;
}

/**
 * The recent durations of one route: slices of ten seconds, the last three of them and as many more, up to ten minutes,
 * as it takes to hold twenty samples. A busy route so follows a change within seconds, and a quiet one still has a
 * median. What has become too old for any later reading is dropped, so that a window seldom takes more than 5 KB.
 */
export class LatencyWindow {
  /** The newest first. */
  #slices: Slice[] = [];
  #reading: WindowReading | undefined;
  #readSlice = -1;
  #addedSince = 0;
  #lastAt = Number.NEGATIVE_INFINITY;

  /** When the last sample came; minus infinity without one. */
  get lastAt(): number {
    return this.#lastAt;
  }

  /** Adds the time that an answer took. True when that has changed the reading. */
  add(durationMs: number, nowMs: number): boolean {
    return this.#put(Math.max(0, durationMs), nowMs);
  }

  /** Adds what an attempt had waited when it was cut off. True when that has changed the reading. */
  addWait(durationMs: number, nowMs: number): boolean {
    return this.#put(-Math.max(0, durationMs), nowMs);
  }

  #put(durationMs: number, nowMs: number): boolean {
    if (!Number.isFinite(durationMs)) return false;
    const slice = this.#sliceAt(Math.floor(nowMs / SLICE_MS));
    if (slice === undefined) return false;
    if (slice.seen >= slice.values.length && slice.values.length < SLICE_CAPACITY) slice.values = grown(slice.values);
    slice.values[slice.seen % slice.values.length] = durationMs;
    slice.seen += 1;
    this.#lastAt = Math.max(this.#lastAt, nowMs);
    this.#addedSince += 1;
    const before = this.#reading;
    return this.read(nowMs) !== before;
  }

  /** Drops the slices that had ended by then. */
  forgetBefore(atMs: number): void {
    const oldest = Math.floor(atMs / SLICE_MS);
    this.#slices = this.#slices.filter(({ index }) => index >= oldest);
    this.#reading = undefined;
  }

  /** The newest samples, oldest first, at most `count`; waits are negative. */
  newest(count: number): readonly number[] {
    const found: number[] = [];
    for (const { values, seen } of this.#slices) {
      for (let back = 1; back <= Math.min(seen, values.length) && found.length < count; back += 1) {
        found.unshift(values[(seen - back) % values.length] ?? 0);
      }
    }
    return found;
  }

  read(nowMs: number): WindowReading {
    const current = Math.floor(nowMs / SLICE_MS);
    const known = this.#reading;
    if (known !== undefined && current === this.#readSlice && this.#addedSince <= known.samples * STALE_SHARE)
      return known;
    const parts = this.#partsAt(current);
    const count = parts.reduce((sum, part) => sum + part.length, 0);
    this.#readSlice = current;
    // Nothing is new, and nothing has become too old.
    if (this.#addedSince === 0 && count === known?.samples) return known;
    this.#reading = readingOf(parts, count);
    this.#addedSince = 0;
    return this.#reading;
  }

  /** The samples that count, a slice after the other. Forgets what never counts again. */
  #partsAt(current: number): readonly Float32Array[] {
    const parts: Float32Array[] = [];
    let count = 0;
    for (const [place, slice] of this.#slices.entries()) {
      const age = current - slice.index;
      if (age < 0) continue;
      if (age >= SLICES || (age >= RECENT_SLICES && count >= ENOUGH)) {
        // Newer samples outlive them, so no later reading reaches back to them either.
        this.#slices.length = place;
        break;
      }
      const part = slice.values.subarray(0, Math.min(slice.seen, slice.values.length));
      parts.push(part);
      count += part.length;
    }
    return parts;
  }

  /** The slice for a sample; undefined when the sample is too old. */
  #sliceAt(index: number): Slice | undefined {
    const [newest] = this.#slices;
    if (newest?.index === index) return newest;
    if (newest !== undefined && index <= newest.index - SLICES) return undefined;
    const older = this.#slices.findIndex((slice) => slice.index <= index);
    const known = this.#slices[older];
    if (known?.index === index) return known;
    const slice = { index, seen: 0, values: new Float32Array(8) };
    this.#slices.splice(older < 0 ? this.#slices.length : older, 0, slice);
    return slice;
  }
}

function readingOf(parts: readonly Float32Array[], count: number): WindowReading {
  const sorted = new Float32Array(count);
  let offset = 0;
  for (const part of parts) {
    sorted.set(part, offset);
    offset += part.length;
  }
  sorted.sort();
  const firstAnswer = sorted.findIndex((value) => value >= 0);
  const answers = sorted.subarray(firstAnswer < 0 ? count : firstAnswer);
  // Most windows hold no wait at all.
  const all = answers.length === count ? sorted : sorted.map(Math.abs).sort();
  return Object.freeze({
    samples: count,
    p50Ms: quantile(all, 0.5),
    fewSamples: count < FEW ? Object.freeze(Array.from(all)) : NONE,
    answers: answers.length,
    answerP50Ms: quantile(answers, 0.5),
    answerP75Ms: quantile(answers, 0.75),
    answerP95Ms: quantile(answers, 0.95),
    fewAnswers: answers.length < FEW ? Object.freeze(Array.from(answers)) : NONE,
  });
}

const NONE: readonly number[] = Object.freeze([]);

function grown(values: Float32Array): Float32Array {
  const larger = new Float32Array(Math.min(SLICE_CAPACITY, values.length * 2));
  larger.set(values);
  return larger;
}

/** Quantile by linear interpolation between the two nearest samples; 0 without samples. */
function quantile(sorted: Float32Array, share: number): number {
  if (sorted.length === 0) return 0;
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? 0;
  const above = sorted[Math.ceil(place)] ?? below;
  return below + (above - below) * (place - Math.floor(place));
}
