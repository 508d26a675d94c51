const MINUTE_MS = 60_000;
const SLOT_MS = 5_000;
const SLOTS = MINUTE_MS / SLOT_MS;
/** Between two throttles the bucket was filled as fast as it was emptied, if there is enough time to tell. */
const TELLING_MS = 5_000;
const LONGEST_MS = 5 * MINUTE_MS;
/** Before the first throttle the bucket was full: what a minute has taken is more than a minute refills. */
const FIRST = 0.7;
/** A little below the rate there is time to fill the bucket, and no throttle every few seconds. */
const MARGIN = 0.95;
/** By how much the rate grows in a second with answers: a quota may be raised, or others may stop to use it. */
const GROWTH = 0.002;
/** A rate that has grown so much since the last throttle says nothing any more. */
const FORGOTTEN_AT = 2;

interface Rate {
  perMinute: number;
  /** At the last throttle. */
  readonly first: number;
  level: number;
  levelAt: number;
  readonly throttledAt: number;
  /** Taken since then. */
  taken: number;
  grownAt: number;
}

/** A bucket that somebody else keeps: what was taken of it is known, its size and how fast it is refilled are not. */
export class QuotaMeter {
  readonly #taken: Float64Array = new Float64Array(SLOTS);
  #slot = -1;
  #rate: Rate | undefined;

  /** What it bears in a minute; undefined while nothing was throttled. */
  get perMinute(): number | undefined {
    return this.#rate?.perMinute;
  }

  take(amount: number, nowMs: number): void {
    const place = this.#place(nowMs);
    this.#taken[place] = (this.#taken[place] ?? 0) + amount;
    this.#drain(amount, nowMs);
  }

  giveBack(amount: number, nowMs: number): void {
    const place = this.#place(nowMs);
    this.#taken[place] = (this.#taken[place] ?? 0) - amount;
    this.#drain(-amount, nowMs);
  }

  /** How long until so much can be taken. What is larger than a minute's worth waits for a full bucket. */
  waitMs(amount: number, nowMs: number): number {
    const rate = this.#rate;
    if (rate === undefined) return 0;
    const missing = Math.min(amount, rate.perMinute) - levelAt(rate, nowMs);
    return missing <= 0 ? 0 : (missing / rate.perMinute) * MINUTE_MS;
  }

  /** It was empty. To be told after what the refused request had taken was given back. */
  throttled(nowMs: number): void {
    const before = this.#rate;
    const sinceMs = before === undefined ? Number.POSITIVE_INFINITY : nowMs - before.throttledAt;
    if (before !== undefined && sinceMs < TELLING_MS) {
      before.level = 0;
      before.levelAt = nowMs;
      return;
    }
    this.#place(nowMs);
    const perMinute =
      before === undefined || sinceMs > LONGEST_MS
        ? FIRST * this.#sum()
        : MARGIN * (before.taken / sinceMs) * MINUTE_MS;
    if (!(perMinute > 0)) return;
    this.#rate = {
      perMinute,
      first: perMinute,
      level: 0,
      levelAt: nowMs,
      throttledAt: nowMs,
      taken: 0,
      grownAt: nowMs,
    };
  }

  /** Something was taken and not refused. */
  grow(nowMs: number): void {
    const rate = this.#rate;
    if (rate === undefined) return;
    rate.level = levelAt(rate, nowMs);
    rate.levelAt = nowMs;
    rate.perMinute *= 1 + GROWTH * Math.min(1, (nowMs - rate.grownAt) / 1_000);
    rate.grownAt = nowMs;
    if (rate.perMinute > FORGOTTEN_AT * rate.first) this.#rate = undefined;
  }

  #drain(amount: number, nowMs: number): void {
    const rate = this.#rate;
    if (rate === undefined) return;
    // What was taken was there, whatever the estimate says.
    rate.level = Math.max(0, Math.min(rate.perMinute, levelAt(rate, nowMs) - amount));
    rate.levelAt = nowMs;
    rate.taken += amount;
  }

  #sum(): number {
    return this.#taken.reduce((sum, amount) => sum + amount, 0);
  }

  /** The slot of this moment; those that are older than a minute are emptied. */
  #place(nowMs: number): number {
    const slot = Math.floor(nowMs / SLOT_MS);
    const passed = this.#slot < 0 ? SLOTS : Math.min(SLOTS, slot - this.#slot);
    for (let back = 0; back < passed; back += 1) {
      this.#taken[(slot - back) % SLOTS] = 0;
    }
    this.#slot = Math.max(this.#slot, slot);
    return slot % SLOTS;
  }
}

function levelAt({ level, levelAt: at, perMinute }: Rate, nowMs: number): number {
  return Math.min(perMinute, level + ((nowMs - at) / MINUTE_MS) * perMinute);
}
