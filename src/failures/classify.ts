import type { Failure } from "../types/failure.ts";
import { type ErrorText, errorText } from "./error-text.ts";
import type { ClassifyContext, FailureRow } from "./failure-row.ts";
import { FAILURE_TABLE } from "./failure-table.ts";

/**
 * Decides what a thrown value means for routing. Never throws.
 *
 * 1. An abort by the caller is `cancelled`, whatever was thrown.
 * 2. The error is held against {@link FAILURE_TABLE} from the top: text before name before status, because SDK releases
 *    from November 2025 to July 2026 lose the name of an exception that arrives inside an event stream.
 * 3. An error that says nothing, or only that something beneath it broke, is judged by its causes.
 * 4. A 4xx that no row knows is `rejected`: four out of five texts of a ValidationException are the caller's, and a
 *    wrong guess the other way sends a bad request to every Region.
 * 5. Anything else that no row knows is `unavailable`, family `unknown`: worth one other route and no memory.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html
 */
export function classify(error: unknown, context: ClassifyContext): Failure {
  if (context.aborted) return CANCELLED;
  let vague: FailureRow | undefined;
  let retryAfterMs: number | undefined;
  for (const layer of layers(error)) {
    retryAfterMs ??= layer.retryAfterMs;
    const row = FAILURE_TABLE.find((candidate) => matches(candidate, layer, context));
    if (row !== undefined && row.vague === undefined) return failure(row, retryAfterMs);
    vague ??= row;
  }
  return failure(vague ?? UNKNOWN, retryAfterMs);
}

const CANCELLED: Failure = Object.freeze({ kind: "cancelled", scope: "request", family: "cancelled" });
const UNKNOWN: Failure = Object.freeze({ kind: "unavailable", scope: "route", family: "unknown" });

/** Bounds the walk through causes: they can be cyclic, and an AggregateError can hold thousands. */
const MAX_LAYERS = 12;

/** The error and what lies beneath it, outermost first. */
function* layers(error: unknown): Generator<ErrorText> {
  const queue: unknown[] = [error];
  const seen = new Set<unknown>();
  for (const value of queue) {
    if (seen.has(value)) continue;
    if (seen.size === MAX_LAYERS) return;
    seen.add(value);
    const layer = errorText(value);
    yield layer;
    queue.push(...layer.causes);
  }
}

/** Exceptions that blame the caller. Their words never excuse him: a ValidationException quotes what he wrote. */
const BLAMES_CALLER =
  /^(?:validation|invalidrequest|badrequest|accessdenied|permission|resourcenotfound|notfound|conflict)$/;

function matches(row: FailureRow, error: ErrorText, context: ClassifyContext): boolean {
  const excuses = row.kind === "throttled" || row.kind === "unavailable" || row.kind === "timeout";
  if (row.text !== undefined && excuses && BLAMES_CALLER.test(error.name)) return false;
  return (
    (row.text?.test(error.text) ?? true) &&
    (row.name?.test(error.name) ?? true) &&
    (row.code?.test(error.code) ?? true) &&
    (row.status === undefined || within(error.status, row.status)) &&
    (row.when?.(error, context) ?? true)
  );
}

function within(status: number | undefined, [from, to]: readonly [number, number]): boolean {
  return status !== undefined && status >= from && status <= to;
}

function failure({ kind, scope, family }: Failure, retryAfterMs: number | undefined): Failure {
  return Object.freeze({ kind, scope, family, ...(retryAfterMs !== undefined && { retryAfterMs }) });
}
