import type { AttemptRecord, RoutingReport } from "../attempt.ts";
import type { Plan } from "../plan.ts";
import type { FailureKind, Route } from "../route.ts";

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
}

/** The attempts of one request, in the order in which they were started. */
export class Trail {
  readonly #plan: Plan;
  readonly #entries: TrailEntry[] = [];

  constructor(plan: Plan) {
    this.#plan = plan;
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
    };
    this.#entries.push(entry);
    return entry;
  }

  /** The request as it stands now. A stream that is still being read counts as succeeded. */
  report(): RoutingReport {
    const attempts = this.#entries.filter((entry) => entry.outcome !== "pending").map(recordOf);
    const served = this.#entries.find((entry) => entry.outcome === "succeeded" || entry.ttfbMs !== undefined);
    return Object.freeze({ plan: this.#plan, attempts: Object.freeze(attempts), route: served?.route });
  }
}

function recordOf(entry: TrailEntry): AttemptRecord {
  return Object.freeze({
    route: entry.route,
    outcome: entry.outcome === "pending" ? "succeeded" : entry.outcome,
    startedAt: entry.startedAt,
    ...(entry.ttfbMs === undefined ? {} : { ttfbMs: entry.ttfbMs }),
    ...(entry.totalMs === undefined ? {} : { totalMs: entry.totalMs }),
    ...(entry.family === undefined ? {} : { family: entry.family }),
    ...(entry.error === undefined ? {} : { error: entry.error }),
    hedge: entry.hedge,
  });
}
