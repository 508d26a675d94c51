import { LRUCache } from "lru-cache";
import type { Catalog } from "../profiles/catalog.ts";
import { parseModelRef } from "../profiles/model-ref.ts";
import type { RegionListing } from "../profiles/region-listing.ts";
import type { CatalogEvent, EmitRoutingEvent } from "../types/events.ts";
import type { Clock } from "../util/clock.ts";
import { ask, atMost, RETRY_MS } from "./ask.ts";
import type { AskedControlPlane } from "./asked-control-plane.ts";
import { LiveTable } from "./live-table.ts";

/** What a live catalogue is to know. */
export interface LiveCatalogSettings {
  /** The table under the listings, which stands where there is none. */
  readonly base: () => Catalog;
  /** Whether source Regions are listed from the first request on; otherwise the profiles in `arns` are looked up, once. */
  readonly listing: boolean;
  /** Whether source Regions are listed once the table does not know enough, or has grown old. No request waits then. */
  readonly auto: boolean;
  /** Application profiles of the caller of which nothing is known yet. */
  readonly arns: readonly string[];
  /** Without the home Region. */
  readonly sourceRegions: readonly string[];
  readonly refreshMs: number;
  readonly firstWaitMs: number;
}

/** Where time, chance and observers come from. */
export interface LiveCatalogDeps {
  readonly clock: Clock;
  readonly random: () => number;
  readonly emit: EmitRoutingEvent;
}

/** What became of one look at the control plane. */
interface Look {
  readonly failed: boolean;
  /** Whether it told anything. */
  readonly told: boolean;
}

/** What was asked for and is not known, and how often AWS was asked because of it. */
interface Miss {
  readonly looks: number;
  readonly dueAtMs: number;
}

const JITTER = 0.1;
const MOST_LOOKS = 500;
/** What is missing is looked for at most this often. */
const MISS_PAUSE_MS = 60_000;
/** What is still missing after so many looks is looked for less and less often: it may be a misspelling. */
const EAGER_LOOKS = 3;
const LONGEST_MISS_PAUSE_MS = 16 * MISS_PAUSE_MS;
const MOST_MISSES = 200;
/** A bundled table of this age is no longer trusted to be complete: AWS adds profiles every few weeks. */
const OLD_MS = 8 * 7 * 86_400_000;

/**
 * A table that asks the control plane what exists, when it is used and never from a timer:
 *
 * 1. The first request waits for the answer, for a bounded time; later ones never do. With `auto` none does.
 * 2. What has grown old is still used while it is asked for again, once at a time for each source Region.
 * 3. What is missing is asked for once more, at most once a minute.
 * 4. Where the control plane is denied, slow or silent, what was known before stands, and an event says so.
 *
 * `catalog` is another object whenever what exists has changed.
 */
export class LiveCatalog {
  readonly #settings: LiveCatalogSettings;
  readonly #tools: LiveCatalogDeps;
  readonly #looks: LRUCache<string, Look>;
  readonly #table: LiveTable;
  readonly #answered: Set<string> = new Set();
  readonly #misses: LRUCache<string, Miss> = new LRUCache({ max: MOST_MISSES });
  readonly #toldFailures: Set<string> = new Set();
  /** Whether source Regions are listed. */
  #listing: boolean;
  #missDueAtMs = Number.NEGATIVE_INFINITY;
  #connect: (() => Promise<AskedControlPlane>) | undefined;
  #controlPlane: Promise<AskedControlPlane> | undefined;
  #homeRegion: string | undefined;
  #dueAtMs = 0;
  #waiting: Promise<void> | undefined;

