import type { Route } from "../../types/route.ts";
import type { StoreBatch, StoreReply } from "../../types/store.ts";
import type { SharedCooldown } from "./fleet.ts";
import { bearableRate } from "./fleet-capacity.ts";
import {
  COUNT_MS,
  cooldownField,
  type FleetKeys,
  fieldName,
  fleetKeys,
  HALF_MS,
  ROUTE_LENGTH,
  readCooldown,
  readCounts,
  readTime,
  recoveryField,
  SLICE_LENGTH,
} from "./fleet-codec.ts";
import { type News, SharedCounts } from "./shared-counts.ts";

/** Counts are read, and reach back, for so long. */
const READ_SLICES = 18;
/** Counts that could not be told in so long a time are dropped. */
const TELL_WITHIN_MS = 60_000;
/** Longer than anybody reads them. */
const COUNTS_LIVE_MS = 11 * 60_000;
const FACTS_LIVE_MS = 5 * 60_000;
const MOST_ROUTES = 32;
const MOST_ADDS = 512;
const MOST_PENDING = 4_096;
const MOST_OWN_TEXTS = 64;
const MOST_NAMES = 1_000;
/** Whether others are at work, and how much, is judged by so long. */
const RATE_MS = 30_000;
/** What quotas are shared out of: demand that grows or falls must not be seen late. */
const DEMAND_MS = 10_000;
const SHORTEST_RATE_MS = 3_000;
/** Three minutes: quotas refill within one. */
const CAPACITY_HALVES = 36;
/** A process is quiet with fewer requests than this in the last ten seconds. */
const QUIET_REQUESTS = 10;
const QUIET_MS = 10_000;
/** Facts of a route that nobody has proved since are news for so long. */
const NEWS_MS = 60_000;

/** Requests a second, over the routes that this process may take. */
export interface FleetRates {
  readonly all: number;
  readonly others: number;
}

/** What was sent with one exchange, and when the engine's clock is supposed to have been. */
export interface FleetBatch {
  readonly batch: StoreBatch;
  readonly indexes: readonly number[];
  /** Whether what there was to tell is in it. */
  readonly tells: boolean;
}

/** What others have found out about a route. */
export interface RouteFacts {
  readonly route: Route;
  readonly news: News;
  /** A cooldown that nobody has ended, from now. */
  readonly cooldown: SharedCooldown | undefined;
  /** How long ago the route answered after a cooldown. */
  readonly recoveredAgoMs: number | undefined;
}

interface Pending {
  readonly second: number;
  /** With `*` in place of the half of the slice. */
  readonly name: string;
  by: number;
}

/**
 * What a fleet shares of one model. Times are those of this process unless they are said to be the engine's; it takes
 * `offsetMs` to come from one to the other.
 */
export class ModelFleet {
  readonly keys: FleetKeys;
  readonly counts: SharedCounts = new SharedCounts();
  /** Places on the scale from 0 to 1 that the fleet's requests fall to. */
  shares: ReadonlyMap<string, number> = new Map();
  rates: FleetRates = { all: 0, others: 0 };
  /** When it was last heard of the others; minus infinity when it never was. */
  heardAt: number = Number.NEGATIVE_INFINITY;
  readonly #namespace: string;
  readonly #routeNames: Map<string, string> = new Map();
  readonly #sliceNames: Map<string, string> = new Map();
  /** By the name that they have in fields. */
  readonly #routes: Map<string, Route> = new Map();
  readonly #pending: Map<string, Pending> = new Map();
  readonly #facts: Map<string, (offsetMs: number) => string> = new Map();
  /** What this process has written itself is no news. */
  readonly #ownTexts: Set<string> = new Set();
  readonly #recoveredAt: Map<string, number> = new Map();
  #planned: readonly Route[] = [];
  /** Times of the latest requests. */
  #requests: number[] = [];

  constructor(namespace: string, model: string) {
    this.#namespace = namespace;
    this.keys = fleetKeys(namespace, model);
  }

