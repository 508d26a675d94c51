import type { RouteHealth } from "../health/route-health.ts";
import type { Slice } from "../health/route-track.ts";
import type { AttemptCause } from "../types/attempt.ts";
import type { RoutingEvents } from "../types/events.ts";
import type { Candidate } from "../types/plan.ts";
import type { PlannedRequest } from "./request.ts";
import type { Budgets, TokenBudget } from "./token-budget.ts";

/** When one more attempt is started beside a silent one, and how many of its kind a request may have. */
export interface ExtraAttemptRule {
  readonly because: RoutingEvents["backup"]["because"];
  /** Silence from the start of the attempt, in milliseconds. */
  readonly afterMs: number;
  /** Silence after the first event of a stream that has begun without content, in milliseconds. */
  readonly contentMs: number;
  readonly budget: TokenBudget;
  readonly maxPerRequest: number;
}

const MAX_BACKUPS = 2;
const MAX_HEDGES = 1;

/** How much longer than usual the first byte of a request may take. */
export interface Patience {
  /** By how much deadlines are longer for this prompt; never shorter. */
  readonly factor: number;
  /** How long after its first event a stream may be without content, in milliseconds. */
  readonly contentMs: number;
}

export function patienceWith(scale: number, model: string, slice: Slice, health: RouteHealth): Patience {
  return {
    factor: Math.max(1, scale),
    contentMs: slice.streaming ? health.contentLag(slice, model).patienceMs : 0,
  };
}

/**
 * The rules for an attempt on a route: a backup when it is late; an early one when it deserves doubt; a hedge when the
 * caller wants those, for the first attempt of a request.
 * @see https://research.google/pubs/the-tail-at-scale/
 */
export function extraAttemptRules(
  { backupAfterMs, doubtfulAfterMs, hedgeAfterMs }: Candidate,
  cause: AttemptCause,
  doubtful: boolean,
  patience: Patience,
  fixed: PlannedRequest["fixed"],
  budgets: Budgets,
): readonly ExtraAttemptRule[] {
  const rules: ExtraAttemptRule[] = [];
  const lateFactor = fixed.late ? 1 : patience.factor;
  const backups = {
    contentMs: fixed.late ? 0 : patience.contentMs,
    budget: budgets.backup,
    maxPerRequest: MAX_BACKUPS,
  };
  if (backupAfterMs !== undefined) rules.push({ because: "late", afterMs: backupAfterMs * lateFactor, ...backups });
  if (doubtful && doubtfulAfterMs !== undefined) {
    rules.push({ because: "doubtful", afterMs: doubtfulAfterMs * lateFactor, ...backups });
  }
  if (hedgeAfterMs !== undefined && (cause === "first" || cause === "probe")) {
    rules.push({
      because: "hedge",
      afterMs: hedgeAfterMs * (fixed.hedge ? 1 : patience.factor),
      contentMs: fixed.hedge ? 0 : patience.contentMs,
      budget: budgets.hedge,
      maxPerRequest: MAX_HEDGES,
    });
  }
  return rules;
}
