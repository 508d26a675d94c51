// The room health/: what was observed. Its doors: `route-health.ts` (the sole place that attempts are recorded in),
// `route-choice.ts` (which route a request goes to next), `route-track.ts` (slices), `latency-histogram.ts`.

import { LRUCache } from "lru-cache";
import { outputBurndown } from "../types/burndown.ts";
import type { EmitRoutingEvent } from "../types/events.ts";
import type { RouteEvidence } from "../types/evidence.ts";
import type { AskedFeature, Failure } from "../types/failure.ts";
import type { Route } from "../types/route.ts";
import type { ServiceLevel } from "../types/service-level.ts";
import type { RouteStats } from "../types/statistics.ts";
import type { Clock } from "../util/clock.ts";
import { Capacity, type Demand, NO_DEMAND } from "./capacity.ts";
import { ContentLag } from "./content-lag.ts";
import { Cooldowns, type Cooling, isOfTier } from "./cooldowns.ts";
import type { Fleet } from "./fleet/fleet.ts";
import type { LatencyHistogram } from "./latency-histogram.ts";
import { SLICE_MS, type WindowReading } from "./latency-window.ts";
import { PromptScale } from "./prompt-scale.ts";
import { RefusedFeatures } from "./refused-features.ts";
import { RouteTrack, type Slice, sliceName, type TrackSnapshot } from "./route-track.ts";

import { WarmCaches } from "./warm-caches.ts";

/** Routes × slices that are remembered; the least recently used is forgotten first. */
const MAX_TRACKED = 1_000;

/**
 * What has been observed of every route: the only mutable routing state. Written by the dispatcher alone, read by the
 * planner as evidence and by people as statistics.
 */
export class RouteHealth {
  readonly cooldowns: Cooldowns;
  readonly capacity: Capacity;
  readonly caches: WarmCaches;
  readonly refusedFeatures: RefusedFeatures;
  readonly #clock: Clock;
  readonly #tracks: LRUCache<string, RouteTrack> = new LRUCache({ max: MAX_TRACKED });
  readonly #promptScales: LRUCache<string, PromptScale> = new LRUCache({ max: MAX_TRACKED });
  readonly #contentLags: LRUCache<string, ContentLag> = new LRUCache({ max: MAX_TRACKED });
  /** Names of routes in a slice, as text that has been hashed: it is looked up for every route of every plan. */
  readonly #keys: WeakMap<Slice, Map<string, string>> = new WeakMap();
  #latestTrack: RouteTrack | undefined;
  #latestScale: { readonly slice: Slice; readonly scale: PromptScale } | undefined;
  #latestLag: { readonly slice: Slice; readonly model: string; readonly lag: ContentLag } | undefined;
  #revision = 0;
  #fleet: Fleet | undefined;
  /** Of routes that only others have tried. */
  readonly #hearsay: WeakMap<WindowReading, RouteEvidence> = new WeakMap();

  constructor(clock: Clock, random: () => number, emit: EmitRoutingEvent) {
    this.#clock = clock;
    this.cooldowns = new Cooldowns(clock, random, emit);
    this.capacity = new Capacity(clock);
    this.caches = new WarmCaches(clock);
    this.refusedFeatures = new RefusedFeatures(clock);
  }

  /** Changes whenever new samples have changed the evidence of a route. Cooldowns and age change it on their own. */
  get revision(): number {
    return this.#revision;
  }

  /** The processes that share what they observe with this one; undefined when none do. */
  get fleet(): Fleet | undefined {
    return this.#fleet;
  }

  /** From now on the fleet is told what is observed here, and what it knows counts. */
  join(fleet: Fleet): void {
    this.#fleet = fleet;
    this.cooldowns.join(fleet);
  }

  /** Others have observed something. */
  learned(): void {
    this.#revision += 1;
  }

  /** When age next changes the evidence of a route. */
  evidenceUntil(nowMs: number): number {
    return (Math.floor(nowMs / SLICE_MS) + 1) * SLICE_MS;
  }

