import {
  AccessDeniedException,
  type BedrockRuntimeServiceException,
  InternalServerException,
  ModelTimeoutException,
  ServiceUnavailableException,
  ThrottlingException,
  ValidationException,
} from "@aws-sdk/client-bedrock-runtime";
import { classify } from "../../src/failures/classify.ts";
import type { Met } from "../../src/types/failure-family.ts";
import type { FailureKind } from "../../src/types/route.ts";
import { KINDS, recorded, sdkError } from "../failures/fixtures/recorded-errors.ts";
import type { Chance } from "../support/chance.ts";

/** Stands in every prompt and answer, and in every error: no event may repeat either. */
export const PROMPT_MARK = "Pr0mptMark";
export const ERROR_MARK = "Err0rMark";

/** What a send can fail with: {@link faultError} knows each. */
export const FAULTS: readonly string[] = [
  ...["throttle", "per-day", "5xx", "invalid", "access-denied", "rejected", "connection", "timeout"],
  // Errors that were seen in public, in their own words; and whatever else code throws.
  ...["recorded", "unknown"],
];

/** A value to throw, and what it means. */
export interface FaultError {
  readonly error: unknown;
  /** The kinds that it may be taken for. Absent when that depends on where it is met, or nothing tells. */
  readonly kinds?: readonly FailureKind[];
}

/** An error of that sort, in one of the shapes in which such errors are thrown. */
export function faultError(fault: string, chance: Chance): FaultError {
  if (fault === "recorded") return recordedError(chance);
  if (fault === "unknown") return { error: chance.pick(UNKNOWN)() };
  if (fault === "connection") return { error: connectionError(chance), kinds: ["unavailable"] };
  if (fault === "timeout") return timeoutError(chance);
  const { kind, make, text } = chance.pick(SERVICE[fault] ?? []);
  const message = `${text} ${ERROR_MARK}`;
  return { error: shaped(make(message), message, chance), kinds: [kind] };
}

interface ServiceError {
  readonly kind: FailureKind;
  readonly make: (message: string) => Error;
  readonly text: string;
}

const throttling = (message: string): Error => new ThrottlingException({ message, $metadata: { httpStatusCode: 429 } });
const validation = (message: string): Error => new ValidationException({ message, $metadata: { httpStatusCode: 400 } });
const denied = (message: string): Error => new AccessDeniedException({ message, $metadata: { httpStatusCode: 403 } });

const SERVICE: Readonly<Record<string, readonly ServiceError[]>> = {
  throttle: [
    { kind: "throttled", make: throttling, text: "Too many tokens, please wait before trying again." },
    { kind: "throttled", make: throttling, text: "Too many requests, please wait before trying again." },
    { kind: "throttled", make: throttling, text: "Your request rate is too high." },
  ],
  "per-day": [
    { kind: "throttled", make: throttling, text: "Too many tokens per day, please wait before trying again." },
  ],
  "5xx": [
    {
      kind: "unavailable",
      make: (message) => new ServiceUnavailableException({ message, $metadata: { httpStatusCode: 503 } }),
      text: "Bedrock is unable to process your request.",
    },
    {
      kind: "unavailable",
      make: (message) => new InternalServerException({ message, $metadata: { httpStatusCode: 500 } }),
      text: "The system encountered an unexpected error during processing. Try your request again.",
    },
  ],
  invalid: [
    { kind: "invalid-route", make: validation, text: "The provided model identifier is invalid." },
    {
      kind: "invalid-route",
      make: validation,
      text: "Invocation of model ID x.y with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model.",
    },
  ],
  "access-denied": [
    { kind: "invalid-route", make: denied, text: "You don't have access to the model with the specified model ID." },
    {
      kind: "invalid-route",
      make: denied,
      text: "User: arn:aws:iam::123456789012:user/a is not authorized to perform: bedrock:InvokeModel on resource: arn:aws:bedrock:eu-west-1::foundation-model/x.y with an explicit deny in a service control policy",
    },
  ],
  rejected: [
    { kind: "rejected", make: validation, text: `messages.0.content: must not hold ${PROMPT_MARK}` },
    { kind: "rejected", make: validation, text: `Input is too long: "${PROMPT_MARK}"` },
    { kind: "rejected", make: validation, text: "A conversation must start with a user message." },
  ],
};

/** The same words as the SDK throws them, as a cause, without their name, or in what is no Error at all. */
function shaped(error: Error, message: string, chance: Chance): unknown {
  switch (chance.below(10)) {
    case 0:
      return { message };
    case 1:
      return { name: error.name, message, $metadata: (error as BedrockRuntimeServiceException).$metadata };
    case 2:
      return Object.assign(error, { message: JSON.stringify({ message }) });
    case 3:
      return Object.assign(new Error(message), { $metadata: { httpStatusCode: 200 } });
    case 4:
      return new Error("Chat failed", { cause: error });
    case 5:
      return Object.freeze(error);
    case 6:
      return Object.assign(error, {
        $response: { statusCode: 429, headers: { "retry-after": "7" }, body: ERROR_MARK },
      });
    default:
      return error;
  }
}

function recordedError(chance: Chance): FaultError {
  const seen = chance.pick(THROWN);
  const error = chance.happens(0.2)
    ? new Error("Chat failed", { cause: sdkError(seen) })
    : Object.assign(sdkError(seen), { $response: { body: `${ERROR_MARK} ${PROMPT_MARK}` } });
  const kindAt = (met: Met): FailureKind => classify(error, { aborted: false, met }).kind;
  return kindAt("first") === kindAt("away") ? { error, kinds: KINDS[seen.verdict] } : { error };
}

const THROWN = recorded.filter(({ shape }) => shape === undefined);

function connectionError(chance: Chance): unknown {
  const code = chance.pick(["ECONNRESET", "EPIPE", "ECONNREFUSED", "ERR_HTTP2_STREAM_ERROR"]);
  const error = Object.assign(new Error(`read ${code} ${ERROR_MARK}`), { code });
  return chance.happens(0.2) ? new Error("fetch failed", { cause: error }) : error;
}

function timeoutError(chance: Chance): FaultError {
  if (chance.happens(0.5)) {
    const message = `Model has timed out in processing the request. Try your request again. ${ERROR_MARK}`;
    return { error: new ModelTimeoutException({ message, $metadata: { httpStatusCode: 408 } }), kinds: ["timeout"] };
  }
  return { error: sdkTimeoutError(), kinds: ["timeout"] };
}

/** What the SDK throws when nothing came within `requestTimeout`. */
export function sdkTimeoutError(): Error {
  return Object.assign(new Error(`Connection timed out after 60000 ms ${ERROR_MARK}`), { name: "TimeoutError" });
}

/** Whatever else JavaScript lets code throw, middleware of the caller included. */
const UNKNOWN: readonly (() => unknown)[] = [
  () => new Error(`¯\\_(ツ)_/¯ ${ERROR_MARK}`),
  () => new TypeError(`x is not a function ${ERROR_MARK}`),
  () => ERROR_MARK,
  () => undefined,
  () => null,
  () => 42,
  () => ({}),
  () => Object.create(null),
  () => {
    const error: Error & { cause?: unknown } = new Error(ERROR_MARK);
    error.cause = error;
    return error;
  },
  () => new Proxy({}, { get: () => ERROR_MARK }),
];
