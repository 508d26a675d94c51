import { LRUCache } from "lru-cache";
import { outputBurndown } from "../types/burndown.ts";
import type { Failure } from "../types/failure.ts";
import type { Route } from "../types/route.ts";
import type { TokenUsage } from "../types/token-usage.ts";
import type { Clock } from "../util/clock.ts";
import type { Choice, Contender } from "./home-route.ts";
import { QuotaMeter } from "./quota-meter.ts";

/** What one request takes of a quota of tokens per minute while it is under way. */
export interface Demand {
  /** Input and the longest answer. */
  readonly tokens: number;
  readonly inputTokens: number;
  /** Rough size of the input in bytes. */
  readonly inputBytes: number;
}

/** A request of no particular size, for people to look at. */
export const NO_DEMAND: Demand = Object.freeze({ tokens: 0, inputTokens: 0, inputBytes: 0 });

const MAX_TRACKED = 500;
/** English text; what is really sent is learned from the answers. */
const TOKENS_PER_BYTE = 0.25;
const NEWEST = 0.05;
/** The longest answer where a request does not say it: it depends on the model, and AWS does not publish it by API. */
const USUAL_MAX_TOKENS = 4_096;
/** So much larger than the usual request on a route, it may be refused for its size alone. */
const LARGE = 4;
const LARGE_FOR_MS = 30_000;
const USUAL_NEWEST = 0.1;

interface Meters {
  readonly tokens: QuotaMeter;
  readonly requests: QuotaMeter;
  /** Mean of the tokens that requests reserved which were not refused, and when the last of them ended. */
  usual: { readonly tokens: number; readonly atMs: number } | undefined;
  /** Requests of that many tokens or more were refused where smaller ones were not. */
  large: { readonly tokens: number; readonly untilMs: number } | undefined;
}

/**
 * What each route can bear, learned from its throttles. Quotas cannot be read while requests run; but what a request
 * reserves of one is known, and so is what it has used in the end, so that the rate at which a route throttled tells when
 * it has room again.
 *
 * A request reserves its input, what it writes to the prompt cache, and `max_tokens`. When it ends, its output counts
 * by the burndown rate of the model, and what was reserved beyond that is given back. Tokens read from the cache cost
 * nothing.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/quotas-token-burndown.html
 */
export class Capacity {
  readonly #clock: Clock;
  readonly #meters: LRUCache<string, Meters> = new LRUCache({ max: MAX_TRACKED });
  #tokensPerByte = TOKENS_PER_BYTE;
  /** Most clients are never throttled. */
  #anyThrottle = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether any route may have no room. */
  get holdsBack(): boolean {
    return this.#anyThrottle;
  }

