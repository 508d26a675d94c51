/** Samples kept: enough for a steady median, few enough to sort now and then. */
const CAPACITY = 32;
/** A route's latency of more than ten minutes ago says little about now. */
const MAX_AGE_MS = 600_000;
/** From this many samples on a median stands on its own, and one more sample hardly moves it. */
const ENOUGH = 10;
/** How many more samples it takes then until the median is worth computing again. */
const STRIDE = 8;
/** A median that moved by less changes no decision that the noise of the samples would not change as well. */
const NOTEWORTHY = 0.02;

/** The recent samples of a route at one moment, as the planner needs them. */
export interface RecentReading {
  readonly samples: number;
  /** Median in milliseconds; 0 without samples. */
  readonly p50Ms: number;
  /** The samples themselves, ascending, while they are too few for a median of their own. */
  readonly fewSamples: readonly number[];
}

/** The newest durations of one route, for a median that follows change. */
export class RecentSamples {
  readonly #values: Float64Array = new Float64Array(CAPACITY);
  readonly #times: Float64Array = new Float64Array(CAPACITY);
  #added = 0;
  #reading: RecentReading | undefined;
  #notedP50Ms = 0;
  #oldestMs = Number.POSITIVE_INFINITY;

  /** Adds a sample. True when that changes the reading noticeably. */
  add(valueMs: number, nowMs: number): boolean {
    if (Number.isNaN(valueMs)) return false;
    this.#values[this.#added % CAPACITY] = valueMs;
    this.#times[this.#added % CAPACITY] = nowMs;
    this.#added += 1;
    if (this.#reading !== undefined && this.#reading.samples >= ENOUGH && this.#added % STRIDE !== 0) return false;
    this.#reading = this.#compute(nowMs);
    const { samples, p50Ms } = this.#reading;
    if (samples >= ENOUGH && Math.abs(p50Ms - this.#notedP50Ms) < NOTEWORTHY * this.#notedP50Ms) return false;
    this.#notedP50Ms = p50Ms;
    return true;
  }

  read(nowMs: number): RecentReading {
    if (this.#reading === undefined || nowMs - this.#oldestMs > MAX_AGE_MS) this.#reading = this.#compute(nowMs);
    return this.#reading;
  }

  #compute(nowMs: number): RecentReading {
    const fresh: number[] = [];
    this.#oldestMs = Number.POSITIVE_INFINITY;
    for (let index = 0; index < Math.min(CAPACITY, this.#added); index += 1) {
      const time = this.#times[index] ?? 0;
      if (nowMs - time > MAX_AGE_MS) continue;
      fresh.push(this.#values[index] ?? 0);
      this.#oldestMs = Math.min(this.#oldestMs, time);
    }
    fresh.sort((a, b) => a - b);
    const middle = (fresh.length - 1) / 2;
    const p50Ms = fresh.length === 0 ? 0 : ((fresh[Math.floor(middle)] ?? 0) + (fresh[Math.ceil(middle)] ?? 0)) / 2;
    return Object.freeze({
      samples: fresh.length,
      p50Ms,
      fewSamples: fresh.length < ENOUGH ? Object.freeze(fresh) : NONE,
    });
  }
}

const NONE: readonly number[] = Object.freeze([]);
