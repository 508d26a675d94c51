import { LRUCache } from "lru-cache";
import type { Route } from "../../types/route.ts";
import type { StoreReply } from "../../types/store.ts";
import type { Clock } from "../../util/clock.ts";
import { type LatencyWindow, SLICE_MS, type WindowReading } from "../latency-window.ts";
import type { RouteHealth } from "../route-health.ts";
import type { Crowd, Fleet, SharedCooldown } from "./fleet.ts";
import {
  COUNT_MS,
  type CountKind,
  cooldownField,
  cooldownText,
  countField,
  recoveryField,
  sampleField,
  strikeField,
} from "./fleet-codec.ts";
import { mergedReading } from "./merged-reading.ts";
import { type FleetBatch, ModelFleet } from "./model-fleet.ts";

const MOST_MODELS = 32;
/** What is known of how much the others do is no use any more once it is so old. */
const STALE_MS = 60_000;
/** Nothing is heard of the others, however often it is tried: then they do not exist. */
const BLIND_MS = 15_000;
/** How long news takes to be made and told: an attempt, and an exchange. Then it waits for those who are to hear it. */
const NEWS_MS = 1_500;
/** Trials of a route that is out may cost the fleet one request in so many. */
const REQUESTS_A_TRIAL = 200;
const SHORTEST_COOLDOWN_MS = 5_000;
/** Every process sees the same, and follows it after this time on average. */
const FOLLOW_MS = 20_000;
/** Probes a second over all processes, within the bounds of a process that counts its own. */
const PROBES_A_SECOND = 0.2;
const MOST_PROBES = 1 / 32;
const LEAST_PROBES = 1 / 256;

/** Who decides when to exchange. */
export interface ExchangeTimer {
  /** A request is about to be sent. */
  requested(model: string): void;
  /** There is something to tell: soon, or at once. */
  pending(model: string, atOnce: boolean): void;
}

/** What of a route and slice was read last, and from what. */
interface Merged {
  readonly ownReading: WindowReading | undefined;
  readonly version: number;
  readonly index: number;
  readonly reading: WindowReading | undefined;
}

/** What the other processes of a fleet observe, and what they are told. It knows no store: see `FleetExchange`. */
export class FleetHealth implements Fleet {
  readonly #namespace: string;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #health: RouteHealth;
  readonly #timer: ExchangeTimer;
  readonly #models: LRUCache<string, ModelFleet> = new LRUCache({ max: MOST_MODELS });
  readonly #merged: LRUCache<string, Merged> = new LRUCache({ max: 1_000 });
  readonly #evictions: Map<string, number> = new Map();
  /** The place of this process among all, for life: what one route cannot bear moves few of them, and always the same. */
  readonly #place: number;
  /** From this process's clock to the engine's. */
  #offsetMs: number | undefined;
  #failingSince: number | undefined;
  #blind = false;
  #version = 0;

  constructor(namespace: string, clock: Clock, random: () => number, health: RouteHealth, timer: ExchangeTimer) {
    this.#namespace = namespace;
    this.#clock = clock;
    this.#random = random;
    this.#health = health;
    this.#timer = timer;
    this.#place = random();
  }

  wanted(route: Route): void {
    this.#count(route, "wanted");
  }

  answered(route: Route, slice: string, ttfbMs: number | undefined): void {
    const model = this.#count(route, "answered");
    if (ttfbMs !== undefined) this.#sample(model, route, slice, "answer", ttfbMs);
    // A process of few requests may be frozen until the next one.
    this.#timer.pending(route.model, model.isQuiet(this.#clock.now()));
  }

  waited(route: Route, slice: string, waitedMs: number): void {
    this.#sample(this.#modelOf(route), route, slice, "wait", waitedMs);
    this.#timer.pending(route.model, false);
  }

  throttled(route: Route): void {
    this.#count(route, "throttled");
    this.#timer.pending(route.model, false);
  }

