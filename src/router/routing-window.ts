import { LatencyHistogram } from "../health/latency-histogram.ts";
import { type Slice, sliceName } from "../health/route-track.ts";
import { UsageTally } from "../health/usage-tally.ts";
import type { AttemptEvent } from "../types/events.ts";
import type { FailureKind, Route } from "../types/route.ts";
import { number, object, optional } from "../types/schema.ts";
import { serviceLevel } from "../types/service-level.ts";
import { noFailures, type RouteHistogram, type RouteStats } from "../types/statistics.ts";
import type { Clock } from "../util/clock.ts";
import type { RoutingEmitter } from "./routing-emitter.ts";

/** What a window shows. */
export interface WindowOptions {
  /**
   * Only what ended within the last so many milliseconds, to a tenth of it; at least 1000.
   * @defaultValue everything since the window was opened, or last taken
   */
  readonly lastMs?: number;
}

/**
 * Statistics of a stretch of time: of the attempts that have ended since the window was opened. It counts from then on,
 * beside `stats()`, and does not influence routing.
 */
export interface RoutingWindow {
  /** As `client.routing.stats()`, of this window alone. May be read at any time; recording goes on. */
  stats(): RouteStats[];
  /** A copy of the histogram of a route in this window; undefined when no attempt on it has ended. */
  histogram(routeKey: string, selection?: HistogramSelection): RouteHistogram | undefined;
  /** What `stats()` gives, and starts anew: no attempt is in two of them, and none is lost. */
  take(): RouteStats[];
  /** Stops recording. */
  close(): void;
}

/** Which histogram of a route. */
export interface HistogramSelection {
  /** @defaultValue `"ttfb"` */
  readonly of?: "ttfb" | "total";
  /** @defaultValue the client's workload */
  readonly workload?: string;
  /** @defaultValue `true` */
  readonly streaming?: boolean;
  /** @defaultValue the standard tier */
  readonly serviceTier?: string;
  /** @defaultValue standard latency */
  readonly latency?: string;
}

/** Parts of a rolling window, of which the oldest is dropped when a new one begins. */
const PARTS = 10;
/** Routes × slices in one part; the least recently used is forgotten. */
const MAX_TALLIES = 100;

const readOptions = object({
  lastMs: optional(number({ least: 1_000, expected: "a number of milliseconds of at least 1000" })),
});

interface Part {
  readonly index: number;
  /** The least recently used first. */
  readonly tallies: Map<string, AttemptTally>;
}

/** A window that listens to the attempts of a client. */
export class AttemptWindow implements RoutingWindow {
  readonly #emitter: RoutingEmitter;
  readonly #clock: Clock;
  readonly #workload: string;
  readonly #partMs: number;
  readonly #record: (event: AttemptEvent) => void = (event) => this.#add(event);
  /** The oldest first. */
  #parts: Part[] = [];

