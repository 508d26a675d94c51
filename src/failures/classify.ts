// The room failures/: what an error means. Its one door is this file.

import type { Failure, RequestFeature } from "../types/failure.ts";
import { FAMILIES, type FailureFamily, type Met } from "../types/failure-family.ts";
import { BLAMES_CALLER, type Condition, FAILURE_TABLE } from "./failure-table.ts";
import { type ErrorReading, readError } from "./read-error.ts";

/** What the error alone does not tell. */
export interface ClassifyContext {
  /** The caller's own abort signal fired. */
  readonly aborted: boolean;
  readonly met: Met;
}

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
export function classify(error: unknown, { aborted, met }: ClassifyContext): Failure {
  if (aborted) return CANCELLED;
  let found: Failure | undefined;
  let retryAfterMs: number | undefined;
  const layers = new Set([error]);
  for (const layer of layers) {
    const reading = readError(layer);
    for (const cause of reading.causes) if (layers.size < MAX_LAYERS) layers.add(cause);
    retryAfterMs ??= reading.retryAfterMs;
    const row = FAILURE_TABLE.find(([family, condition]) => matches(family, condition, reading, met));
    if (row === undefined) continue;
    const [family, { vague }] = row;
    if (found === undefined || vague === undefined) found = failure(family, reading.text, met);
    if (vague === undefined) break;
  }
  const failed = found ?? failure("unknown", "", met);
  return Object.freeze(retryAfterMs === undefined ? failed : { ...failed, retryAfterMs });
}

/** A response that no SDK has read. */
export interface ErrorResponse {
  readonly status: number;
  /** A `Headers`, or names in any case with their values. */
  readonly headers?: unknown;
  /** As text: AWS's `{ message }`, OpenAI's `{ error }`, Anthropic's `{ type, error }`, or none of them. */
  readonly body: string;
}

/** The same for a response that no SDK has read, or an error event inside a stream of one. */
export function classifyResponse({ status, headers, body }: ErrorResponse, context: ClassifyContext): Failure {
  return classify({ message: body, $response: { statusCode: status, headers } }, context);
}

/** Bounds the walk through causes: they can be cyclic, and an AggregateError can hold thousands. */
const MAX_LAYERS = 12;

const CANCELLED: Failure = Object.freeze({ kind: "cancelled", family: "cancelled" });

function matches(family: FailureFamily, condition: Condition, error: ErrorReading, met: Met): boolean {
  const { text, model, name, code, status, away, here } = condition;
  if (away && met !== "away") return false;
  if (here && error.status !== undefined) return false;
  const { kind } = FAMILIES[family];
  if (kind !== "rejected" && kind !== "invalid-route" && BLAMES_CALLER.test(error.name)) return false;
  return (
    (error.name !== "" && name?.test(error.name) === true) ||
    (error.code !== "" && code?.test(error.code) === true) ||
    (error.status !== undefined && (status === error.status || status === Math.trunc(error.status / 100))) ||
    (error.text !== "" && text?.test(error.text) === true) ||
    (error.ofModel !== "" && model?.test(error.ofModel) === true)
  );
}

function failure(family: FailureFamily, text: string, met: Met): Failure {
  const { kind, invalidWhen, cooldown } = FAMILIES[family];
  return {
    kind: invalidWhen !== undefined && DISTANCE[met] >= DISTANCE[invalidWhen] ? "invalid-route" : kind,
    family,
    ...(cooldown === "feature" && { feature: FEATURES.find(([, words]) => words.test(text))?.[0] ?? "other" }),
  };
}

const DISTANCE: Readonly<Record<Met, number>> = { first: 0, instead: 1, moved: 2, away: 3 };

/** How messages name what they refuse. */
const FEATURES: readonly (readonly [RequestFeature, RegExp])[] = [
  ["guardrail", /guardrail/],
  ["reservation", /reservation/],
  ["beta-flag", /beta/],
  ["latency", /latency/],
  ["service-tier", /service ?tier/],
  ["prompt-caching", /cach/],
  ["system-tool", /system ?tool|grounding|web_?search|input tag/],
  ["tool-choice", /tool_?choice/],
];
