import { LRUCache } from "lru-cache";
import type { Route } from "../types/route.ts";
import type { TokenUsage } from "../types/token-usage.ts";
import type { Clock } from "../util/clock.ts";

/** Where the prompt of a conversation is cached. */
export interface WarmCache {
  readonly routeKey: string;
  /** How many times dearer the last turn would have been without the cache. */
  readonly missPrice: number;
  /** Of the conversation so far, as far as their answers told of a cache. */
  readonly turns: number;
  readonly untilMs: number;
}

const MAX_CONVERSATIONS = 5_000;
/** How long Bedrock keeps what was written or read; an hour where the request asks for it. */
const KEPT_MS = 5 * 60_000;
const KEPT_LONG_MS = 60 * 60_000;
/** Claude's shares of the input price, for models whose prices are not known. */
const READ = 0.1;
const WRITE = 1.25;
const OUTPUT = 5;

/**
 * Which route holds the prompt of which conversation, by the cache reads and writes that its answers have reported: the
 * service may cache without being asked, and a mark says nothing of whether it did.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
 */
export class WarmCaches {
  readonly #clock: Clock;
  readonly #known: LRUCache<string, WarmCache> = new LRUCache({ max: MAX_CONVERSATIONS });

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The cache that the next turn of a conversation would find. */
  of(conversation: string | undefined): WarmCache | undefined {
    if (conversation === undefined || this.#known.size === 0) return undefined;
    const known = this.#known.get(conversation);
    return known === undefined || this.#clock.now() >= known.untilMs ? undefined : known;
  }

  /** A turn of the conversation was answered. */
  answered(conversation: string, { key }: Route, usage: TokenUsage, priced: (usage: TokenUsage) => unknown): void {
    const { cacheReadInputTokens: read = 0, cacheWriteInputTokens: written = 0, cacheWrite1hInputTokens = 0 } = usage;
    if (read + written === 0) return;
    const warm = {
      ...usage,
      cacheReadInputTokens: read + written,
      cacheWriteInputTokens: 0,
      cacheWrite1hInputTokens: 0,
    };
    const cold = { ...warm, cacheReadInputTokens: 0, cacheWriteInputTokens: read + written };
    const before = this.#known.peek(conversation);
    const isLong =
      cacheWrite1hInputTokens > 0 || (before?.routeKey === key && before.untilMs - this.#clock.now() > KEPT_MS);
    this.#known.set(conversation, {
      routeKey: key,
      turns: (before?.turns ?? 0) + 1,
      missPrice: Math.max(1, costOf(cold, priced) / costOf(warm, priced)),
      untilMs: this.#clock.now() + (isLong ? KEPT_LONG_MS : KEPT_MS),
    });
  }

  clear(): void {
    this.#known.clear();
  }
}

function costOf(usage: TokenUsage, priced: (usage: TokenUsage) => unknown): number {
  const usd = priced(usage);
  if (typeof usd === "number" && usd > 0) return usd;
  const { inputTokens, outputTokens, cacheReadInputTokens = 0, cacheWriteInputTokens = 0 } = usage;
  return inputTokens + READ * cacheReadInputTokens + WRITE * cacheWriteInputTokens + OUTPUT * outputTokens;
}
