import type { ExpectedTtfb } from "./expected-ttfb.ts";

/** When further attempts are started while a route is silent. */
export interface FirstByteRule {
  readonly streaming: boolean;
  readonly backupAfterMs: number | "adaptive" | false;
  /** `"adaptive"` is the route's 95th percentile. */
  readonly hedgeAfterMs: number | "adaptive" | false;
}

/** How long a route may be silent, in milliseconds from the start of an attempt. */
export interface FirstByteDeadlines {
  /** Start a backup. */
  readonly backupAfterMs?: number;
  /** The same for an attempt that deserves doubt: a probe, a trial, or the request after a lost race. */
  readonly doubtfulAfterMs?: number;
  /** Start a hedge. */
  readonly hedgeAfterMs?: number;
}

const SHORTEST_MS = 1_000;
const LONGEST_MS = 30_000;
/** Percentiles of so few samples say nothing about how long a whole answer may take. */
const ENOUGH = 10;

/**
 * The first-byte deadlines of a route.
 *
 * A deadline of three times the 75th percentile of its answers follows the prompts that are really sent, and is blind to
 * up to a quarter of attempts that hang. Before any route has answered, it is four times: whether the workload is slow or
 * the route is silent cannot be told yet, and long prompts are more common than black holes. A unary call answers with its
 * last byte, so how long it may take depends on what is asked for: until ten answers are known, only the longest deadline
 * applies to it. No deadline is shorter than one and a half times the 75th percentile, however long that is: whole
 * answers may take minutes.
 * @param cold - true while no route has answered
 */
export function firstByteDeadlines(
  { answerP50Ms, answerP75Ms, answerP95Ms }: ExpectedTtfb,
  answers: number,
  rule: FirstByteRule,
  cold = false,
): FirstByteDeadlines {
  const { backupAfterMs: backup, hedgeAfterMs: hedge } = rule;
  if (backup === false && hedge === false) return NONE;
  const known = rule.streaming || answers >= ENOUGH;
  const times = cold ? 4 : 3;
  const adaptiveMs = known ? Math.max(clamp(times * answerP75Ms), 1.5 * answerP75Ms) : LONGEST_MS;
  const backupAfterMs = backup === "adaptive" ? adaptiveMs : backup;
  const doubtfulMs = Math.max(1.5 * answerP50Ms, Math.min(2.5 * answerP50Ms, answerP95Ms));
  const hedgeMs = hedge === "adaptive" ? Math.max(answerP95Ms, 1.2 * answerP50Ms) : hedge;
  const mayDoubt = backup === "adaptive" && known && !cold;
  return {
    ...(backupAfterMs === false ? {} : { backupAfterMs }),
    ...(mayDoubt ? { doubtfulAfterMs: Math.min(doubtfulMs, adaptiveMs) } : {}),
    ...(hedgeMs === false || (hedge === "adaptive" && !known) ? {} : { hedgeAfterMs: hedgeMs }),
  };
}

const NONE: FirstByteDeadlines = Object.freeze({});

function clamp(ms: number): number {
  return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, ms));
}
