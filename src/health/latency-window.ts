import { SortedValues } from "./sorted-values.ts";

/** Length of one slice of time: a reading grows old in such steps. */
export const SLICE_MS = 10_000;
/** Slices kept: a route's latency of more than ten minutes ago says little about now. */
export const SLICES = 60;
/** Slices that always count: the last 30 seconds. */
export const RECENT_SLICES = 3;
/** The window reaches further back until it holds this many samples. */
export const ENOUGH = 20;
/** Samples kept of one slice (1 KB); of a busier slice, the latest. */
const SLICE_CAPACITY = 256;
/** Below this many samples the planner fills up from the prior, so it needs the samples themselves. */
export const FEW = 10;
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

/**
 * The recent durations of one route: slices of ten seconds, the last three of them and as many more, up to ten minutes,
 * as it takes to hold twenty samples. A busy route so follows a change within seconds, and a quiet one still has a
 * median. What has become too old for any later reading is dropped, so that a window seldom takes more than 4 KB.
 */
export class LatencyWindow {
  /** The newest first. */
  #slices: Slice[] = [];
  /** The samples of all slices, and of some that are dropped by now; so no others when there are no more. */
  #sorted: SortedValues | undefined = new SortedValues();
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
    const sample = Math.fround(durationMs);
    const overwritten = slice.put(sample);
    this.#sorted?.add(sample);
    if (overwritten !== undefined) this.#sorted?.remove(overwritten);
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
    for (const slice of this.#slices) {
      for (let back = 1; back <= slice.length && found.length < count; back += 1) found.unshift(slice.latest(back));
    }
    return found;
  }

  /** The samples by their age in slices, the newest first; waits are negative. */
  byAge(nowMs: number): readonly { readonly age: number; readonly samples: readonly number[] }[] {
    const current = Math.floor(nowMs / SLICE_MS);
    return this.#slices.map((slice) => ({ age: current - slice.index, samples: slice.samples() }));
  }

  read(nowMs: number): WindowReading {
    const current = Math.floor(nowMs / SLICE_MS);
    const known = this.#reading;
    if (known !== undefined && current === this.#readSlice && this.#addedSince <= known.samples * STALE_SHARE)
      return known;
    const count = this.#countAt(current);
    this.#readSlice = current;
    // Nothing is new, and nothing has become too old.
    if (this.#addedSince === 0 && count === known?.samples) return known;
    const sorted = this.#sorted?.length === count ? this.#sorted : this.#sort(current);
    // Restored samples are older than some that are there: what counted at their time is not all, and is not kept.
    const countsAll = (this.#slices[0]?.index ?? current) <= current;
    this.#sorted = countsAll ? sorted : undefined;
    this.#reading = readingOf(sorted);
    this.#addedSince = countsAll ? 0 : Number.POSITIVE_INFINITY;
    return this.#reading;
  }

  /** How many samples count. Forgets what never counts again. */
  #countAt(current: number): number {
    let count = 0;
    for (const [place, slice] of this.#slices.entries()) {
      const age = current - slice.index;
      if (age < 0) continue;
      if (age >= SLICES || (age >= RECENT_SLICES && count >= ENOUGH)) {
        // Newer samples outlive them, so no later reading reaches back to them either.
        this.#slices.length = place;
        break;
      }
      count += slice.length;
    }
    return count;
  }

  #sort(current: number): SortedValues {
    return new SortedValues(this.#slices.flatMap((slice) => (slice.index <= current ? slice.samples() : [])));
  }

  /** The slice for a sample; undefined when the sample is too old. */
  #sliceAt(index: number): Slice | undefined {
    const [newest] = this.#slices;
    if (newest?.index === index) return newest;
    if (newest !== undefined && index <= newest.index - SLICES) return undefined;
    const older = this.#slices.findIndex((slice) => slice.index <= index);
    const known = this.#slices[older];
    if (known?.index === index) return known;
    const slice = new Slice(index);
    this.#slices.splice(older < 0 ? this.#slices.length : older, 0, slice);
    return slice;
  }
}

/** The samples of ten seconds. */
class Slice {
  readonly index: number;
  /** Waits are negative. A plain array, while they are few, takes a third of the memory. */
  #values: number[] | Float32Array = [];
  #room = FEW_IN_SLICE;
  #seen = 0;

  constructor(index: number) {
    this.index = index;
  }

  get length(): number {
    return Math.min(this.#seen, SLICE_CAPACITY);
  }

  /** Returns the sample that had to go, if the slice is full. */
  put(value: number): number | undefined {
    if (this.#seen === this.#room && this.#room < SLICE_CAPACITY) {
      this.#room *= 2;
      const larger = new Float32Array(this.#room);
      larger.set(this.#values);
      this.#values = larger;
    }
    const place = this.#seen % SLICE_CAPACITY;
    const overwritten = this.#seen < SLICE_CAPACITY ? undefined : this.#values[place];
    this.#values[place] = value;
    this.#seen += 1;
    return overwritten;
  }

  /** The latest sample, the one before it, and so on, from 1. */
  latest(back: number): number {
    return this.#values[(this.#seen - back) % SLICE_CAPACITY] ?? 0;
  }

  /** In no particular order. */
  samples(): readonly number[] {
    return Array.from(this.#values).slice(0, this.length);
  }
}

const FEW_IN_SLICE = 8;

function readingOf(sorted: SortedValues): WindowReading {
  const { length } = sorted;
  const firstAnswer = length === 0 || sorted.at(0) >= 0 ? 0 : sorted.placeOf(0);
  const answers = length - firstAnswer;
  // Most windows hold no wait at all.
  const all = firstAnswer === 0 ? sorted : new SortedValues(sorted.slice().map(Math.abs));
  return Object.freeze({
    samples: length,
    p50Ms: all.quantile(0.5),
    fewSamples: length < FEW ? Object.freeze(all.slice()) : NONE,
    answers,
    answerP50Ms: sorted.quantile(0.5, firstAnswer),
    answerP75Ms: sorted.quantile(0.75, firstAnswer),
    answerP95Ms: sorted.quantile(0.95, firstAnswer),
    fewAnswers: answers < FEW ? Object.freeze(sorted.slice(firstAnswer)) : NONE,
  });
}

const NONE: readonly number[] = Object.freeze([]);
