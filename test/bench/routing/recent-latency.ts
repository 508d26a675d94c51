const NORMAL_QUANTILES = [-1.645, -1.036, -0.674, -0.385, -0.126, 0.126, 0.385, 0.674, 1.036, 1.645] as const;
const RECENT_MS = 30_000;
const OLDEST_MS = 600_000;
const ENOUGH = 20;
const CAPACITY = 512;
const MAX_READING_AGE_MS = 1_000;

/**
 * The recent times to first byte of one route, from which the baselines' late backup takes its deadline: the last 30 s,
 * reaching back until there are 20 samples, at most ten minutes. The first ten are filled up from the prior.
 */
export class RecentLatency {
  readonly #prior: { readonly ttfbMs: number; readonly sigma: number };
  readonly #values: number[] = [];
  readonly #times: number[] = [];
  #reading: readonly number[] = [];
  #readAtMs = Number.NEGATIVE_INFINITY;
  #addedSince = 0;

  constructor(prior: { readonly ttfbMs: number; readonly sigma: number }) {
    this.#prior = prior;
  }

  add(valueMs: number, nowMs: number): void {
    this.#values.push(valueMs);
    this.#times.push(nowMs);
    this.#addedSince += 1;
    if (this.#values.length > 2 * CAPACITY) {
      this.#values.splice(0, CAPACITY);
      this.#times.splice(0, CAPACITY);
    }
  }

  quantile(share: number, nowMs: number): number {
    if (nowMs - this.#readAtMs > MAX_READING_AGE_MS || this.#addedSince * 16 > this.#reading.length) {
      this.#reading = this.#read(nowMs);
      this.#readAtMs = nowMs;
      this.#addedSince = 0;
    }
    const place = share * (this.#reading.length - 1);
    const below = this.#reading[Math.floor(place)] ?? this.#prior.ttfbMs;
    const above = this.#reading[Math.ceil(place)] ?? below;
    return below + (above - below) * (place - Math.floor(place));
  }

  #read(nowMs: number): number[] {
    let from = this.#times.length;
    while (from > 0 && this.#times.length - from < CAPACITY) {
      const ageMs = nowMs - this.#times[from - 1]!;
      if (ageMs > OLDEST_MS || (ageMs > RECENT_MS && this.#times.length - from >= ENOUGH)) break;
      from -= 1;
    }
    const samples = this.#values.slice(from);
    const missing = NORMAL_QUANTILES.length - samples.length;
    for (let index = 0; index < missing; index += 1) {
      const place = Math.floor(((index + 0.5) * NORMAL_QUANTILES.length) / missing);
      samples.push(this.#prior.ttfbMs * Math.exp(this.#prior.sigma * NORMAL_QUANTILES[place]!));
    }
    return samples.sort((a, b) => a - b);
  }
}
