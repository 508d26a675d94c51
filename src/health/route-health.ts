import { LRUCache } from "lru-cache";
import type { Clock } from "../clock.ts";
import type { EmitRoutingEvent } from "../events.ts";
import type { RouteEvidence } from "../evidence.ts";
import type { Failure } from "../failure.ts";
import type { FailureKind, Route } from "../route.ts";
import type { RouteStats } from "../statistics.ts";
import { Cooldowns } from "./cooldowns.ts";
import { LatencyHistogram } from "./latency-histogram.ts";
import { RecentSamples } from "./recent-samples.ts";

/** What keeps statistics of one route apart: streaming and unary calls, and the caller's workloads. */
export interface Slice {
  readonly workload: string;
  readonly streaming: boolean;
}

/** Routes × slices that are remembered; the least recently used is forgotten first. */
const MAX_TRACKED = 1_000;

interface Track {
  readonly route: Route;
  readonly slice: Slice;
  readonly ttfb: LatencyHistogram;
  readonly total: LatencyHistogram;
  readonly recentTtfb: RecentSamples;
  attempts: number;
  successes: number;
  readonly failures: Record<FailureKind, number>;
}

/**
 * What has been observed of every route: the only mutable routing state. Written by the dispatcher alone, read by the
 * planner as evidence and by people as statistics.
 */
export class RouteHealth {
  readonly #clock: Clock;
  readonly #tracks: LRUCache<string, Track> = new LRUCache({ max: MAX_TRACKED });
  readonly cooldowns: Cooldowns;

  constructor(clock: Clock, random: () => number, emit: EmitRoutingEvent) {
    this.#clock = clock;
    this.cooldowns = new Cooldowns(clock, random, emit);
  }

  /** An attempt starts. */
  started(route: Route, slice: Slice): void {
    this.#track(route, slice).attempts += 1;
    this.cooldowns.started(route);
  }

  /** The first event or the response arrived and carried content: the route works. */
  answered(route: Route, slice: Slice, ttfbMs: number): void {
    const track = this.#track(route, slice);
    track.ttfb.record(ttfbMs);
    track.recentTtfb.add(ttfbMs, this.#clock.now());
    this.cooldowns.succeeded(route);
  }

  /** An attempt ended well. */
  succeeded(route: Route, slice: Slice, totalMs: number): void {
    const track = this.#track(route, slice);
    track.successes += 1;
    track.total.record(totalMs);
  }

  /** An attempt failed. Its duration is no sample: a route that fails fast must not look fast. */
  failed(route: Route, slice: Slice, kind: FailureKind): void {
    this.#track(route, slice).failures[kind] += 1;
  }

  /** Postpones the route, or what shares its failure. */
  postpone(route: Route, failure: Failure): void {
    this.cooldowns.postpone(route, failure);
  }

  /** The evidence that the planner ranks a route by. */
  evidence(route: Route, slice: Slice): RouteEvidence | undefined {
    const track = this.#tracks.peek(keyOf(route, slice));
    const cooling = this.cooldowns.cooling(route);
    if (track === undefined && cooling === undefined) return undefined;
    const recent = track?.recentTtfb.read(this.#clock.now()) ?? NOTHING;
    if (cooling === undefined) return { ...recent, coolingForMs: 0 };
    return { ...recent, coolingForMs: cooling.forMs, coolingBecause: cooling.family };
  }

  /** Live statistics of every route that has been tried. */
  stats(): RouteStats[] {
    return [...this.#tracks.values()].reverse().map((track) => this.#statsOf(track));
  }

  #statsOf(track: Track): RouteStats {
    const cooling = this.cooldowns.cooling(track.route);
    return Object.freeze({
      route: track.route,
      workload: track.slice.workload,
      streaming: track.slice.streaming,
      ttfb: track.ttfb.percentiles(),
      total: track.total.percentiles(),
      attempts: track.attempts,
      successes: track.successes,
      failures: Object.freeze({ ...track.failures }),
      ...(cooling === undefined ? {} : { cooldownUntil: this.#clock.wallNow() + cooling.forMs }),
    });
  }

  #track(route: Route, slice: Slice): Track {
    const key = keyOf(route, slice);
    const known = this.#tracks.get(key);
    if (known !== undefined) return known;
    const track: Track = {
      route,
      slice: { workload: slice.workload, streaming: slice.streaming },
      ttfb: new LatencyHistogram(),
      total: new LatencyHistogram(),
      recentTtfb: new RecentSamples(),
      attempts: 0,
      successes: 0,
      failures: { throttled: 0, "invalid-route": 0, unavailable: 0, timeout: 0, cancelled: 0, rejected: 0 },
    };
    this.#tracks.set(key, track);
    return track;
  }
}

const NOTHING = Object.freeze({ samples: 0, p50Ms: 0, fewSamples: Object.freeze([]) as readonly number[] });

function keyOf(route: Route, slice: Slice): string {
  return `${slice.workload} ${slice.streaming ? "stream" : "unary"} ${route.key}`;
}
