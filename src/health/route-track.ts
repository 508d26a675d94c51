import type { AttemptCause } from "../types/attempt.ts";
import type { RouteEvidence } from "../types/evidence.ts";
import type { FailureKind, Route } from "../types/route.ts";
import { levelName, type ServiceLevel, serviceLevel } from "../types/service-level.ts";
import { noFailures, type RouteStats } from "../types/statistics.ts";
import type { Clock } from "../util/clock.ts";
import { bucketsFromText, bucketsToText } from "./bucket-text.ts";
import type { Cooldowns } from "./cooldowns.ts";
import type { Fleet } from "./fleet/fleet.ts";
import { LatencyHistogram } from "./latency-histogram.ts";
import { LatencyWindow, type WindowReading } from "./latency-window.ts";
import { UsageTally } from "./usage-tally.ts";

/**
 * What keeps statistics of one route apart: streaming and unary calls, the caller's workloads, and the service tier and
 * latency mode that a request asks for.
 */
export interface Slice extends ServiceLevel {
  readonly workload: string;
  readonly streaming: boolean;
}

/** The name of a slice: what is kept apart has another one. */
export function sliceName(slice: Slice): string {
  return `${slice.workload} ${slice.streaming ? "stream" : "unary"} ${levelName(slice)}`;
}

/** Newest samples in a snapshot: enough for a median, few enough to stay small. */
const RECENT_IN_SNAPSHOT = 32;

/** What has been observed of one route in one slice, as plain data. */
export interface TrackSnapshot extends Slice {
  readonly route: Route;
  readonly attempts: number;
  readonly successes: number;
  readonly failures: Readonly<Record<FailureKind, number>>;
  /** HDR histogram of the time to first byte, packed. */
  readonly ttfb: string;
  /** HDR histogram of the whole answer, packed. */
  readonly total: string;
  /** The newest times to first byte, in milliseconds. */
  readonly recent: readonly number[];
  /** What the newest attempts had waited that were cut off, in milliseconds; absent when none was. */
  readonly waits?: readonly number[];
  readonly recentAgeMs: number;
  /** Sums of tokens and cost; absent while there are none. */
  readonly usage?: readonly number[];
}

/** Evidence, and what it was made from. */
interface Made {
  readonly reading: WindowReading;
  readonly tokensPerMinute: number | undefined;
  readonly evidence: RouteEvidence;
}

/** What has been observed of one route in one slice. Written by the attempts on it. */
export class RouteTrack {
  readonly route: Route;
  readonly slice: Slice;
  readonly #name: string;
  readonly #fleet: () => Fleet | undefined;
  /** The tokens of its answers, and what they cost. */
  readonly usage: UsageTally = new UsageTally();
  readonly #clock: Clock;
  readonly #cooldowns: Cooldowns;
  readonly #changed: () => void;
  readonly #ttfb: LatencyHistogram = new LatencyHistogram();
  readonly #total: LatencyHistogram = new LatencyHistogram();
  readonly #recentTtfb: LatencyWindow = new LatencyWindow();
  readonly #failures: Record<FailureKind, number> = noFailures();
  #attempts = 0;
  #successes = 0;
  #probes = 0;
  #backups = 0;
  #backupsWon = 0;
  #evidence: Made | undefined;
  #lastAnswerAt = Number.NEGATIVE_INFINITY;

  /** @param fleet - told of every sample */
  constructor(
    route: Route,
    slice: Slice,
    clock: Clock,
    cooldowns: Cooldowns,
    changed: () => void,
    fleet: () => Fleet | undefined = () => undefined,
  ) {
    this.route = route;
    const { workload, streaming, serviceTier, latency } = slice;
    this.slice = Object.freeze({ workload, streaming, ...serviceLevel(serviceTier, latency) });
    this.#name = sliceName(slice);
    this.#fleet = fleet;
    this.#clock = clock;
    this.#cooldowns = cooldowns;
    this.#changed = changed;
  }

  /** An attempt starts. */
  started(because: AttemptCause): void {
    this.#attempts += 1;
    if (because === "probe") this.#probes += 1;
    if (because === "backup" || because === "hedge") this.#backups += 1;
    this.#cooldowns.started(this.route, this.slice);
  }

  /** A backup on this route brought the first content. */
  wonRace(): void {
    this.#backupsWon += 1;
  }

