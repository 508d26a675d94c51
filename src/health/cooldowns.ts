import { LRUCache } from "lru-cache";
import type { EmitRoutingEvent } from "../types/events.ts";
import type { Failure } from "../types/failure.ts";
import { COOLDOWNS, FAMILIES, type FailureFamily } from "../types/failure-family.ts";
import type { FailureKind, Route } from "../types/route.ts";
import { isQueued, type ServiceLevel } from "../types/service-level.ts";
import type { ActiveCooldown } from "../types/statistics.ts";
import type { Clock } from "../util/clock.ts";
import { cooldownRule } from "./cooldown-rule.ts";
import type { Fleet, SharedCooldown } from "./fleet/fleet.ts";

/** What a route has to wait for. */
export interface Cooling {
  readonly forMs: number;
  readonly kind: FailureKind;
  readonly family: string;
}

interface Cooldown {
  /** The one that failed. */
  readonly route: Route;
  readonly scope: Scope;
  /** Monotonic end. */
  readonly untilMs: number;
  /** Failures in a row, each after the previous cooldown had ended. */
  readonly times: number;
  readonly kind: FailureKind;
  readonly family: string;
  /** It concerns the flex tier alone. */
  readonly ofTier: boolean;
  /** Set while the one request that tries the route after its cooldown is under way. */
  trialSince: number | undefined;
  /** Another process has met the failure, not this one. */
  readonly learned: boolean;
}

const MAX_TRACKED = 2_000;
const JITTER = 0.2;
/** `Retry-After` is honoured up to here: a misbehaving proxy must not exile a route for a day. */
const MAX_RETRY_AFTER_MS = 600_000;
/** A trial that never reported back must not block the route for ever. */
const TRIAL_LIMIT_MS = 60_000;
/** So long a route that fell silent is left alone by requests that cannot tell whether it still is. */
const SILENT_FOR_MS = 600_000;

/**
 * Routes that are postponed after a failure, with growing times. After its time a route is half-open: one request tries
 * it, the others keep away until that one has succeeded.
 */
