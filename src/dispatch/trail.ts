import type { Slice } from "../health/route-track.ts";
import type { AttemptRecord, RoutingReport } from "../types/attempt.ts";
import { type PriceLookup, requestCost } from "../types/cost.ts";
import type { AttemptEvent } from "../types/events.ts";
import type { Plan } from "../types/plan.ts";
import type { FailureKind, Route } from "../types/route.ts";
import type { TokenUsage } from "../types/token-usage.ts";

/** One attempt while it is under way; read as an `AttemptRecord`. */
export interface TrailEntry {
  readonly route: Route;
  readonly startedAt: number;
  readonly hedge: boolean;
  outcome: "pending" | "succeeded" | FailureKind;
  ttfbMs: number | undefined;
  totalMs: number | undefined;
  family: string | undefined;
  error: unknown;
  usage: TokenUsage | undefined;
}

/** The attempts of one request, in the order in which they were started. */
export class Trail {
  readonly plan: Plan;
  readonly #priceOf: PriceLookup | undefined;
  readonly #entries: TrailEntry[] = [];

  /** @param priceOf - without it, nothing is said about cost */
  constructor(plan: Plan, priceOf?: PriceLookup) {
    this.plan = plan;
    this.#priceOf = priceOf;
  }

  get attempts(): number {
    return this.#entries.length;
  }

  start(route: Route, startedAt: number, hedge: boolean): TrailEntry {
    const entry: TrailEntry = {
      route,
      startedAt,
      hedge,
      outcome: "pending",
      ttfbMs: undefined,
      totalMs: undefined,
      family: undefined,
      error: undefined,
      usage: undefined,
    };
    this.#entries.push(entry);
    return entry;
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

  /**
   * The attempts in vain beside the one that served: cut off because it was faster, or timed out. What the service refused
   * or failed at is none of them.
   */
  extras(served: TrailEntry): readonly TrailEntry[] {
    return this.#entries.filter((entry) => entry !== served && IN_VAIN.includes(entry.outcome));
  }
}

/** A pending one is about to be cut off. */
const IN_VAIN: readonly TrailEntry["outcome"][] = ["pending", "cancelled", "timeout"];

/** What observers are told of an attempt that has ended. */
export function attemptEvent(entry: TrailEntry, { workload, streaming }: Slice): AttemptEvent {
  const { error, family, ttfbMs, totalMs, usage } = entry;
  return {
    route: entry.route,
    workload,
    streaming,
    outcome: outcomeOf(entry),
    startedAt: entry.startedAt,
    ...(ttfbMs === undefined ? {} : { ttfbMs }),
    ...(totalMs === undefined ? {} : { totalMs }),
    ...(usage === undefined ? {} : { usage }),
    ...(family === undefined ? {} : { family }),
    ...(error instanceof Error ? { errorName: error.name } : {}),
    hedge: entry.hedge,
  };
}

function outcomeOf({ outcome }: TrailEntry): AttemptRecord["outcome"] {
  return outcome === "pending" ? "succeeded" : outcome;
}

function recordOf(entry: TrailEntry): AttemptRecord {
  return Object.freeze({
    route: entry.route,
    outcome: outcomeOf(entry),
    startedAt: entry.startedAt,
    ...(entry.ttfbMs === undefined ? {} : { ttfbMs: entry.ttfbMs }),
    ...(entry.totalMs === undefined ? {} : { totalMs: entry.totalMs }),
    ...(entry.usage === undefined ? {} : { usage: entry.usage }),
    ...(entry.family === undefined ? {} : { family: entry.family }),
    ...(entry.error === undefined ? {} : { error: entry.error }),
    hedge: entry.hedge,
  });
}