  /** The record of a route in a slice, made on first use. Most often it is the one that was asked for last. */
  track(route: Route, slice: Slice): RouteTrack {
    const latest = this.#latestTrack;
    if (latest?.route === route && isSame(latest.slice, slice)) return latest;
    const track = this.#lookUp(route, slice);
    this.#latestTrack = track;
    return track;
  }

  #lookUp(route: Route, slice: Slice): RouteTrack {
    const key = this.#keyOf(route, slice);
    const known = this.#tracks.get(key);
    if (known !== undefined) return known;
    const track = new RouteTrack(
      route,
      slice,
      this.#clock,
      this.cooldowns,
      () => {
        this.#revision += 1;
      },
      () => this.#fleet,
    );
    this.#tracks.set(key, track);
    return track;
  }

  /** How the first byte depends on the length of the prompt in a slice, over all routes. */
  promptScale(slice: Slice): PromptScale {
    if (this.#latestScale?.slice === slice) return this.#latestScale.scale;
    const key = sliceName(slice);
    const scale = this.#promptScales.get(key) ?? new PromptScale();
    this.#promptScales.set(key, scale);
    this.#latestScale = { slice, scale };
    return scale;
  }

  /** How long the streams of a model take from their first event to their content in a slice, over all routes. */
  contentLag(slice: Slice, model: string): ContentLag {
    const latest = this.#latestLag;
    if (latest?.slice === slice && latest.model === model) return latest.lag;
    const key = `${sliceName(slice)} ${model}`;
    let lag = this.#contentLags.get(key);
    if (lag === undefined) {
      lag = new ContentLag();
      this.#contentLags.set(key, lag);
    }
    this.#latestLag = { slice, model, lag };
    return lag;
  }

  /** When the route was last measured in a slice; minus infinity when it never was. */
  lastSampleAt(route: Route, slice: Slice): number {
    const own = this.#tracks.peek(this.#keyOf(route, slice))?.lastSampleAt ?? Number.NEGATIVE_INFINITY;
    return this.#fleet === undefined ? own : Math.max(own, this.#fleet.lastSampleAt(route, sliceName(slice)));
  }

  /** Postpones the route, or what shares its failure. */
  postpone(route: Route, failure: Failure, level: ServiceLevel = {}, demand: Demand = NO_DEMAND): void {
    const isThrottle = failure.kind === "throttled" && !isOfTier(failure, level);
    const refillMs = isThrottle ? this.capacity.throttled(route, failure, demand) : undefined;
    if (refillMs === "large") this.cooldowns.undecided(route, level);
    else this.cooldowns.postpone(route, failure, level, refillMs);
    if (isThrottle && refillMs !== "large") this.#fleet?.throttled(route);
  }

  /** What the answers of a model had as output in a slice, over all routes; undefined while none has told. */
  meanOutput(
    model: string,
    slice: Slice,
  ): { readonly answers: number; readonly mean: number; readonly burndown: number } | undefined {
    let answers = 0;
    let output = 0;
    for (const track of this.#tracks.values()) {
      if (track.route.model !== model || !isSame(track.slice, slice)) continue;
      const { tokens } = track.usage.stats();
      answers += tokens?.answers ?? 0;
      output += tokens?.output ?? 0;
    }
    return answers === 0 ? undefined : { answers, mean: output / answers, burndown: outputBurndown(model) };
  }

  /** Remembers that the route has refused something that the request asked for. */
  refused(route: Route, failure: Failure, asked: readonly AskedFeature[]): void {
    if (this.refusedFeatures.refused(route, failure, asked)) this.#revision += 1;
  }

  /** What requests of the slice that ask for these features have to wait for on the route. */
  cooling(route: Route, slice: Slice, asked: readonly AskedFeature[]): Cooling | undefined {
    const cooling = this.cooldowns.cooling(route, slice);
    if (asked.length === 0) return cooling;
    const refused = this.refusedFeatures.cooling(route, asked);
    return (refused?.forMs ?? 0) > (cooling?.forMs ?? 0) ? refused : cooling;
  }

  /**
   * The evidence that the planner ranks a route by.
   * @param asked - what is asked for that routes have refused; nothing by default
   */
  evidence(route: Route, slice: Slice, asked: readonly AskedFeature[] = NOTHING_ASKED): RouteEvidence | undefined {
    const track = this.#tracks.peek(this.#keyOf(route, slice));
    const cooling = this.cooling(route, slice, asked);
    const bears = this.capacity.tokensPerMinute(route);
    // Rounded, so that it does not change with every answer.
    const rate = bears === undefined ? undefined : Number(bears.toPrecision(1));
    const reading = this.#fleet?.reading(route, sliceName(slice), track?.window, track?.recent());
    if (track === undefined && reading === undefined && cooling === undefined && rate === undefined) return undefined;
    const shown = track?.evidence(rate, reading) ?? this.#heard(reading, rate);
    return cooling === undefined ? shown : { ...shown, coolingForMs: cooling.forMs, coolingBecause: cooling.family };
  }

  #heard(reading: WindowReading | undefined, tokensPerMinute: number | undefined): RouteEvidence {
    if (reading === undefined) return tokensPerMinute === undefined ? NOTHING : { ...NOTHING, tokensPerMinute };
    const known = this.#hearsay.get(reading);
    if (known !== undefined) return known;
    const evidence = { ...reading, coolingForMs: 0 };
    this.#hearsay.set(reading, evidence);
    return evidence;
  }

  /** What every route has shown, as plain data. */
  snapshots(): TrackSnapshot[] {
    return [...this.#tracks.rvalues()].flatMap((track) => (track === undefined ? [] : [track.snapshot()]));
  }

  /** A histogram of a route in a slice; undefined when the route was never tried there. */
  histogram(routeKey: string, slice: Slice, of: "ttfb" | "total"): LatencyHistogram | undefined {
    return this.#tracks.peek(keyOf({ key: routeKey }, slice))?.histogram(of);
  }

  /** Forgets everything that was observed. Cooldowns stay: they are about now. */
  reset(): void {
    this.#tracks.clear();
    this.#promptScales.clear();
    this.#contentLags.clear();
    this.caches.clear();
    this.#latestTrack = undefined;
    this.#latestScale = undefined;
    this.#latestLag = undefined;
    this.#revision += 1;
  }

  #keyOf(route: Route, slice: Slice): string {
    let keys = this.#keys.get(slice);
    if (keys === undefined) {
      keys = new Map();
      this.#keys.set(slice, keys);
    }
    let key = keys.get(route.key);
    if (key === undefined) {
      key = keyOf(route, slice);
      keys.set(route.key, key);
    }
    return key;
  }

  /** Live statistics of every route that has been tried, the most recently used last. */
  stats(): RouteStats[] {
    return [...this.#tracks.rvalues()].flatMap((track) => (track === undefined ? [] : [track.stats()]));
  }
}

const NOTHING_ASKED: readonly AskedFeature[] = Object.freeze([]);

const NOTHING: RouteEvidence = Object.freeze({
  samples: 0,
  p50Ms: 0,
  fewSamples: Object.freeze([]),
  answers: 0,
  answerP50Ms: 0,
  answerP75Ms: 0,
  answerP95Ms: 0,
  fewAnswers: Object.freeze([]),
  coolingForMs: 0,
});

function isSame(a: Slice, b: Slice): boolean {
  return (
    a.workload === b.workload &&
    a.streaming === b.streaming &&
    a.serviceTier === b.serviceTier &&
    a.latency === b.latency
  );
}

function keyOf(route: Pick<Route, "key">, slice: Slice): string {
  return `${sliceName(slice)} ${route.key}`;
}