export class Cooldowns {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #emit: EmitRoutingEvent;
  readonly #cooldowns: LRUCache<string, Cooldown> = new LRUCache({ max: MAX_TRACKED });
  readonly #lostRaces: LRUCache<string, number> = new LRUCache({ max: MAX_TRACKED });
  /** Races that others have lost. */
  readonly #othersLostRaces: Map<string, number> = new Map();
  #fleet: Fleet | undefined;
  #revision = 0;
  #throttledAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, random: () => number, emit: EmitRoutingEvent) {
    this.#clock = clock;
    this.#random = random;
    this.#emit = emit;
  }

  join(fleet: Fleet): void {
    this.#fleet = fleet;
  }

  /** Changes whenever something is postponed, tried again or usable again. The end of a cooldown changes nothing here. */
  get revision(): number {
    return this.#revision;
  }

  /** Milliseconds since anything was throttled. */
  get sinceThrottleMs(): number {
    return this.#clock.now() - this.#throttledAt;
  }

  /**
   * Postpones what the failure is about. Stragglers of the burst that started the cooldown do not prolong it.
   * @param refillMs - after a throttle, when the quota has room again, if that is known
   */
  postpone(route: Route, failure: Failure, level: ServiceLevel = STANDARD, refillMs?: number): void {
    const rule = cooldownRule(failure);
    // What only concerns requests with a feature is not about the route as such.
    if (rule === undefined || rule.scope === "feature") {
      this.undecided(route, level);
      return;
    }
    const now = this.#clock.now();
    const ofTier = isOfTier(failure, level);
    if (failure.kind === "throttled" && !ofTier) this.#throttledAt = now;
    const key = ofTier ? queuedKey(route) : keyOf(route, rule.scope);
    const previous = this.#cooldowns.get(key);
    if (previous !== undefined && now < previous.untilMs) return;
    const times = (previous?.times ?? 0) + 1;
    const jitter = 1 - JITTER + 2 * JITTER * this.#random();
    // What is over in a moment is tried by all processes of a fleet in turn: it need not wait for long.
    const longestMs = rule === COOLDOWNS.moment ? this.#fleet?.longestCooldownMs(route) : undefined;
    const capMs = Math.min(rule.capMs, longestMs ?? rule.capMs);
    const baseMs = Math.max(rule.baseMs, refillMs ?? 0);
    const grownMs = Math.min(capMs, baseMs * 2 ** (times - 1)) * jitter;
    const forMs = Math.max(grownMs, Math.min(failure.retryAfterMs ?? 0, MAX_RETRY_AFTER_MS));
    this.#cooldowns.set(key, {
      route,
      scope: rule.scope,
      untilMs: now + forMs,
      times,
      kind: failure.kind,
      family: failure.family,
      ofTier,
      trialSince: undefined,
      learned: false,
    });
    this.#revision += 1;
    const { kind, family } = failure;
    if (isShared({ kind, scope: rule.scope, ofTier })) this.#fleet?.postponed(route, { forMs, times, family });
    const until = Math.round(this.#clock.wallNow() + forMs);
    const { scope } = rule;
    const tier = ofTier ? { serviceTier: "flex" } : {};
    this.#emit("cooldown", () => ({ route, scope, ...tier, family, forMs, until }));
  }

  /**
   * A strike: the route was late *and* another attempt of the same request answered first. Slowness alone is none, or
   * everything would be postponed when everything slows down. Three strikes in a row, or one on a trial, and the route
   * has to prove itself by a trial. True when it came to that.
   * @param isMute - it has never answered: then one is enough
   */
  lostRace(route: Route, isMute = false): boolean {
    this.#fleet?.lostRace(route);
    const strikes = (this.#lostRaces.get(route.key) ?? 0) + 1;
    const onTrial = this.#cooldowns.peek(keyOf(route, "route")) !== undefined;
    if (!onTrial && !isMute && strikes + (this.#othersLostRaces.get(route.key) ?? 0) < STRIKES) {
      this.#lostRaces.set(route.key, strikes);
      return false;
    }
    this.#lostRaces.delete(route.key);
    this.postpone(route, LOST_RACES);
    return true;
  }

  /** Whether a request on the route deserves an early backup: it is a trial, or the last one lost its race. */
  isDoubtful(route: Route): boolean {
    if (this.#lostRaces.size > 0 && this.#lostRaces.peek(route.key) !== undefined) return true;
    if (this.#othersLostRaces.has(route.key)) return true;
    return this.isPostponed(route);
  }

  /** Whether the route still has to prove itself, also after its cooldown. */
  isPostponed(route: Route, level: ServiceLevel = STANDARD): boolean {
    if (this.#cooldowns.size === 0) return false;
    return keysOf(route, level).some((key) => this.#cooldowns.peek(key) !== undefined);
  }

  /**
   * Tells that an attempt on the route starts: after a cooldown it is the trial. One that may be queued for minutes is
   * none for the others.
   */
  started(route: Route, level: ServiceLevel = STANDARD): void {
    if (this.#cooldowns.size === 0) return;
    const now = this.#clock.now();
    for (const key of isQueued(level) ? [queuedKey(route)] : keysOf(route, level)) {
      const cooldown = this.#cooldowns.peek(key);
      if (cooldown === undefined || now < cooldown.untilMs || cooldown.trialSince !== undefined) continue;
      cooldown.trialSince = now;
      this.#revision += 1;
    }
  }

  /** Tells that the route answered: everything that it was part of is usable again. */
  succeeded(route: Route, level: ServiceLevel = STANDARD): void {
    if (this.#lostRaces.size > 0) this.#lostRaces.delete(route.key);
    this.#othersLostRaces.delete(route.key);
    if (this.#cooldowns.size === 0) return;
    const now = this.#clock.now();
    for (const key of keysOf(route, level)) {
      const cooldown = this.#cooldowns.peek(key);
      // A straggler that started before the failure proves nothing about the time after it.
      if (cooldown === undefined || now < cooldown.untilMs) continue;
      this.#cooldowns.delete(key);
      this.#revision += 1;
      if (isShared(cooldown)) this.#fleet?.recovered(route);
    }
  }

  /** Whether the next request on the route would be its trial after a failure of which all processes are told. */
  awaitsTrial(route: Route, level: ServiceLevel): boolean {
    if (this.#cooldowns.size === 0) return false;
    const cooldown = this.#cooldowns.peek(keyOf(route, "route"));
    if (cooldown === undefined || !isShared(cooldown)) return false;
    return remainingMs(cooldown, this.#clock.now(), isQueued(level)) === 0;
  }

  /** Another process has postponed the route. True when that is news. */
  learn(route: Route, { forMs, times, family }: SharedCooldown): boolean {
    const key = keyOf(route, "route");
    const known = this.#cooldowns.peek(key);
    const now = this.#clock.now();
    const untilMs = now + forMs;
    if (known !== undefined && (known.untilMs >= untilMs || (!isShared(known) && now < known.untilMs))) return false;
    const { kind } = FAMILIES[family as FailureFamily];
    const trialSince = known?.trialSince;
    this.#cooldowns.set(key, {
      route,
      scope: "route",
      untilMs,
      times,
      kind,
      family,
      ofTier: false,
      trialSince,
      learned: true,
    });
    this.#revision += 1;
    if (forMs > 0) {
      const until = Math.round(this.#clock.wallNow() + forMs);
      this.#emit("cooldown", () => ({ route, scope: "route", family, forMs, until, learned: true }));
    }
    return true;
  }

  /** The route has answered another process, so many milliseconds ago. */
  learnRecovered(route: Route, agoMs: number): void {
    this.#othersLostRaces.delete(route.key);
    const key = keyOf(route, "route");
    const known = this.#cooldowns.peek(key);
    if (known === undefined || !isShared(known) || this.#clock.now() - agoMs < known.untilMs) return;
    this.#cooldowns.delete(key);
    this.#lostRaces.delete(route.key);
    this.#revision += 1;
  }

  /** Others have lost so many races on the route, and it has answered nobody since. True when that costs it its home. */
  learnLostRaces(route: Route, count: number): boolean {
    if (this.#cooldowns.peek(keyOf(route, "route")) !== undefined) return false;
    const others = (this.#othersLostRaces.get(route.key) ?? 0) + count;
    this.#othersLostRaces.set(route.key, others);
    this.#revision += 1;
    if (others + (this.#lostRaces.peek(route.key) ?? 0) < STRIKES) return false;
    this.#othersLostRaces.delete(route.key);
    this.#lostRaces.delete(route.key);
    return this.learn(route, { forMs: COOLDOWNS.moment.baseMs, times: 1, family: LOST_RACES.family });
  }

  /** The route has answered others: the races that were lost before do not count any more. */
  learnAnswered(route: Route): void {
    this.#othersLostRaces.delete(route.key);
  }

  /** Nothing is heard of the others any more: what is only known from them does not count. */
  forgetLearned(): void {
    this.#othersLostRaces.clear();
    for (const [key, { learned }] of [...this.#cooldowns.entries()]) if (learned) this.#cooldowns.delete(key);
    this.#revision += 1;
  }

  /** Tells that an attempt ended without saying anything about the route: another request may be the trial. */
  undecided(route: Route, level: ServiceLevel = STANDARD): void {
    if (this.#cooldowns.size === 0) return;
    for (const key of keysOf(route, level)) {
      const cooldown = this.#cooldowns.peek(key);
      if (cooldown?.trialSince === undefined) continue;
      cooldown.trialSince = undefined;
      this.#revision += 1;
    }
  }

  /** Everything that is postponed now. */
  active(): ActiveCooldown[] {
    const now = this.#clock.now();
    const wallNow = this.#clock.wallNow();
    return [...this.#cooldowns.values()].flatMap(({ route, scope, family, untilMs, ofTier }) => {
      const tier = ofTier ? { serviceTier: "flex" } : {};
      const until = Math.round(wallNow + untilMs - now);
      return now < untilMs ? [Object.freeze({ route, scope, ...tier, family, until })] : [];
    });
  }

  /** What the route has to wait for; `undefined` when it is usable. */
  cooling(route: Route, level: ServiceLevel = STANDARD): Cooling | undefined {
    if (this.#cooldowns.size === 0) return undefined;
    const now = this.#clock.now();
    let longest: Cooling | undefined;
    for (const key of keysOf(route, level)) {
      const cooldown = this.#cooldowns.peek(key);
      if (cooldown === undefined) continue;
      const forMs = remainingMs(cooldown, now, isQueued(level));
      if (forMs > (longest?.forMs ?? 0)) longest = { forMs, kind: cooldown.kind, family: cooldown.family };
    }
    return longest;
  }
}

/** Lost races in a row that cost a route its place. */
const STRIKES = 3;
/** What postpones a route that was silent while others answered. */
export const LOST_RACES: Failure = Object.freeze({ kind: "unavailable", family: "lost-races" });

/** Whether others are told: a quota and a permission are learned by each process for itself. */
function isShared({ kind, scope, ofTier }: Pick<Cooldown, "kind" | "scope" | "ofTier">): boolean {
  return scope === "route" && !ofTier && (kind === "unavailable" || kind === "timeout");
}

type Scope = ActiveCooldown["scope"];
const STANDARD: ServiceLevel = Object.freeze({});

/** Where what postpones a request of the level on the route may stand. */
function keysOf(route: Route, level: ServiceLevel): readonly string[] {
  const keys = [keyOf(route, "route"), keyOf(route, "model"), keyOf(route, "region")];
  if (isQueued(level)) keys.push(queuedKey(route));
  return keys;
}

function queuedKey({ key }: Route): string {
  return `flex ${key}`;
}

/** No room for the flex tier says nothing about the others. */
export function isOfTier({ family }: Failure, level: ServiceLevel): boolean {
  return isQueued(level) && FAMILIES[family].ofTier === true;
}

/** What may be queued for minutes cannot tell whether a route is silent, and leaves that trial to others. */
function remainingMs(cooldown: Cooldown, now: number, queued: boolean): number {
  if (now < cooldown.untilMs) return cooldown.untilMs - now;
  if (queued && cooldown.family === LOST_RACES.family && now - cooldown.untilMs < SILENT_FOR_MS) return 1;
  const trial = cooldown.trialSince;
  return trial !== undefined && now - trial < TRIAL_LIMIT_MS ? 1 : 0;
}

function keyOf(route: Route, scope: Scope): string {
  switch (scope) {
    case "route":
      return route.key;
    case "model":
      return `model ${route.sourceRegion} ${route.model}`;
    case "region":
      return `region ${route.sourceRegion}`;
    default:
      return scope satisfies never;
  }
}
