import type { Histogram } from "hdr-histogram-js";
import type { FailureKind, Route } from "./route.ts";
import type { ServiceLevel } from "./service-level.ts";

/** Percentiles of a set of durations, in milliseconds. All zero while `count` is 0. */
export interface Percentiles {
  readonly count: number;
  readonly min: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/**
 * Durations of one route as they are counted: in the buckets of an HDR histogram from 1 ms to 10 minutes with two
 * significant digits. Members have the names that they have in hdr-histogram-js; durations are in milliseconds.
 */
export interface RouteHistogram {
  readonly totalCount: number;
  /** The shortest duration; 0 without any. */
  readonly minNonZeroValue: number;
  /** The longest duration; 0 without any. */
  readonly maxValue: number;
  readonly mean: number;
  /** @param percentile - from 0 to 100, fractions included */
  getValueAtPercentile(percentile: number): number;
  /**
   * The same as a histogram of hdr-histogram-js, with its standard encoding. The library is loaded when it is first asked
   * for.
   * @see https://github.com/HdrHistogram/HdrHistogramJS
   */
  toHdr(): Promise<Histogram>;
}

/**
 * Live statistics of one route, kept apart by workload, by streaming, and by the service tier and latency mode that was
 * asked for.
 */
export interface RouteStats extends ServiceLevel {
  readonly route: Route;
  readonly workload: string;
  /** Streaming and unary calls measure different things as time to first byte; they are never mixed. */
  readonly streaming: boolean;
  readonly ttfb: Percentiles;
  readonly total: Percentiles;
  /** Attempts started. `attempts - successes - failures` are still in flight. */
  readonly attempts: number;
  readonly successes: number;
  readonly failures: Readonly<Record<FailureKind, number>>;
  /** Ordinary requests that were sent here to learn how the route is doing. */
  readonly probes: number;
  /** Attempts started here because another route was silent, and how many of them brought the first content. */
  readonly backups: { readonly started: number; readonly won: number };
  /** Sums over the answers that told their tokens; absent while none did. */
  readonly tokens?: TokenSums;
  /**
   * Output tokens of all answers over the time that they took to generate: from the first event of a stream to its end, as
   * its reader read it, or the whole of a unary call. Absent while unknown.
   */
  readonly outputTokensPerSecond?: number;
  /** What the answers cost, as far as it is known; absent before the first one. */
  readonly cost?: CostSums;
  /** Attempts that brought nothing beside one that did: cut off because that one was faster, or timed out. Absent while there are none. */
  readonly extra?: ExtraSums;
  /** Wall-clock end of the cooldown, milliseconds since the Unix epoch; absent when the route is usable. */
  readonly cooldownUntil?: number;
}

/** Tokens of the answers that told them. */
export interface TokenSums {
  readonly answers: number;
  /** Neither read from the prompt cache nor written to it. */
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

/** Estimated cost of answers, in US dollars. */
export interface CostSums {
  /** Of the priced answers; absent while there are none. */
  readonly usd?: number;
  readonly pricedAnswers: number;
  /** Answers whose tokens or price are not known: they are not in `usd`. */
  readonly unpricedAnswers: number;
  /** What answers cost, and what they would have cost another way; absent while no answer can be compared. */
  readonly alternative?: { readonly answers: number; readonly usd: number; readonly insteadOfUsd: number };
}

/** What attempts in vain cost if each is billed like the answer that served: AWS does not say whether it is. */
export interface ExtraSums {
  readonly attempts: number;
  /** Cached tokens included. */
  readonly inputTokensIfBilled: number;
  readonly outputTokensIfBilled: number;
  /** Of the priced attempts; absent while there are none. */
  readonly usdIfBilled?: number;
  readonly pricedAttempts: number;
}

/** What holds requests back at this moment. */
export interface RoutingState {
  /** What is postponed: a route, a model or every model of a source Region. */
  readonly cooldowns: readonly ActiveCooldown[];
  /** The share of each budget for further attempts that is left, from 0, when none is made any more, to 1. */
  readonly budgets: { readonly retry: number; readonly backup: number; readonly hedge: number };
}

/** A cooldown that has not ended. */
export interface ActiveCooldown {
  /**
   * The one that failed; a `model` cooldown postpones every route of its model in its source Region, a `region` cooldown
   * every model there.
   */
  readonly route: Route;
  readonly scope: "route" | "model" | "region";
  /** `flex` when only requests of that tier are postponed. */
  readonly serviceTier?: string;
  readonly family: string;
  /** Wall-clock end, milliseconds since the Unix epoch. */
  readonly until: number;
}

/** A count of failures, before the first. */
export function noFailures(): Record<FailureKind, number> {
  return { throttled: 0, "invalid-route": 0, unavailable: 0, timeout: 0, cancelled: 0, rejected: 0 };
}
