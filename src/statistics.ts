import type { FailureKind, Route } from "./route.ts";

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

/** Live statistics of one route, kept apart by workload and by streaming. */
export interface RouteStats {
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
  /** Wall-clock end of the cooldown, milliseconds since the Unix epoch; absent when the route is usable. */
  readonly cooldownUntil?: number;
}
