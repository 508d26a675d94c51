import { outputBurndown } from "../types/burndown.ts";
import type { Scope } from "./model-target.ts";
import { type Refusal, refuse } from "./refusal.ts";

/** Whose limits: those of calls on demand, by how they reach the model, or the capacity of a provisioned model. */
export type QuotaScope = Scope | "provisioned";

/**
 * Limits on what a source Region accepts. A field that is left out matches everything, but every (source Region, model,
 * scope) has buckets of its own: AWS counts in-Region, geographic and global calls apart.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/quotas-runtime.html
 */
export interface Quota {
  readonly sourceRegion?: string;
  /** The foundation model. */
  readonly model?: string;
  readonly scope?: QuotaScope;
  /** `Infinity` lifts a limit, 0 refuses everything. */
  readonly requestsPerMinute?: number;
  /** How many requests may come at once. Default: as many as a minute allows. */
  readonly requestBurst?: number;
  /** Input plus output tokens; `maxTokens` is reserved when a request starts and settled when it ends. */
  readonly tokensPerMinute?: number;
  /**
   * One for each model and source Region, whichever way the model is reached; `scope` does not narrow it. Provisioned
   * models use none.
   */
  readonly tokensPerDay?: number;
}

/** What a request uses. */
export interface QuotaRequest {
  readonly sourceRegion: string;
  readonly model: string;
  readonly scope: QuotaScope;
  readonly inputTokens: number;
  /** Output tokens reserved when the request starts. */
  readonly maxTokens: number;
}

/** An admitted request's hold on its buckets. */
export interface Reservation {
  /** Gives back what was reserved and not used. */
  settle(outputTokens: number): void;
}

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** The token buckets of an account. */
export class Quotas {
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();
  #quotas: readonly Quota[];

  constructor(quotas: readonly Quota[], now: () => number) {
    this.#quotas = quotas;
    this.#now = now;
  }

  /** Adds a quota. The last one that matches a request and sets a limit decides that limit; changed limits start full. */
  set(quota: Quota): void {
    this.#quotas = [...this.#quotas, quota];
  }

  /** Reserves what the request needs, or refuses it with the text of the first limit that it breaks. */
  admit(request: QuotaRequest): Reservation | Refusal {
    const { sourceRegion, model, scope } = request;
    const key = `${sourceRegion}|${model}|${scope}`;
    const tokens = request.inputTokens + request.maxTokens;
    const applicable = this.#quotas.filter((quota) => matches(quota, request));
    const ofModel = this.#quotas.filter((quota) => matches({ ...quota, scope }, request));

    const daily = scope === "provisioned" ? undefined : last(ofModel, "tokensPerDay");
    const perDay = this.#bucket(`${sourceRegion}|${model}|day`, daily, dayMs);
    const requests = this.#bucket(
      `${key}|requests`,
      last(applicable, "requestsPerMinute"),
      minuteMs,
      last(applicable, "requestBurst"),
    );
    const perMinute = this.#bucket(`${key}|tokens`, last(applicable, "tokensPerMinute"), minuteMs);

    // All limits are looked at before any is drawn on: a refused request uses nothing.
    if (perDay?.holds(tokens) === false) return refuse.throttledPerDay();
    if (requests?.holds(1) === false) return refuse.throttled("requests");
    if (perMinute?.holds(tokens) === false) return refuse.throttled("tokens");
    requests?.take(1);
    perDay?.take(tokens);
    perMinute?.take(tokens);
    return {
      settle(outputTokens) {
        const unused = request.maxTokens - outputTokens * outputBurndown(model);
        perDay?.give(unused);
        perMinute?.give(unused);
      },
    };
  }

  #bucket(key: string, limit: number | undefined, periodMs: number, capacity = limit): Bucket | undefined {
    if (limit === undefined || limit === Number.POSITIVE_INFINITY) return undefined;
    const existing = this.#buckets.get(key);
    if (existing !== undefined && existing.limit === limit && existing.capacity === capacity) return existing;
    const bucket = new Bucket(limit, capacity ?? limit, periodMs, this.#now);
    this.#buckets.set(key, bucket);
    return bucket;
  }
}

class Bucket {
  readonly limit: number;
  readonly capacity: number;
  readonly #periodMs: number;
  readonly #now: () => number;
  #level: number;
  #filledAt: number;

  constructor(limit: number, capacity: number, periodMs: number, now: () => number) {
    this.limit = limit;
    this.capacity = capacity;
    this.#periodMs = periodMs;
    this.#now = now;
    this.#level = capacity;
    this.#filledAt = now();
  }

  holds(amount: number): boolean {
    this.#fill();
    return this.#level >= amount;
  }

  take(amount: number): void {
    this.#level -= amount;
  }

  give(amount: number): void {
    this.#level = Math.min(this.capacity, this.#level + amount);
  }

  #fill(): void {
    const now = this.#now();
    this.give(((now - this.#filledAt) / this.#periodMs) * this.limit);
    this.#filledAt = now;
  }
}

function matches(quota: Quota, request: QuotaRequest): boolean {
  return (
    (quota.sourceRegion ?? request.sourceRegion) === request.sourceRegion &&
    (quota.model ?? request.model) === request.model &&
    (quota.scope ?? request.scope) === request.scope
  );
}

type Limit = "requestsPerMinute" | "requestBurst" | "tokensPerMinute" | "tokensPerDay";

function last(quotas: readonly Quota[], limit: Limit): number | undefined {
  return quotas.findLast((quota) => quota[limit] !== undefined)?.[limit];
}
