import { LRUCache } from "lru-cache";
import type { Clock } from "../clock.ts";
import type { EmitRoutingEvent } from "../events.ts";
import type { Failure } from "../failure.ts";
import type { Route } from "../route.ts";
import { type CooldownRule, cooldownRule } from "./cooldown-rule.ts";

/** What a route has to wait for. */
export interface Cooling {
  readonly forMs: number;
  readonly family: string;
}

interface Cooldown {
  /** Monotonic end. */
  readonly untilMs: number;
  /** Failures in a row, each after the previous cooldown had ended. */
  readonly level: number;
  readonly family: string;
  /** Set while the one request that tries the route after its cooldown is under way. */
  trialSince: number | undefined;
}

const MAX_TRACKED = 2_000;
const JITTER = 0.2;
/** `Retry-After` is honoured up to here: a misbehaving proxy must not exile a route for a day. */
const MAX_RETRY_AFTER_MS = 600_000;
/** A trial that never reported back must not block the route for ever. */
const TRIAL_LIMIT_MS = 60_000;

/**
 * Routes that are postponed after a failure, with growing times. After its time a route is half-open: one request tries
 * it, the others keep away until that one has succeeded.
 */
export class Cooldowns {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #emit: EmitRoutingEvent;
  readonly #cooldowns: LRUCache<string, Cooldown> = new LRUCache({ max: MAX_TRACKED });

  constructor(clock: Clock, random: () => number, emit: EmitRoutingEvent) {
    this.#clock = clock;
    this.#random = random;
    this.#emit = emit;
  }

  /** Postpones what the failure is about. Stragglers of the burst that started the cooldown do not prolong it. */
  postpone(route: Route, failure: Failure): void {
    const rule = cooldownRule(failure);
    if (rule === undefined) {
      this.undecided(route);
      return;
    }
    const now = this.#clock.now();
    const key = keyOf(route, rule.scope);
    const previous = this.#cooldowns.get(key);
    if (previous !== undefined && now < previous.untilMs) return;
    const level = (previous?.level ?? 0) + 1;
    const jitter = 1 - JITTER + 2 * JITTER * this.#random();
    const grownMs = Math.min(rule.capMs, rule.baseMs * 2 ** (level - 1)) * jitter;
    const forMs = Math.max(grownMs, Math.min(failure.retryAfterMs ?? 0, MAX_RETRY_AFTER_MS));
    this.#cooldowns.set(key, { untilMs: now + forMs, level, family: failure.family, trialSince: undefined });
    const until = Math.round(this.#clock.wallNow() + forMs);
    this.#emit("cooldown", () => ({ route, scope: rule.scope, family: failure.family, forMs, until }));
  }

  /** Tells that an attempt on the route starts: after a cooldown it is the trial. */
  started(route: Route): void {
    if (this.#cooldowns.size === 0) return;
    const now = this.#clock.now();
    for (const scope of SCOPES) {
      const cooldown = this.#cooldowns.peek(keyOf(route, scope));
      if (cooldown !== undefined && now >= cooldown.untilMs) cooldown.trialSince ??= now;
    }
  }

  /** Tells that the route answered: everything that it was part of is usable again. */
  succeeded(route: Route): void {
    if (this.#cooldowns.size === 0) return;
    const now = this.#clock.now();
    for (const scope of SCOPES) {
      const key = keyOf(route, scope);
      const cooldown = this.#cooldowns.peek(key);
      // A straggler that started before the failure proves nothing about the time after it.
      if (cooldown !== undefined && now >= cooldown.untilMs) this.#cooldowns.delete(key);
    }
  }

  /** Tells that an attempt ended without saying anything about the route: another request may be the trial. */
  undecided(route: Route): void {
    if (this.#cooldowns.size === 0) return;
    for (const scope of SCOPES) {
      const cooldown = this.#cooldowns.peek(keyOf(route, scope));
      if (cooldown !== undefined) cooldown.trialSince = undefined;
    }
  }

  /** What the route has to wait for; `undefined` when it is usable. */
  cooling(route: Route): Cooling | undefined {
    if (this.#cooldowns.size === 0) return undefined;
    const now = this.#clock.now();
    let longest: Cooling | undefined;
    for (const scope of SCOPES) {
      const cooldown = this.#cooldowns.peek(keyOf(route, scope));
      if (cooldown === undefined) continue;
      const forMs = remainingMs(cooldown, now);
      if (forMs > (longest?.forMs ?? 0)) longest = { forMs, family: cooldown.family };
    }
    return longest;
  }

  /** Whether nothing at all is postponed. */
  get idle(): boolean {
    return this.#cooldowns.size === 0;
  }
}

const SCOPES: readonly CooldownRule["scope"][] = ["route", "region"];

function remainingMs(cooldown: Cooldown, now: number): number {
  if (now < cooldown.untilMs) return cooldown.untilMs - now;
  const trial = cooldown.trialSince;
  return trial !== undefined && now - trial < TRIAL_LIMIT_MS ? 1 : 0;
}

function keyOf(route: Route, scope: CooldownRule["scope"]): string {
  switch (scope) {
    case "route":
      return route.key;
    case "region":
      return `region ${route.sourceRegion}`;
    default:
      return scope satisfies never;
  }
}