  /**
   * An attempt was cut off before content because another one was faster. What it had waited is a lower bound of its
   * time to first byte: leaving it out would hide a slow route.
   * @param scale - see {@link RouteTrack.answered}
   */
  cutOff(waitedMs: number, scale = 1): void {
    if (this.#recentTtfb.addWait(waitedMs / scale, this.#clock.now())) this.#changed();
    this.#fleet()?.waited(this.route, this.#name, waitedMs / scale);
  }

  /** The route is another one than before: older samples say nothing about it any more. */
  forgetBefore(atMs: number): void {
    this.#recentTtfb.forgetBefore(atMs);
    this.#changed();
  }

  /** When the last sample came, on the clock of this client. */
  get lastSampleAt(): number {
    return this.#recentTtfb.lastAt;
  }

  /** When the route last answered anybody, on the clock of this client. */
  get lastAnswerAt(): number {
    return this.#lastAnswerAt;
  }

  /**
   * Content, or the response of a unary call, has arrived: the route works.
   * @param isEvidence - false when the process itself was held up meanwhile: the caller has waited, and the route did not
   * @param scale - how many times longer such a prompt takes than the usual one
   */
  answered(ttfbMs: number, isEvidence = true, scale = 1): void {
    this.#lastAnswerAt = this.#clock.now();
    this.#ttfb.record(ttfbMs);
    if (isEvidence && this.#recentTtfb.add(ttfbMs / scale, this.#clock.now())) this.#changed();
    this.#fleet()?.answered(this.route, this.#name, isEvidence ? ttfbMs / scale : undefined);
    this.#cooldowns.succeeded(this.route, this.slice);
  }

  /** An attempt ended well. */
  succeeded(totalMs: number): void {
    this.#successes += 1;
    this.#total.record(totalMs);
  }

  /** An attempt failed. Its duration is no sample: a route that fails fast must not look fast. */
  failed(kind: FailureKind): void {
    this.#failures[kind] += 1;
    if (kind === "cancelled" || kind === "rejected") this.#cooldowns.undecided(this.route, this.slice);
  }

  /**
   * The evidence of a route that is not cooling: the same object as long as nothing has changed.
   * @param reading - of the recent samples, if those of others count too
   */
  evidence(tokensPerMinute: number | undefined, reading: WindowReading = this.recent()): RouteEvidence {
    const known = this.#evidence;
    if (known?.reading === reading && known.tokensPerMinute === tokensPerMinute) return known.evidence;
    const evidence = { ...reading, ...(tokensPerMinute !== undefined && { tokensPerMinute }), coolingForMs: 0 };
    this.#evidence = { reading, tokensPerMinute, evidence };
    return evidence;
  }

  get window(): LatencyWindow {
    return this.#recentTtfb;
  }

  recent(): WindowReading {
    return this.#recentTtfb.read(this.#clock.now());
  }

  /** What was observed, to be kept elsewhere. Times are relative, because clocks differ between processes. */
  snapshot(): TrackSnapshot {
    const now = this.#clock.now();
    const usage = this.usage.snapshot();
    return {
      route: this.route,
      ...this.slice,
      attempts: this.#attempts,
      successes: this.#successes,
      failures: { ...this.#failures },
      ttfb: bucketsToText(this.#ttfb.buckets()),
      total: bucketsToText(this.#total.buckets()),
      ...recentOf(this.#recentTtfb.newest(RECENT_IN_SNAPSHOT)),
      recentAgeMs: this.#recentTtfb.lastAt === Number.NEGATIVE_INFINITY ? 0 : Math.round(now - this.#recentTtfb.lastAt),
      ...(usage === undefined ? {} : { usage }),
    };
  }

  /**
   * Adds what another process, or an earlier one, has observed.
   * @param ageMs - how long ago the snapshot was taken
   * @throws RangeError for histograms that make no sense
   */
  merge(snapshot: TrackSnapshot, ageMs: number): void {
    const ttfb = bucketsFromText(snapshot.ttfb);
    const total = bucketsFromText(snapshot.total);
    this.#ttfb.addBuckets(ttfb);
    this.#total.addBuckets(total);
    this.#attempts += snapshot.attempts;
    this.#successes += snapshot.successes;
    this.usage.merge(snapshot.usage ?? []);
    for (const [kind, count] of Object.entries(snapshot.failures)) this.#failures[kind as FailureKind] += count;
    const takenAt = this.#clock.now() - ageMs - snapshot.recentAgeMs;
    for (const ttfbMs of snapshot.recent) this.#recentTtfb.add(ttfbMs, takenAt);
    for (const waitedMs of snapshot.waits ?? []) this.#recentTtfb.addWait(waitedMs, takenAt);
    this.#changed();
  }

  /** One of the histograms. */
  histogram(of: "ttfb" | "total"): LatencyHistogram {
    return of === "ttfb" ? this.#ttfb : this.#total;
  }

  stats(): RouteStats {
    const cooling = this.#cooldowns.cooling(this.route, this.slice);
    return Object.freeze({
      route: this.route,
      ...this.slice,
      ttfb: this.#ttfb.percentiles(),
      total: this.#total.percentiles(),
      attempts: this.#attempts,
      successes: this.#successes,
      failures: Object.freeze({ ...this.#failures }),
      probes: this.#probes,
      backups: Object.freeze({ started: this.#backups, won: this.#backupsWon }),
      ...this.usage.stats(),
      ...(cooling === undefined ? {} : { cooldownUntil: Math.round(this.#clock.wallNow() + cooling.forMs) }),
    });
  }
}

function recentOf(newest: readonly number[]): Pick<TrackSnapshot, "recent" | "waits"> {
  const waits = newest.filter((ms) => ms < 0).map((ms) => Math.round(-ms));
  return {
    recent: newest.filter((ms) => ms >= 0).map(Math.round),
    ...(waits.length > 0 && { waits }),
  };
}