  lostRace(route: Route): void {
    const model = this.#modelOf(route);
    model.count(strikeField(model.routeName(route)), this.#clock.now());
    this.#timer.pending(route.model, true);
  }

  postponed(route: Route, cooldown: SharedCooldown): void {
    const model = this.#modelOf(route);
    const atMs = this.#clock.now();
    model.tell(cooldownField(model.routeName(route)), (offsetMs) => cooldownText(atMs + offsetMs, cooldown));
    this.#timer.pending(route.model, true);
  }

  recovered(route: Route): void {
    const model = this.#modelOf(route);
    const atMs = this.#clock.now();
    const name = model.routeName(route);
    model.tell(recoveryField(name), (offsetMs) => String(Math.round(atMs + offsetMs)));
    if (this.#offsetMs !== undefined) model.recover(name, atMs + this.#offsetMs);
    this.#version += 1;
    this.#timer.pending(route.model, true);
  }

  prepare(routes: readonly Route[]): void {
    const [first] = routes;
    if (first === undefined) return;
    this.#modelOf(first).plans(routes);
    this.#timer.requested(first.model);
  }

  crowd(routes: readonly Route[]): Crowd | undefined {
    const [first] = routes;
    if (first === undefined) return undefined;
    this.prepare(routes);
    this.#noticeBlindness();
    const model = this.#modelOf(first);
    return this.#isAtWork(model) ? new CrowdNow(model, this.#clock.now(), this.#place, this.#random) : undefined;
  }

  longestCooldownMs(route: Route): number {
    const model = this.#modelOf(route);
    if (!this.#isAtWork(model)) return Number.POSITIVE_INFINITY;
    return Math.max(SHORTEST_COOLDOWN_MS, (1_000 * REQUESTS_A_TRIAL) / model.rates.all);
  }

  reading(
    route: Route,
    slice: string,
    own: LatencyWindow | undefined,
    ownReading: WindowReading | undefined,
  ): WindowReading | undefined {
    const offsetMs = this.#offsetMs;
    if (this.#blind || offsetMs === undefined) return undefined;
    const nowMs = this.#clock.now();
    const index = Math.floor((nowMs + offsetMs) / COUNT_MS);
    const key = `${slice} ${route.key}`;
    const known = this.#merged.get(key);
    if (
      known !== undefined &&
      known.ownReading === ownReading &&
      known.version === this.#version &&
      known.index === index
    ) {
      return known.reading;
    }
    const reading = this.#merge(route, slice, own, ownReading, nowMs, offsetMs);
    this.#merged.set(key, { ownReading, version: this.#version, index, reading });
    return reading;
  }

  #merge(
    route: Route,
    slice: string,
    own: LatencyWindow | undefined,
    ownReading: WindowReading | undefined,
    nowMs: number,
    offsetMs: number,
  ): WindowReading | undefined {
    const model = this.#modelOf(route);
    const [name, sliceName] = [model.routeName(route), model.sliceName(slice)];
    const others = model.counts.samplesOfOthers(name, sliceName);
    if (others.length === 0) return undefined;
    const current = Math.floor((nowMs + offsetMs) / COUNT_MS);
    return mergedReading(
      (own?.byAge(nowMs) ?? []).map(({ age, samples }) => ({ age, samples: samples.map((ms) => [ms, 1] as const) })),
      others.map(({ index, samples }) => ({ age: current - index, samples })),
      ownReading,
      (nowMs + offsetMs - model.recoveredAt(name)) / SLICE_MS,
    );
  }

  lastSampleAt(route: Route, slice: string): number {
    const model = this.#modelOf(route);
    if (this.#blind || this.#offsetMs === undefined) return Number.NEGATIVE_INFINITY;
    const others = model.counts.samplesOfOthers(model.routeName(route), model.sliceName(slice));
    const newest = others.reduce((latest, { index }) => Math.max(latest, index), Number.NEGATIVE_INFINITY);
    return Math.min(this.#clock.now(), (newest + 1) * COUNT_MS - this.#offsetMs);
  }

  evictions(route: Route): number {
    return this.#evictions.get(route.key) ?? 0;
  }

  /** Whether there is anything to tell of a model, or nothing was ever heard of it. */
  isDue(model: string): boolean {
    const known = this.#models.get(model);
    return known !== undefined && (known.hasPending || known.heardAt === Number.NEGATIVE_INFINITY);
  }

  /** When it was last heard of a model; minus infinity when it never was. */
  heardAt(model: string): number {
    return this.#models.get(model)?.heardAt ?? Number.NEGATIVE_INFINITY;
  }

  /** What is to be exchanged of a model now. */
  batch(model: string): FleetBatch {
    const offsetMs = this.#offsetMs ?? this.#clock.wallNow() - this.#clock.now();
    return this.#modelNamed(model).batch(this.#clock.now(), offsetMs, this.#offsetMs !== undefined);
  }

  /**
   * Takes in what an exchange has brought.
   * @param startedAt - when it was sent
   * @returns false when the engine's clock is another one than was supposed: the latest was not read
   */
  learn(model: string, sent: FleetBatch, reply: StoreReply, startedAt: number): boolean {
    const nowMs = this.#clock.now();
    const middleMs = (startedAt + nowMs) / 2;
    const offsetMs = reply.timeMs === undefined ? this.#clock.wallNow() - nowMs : reply.timeMs - middleMs;
    this.#offsetMs = offsetMs;
    this.#failingSince = undefined;
    this.#blind = false;
    const { cooldowns } = this.#health;
    for (const { route, news, cooldown, recoveredAgoMs } of this.#modelNamed(model).learn(
      sent,
      reply,
      nowMs,
      offsetMs,
    )) {
      if (recoveredAgoMs !== undefined) cooldowns.learnRecovered(route, recoveredAgoMs);
      if (news.answered > 0) cooldowns.learnAnswered(route);
      else if (news.strikes > 0 && cooldowns.learnLostRaces(route, news.strikes)) this.#evict(route);
      if (cooldown !== undefined && cooldowns.learn(route, cooldown) && cooldown.family === "lost-races") {
        this.#evict(route);
      }
    }
    this.#version += 1;
    this.#health.learned();
    return sent.indexes[0] === Math.floor((startedAt + offsetMs) / COUNT_MS);
  }

  /** An exchange came to nothing; what it was to tell may have been told. */
  lost(startedAt: number): void {
    this.#failingSince ??= startedAt;
  }

  /** What the others have found out does not outlive the contact with them. */
  #noticeBlindness(): void {
    if (this.#blind || this.#failingSince === undefined) return;
    if (this.#clock.now() - this.#failingSince <= BLIND_MS) return;
    this.#blind = true;
    this.#health.cooldowns.forgetLearned();
    this.#health.learned();
  }

  #isAtWork({ rates, heardAt }: ModelFleet): boolean {
    return !this.#blind && rates.others > 0 && this.#clock.now() - heardAt <= STALE_MS;
  }

  #evict({ key }: Route): void {
    this.#evictions.set(key, (this.#evictions.get(key) ?? 0) + 1);
  }

  #count(route: Route, kind: CountKind): ModelFleet {
    const model = this.#modelOf(route);
    const nowMs = this.#clock.now();
    if (kind === "wanted") model.requested(nowMs);
    model.count(countField(model.routeName(route), kind, "*"), nowMs);
    return model;
  }

  #sample(model: ModelFleet, route: Route, slice: string, kind: "answer" | "wait", ms: number): void {
    model.count(sampleField(model.routeName(route), model.sliceName(slice), kind, ms), this.#clock.now());
  }

  #modelOf({ model }: Route): ModelFleet {
    return this.#modelNamed(model);
  }

  #modelNamed(name: string): ModelFleet {
    const known = this.#models.get(name);
    if (known !== undefined) return known;
    const model = new ModelFleet(this.#namespace, name);
    this.#models.set(name, model);
    return model;
  }
}

/** Lots are drawn when they are asked for, and once. */
class CrowdNow implements Crowd {
  readonly #model: ModelFleet;
  readonly #newsRoundMs: number;
  readonly #place: number;
  readonly #random: () => number;
  #mayTry: boolean | undefined;
  #drawn: boolean | undefined;

