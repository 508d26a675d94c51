import type { FailureKind } from "../../types/route.ts";

/** One call of a lab, as it is kept in the journal and in the results. */
export interface CallRecord {
  /** Index of the cell, that is of the route. */
  readonly cell: number;
  /** From 1; 0 and below are warm-ups, which are not counted. */
  readonly round: number;
  /** Wall-clock time of the start, in milliseconds since the Unix epoch. */
  readonly startedAt: number;
  /** Start of the request to the first event of the stream, in milliseconds. Absent when none came. */
  readonly ttfbMs?: number;
  /** Start of the request to the end of the stream, in milliseconds. Absent when the call failed. */
  readonly totalMs?: number;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  /** Why it failed. Absent when it did not. */
  readonly failure?: CallFailure;
}

/** Why a call failed. */
export interface CallFailure {
  readonly kind: FailureKind;
  /** The finest distinction, as in the events of the routed client. */
  readonly family: string;
  readonly afterMs: number;
}

/** A call that was answered to the end. */
export type AnsweredCall = CallRecord & { readonly ttfbMs: number; readonly totalMs: number };

export function isAnswered(call: CallRecord): call is AnsweredCall {
  return call.failure === undefined && call.ttfbMs !== undefined && call.totalMs !== undefined;
}
