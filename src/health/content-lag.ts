import { SortedValues } from "./sorted-values.ts";

/** Answers that are remembered: enough for a tail, few enough to follow what is asked for now. */
const REMEMBERED = 32;
/** Answers until anything is known. */
const ENOUGH = 5;
/** Only answers that came are measured here, so the tail may be trusted; half as much again is the benefit of doubt. */
const QUANTILE = 0.95;
const PATIENCE = 1.5;

/**
 * How long a stream that has begun may take to bring content. Most models go on at once after their first event. One that
 * thinks without showing it sends a role and is then silent for as long as it thinks, whichever route it runs on:
 * measured by first events alone, each of its answers would look like a route that hangs.
 */
export class ContentLag {
  readonly #lags: Float32Array = new Float32Array(REMEMBERED);
  readonly #sorted: SortedValues = new SortedValues();
  #answers = 0;

  /** How long after its first event a stream may be silent; 0 while too few answers are known. */
  get patienceMs(): number {
    if (this.#answers < ENOUGH) return 0;
    return PATIENCE * this.#sorted.at(Math.ceil(QUANTILE * (this.#sorted.length - 1)));
  }

  /** Adds the time from the first event of an answer to its first content. */
  learn(lagMs: number): void {
    if (!(lagMs >= 0 && Number.isFinite(lagMs))) return;
    const place = this.#answers % REMEMBERED;
    if (this.#answers >= REMEMBERED) this.#sorted.remove(this.#lags[place] ?? 0);
    this.#lags[place] = lagMs;
    this.#sorted.add(Math.fround(lagMs));
    this.#answers += 1;
  }
}
