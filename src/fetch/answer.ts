import { type RawAnswer, RawFailure } from "../client/raw-call.ts";
import type { RoutingReport } from "../types/attempt.ts";
import { isRoutingError } from "../types/errors.ts";
import type { ApiShape } from "./api.ts";
import { answerHeaders } from "./headers.ts";
import { StreamFailure, type WireEvent } from "./wire-events.ts";

/** What the door hands back of a request that was answered. */
export interface DoorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The answer read to its end. */
  readonly body?: Uint8Array;
  /** The answer as it comes. */
  readonly stream?: AsyncIterable<WireEvent>;
}

/** The service's own answer, and how it was routed in `x-routed-*` headers. */
export function responseOf(
  { status, headers, body, stream }: DoorAnswer,
  report: RoutingReport | undefined,
  signal: AbortSignal | undefined,
): Response {
  const kept = answerHeaders(headers);
  tell(kept, report);
  if (stream === undefined) return new Response(hasBody(status) ? (body ?? null) : null, { status, headers: kept });
  return new Response(bytesOf(stream, signal), { status, headers: kept });
}

/** An answer that nobody here reads. */
export function passedOn({ status, headers, body }: RawAnswer, signal: AbortSignal | undefined): Response {
  const init = { status, headers: answerHeaders(headers) };
  return new Response(hasBody(status) ? ReadableStream.from(unlessAborted(body, signal)) : null, init);
}

/** An aborted stream ends as if it were whole over HTTP/2. */
async function* unlessAborted(
  body: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield* body;
  signal?.throwIfAborted();
}

/**
 * A failure as the response that it was: status, headers and body of the service, so that the caller's library raises its
 * own error. An error of ours becomes one that no library repeats. `undefined` when there is nothing that could be a
 * response: the connection broke, or the stream ended before its content.
 */
export function failureResponse(
  error: unknown,
  shape: ApiShape,
  report: RoutingReport | undefined,
  retryAfterMs: number | undefined,
): Response | undefined {
  const answer = answerOf(error, shape);
  if (answer === undefined) return undefined;
  const headers = answerHeaders(answer.headers);
  tell(headers, report);
  if (retryAfterMs !== undefined && (answer.status === 429 || answer.status === 503)) {
    // Until the first route may be tried again. Every library waits for that, if it is not too long for it.
    headers.set("retry-after-ms", String(Math.ceil(retryAfterMs)));
    headers.set("retry-after", String(Math.ceil(retryAfterMs / 1000)));
  }
  const body = hasBody(answer.status) ? (answer.body ?? null) : null;
  return new Response(body, { status: answer.status, headers });
}

/** An error in the form of an API. */
export function errorBody(shape: ApiShape, name: string, message: string): string {
  switch (shape) {
    case "aws":
      return JSON.stringify({ message });
    case "openai":
      return JSON.stringify({ error: { message, type: "invalid_request_error", param: null, code: name } });
    case "anthropic":
      return JSON.stringify({ type: "error", error: { type: "invalid_request_error", message } });
    default:
      return shape satisfies never;
  }
}

function answerOf(error: unknown, shape: ApiShape): DoorAnswer | undefined {
  if (error instanceof RawFailure) {
    const { statusCode: status, headers } = error.$response;
    return { status, headers, body: error.body };
  }
  if (error instanceof StreamFailure) {
    // It came with status 200, and nobody has seen anything of the stream yet.
    const status = error.$metadata.httpStatusCode;
    return { status, headers: typed(shape, error.name), body: Buffer.from(JSON.stringify(error.body)) };
  }
  if (isRoutingError(error) && error.code !== "TRUNCATED_STREAM") {
    return refusal(400, shape, error.name, error.message, error.code.toLowerCase());
  }
  if (error instanceof Error && /^(?:Credentials|Token)ProviderError$/.test(error.name)) {
    return refusal(401, shape, error.name, error.message, "credentials");
  }
  return undefined;
}

function refusal(status: number, shape: ApiShape, name: string, message: string, code: string): DoorAnswer {
  const headers = { ...typed(shape, "ValidationException"), "x-routed-error": name, "x-should-retry": "false" };
  return { status, headers, body: Buffer.from(errorBody(shape, code, `${name}: ${message}`)) };
}

function typed(shape: ApiShape, name: string): Record<string, string> {
  return { "content-type": "application/json", ...(shape === "aws" && { "x-amzn-errortype": name }) };
}

/** All that most libraries show of a response are its headers. */
function tell(headers: Headers, report: RoutingReport | undefined): void {
  if (report === undefined) return;
  const { plan, route, attempts } = report;
  if (route !== undefined) headers.set("x-routed-route", printable(route.key));
  headers.set("x-routed-attempts", String(attempts.length));
  const trail = attempts.map(({ route: tried, outcome, family }) => `${tried.key} ${family ?? outcome}`);
  if (trail.length > 0) headers.set("x-routed-trail", printable(trail.join(", ")));
  const { prefer, residency } = plan.policy;
  headers.set(
    "x-routed-plan",
    printable(
      `${prefer}, residency ${residency.label}, ${plan.candidates.length} candidates, ${plan.rejections.length} rejected`,
    ),
  );
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?");
}

/** One event for each that the caller reads, so that back-pressure reaches the service. */
function bytesOf(stream: AsyncIterable<WireEvent>, signal: AbortSignal | undefined): ReadableStream<Uint8Array> {
  const events = stream[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await events.next();
          if (signal?.aborted === true) controller.error(signal.reason);
          else if (done === true) controller.close();
          else controller.enqueue(value.raw);
        } catch (error) {
          if (signal?.aborted === true) controller.error(signal.reason);
          else if (error instanceof StreamFailure) {
            // The library knows what an exception in a stream is.
            controller.enqueue(error.raw);
            controller.close();
          } else controller.error(error);
        }
      },
      async cancel() {
        await events.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}

function hasBody(status: number): boolean {
  return status !== 204 && status !== 205 && status !== 304;
}
