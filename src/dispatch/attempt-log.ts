import type { AttemptCause, AttemptRecord, RoutingReport } from "../types/attempt.ts";
import { type Cost, costOf, extraCost, type PriceLookup, type RequestCost, requestCost } from "../types/cost.ts";
import type { AttemptEvent, RequestEvent, RequestInfo } from "../types/events.ts";
import type { Plan } from "../types/plan.ts";
import type { FailureKind, Route } from "../types/route.ts";
import { serviceLevel } from "../types/service-level.ts";
import type { TokenUsage } from "../types/token-usage.ts";

/** One attempt while it is under way; read as an `AttemptRecord`. */
export interface LogEntry {
  /** Place in the order of their start, from 1. */
  readonly number: number;
  readonly route: Route;
  readonly startedAt: number;
  readonly cause: AttemptCause;
  /** Start of the request to the start of this attempt. */
  readonly afterMs: number;
  outcome: "pending" | "succeeded" | FailureKind;
  ttfbMs: number | undefined;
  totalMs: number | undefined;
  family: string | undefined;
  error: unknown;
  usage: TokenUsage | undefined;
  /** What the answer costs; made when somebody wants to know. */
  cost: Cost | undefined;
}

/** The attempts of one request, in the order in which they were started. */
export class AttemptLog {
  readonly plan: Plan;
  /** Monotonic start of the request. */
  readonly startedAtMs: number;
  readonly #priceOf: PriceLookup | undefined;
  readonly #entries: LogEntry[] = [];
  #whenOver: (() => void) | undefined;

  /** @param priceOf - without it, nothing is said about cost */
  constructor(plan: Plan, startedAtMs = 0, priceOf?: PriceLookup) {
    this.plan = plan;
    this.startedAtMs = startedAtMs;
    this.#priceOf = priceOf;
  }

  get attempts(): number {
    return this.#entries.length;
  }

  start(route: Route, startedAt: number, cause: AttemptCause, afterMs = 0): LogEntry {
    const entry: LogEntry = {
      number: this.#entries.length + 1,
      route,
      startedAt,
      cause,
      afterMs,
      outcome: "pending",
      ttfbMs: undefined,
      totalMs: undefined,
      family: undefined,
      error: undefined,
      usage: undefined,
      cost: undefined,
    };
    this.#entries.push(entry);
    return entry;
  }

  /** `send` has its result. Calls `whenOver` once no attempt is under way and no stream is being read any more. */
  settled(whenOver: () => void): void {
    this.#whenOver = whenOver;
    this.attemptEnded();
  }