  constructor(model: ModelFleet, nowMs: number, place: number, random: () => number) {
    this.#model = model;
    // The others have not heard of it for about as long as this process has heard of nothing.
    this.#newsRoundMs = nowMs - model.heardAt + NEWS_MS;
    this.#place = place;
    this.#random = random;
  }

  /** One trial while the news of it comes round: no lock, and nobody who can die with one. */
  get mayTry(): boolean {
    this.#mayTry ??= this.#random() < 1 / (1 + (this.#model.rates.others * this.#newsRoundMs) / 1_000);
    return this.#mayTry;
  }

  get mayProbe(): boolean | undefined {
    const { all, others } = this.#model.rates;
    if (others < all / 2) return undefined;
    this.#drawn ??= this.#random() < Math.min(MOST_PROBES, Math.max(LEAST_PROBES, PROBES_A_SECOND / all));
    return this.#drawn;
  }

  mayMove(sinceMs: number): boolean {
    return this.#random() < 1 - Math.exp(-sinceMs / FOLLOW_MS);
  }

  bearer(routes: readonly Route[]): number {
    const { shares, rates } = this.#model;
    if (shares.size === 0) return 0;
    // Who sends much of the traffic spreads its requests over as wide a band of places.
    const band = Math.max(0, 1 - rates.others / rates.all);
    let left = (this.#place + band * this.#random()) % 1;
    for (const [index, { key }] of routes.entries()) {
      const share = shares.get(key) ?? 1;
      if (left < share) return index;
      left -= share;
    }
    return 0;
  }
}