  demandOf(inputBytes: number, maxTokens: number = USUAL_MAX_TOKENS): Demand {
    const inputTokens = Math.round(inputBytes * this.#tokensPerByte);
    return { tokens: Math.max(1, inputTokens + maxTokens), inputTokens, inputBytes };
  }

  /** How long until the route has room for a request, in milliseconds; 0 as long as nothing speaks against it. */
  waitMs(route: Route, { tokens }: Demand): number {
    if (!this.#anyThrottle) return 0;
    const meters = this.#meters.peek(route.key);
    if (meters === undefined) return 0;
    const now = this.#clock.now();
    return Math.max(
      meters.tokens.waitMs(tokens, now),
      meters.requests.waitMs(1, now),
      this.tooLargeForMs(route, { tokens }),
    );
  }

  /** How long the route need not be asked for so much, in milliseconds; 0 as long as nothing speaks against it. */
  tooLargeForMs({ key }: Route, { tokens }: Pick<Demand, "tokens">): number {
    const large = this.#anyThrottle ? this.#meters.peek(key)?.large : undefined;
    return large === undefined || tokens < large.tokens ? 0 : Math.max(0, large.untilMs - this.#clock.now());
  }

  /** Tokens that the route bears in a minute, as far as its throttles tell. */
  tokensPerMinute(route: Route): number | undefined {
    return !this.#anyThrottle ? undefined : this.#meters.peek(route.key)?.tokens.perMinute;
  }

  /**
   * Chooses for one request: the first route that has room for it, else the one that will have some first. `undefined`
   * when no route is usable.
   * @param contenders - in the order in which they are preferred
   */
  choose(contenders: readonly Contender[], demand: Demand): Choice | undefined {
    let best: Contender | undefined;
    let shortest = Number.POSITIVE_INFINITY;
    for (const contender of contenders) {
      if (contender.coolingForMs !== undefined) continue;
      const waitMs = this.waitMs(contender.route, demand);
      if (waitMs < shortest) [best, shortest] = [contender, waitMs];
      if (waitMs === 0) break;
    }
    return best && { route: best.route, because: "room" };
  }

  /** A request starts on the route. */
  started(route: Route, { tokens }: Demand): void {
    const now = this.#clock.now();
    const meters = this.#metersOf(route);
    meters.tokens.take(tokens, now);
    meters.requests.take(1, now);
  }

  /**
   * A request is over.
   * @param usage - the tokens of its answer, where they are known
   * @param refused - the service has not taken it
   */
  ended(route: Route, demand: Demand, usage: TokenUsage | undefined, refused: boolean): void {
    const now = this.#clock.now();
    const meters = this.#metersOf(route);
    if (refused) meters.requests.giveBack(1, now);
    else meters.usual = { tokens: meanOf(meters.usual, demand.tokens, now), atMs: now };
    const used = refused ? 0 : usage === undefined ? demand.tokens : quotaTokens(usage, route.model);
    meters.tokens.giveBack(demand.tokens - used, now);
    if (usage !== undefined && demand.inputBytes > 0) this.#learnSize(usage, demand.inputBytes);
  }

  /** The route has answered: whoever is not throttled may try a little more. */
  answered(route: Route): void {
    if (!this.#anyThrottle) return;
    const meters = this.#meters.peek(route.key);
    const now = this.#clock.now();
    meters?.tokens.grow(now);
    meters?.requests.grow(now);
  }

  /**
   * A request was throttled.
   * @returns how long to postpone the route, where that is known. `large`: smaller requests need not wait.
   */
  throttled(route: Route, { family }: Failure, { tokens }: Demand): number | "large" | undefined {
    if (!QUOTAS.has(family)) return undefined;
    const now = this.#clock.now();
    const meters = this.#metersOf(route);
    this.#anyThrottle = true;
    if (family === "requests-per-minute") {
      meters.requests.throttled(now);
      return meters.requests.perMinute === undefined ? undefined : meters.requests.waitMs(1, now);
    }
    const { usual } = meters;
    if (usual !== undefined && now - usual.atMs < LARGE_FOR_MS && tokens >= LARGE * usual.tokens) {
      meters.large = { tokens: tokens / 2, untilMs: now + LARGE_FOR_MS };
      return "large";
    }
    meters.tokens.throttled(now);
    return meters.tokens.perMinute === undefined ? undefined : meters.tokens.waitMs(tokens, now);
  }

  #metersOf({ key }: Route): Meters {
    let meters = this.#meters.get(key);
    if (meters === undefined) {
      meters = { tokens: new QuotaMeter(), requests: new QuotaMeter(), usual: undefined, large: undefined };
      this.#meters.set(key, meters);
    }
    return meters;
  }

  #learnSize(usage: TokenUsage, inputBytes: number): void {
    const { inputTokens, cacheReadInputTokens = 0, cacheWriteInputTokens = 0 } = usage;
    const perByte = (inputTokens + cacheReadInputTokens + cacheWriteInputTokens) / inputBytes;
    this.#tokensPerByte += NEWEST * (Math.min(1, perByte) - this.#tokensPerByte);
  }
}

/** Families that speak of a quota of the account by the minute, or of none in particular. */
const QUOTAS: ReadonlySet<string> = new Set(["tokens-per-minute", "requests-per-minute", "throttling"]);

function meanOf(before: Meters["usual"], tokens: number, nowMs: number): number {
  return before === undefined || nowMs - before.atMs > LARGE_FOR_MS
    ? tokens
    : before.tokens + USUAL_NEWEST * (tokens - before.tokens);
}

/** What an answer has used of a quota. */
function quotaTokens({ inputTokens, cacheWriteInputTokens = 0, outputTokens }: TokenUsage, model: string): number {
  return inputTokens + cacheWriteInputTokens + outputTokens * outputBurndown(model);
}