  constructor(settings: LiveCatalogSettings, tools: LiveCatalogDeps) {
    this.#settings = settings;
    this.#listing = settings.listing;
    this.#tools = tools;
    this.#table = new LiveTable(settings.base);
    this.#looks = new LRUCache<string, Look>({
      max: MOST_LOOKS,
      ttl: settings.refreshMs,
      allowStale: true,
      noDeleteOnStaleGet: true,
      // Not the system's time, not remembered for a millisecond, and never 0, which means "no time" there.
      perf: { now: () => tools.clock.now() + 1 },
      ttlResolution: 0,
      fetchMethod: async (key, _stale, { signal, options }) => {
        const look = await this.#look(key, signal);
        options.ttl = look.failed ? RETRY_MS : this.#lifetimeMs();
        return look;
      },
    });
  }

  /** What is known now. */
  get catalog(): Catalog {
    return this.#table.catalog;
  }

  /** Gives it the control plane, which is connected when it is first asked. */
  connect(connect: () => Promise<AskedControlPlane>): void {
    this.#connect = connect;
  }

  /**
   * Tells that a request is about to be planned, and asks again for what has grown old.
   * @returns what the request has to wait for; `undefined` once there was a first answer, or when there is none in time
   */
  ready(homeRegion: string): Promise<void> | undefined {
    if (homeRegion === this.#homeRegion && this.#tools.clock.now() < this.#dueAtMs) return this.#waiting;
    if (this.#connect === undefined) return undefined;
    if (this.#settings.auto && this.#oldInMs() <= 0) this.#listing = true;
    const keys = this.#keys(homeRegion);
    this.#lookAt(keys, homeRegion);
    const awaited = this.#settings.listing ? keys : keys.filter((key) => key.startsWith("arn:"));
    if (awaited.every((key) => this.#answered.has(key))) return undefined;
    for (const key of awaited) this.#answered.add(key);
    const looks = Promise.all(awaited.map((key) => this.#looks.fetch(key).catch(() => {})));
    const waiting = atMost(this.#tools.clock, this.#settings.firstWaitMs, looks).then(() => {
      if (this.#waiting === waiting) this.#waiting = undefined;
    });
    this.#waiting = waiting;
    return waiting;
  }

  /**
   * Tells that a request named something that is not known, or has no route left. AWS is asked, in the background, and
   * the next request may know more.
   */
  missed(what: string, homeRegion: string): void {
    const { auto, listing } = this.#settings;
    const now = this.#tools.clock.now();
    if ((!auto && !listing) || this.#connect === undefined || now < this.#missDueAtMs) return;
    const { looks, dueAtMs } = this.#misses.get(what) ?? { looks: 0, dueAtMs: now };
    if (now < dueAtMs) return;
    this.#missDueAtMs = now + MISS_PAUSE_MS;
    const pauseMs = MISS_PAUSE_MS * 2 ** Math.max(0, looks + 1 - EAGER_LOOKS);
    this.#misses.set(what, { looks: looks + 1, dueAtMs: now + Math.min(pauseMs, LONGEST_MISS_PAUSE_MS) });
    this.#listing = true;
    this.#lookAt(this.#keys(homeRegion), homeRegion, (key) => !this.#isRefused(key));
  }

  /** Looks at what has grown old, and at what is `wanted` although it is fresh. */
  #lookAt(keys: readonly string[], homeRegion: string, wanted?: (key: string) => boolean): void {
    this.#homeRegion = homeRegion;
    this.#dueAtMs = Number.POSITIVE_INFINITY;
    const looks = Promise.all(
      keys.map((key) => this.#looks.fetch(key, { forceRefresh: wanted?.(key) ?? false }).catch(() => {})),
    );
    looks.then(() => this.#schedule(homeRegion, keys));
  }

  /** Whether the control plane has told nothing lately: it would hardly tell more now. */
  #isRefused(key: string): boolean {
    return this.#looks.peek(key)?.told === false && this.#looks.getRemainingTTL(key) > 0;
  }

  /** Gives up what is under way and asks no more. What is known stays. */
  close(): void {
    this.#controlPlane?.then((connected) => connected.close()).catch(() => {});
    this.#connect = undefined;
    this.#dueAtMs = 0;
    this.#looks.clear();
  }

  #keys(homeRegion: string): readonly string[] {
    const { arns, sourceRegions } = this.#settings;
    const regions = [...new Set([homeRegion, ...sourceRegions])];
    // An ARN of another Region is never called, and a table of the caller's own may know one.
    const called = arns.filter(
      (arn) => regions.includes(regionOf(arn)) && this.#settings.base().applicationProfile?.(arn) === undefined,
    );
    return this.#listing ? [...regions, ...called] : called;
  }

  /** Milliseconds until the table is old. */
  #oldInMs(): number {
    return Date.parse(this.#settings.base().asOf) + OLD_MS - this.#tools.clock.wallNow();
  }

  #schedule(homeRegion: string, keys: readonly string[]): void {
    if (homeRegion !== this.#homeRegion) return;
    const oldInMs = this.#settings.auto && !this.#listing ? this.#oldInMs() : Number.POSITIVE_INFINITY;
    const nextMs = Math.min(oldInMs, ...keys.map((key) => this.#looks.getRemainingTTL(key)));
    // What is being refreshed in the background has no time left; its end is not waited for, only not asked for again.
    this.#dueAtMs = this.#tools.clock.now() + Math.max(nextMs, SHORTEST_PAUSE_MS);
  }

  #look(key: string, given: AbortSignal): Promise<Look> {
    return ask(this.#tools.clock, given, async (signal) => {
      this.#controlPlane ??= this.#connect?.();
      const controlPlane = await this.#controlPlane;
      if (controlPlane === undefined) return NOTHING;
      return key.startsWith("arn:") ? this.#lookUp(key, controlPlane, signal) : this.#list(key, controlPlane, signal);
    });
  }

  async #list(sourceRegion: string, controlPlane: AskedControlPlane, signal: AbortSignal): Promise<Look> {
    const { parts, problems } = await controlPlane.listRegion(sourceRegion, signal);
    if (this.#connect === undefined) return NOTHING;
    for (const problem of problems) this.#tell({ outcome: "failed", sourceRegion, ...problem });
    if (Object.keys(parts).length === 0) return NOTHING;
    const listing: RegionListing = {
      sourceRegion,
      asOf: new Date(this.#tools.clock.wallNow()).toISOString(),
      ...parts,
    };
    const changed = this.#table.setListing(listing);
    const detail = `${sourceRegion} lists ${countOf(listing.profiles, "system-defined profile")} and ${countOf(listing.inRegionModels, "in-Region model")}`;
    this.#tell({ outcome: "refreshed", sourceRegion, changed, detail });
    return { failed: problems.length > 0, told: true };
  }

  async #lookUp(arn: string, controlPlane: AskedControlPlane, signal: AbortSignal): Promise<Look> {
    const sourceRegion = regionOf(arn);
    const found = await controlPlane.getProfile(arn, sourceRegion, signal);
    if (this.#connect === undefined) return NOTHING;
    if ("reason" in found) {
      this.#tell({ outcome: "failed", sourceRegion, ...found });
      // A profile that is gone is no longer what it was; one that is merely out of sight is.
      if (found.reason === "not-found") this.#table.dropProfile(arn);
      return NOTHING;
    }
    const changed = this.#table.setProfile(found);
    const detail = `an application profile of ${sourceRegion} serves ${found.model}`;
    this.#tell({ outcome: "refreshed", sourceRegion, changed, detail });
    return { failed: false, told: true };
  }

  /** Application profiles cannot be changed: without listings they are looked up once. */
  #lifetimeMs(): number {
    const { refreshMs } = this.#settings;
    return this.#listing ? refreshMs * (1 - JITTER + 2 * JITTER * this.#tools.random()) : 0;
  }

  #tell(event: CatalogEvent): void {
    const { outcome, sourceRegion, operation, reason } = event;
    if (outcome === "failed" && this.#settings.auto) {
      // Nobody has asked for listings: that they cannot be had is worth one word.
      const failure = `${sourceRegion} ${operation} ${reason}`;
      if (this.#toldFailures.has(failure)) return;
      this.#toldFailures.add(failure);
    }
    this.#tools.emit("catalog", () => event);
  }
}

const NOTHING: Look = Object.freeze({ failed: true, told: false });

/** The shortest time between two looks for what has grown old. */
const SHORTEST_PAUSE_MS = 1_000;

function regionOf(arn: string): string {
  const ref = parseModelRef(arn);
  return ("region" in ref ? ref.region : undefined) ?? "";
}

function countOf(list: readonly unknown[] | undefined, what: string): string {
  if (list === undefined) return `no ${what}s that could be read`;
  return `${list.length} ${what}${list.length === 1 ? "" : "s"}`;
}