  attemptEnded(): void {
    if (this.#whenOver === undefined || this.#entries.some((entry) => entry.totalMs === undefined)) return;
    const tell = this.#whenOver;
    this.#whenOver = undefined;
    tell();
  }

  /** The attempt that brought content. */
  get served(): LogEntry | undefined {
    return this.#entries.find((entry) => entry.ttfbMs !== undefined);
  }

  /** The attempt that failed with this error; without one, the latest. */
  failedWith(error: unknown): LogEntry | undefined {
    return this.#entries.find((entry) => entry.error === error) ?? this.#entries.at(-1);
  }

  /** The request as it stands now. A stream that is still being read counts as succeeded. */
  report(): RoutingReport {
    const attempts = this.#entries.filter((entry) => entry.outcome !== "pending").map(recordOf);
    const served = this.#entries.find((entry) => entry.outcome === "succeeded" || entry.ttfbMs !== undefined);
    const report = { plan: this.plan, attempts: Object.freeze(attempts), route: served?.route };
    const priceOf = this.#priceOf;
    if (priceOf === undefined || served === undefined) return Object.freeze(report);
    const { route, usage } = served;
    const extras = this.extras(served).map((entry) => entry.route);
    return Object.freeze({ ...report, cost: requestCost(route, usage, this.plan, extras, priceOf) });
  }

  /** What an attempt that has answered and ended costs. */
  costOf(entry: LogEntry): Cost | undefined {
    if (entry.ttfbMs === undefined || this.#priceOf === undefined) return undefined;
    entry.cost ??= costOf(entry.usage, entry.route, this.#priceOf);
    return entry.cost;
  }

  /** What the request costs, as far as its answer and the attempts beside it go. */
  cost(): Omit<RequestCost, "alternative"> | undefined {
    const { served } = this;
    const answer = served === undefined ? undefined : this.costOf(served);
    if (served === undefined || answer === undefined || this.#priceOf === undefined) return undefined;
    const extras = this.#entries.length === 1 ? [] : this.extras(served).map(({ route }) => route);
    return { answer, ...extraCost(extras, served.usage, this.#priceOf) };
  }

  /**
   * The attempts in vain beside the one that served: cut off because it was faster, or timed out. What the service refused
   * or failed at is none of them.
   */
  extras(served: LogEntry): readonly LogEntry[] {
    return this.#entries.filter((entry) => entry !== served && IN_VAIN.includes(entry.outcome));
  }
}

/** A pending one is about to be cut off. */
const IN_VAIN: readonly LogEntry["outcome"][] = ["pending", "cancelled", "timeout"];

/** What observers are told of an attempt that has ended. */
export function attemptEvent(entry: LogEntry, request: RequestInfo, cost: Cost | undefined): AttemptEvent {
  const { number, route, cause, startedAt, error, family, ttfbMs, totalMs, usage } = entry;
  return {
    request,
    number,
    cause,
    route,
    workload: request.workload,
    streaming: request.streaming,
    ...serviceLevel(request.serviceTier, request.latency),
    outcome: outcomeOf(entry),
    startedAt,
    ...(ttfbMs === undefined ? {} : { ttfbMs }),
    ...(totalMs === undefined ? {} : { totalMs }),
    ...(usage === undefined ? {} : { usage }),
    ...(cost === undefined ? {} : { cost }),
    ...(family === undefined ? {} : { family }),
    ...nameOfError(error),
  };
}

/**
 * What observers are told of a request that is over.
 * @param error - what `send` rejected with; undefined when a route has answered
 */
export function requestEvent(log: AttemptLog, request: RequestInfo, totalMs: number, error: unknown): RequestEvent {
  const { served } = log;
  const decisive = served ?? log.failedWith(error);
  const { family = decisive === undefined ? "cancelled" : undefined } = decisive ?? {};
  const cost = log.cost();
  return {
    request,
    outcome: decisive === undefined ? "cancelled" : outcomeOf(decisive),
    attempts: log.attempts,
    totalMs,
    ...(served?.ttfbMs === undefined ? {} : { route: served.route, ttfbMs: served.afterMs + served.ttfbMs }),
    ...(served?.usage === undefined ? {} : { usage: served.usage }),
    ...(cost === undefined ? {} : { cost }),
    ...(family === undefined ? {} : { family }),
    ...nameOfError(served?.error ?? error),
  };
}

/** The name alone: the text may quote the request. */
function nameOfError(error: unknown): { readonly errorName?: string } {
  return error instanceof Error ? { errorName: error.name } : {};
}

function outcomeOf({ outcome }: LogEntry): AttemptRecord["outcome"] {
  return outcome === "pending" ? "succeeded" : outcome;
}

function recordOf(entry: LogEntry): AttemptRecord {
  return Object.freeze({
    route: entry.route,
    outcome: outcomeOf(entry),
    startedAt: entry.startedAt,
    ...(entry.ttfbMs === undefined ? {} : { ttfbMs: entry.ttfbMs }),
    ...(entry.totalMs === undefined ? {} : { totalMs: entry.totalMs }),
    ...(entry.usage === undefined ? {} : { usage: entry.usage }),
    ...(entry.family === undefined ? {} : { family: entry.family }),
    ...(entry.error === undefined ? {} : { error: entry.error }),
    cause: entry.cause,
  });
}
