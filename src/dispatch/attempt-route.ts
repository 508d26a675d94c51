import type { Clock } from "../clock.ts";
import { TruncatedStreamError } from "../errors.ts";
import type { EmitRoutingEvent } from "../events.ts";
import type { Failure } from "../failure.ts";
import type { RouteHealth } from "../health/route-health.ts";
import type { RouteTrack, Slice } from "../health/route-track.ts";
import type { Route } from "../route.ts";
import type { AnswerFormat } from "./answer-events.ts";
import { classify } from "./classify.ts";
import { holdUntilContent, type StreamEndListener } from "./held-stream.ts";
import { abortError, type CallerSignal, isAborted, linkAbort } from "./link-abort.ts";
import type { RetryBudget } from "./retry-budget.ts";
import type { Trail, TrailEntry } from "./trail.ts";

/** One request, as far as dispatch has to know it. */
export interface DispatchRequest {
  readonly slice: Slice;
  readonly homeRegion: string;
  readonly callerSignal: CallerSignal | undefined;
  /** Where the answer stream stands in the output; undefined for a unary operation. */
  readonly stream: { readonly field: "stream" | "body"; readonly format: AnswerFormat } | undefined;
  /** Sends the request to one route. Rejects with the SDK's own error. */
  send(route: Route, signal: CallerSignal | undefined): Promise<object>;
}

/** What dispatch works with. */
export interface DispatchTools {
  readonly clock: Clock;
  readonly random: () => number;
  readonly health: RouteHealth;
  readonly retryBudget: RetryBudget;
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
export async function attemptRoute(
  route: Route,
  request: DispatchRequest,
  trail: Trail,
  tools: DispatchTools,
): Promise<AttemptResult> {
  const attempt = new Attempt(route, request, trail, tools);
  const { stream } = request;
  try {
    const output = (await request.send(route, attempt.signal)) as Record<string, unknown>;
    const source = stream === undefined ? undefined : output?.[stream.field];
    // A stubbed client may answer without a stream or with nothing at all; there is nothing to hold then.
    if (stream === undefined || !isAsyncIterable(source)) {
      attempt.answered(tools.clock.now());
      attempt.completed();
      return { succeeded: true, output };
    }
    const held = await holdUntilContent(source, stream.format, () => tools.clock.now());
    attempt.answered(held.firstEventAt);
    output[stream.field] = held.release(attempt, () => attempt.aborted);
    return { succeeded: true, output };
  } catch (thrown) {
    // The SDK ends the stream of an aborted request cleanly; every other error is its own.
    const silent = attempt.aborted && thrown instanceof TruncatedStreamError;
    const error = silent ? abortError(request.callerSignal) : thrown;
    return { succeeded: false, error, failure: attempt.failed(error) };
  }
}

/** An attempt under way: its clock, its signal, and where its end is told. */
class Attempt implements StreamEndListener {
  readonly #request: DispatchRequest;
  readonly #tools: DispatchTools;
  readonly #track: RouteTrack;
  readonly #entry: TrailEntry;
  readonly #startedAt: number;
  readonly #controller: AbortController | undefined;
  readonly #unlink: (() => void) | undefined;

  constructor(route: Route, request: DispatchRequest, trail: Trail, tools: DispatchTools) {
    this.#request = request;
    this.#tools = tools;
    this.#track = tools.health.track(route, request.slice);
    this.#entry = trail.start(route, tools.clock.wallNow(), false);
    // Only a stream can be given up half-way; for a unary call another controller would be pure cost.
    if (request.stream !== undefined) {
      this.#controller = new AbortController();
      this.#unlink = linkAbort(request.callerSignal, this.#controller);
    }
    this.#startedAt = tools.clock.now();
    this.#track.started();
  }

  get signal(): CallerSignal | undefined {
    return this.#controller?.signal ?? this.#request.callerSignal;
  }

  /** Whether the caller has aborted. */
  get aborted(): boolean {
    return isAborted(this.#request.callerSignal);
  }

  answered(at: number): void {
    this.#entry.outcome = "succeeded";
    this.#entry.ttfbMs = at - this.#startedAt;
    this.#track.answered(this.#entry.ttfbMs);
  }

  completed(): void {
    this.#end("succeeded", undefined, undefined);
  }

  broke(error: unknown): void {
    this.failed(error);
  }

  abandoned(complete: boolean): void {
    if (complete) this.completed();
    else this.#end("cancelled", "abandoned", undefined);
    this.#controller?.abort();
  }

  failed(error: unknown): Failure {
    const { route } = this.#entry;
    const movedRegion = route.sourceRegion !== this.#request.homeRegion;
    const failure = classify(error, { aborted: this.aborted, movedRegion, route });
    this.#end(failure.kind, failure.family, error);
    // Invalid routes wait for the end of the request: if every route is invalid, the fault is not theirs.
    if (failure.kind !== "invalid-route") this.#tools.health.postpone(route, failure);
    this.#controller?.abort();
    return failure;
  }

  #end(outcome: "succeeded" | Failure["kind"], family: string | undefined, error: unknown): void {
    this.#unlink?.();
    const entry = this.#entry;
    entry.outcome = outcome;
    entry.family = family;
    entry.error = error;
    entry.totalMs = this.#tools.clock.now() - this.#startedAt;
    if (outcome === "succeeded") this.#track.succeeded(entry.totalMs);
    else this.#track.failed(outcome);
    this.#tools.emit("attempt", () => ({
      route: entry.route,
      ...this.#track.slice,
      outcome,
      startedAt: entry.startedAt,
      ...(entry.ttfbMs === undefined ? {} : { ttfbMs: entry.ttfbMs }),
      ...(entry.totalMs === undefined ? {} : { totalMs: entry.totalMs }),
      ...(family === undefined ? {} : { family }),
      ...(error instanceof Error ? { errorName: error.name } : {}),
      hedge: entry.hedge,
    }));
  }
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}
