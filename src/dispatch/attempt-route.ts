import type { Clock } from "../clock.ts";
import type { EmitRoutingEvent } from "../events.ts";
import type { Failure } from "../failure.ts";
import type { RouteHealth, Slice } from "../health/route-health.ts";
import type { Route } from "../route.ts";
import type { AnswerFormat } from "./answer-events.ts";
import { classify } from "./classify.ts";
import { type HeldStream, holdUntilContent } from "./held-stream.ts";
import { abortError, type CallerSignal, linkAbort } from "./link-abort.ts";
import type { Trail, TrailEntry } from "./trail.ts";

/** One request, as far as dispatch has to know it. */
export interface DispatchRequest {
  readonly slice: Slice;
  readonly homeRegion: string;
  readonly callerSignal: CallerSignal | undefined;
  /** Where the answer stream stands in the output; undefined for a unary operation. */
  readonly stream: { readonly field: "stream" | "body"; readonly format: AnswerFormat } | undefined;
  /** Sends the request to one route. Rejects with the SDK's own error. */
  send(route: Route, signal: AbortSignal): Promise<object>;
}

/** What dispatch works with. */
export interface DispatchTools {
  readonly clock: Clock;
  readonly random: () => number;
  readonly health: RouteHealth;
  readonly emit: EmitRoutingEvent;
}

/** An attempt's result, as data. */
export type AttemptResult =
  | { readonly succeeded: true; readonly output: object }
  | { readonly succeeded: false; readonly error: unknown; readonly failure: Failure };

/**
 * Tries one route. A stream counts as answered with its first content; until then its failure is the attempt's, from
 * then on it belongs to the caller.
 */
export async function attemptRoute(route: Route, request: DispatchRequest, trail: Trail, tools: DispatchTools): Promise<AttemptResult> {
  const { clock, health } = tools;
  const { slice, callerSignal } = request;
  const controller = new AbortController();
  const unlink = linkAbort(callerSignal, controller);
  const entry = trail.start(route, clock.wallNow(), false);
  const startedAt = clock.now();
  health.started(route, slice);

  const succeed = (): void => {
    unlink();
    entry.outcome = "succeeded";
    entry.totalMs = clock.now() - startedAt;
    health.succeeded(route, slice, entry.totalMs);
    emitAttempt(entry, slice, tools);
  };
  const fail = (error: unknown): Failure => {
    unlink();
    const failure = classify(error, { aborted: isAborted(callerSignal), movedRegion: route.sourceRegion !== request.homeRegion, route });
    endFailed(entry, failure, error, clock.now() - startedAt);
    health.failed(route, slice, failure.kind);
    emitAttempt(entry, slice, tools);
    return failure;
  };
  const answered = (ttfbMs: number): void => {
    entry.outcome = "succeeded";
    entry.ttfbMs = ttfbMs;
    health.answered(route, slice, ttfbMs);
  };

  try {
    const output = await request.send(route, controller.signal);
    const held = await heldStreamOf(output, request, clock);
    if (held === undefined) {
      answered(clock.now() - startedAt);
      succeed();
      return { succeeded: true, output };
    }
    answered(held.firstEventAt - startedAt);
    const released = held.release(
      {
        completed: succeed,
        broke: (error) => {
          health.postpone(route, fail(error));
        },
        abandoned: () => {
          unlink();
          endFailed(entry, ABANDONED, undefined, clock.now() - startedAt);
          health.failed(route, slice, "cancelled");
          emitAttempt(entry, slice, tools);
          controller.abort();
        },
      },
      () => isAborted(callerSignal),
    );
    Object.assign(output, { [request.stream?.field ?? "stream"]: released });
    return { succeeded: true, output };
  } catch (thrown) {
    // After an abort the SDK may end a stream cleanly instead of throwing.
    const error = isAborted(callerSignal) && !isAbort(thrown) ? abortError() : thrown;
    const failure = fail(error);
    controller.abort();
    return { succeeded: false, error, failure };
  }
}

const ABANDONED: Failure = Object.freeze({ kind: "cancelled", scope: "request", family: "abandoned" });

async function heldStreamOf(output: object, { stream }: DispatchRequest, clock: Clock): Promise<HeldStream | undefined> {
  if (stream === undefined) return undefined;
  const source = (output as Record<string, unknown>)[stream.field];
  // A stubbed client may answer without a stream; there is nothing to hold then.
  if (!isAsyncIterable(source)) return undefined;
  return holdUntilContent(source, stream.format, () => clock.now());
}

function endFailed(entry: TrailEntry, failure: Failure, error: unknown, totalMs: number): void {
  entry.outcome = failure.kind;
  entry.family = failure.family;
  entry.error = error;
  entry.totalMs = totalMs;
}

function emitAttempt(entry: TrailEntry, slice: Slice, { emit }: DispatchTools): void {
  const { route, outcome, startedAt, ttfbMs, totalMs, family, hedge } = entry;
  if (outcome === "pending") return;
  emit("attempt", {
    route,
    ...slice,
    outcome,
    startedAt,
    ...(ttfbMs === undefined ? {} : { ttfbMs }),
    ...(totalMs === undefined ? {} : { totalMs }),
    ...(family === undefined ? {} : { family }),
    ...(entry.error instanceof Error ? { errorName: entry.error.name } : {}),
    hedge,
  });
}

function isAborted(signal: CallerSignal | undefined): boolean {
  return signal?.aborted ?? false;
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}
