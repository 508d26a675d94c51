import type { Clock } from "../clock.ts";
import type { FailureKind, Route } from "../route.ts";
import type { RouteStats } from "../statistics.ts";
import type { Cooldowns } from "./cooldowns.ts";
import { LatencyHistogram } from "./latency-histogram.ts";
import { type RecentReading, RecentSamples } from "./recent-samples.ts";

/** What keeps statistics of one route apart: streaming and unary calls, and the caller's workloads. */
export interface Slice {
  readonly workload: string;
  readonly streaming: boolean;
}

/** What has been observed of one route in one slice. Written by the attempts on it. */
export class RouteTrack {
  readonly route: Route;
  readonly slice: Slice;
  readonly #clock: Clock;
  readonly #cooldowns: Cooldowns;
  readonly #changed: () => void;
  readonly #ttfb: LatencyHistogram = new LatencyHistogram();
  readonly #total: LatencyHistogram = new LatencyHistogram();
  readonly #recentTtfb: RecentSamples = new RecentSamples();
  readonly #failures: Record<FailureKind, number> = {
    throttled: 0,
    "invalid-route": 0,
    unavailable: 0,
    timeout: 0,
    cancelled: 0,
    rejected: 0,
  };
  #attempts = 0;
  #successes = 0;

  constructor(route: Route, slice: Slice, clock: Clock, cooldowns: Cooldowns, changed: () => void) {
    this.route = route;
    this.slice = Object.freeze({ workload: slice.workload, streaming: slice.streaming });
    this.#clock = clock;
    this.#cooldowns = cooldowns;
    this.#changed = changed;
  }

  /** An attempt starts. */
  started(): void {
    this.#attempts += 1;
    this.#cooldowns.started(this.route);
  }

  /** Content, or the response of a unary call, has arrived: the route works. */
  answered(ttfbMs: number): void {
    this.#ttfb.record(ttfbMs);
    if (this.#recentTtfb.add(ttfbMs, this.#clock.now())) this.#changed();
    this.#cooldowns.succeeded(this.route);
  }

  /** An attempt ended well. */
  succeeded(totalMs: number): void {
    this.#successes += 1;
    this.#total.record(totalMs);
  }

  /** An attempt failed. Its duration is no sample: a route that fails fast must not look fast. */
  failed(kind: FailureKind): void {
    this.#failures[kind] += 1;
    if (kind === "cancelled" || kind === "rejected") this.#cooldowns.undecided(this.route);
  }

  recent(): RecentReading {
    return this.#recentTtfb.read(this.#clock.now());
  }

  stats(): RouteStats {
    const cooling = this.#cooldowns.cooling(this.route);
    return Object.freeze({
      route: this.route,
      workload: this.slice.workload,
      streaming: this.slice.streaming,
      ttfb: this.#ttfb.percentiles(),
      total: this.#total.percentiles(),
      attempts: this.#attempts,
      successes: this.#successes,
      failures: Object.freeze({ ...this.#failures }),
      ...(cooling === undefined ? {} : { cooldownUntil: Math.round(this.#clock.wallNow() + cooling.forMs) }),
    });
  }
}
