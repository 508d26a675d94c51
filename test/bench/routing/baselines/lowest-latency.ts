import { type KnownRoute, leastOf, type Strategy } from "./strategy.ts";

const RING = 10;
const BUFFER = 0.1;
const COOLDOWN_MS = 5_000;
const MINUTE_MS = 60_000;
/** Errors are judged from so many answers of the current minute on. */
const JUDGED_FROM = 5;
const TIMED_OUT_MS = 1_000_000;

interface RouteRecord {
  readonly latencies: number[];
  coolUntilMs: number;
  minute: number;
  errors: number;
  answers: number;
}

/**
 * LiteLLM's lowest-latency routing in a fair version: the mean of the last ten, times the price, and chance within 10 %
 * of the best. As in its source, a throttled route rests for 5 s, one that fails more often than not in this minute too,
 * and a timeout counts as 1000 s. Unlike its source it replaces all ten samples in turn and knows prices.
 */
export class LowestLatency implements Strategy {
  readonly #routes: readonly KnownRoute[];
  readonly #records: readonly RouteRecord[];
  readonly #random: () => number;

  constructor(routes: readonly KnownRoute[], random: () => number) {
    this.#routes = routes;
    this.#random = random;
    this.#records = routes.map(() => ({ latencies: [], coolUntilMs: 0, minute: -1, errors: 0, answers: 0 }));
  }

  choose(among: readonly number[], nowMs: number): number {
    const rested = among.filter((route) => nowMs >= this.#records[route]!.coolUntilMs);
    if (rested.length === 0) return leastOf(among, (route) => this.#records[route]!.coolUntilMs);
    const best = this.#score(leastOf(rested, (route) => this.#score(route)));
    const close = rested.filter((route) => this.#score(route) <= best * (1 + BUFFER));
    return close[Math.floor(this.#random() * close.length)]!;
  }

  answered(route: number, ttfbMs: number, nowMs: number): void {
    this.#thisMinute(route, nowMs).answers += 1;
    this.#note(route, ttfbMs);
  }

  failed(route: number, kind: "throttled" | "unavailable", nowMs: number): void {
    const record = this.#thisMinute(route, nowMs);
    record.errors += kind === "unavailable" ? 1 : 0;
    const total = record.errors + record.answers;
    const failing = total >= JUDGED_FROM && record.errors / total > 0.5;
    if (kind === "throttled" || failing) record.coolUntilMs = nowMs + COOLDOWN_MS;
  }

  lostRace(route: number): void {
    this.#note(route, TIMED_OUT_MS);
  }

  /** Untried routes come first: they count as 0. */
  #score(route: number): number {
    const { latencies } = this.#records[route]!;
    const mean = latencies.reduce((sum, value) => sum + value, 0) / Math.max(1, latencies.length);
    return mean * this.#routes[route]!.relativePrice;
  }

  #note(route: number, valueMs: number): void {
    const { latencies } = this.#records[route]!;
    latencies.push(valueMs);
    if (latencies.length > RING) latencies.shift();
  }

  #thisMinute(route: number, nowMs: number): RouteRecord {
    const record = this.#records[route]!;
    const minute = Math.floor(nowMs / MINUTE_MS);
    if (record.minute !== minute) Object.assign(record, { minute, errors: 0, answers: 0 });
    return record;
  }
}
