/** Samples kept: enough for a steady median, few enough to sort on every read. */
const CAPACITY = 32;
/** A route's latency of more than ten minutes ago says little about now. */
const MAX_AGE_MS = 600_000;
/** From this many samples on a median stands on its own. */
const ENOUGH = 10;

/** The newest durations of one route, for a median that follows change. */
export class RecentSamples {
  readonly #values: Float64Array = new Float64Array(CAPACITY);
  readonly #times: Float64Array = new Float64Array(CAPACITY);
  #next = 0;
  #size = 0;

  add(valueMs: number, nowMs: number): void {
    if (Number.isNaN(valueMs)) return;
    this.#values[this.#next] = valueMs;
    this.#times[this.#next] = nowMs;
    this.#next = (this.#next + 1) % CAPACITY;
    this.#size = Math.min(CAPACITY, this.#size + 1);
  }

  /** The samples that are still recent, as the planner needs them. */
  read(nowMs: number): { readonly samples: number; readonly p50Ms: number; readonly fewSamples: readonly number[] } {
    const fresh = this.#fresh(nowMs);
    fresh.sort();
    const samples = fresh.length;
    const middle = (samples - 1) / 2;
    return {
      samples,
      p50Ms: samples === 0 ? 0 : ((fresh[Math.floor(middle)] ?? 0) + (fresh[Math.ceil(middle)] ?? 0)) / 2,
      fewSamples: samples < ENOUGH ? Array.from(fresh) : NONE,
    };
  }

  #fresh(nowMs: number): Float64Array {
    const fresh = new Float64Array(this.#size);
    let count = 0;
    for (let index = 0; index < this.#size; index += 1) {
      if (nowMs - (this.#times[index] ?? 0) <= MAX_AGE_MS) {
        fresh[count] = this.#values[index] ?? 0;
        count += 1;
      }
    }
    return fresh.subarray(0, count);
  }
}

const NONE: readonly number[] = Object.freeze([]);
