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
  #answers = 0;
  #patienceMs: number | undefined = 0;

  /** How long after its first event a stream may be silent; 0 while too few answers are known. */
  get patienceMs(): number {
    this.#patienceMs ??= this.#compute();
    return this.#patienceMs;
  }

  /** Adds the time from the first event of an answer to its first content. */
  learn(lagMs: number): void {
    if (!(lagMs >= 0 && Number.isFinite(lagMs))) return;
    this.#lags[this.#answers % REMEMBERED] = lagMs;
    this.#answers += 1;
    if (this.#answers >= ENOUGH) this.#patienceMs = undefined;
  }

  #compute(): number {
    const sorted = this.#lags.slice(0, Math.min(this.#answers, REMEMBERED)).sort();
    return PATIENCE * (sorted[Math.ceil(QUANTILE * (sorted.length - 1))] ?? 0);
  }
}