  /** Only routes of this process's plans are ever looked for in a store. */
  plans(routes: readonly Route[]): void {
    if (routes === this.#planned) return;
    this.#planned = routes;
    for (const route of routes) {
      if (this.#routes.size < MOST_ROUTES) this.#routes.set(this.routeName(route), route);
    }
  }

  routeName({ key }: Route): string {
    return this.#nameOf(key, ROUTE_LENGTH, this.#routeNames);
  }

  sliceName(slice: string): string {
    return this.#nameOf(slice, SLICE_LENGTH, this.#sliceNames);
  }

  /** Hashed once for each. */
  #nameOf(text: string, length: number, known: Map<string, string>): string {
    let name = known.get(text);
    if (name === undefined) {
      name = fieldName(this.#namespace, text, length);
      if (known.size < MOST_NAMES) known.set(text, name);
    }
    return name;
  }

  requested(nowMs: number): void {
    this.#requests.push(nowMs);
    if (this.#requests.length > QUIET_REQUESTS) this.#requests.shift();
  }

  /** Whether this process makes so few requests that an exchange for each of them is no burden. */
  isQuiet(nowMs: number): boolean {
    const [oldest = nowMs] = this.#requests;
    return this.#requests.length < QUIET_REQUESTS || nowMs - oldest > QUIET_MS;
  }

  /** Counts something to be told. @param name - with `*` in place of the half of the slice */
  count(name: string, nowMs: number): void {
    const second = Math.floor(nowMs / 1_000);
    const key = `${second} ${name}`;
    const known = this.#pending.get(key);
    if (known !== undefined) known.by += 1;
    else if (this.#pending.size < MOST_PENDING) this.#pending.set(key, { second, name, by: 1 });
  }

  tell(field: string, text: (offsetMs: number) => string): void {
    this.#facts.set(field, text);
  }

  /** The route has answered after a cooldown, on the engine's clock: what attempts had waited before does not count any more. */
  recover(route: string, atMs: number): void {
    this.#recoveredAt.set(route, Math.max(atMs, this.recoveredAt(route)));
  }

  recoveredAt(route: string): number {
    return this.#recoveredAt.get(route) ?? Number.NEGATIVE_INFINITY;
  }

  get hasPending(): boolean {
    return this.#pending.size > 0 || this.#facts.size > 0;
  }

  /**
   * What is to be exchanged now.
   * @param mayWrite - false while the engine's clock is not known
   */
  batch(nowMs: number, offsetMs: number, mayWrite: boolean): FleetBatch {
    const current = Math.floor((nowMs + offsetMs) / COUNT_MS);
    const missed = Math.ceil((nowMs - this.heardAt) / COUNT_MS);
    const reads = Math.min(READ_SLICES, Math.max(1, missed) + 1);
    const indexes = Array.from({ length: reads }, (_, back) => current - back);
    this.counts.forgetBefore(current - READ_SLICES);
    const writes = mayWrite ? this.#writes(nowMs, offsetMs) : { add: [], set: [], expire: [] };
    return {
      batch: { ...writes, read: [this.keys.facts, ...indexes.map(this.keys.counts)] },
      indexes,
      tells: mayWrite,
    };
  }

  #writes(nowMs: number, offsetMs: number): Omit<StoreBatch, "read"> {
    const adds = new Map<string, { key: string; field: string; by: number }>();
    const written = new Set<string>();
    for (const { second, name, by } of this.#pending.values()) {
      const atMs = second * 1_000;
      if (nowMs - atMs > TELL_WITHIN_MS || adds.size >= MOST_ADDS) continue;
      const index = Math.floor((atMs + offsetMs) / COUNT_MS);
      const half = Math.floor((atMs + offsetMs) / HALF_MS) % 2;
      const field = name.endsWith("*") ? `${name.slice(0, -1)}${half}` : name;
      const key = this.keys.counts(index);
      const known = adds.get(`${key} ${field}`);
      if (known === undefined) adds.set(`${key} ${field}`, { key, field, by });
      else known.by += by;
      this.counts.sent(index, field, by);
      written.add(key);
    }
    const set = [...this.#facts].map(([field, text]) => ({ key: this.keys.facts, field, value: text(offsetMs) }));
    for (const { field, value } of set) this.#ownTexts.add(`${field} ${value}`);
    for (const text of this.#ownTexts) if (this.#ownTexts.size > MOST_OWN_TEXTS) this.#ownTexts.delete(text);
    this.#pending.clear();
    this.#facts.clear();
    const expire = [...written].map((key) => ({ key, afterMs: COUNTS_LIVE_MS }));
    if (set.length > 0) expire.push({ key: this.keys.facts, afterMs: FACTS_LIVE_MS });
    return { add: [...adds.values()], set, expire };
  }

  /** Takes in what was read. Returns what others have found out about each route. */
  learn({ indexes }: FleetBatch, { hashes }: StoreReply, nowMs: number, offsetMs: number): readonly RouteFacts[] {
    const engineMs = nowMs + offsetMs;
    const current = Math.floor(engineMs / COUNT_MS);
    const isFirst = this.heardAt === Number.NEGATIVE_INFINITY;
    const names = new Set(this.#routes.keys());
    const news = new Map<string, { answered: number; strikes: number }>();
    const [facts = {}, ...slices] = hashes;
    slices.forEach((hash, place) => {
      const index = indexes[place] ?? 0;
      const learned = this.counts.learn(index, readCounts(hash, names));
      // Of races that were lost before this process began, only the latest matter.
      if (isFirst && index < current - 1) return;
      for (const [route, { answered, strikes }] of learned) {
        const sum = news.get(route) ?? { answered: 0, strikes: 0 };
        news.set(route, { answered: sum.answered + answered, strikes: sum.strikes + strikes });
      }
    });
    this.heardAt = nowMs;
    this.#estimate(engineMs, names);
    return [...this.#routes].map(([name, route]) => ({
      route,
      news: news.get(name) ?? { answered: 0, strikes: 0 },
      ...this.#factsOf(name, facts, engineMs),
    }));
  }

  #estimate(engineMs: number, names: ReadonlySet<string>): void {
    this.rates = this.#ratesSince(engineMs - RATE_MS, engineMs, names);
    const demand = this.#ratesSince(engineMs - DEMAND_MS, engineMs, names).all;
    const shares = new Map<string, number>();
    for (const [name, { key }] of this.#routes) {
      const rate = bearableRate(this.counts.outcomes(name, engineMs, CAPACITY_HALVES), HALF_MS);
      if (rate < demand) shares.set(key, rate / demand);
    }
    this.shares = shares;
  }

  #ratesSince(fromMs: number, engineMs: number, names: ReadonlySet<string>): FleetRates {
    const { all, others, sinceMs } = this.counts.wanted(names, fromMs);
    // A fleet that has just been started, or begins to work again, has not been quiet before: it was not there.
    const seconds = Math.max(SHORTEST_RATE_MS, engineMs - sinceMs) / 1_000;
    return { all: all / seconds, others: others / seconds };
  }

  #factsOf(
    name: string,
    facts: Readonly<Record<string, string>>,
    engineMs: number,
  ): Pick<RouteFacts, "cooldown" | "recoveredAgoMs"> {
    const recovery = facts[recoveryField(name)];
    const recoveredAt = readTime(recovery, engineMs);
    if (recoveredAt !== undefined) this.recover(name, recoveredAt);
    const text = facts[cooldownField(name)];
    const cooldown = this.#isOwn(cooldownField(name), text) ? undefined : readCooldown(text, engineMs);
    const isOver =
      cooldown === undefined ||
      (recoveredAt !== undefined && recoveredAt > cooldown.atMs) ||
      engineMs - cooldown.untilMs > NEWS_MS;
    const isNews = recoveredAt !== undefined && !this.#isOwn(recoveryField(name), recovery);
    return {
      cooldown: isOver
        ? undefined
        : { forMs: cooldown.untilMs - engineMs, times: cooldown.times, family: cooldown.family },
      recoveredAgoMs: isNews ? Math.max(0, engineMs - recoveredAt) : undefined,
    };
  }

  #isOwn(field: string, text: string | undefined): boolean {
    return this.#ownTexts.has(`${field} ${text}`);
  }
}