  /** @throws {@link InvalidOptionsError} */
  constructor(options: WindowOptions, emitter: RoutingEmitter, clock: Clock, workload: string) {
    const { lastMs = Number.POSITIVE_INFINITY } = readOptions(options, "window");
    this.#emitter = emitter;
    this.#clock = clock;
    this.#workload = workload;
    this.#partMs = lastMs / PARTS;
    emitter.on("attempt", this.#record);
  }

  stats(): RouteStats[] {
    return [...this.#merged().values()].map((tally) => tally.stats());
  }

  histogram(routeKey: string, { of = "ttfb", ...selection }: HistogramSelection = {}): RouteHistogram | undefined {
    return this.#merged()
      .get(keyOf(routeKey, selectedSlice(selection, this.#workload)))
      ?.histogram(of)
      .copy();
  }

  take(): RouteStats[] {
    const stats = this.stats();
    this.#parts = [];
    return stats;
  }

  close(): void {
    this.#emitter.off("attempt", this.#record);
  }

  #add(event: AttemptEvent): void {
    const { tallies } = this.#currentPart();
    const key = keyOf(event.route.key, event);
    const tally = tallies.get(key) ?? new AttemptTally(event.route, event);
    tallies.delete(key);
    tallies.set(key, tally);
    tally.add(event);
    const [oldest] = tallies.keys();
    if (tallies.size > MAX_TALLIES && oldest !== undefined) tallies.delete(oldest);
  }

  #currentPart(): Part {
    const index = this.#dropOld();
    let part = this.#parts.at(-1);
    if (part?.index !== index) {
      part = { index, tallies: new Map() };
      this.#parts.push(part);
    }
    return part;
  }

  /** Drops what has become too old. Returns the number of the part that counts now. */
  #dropOld(): number {
    const index = Math.floor(this.#clock.now() / this.#partMs);
    this.#parts = this.#parts.filter((part) => part.index > index - PARTS);
    return index;
  }

  #merged(): ReadonlyMap<string, AttemptTally> {
    this.#dropOld();
    const merged = new Map<string, AttemptTally>();
    for (const [key, tally] of this.#parts.flatMap(({ tallies }) => [...tallies])) {
      const sum = merged.get(key) ?? new AttemptTally(tally.route, tally.slice);
      merged.delete(key);
      merged.set(key, sum);
      sum.addAll(tally);
    }
    return merged;
  }
}

/** What the attempts on one route came to. */
class AttemptTally {
  readonly route: Route;
  readonly slice: Slice;
  readonly #ttfb: LatencyHistogram = new LatencyHistogram();
  readonly #total: LatencyHistogram = new LatencyHistogram();
  readonly #usage: UsageTally = new UsageTally();
  readonly #counts: Record<"attempts" | "successes" | "probes" | "started" | "won", number> = {
    attempts: 0,
    successes: 0,
    probes: 0,
    started: 0,
    won: 0,
  };
  readonly #failures: Record<FailureKind, number> = noFailures();

  constructor(route: Route, { workload, streaming, serviceTier, latency }: Slice) {
    this.route = route;
    this.slice = { workload, streaming, ...serviceLevel(serviceTier, latency) };
  }

  add({ outcome, cause, ttfbMs, totalMs = 0, usage, cost }: AttemptEvent): void {
    const counts = this.#counts;
    counts.attempts += 1;
    if (cause === "probe") counts.probes += 1;
    if (cause === "backup" || cause === "hedge") {
      counts.started += 1;
      if (ttfbMs !== undefined) counts.won += 1;
    }
    if (outcome === "succeeded") {
      counts.successes += 1;
      this.#total.record(totalMs);
    } else this.#failures[outcome] += 1;
    if (ttfbMs === undefined) return;
    this.#ttfb.record(ttfbMs);
    const generationMs = this.slice.streaming ? totalMs - ttfbMs : totalMs;
    this.#usage.answered(usage, generationMs, cost?.known === true ? cost.usd : undefined, undefined);
  }

  addAll(other: AttemptTally): void {
    this.#ttfb.addBuckets(other.#ttfb.buckets());
    this.#total.addBuckets(other.#total.buckets());
    this.#usage.merge(other.#usage.snapshot() ?? []);
    addInto(this.#counts, other.#counts);
    addInto(this.#failures, other.#failures);
  }

  histogram(of: "ttfb" | "total"): LatencyHistogram {
    return of === "ttfb" ? this.#ttfb : this.#total;
  }

  stats(): RouteStats {
    const { attempts, successes, probes, started, won } = this.#counts;
    return Object.freeze({
      route: this.route,
      ...this.slice,
      ttfb: this.#ttfb.percentiles(),
      total: this.#total.percentiles(),
      attempts,
      successes,
      failures: Object.freeze({ ...this.#failures }),
      probes,
      backups: Object.freeze({ started, won }),
      ...this.#usage.stats(),
    });
  }
}

function addInto<Name extends string>(sums: Record<Name, number>, more: Readonly<Record<Name, number>>): void {
  for (const name of Object.keys(more) as Name[]) sums[name] += more[name];
}

function keyOf(routeKey: string, slice: Slice): string {
  return `${sliceName(slice)} ${routeKey}`;
}

/** The slice that a caller selects. */
export function selectedSlice(
  { workload, streaming = true, serviceTier, latency }: HistogramSelection,
  usual: string,
): Slice {
  return { workload: workload ?? usual, streaming, ...serviceLevel(serviceTier, latency) };
}
