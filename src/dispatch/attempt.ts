import type { Clock } from "../clock.ts";
import { TruncatedStreamError } from "../errors.ts";
import type { EmitRoutingEvent } from "../events.ts";
import type { Failure } from "../failure.ts";
import type { HomeRoute } from "../health/home-route.ts";
import type { RouteHealth } from "../health/route-health.ts";
import type { AttemptCause, RouteTrack, Slice } from "../health/route-track.ts";
import type { Candidate } from "../plan.ts";
import type { Route } from "../route.ts";
import type { AnswerFormat } from "./answer-events.ts";
import { classify } from "./classify.ts";
import { holdUntilContent, type StreamEndListener } from "./held-stream.ts";
import { abortError, type CallerSignal, isAborted, linkAbort } from "./link-abort.ts";
import type { Budgets } from "./token-budget.ts";
import type { Trail, TrailEntry } from "./trail.ts";

/** One request, as far as dispatch has to know it. */
export interface DispatchRequest {
  readonly slice: Slice;
  readonly homeRegion: string;
  readonly callerSignal: CallerSignal | undefined;
  /** Where the answer stream stands in the output; undefined for a unary operation. */
  readonly stream: { readonly field: "stream" | "body"; readonly format: AnswerFormat } | undefined;
  /** False when the request can be sent only once, because its body is consumed by sending it. */
  readonly replayable: boolean;
  /** Whose choice the first candidate is; undefined when nothing is learned from the request. */
  readonly home: HomeRoute | undefined;
  /** How much longer than usual the first byte may take, because the prompt is longer than usual. */
  readonly promptScale: number;
  /** Sends the request to one route. Rejects with the SDK's own error. */
  send(route: Route, signal: CallerSignal | undefined): Promise<object>;
}

/** What dispatch works with. */
export interface DispatchTools {
  readonly clock: Clock;
  readonly random: () => number;
  readonly health: RouteHealth;
  readonly budgets: Budgets;
  readonly emit: EmitRoutingEvent;
}

/** An attempt's result, as data. `cut-off`: another attempt was faster, or the request is over. */
export type AttemptResult =
  | { readonly kind: "succeeded"; readonly output: object }
  | { readonly kind: "failed"; readonly error: unknown; readonly failure: Failure }
  | { readonly kind: "cut-off" };

/**
 * One try of one route: its clock, its signal and where its end is told. A stream counts as answered with its first
 * content; until then its failure is the attempt's, from then on it belongs to the caller.
 */
export class Attempt implements StreamEndListener {
  readonly candidate: Candidate;
  readonly cause: AttemptCause;
  readonly startedAt: number;
  /** Silent past its first-byte deadline. */
  late = false;
  /** Backed up early, because it deserved doubt. */
  doubted = false;
  readonly #request: DispatchRequest;
  readonly #tools: DispatchTools;
  readonly #track: RouteTrack;
  readonly #entry: TrailEntry;
  readonly #controller: AbortController | undefined;
  readonly #unlink: (() => void) | undefined;
  #ended = false;

  constructor(candidate: Candidate, cause: AttemptCause, request: DispatchRequest, trail: Trail, tools: DispatchTools) {
    this.candidate = candidate;
    this.cause = cause;
    this.#request = request;
    this.#tools = tools;
    this.#track = tools.health.track(candidate.route, request.slice);
    this.#entry = trail.start(candidate.route, tools.clock.wallNow(), cause === "backup" || cause === "hedge");
    // A stream can be given up half-way, and whatever can be backed up can lose; nothing else needs a signal of its own.
    if (request.stream !== undefined || (request.replayable && candidate.lateAfterMs !== undefined)) {
      this.#controller = new AbortController();
      this.#unlink = linkAbort(request.callerSignal, this.#controller);
    }
    this.startedAt = tools.clock.now();
    this.#track.started(cause);
  }

  get route(): Route {
    return this.candidate.route;
  }

  async run(): Promise<AttemptResult> {
    const { stream } = this.#request;
    const { clock } = this.#tools;
    try {
      const signal = this.#controller?.signal ?? this.#request.callerSignal;
      const output = (await this.#request.send(this.route, signal)) as Record<string, unknown>;
      const source = stream === undefined ? undefined : output?.[stream.field];
      // A stubbed client may answer without a stream or with nothing at all; there is nothing to hold then.
      if (stream === undefined || !isAsyncIterable(source)) {
        if (this.#ended) return CUT_OFF;
        this.#answered(clock.now());
        this.completed();
        return { kind: "succeeded", output };
      }
      const held = await holdUntilContent(source, stream.format, () => clock.now());
      if (this.#ended) {
        held.discard();
        return CUT_OFF;
      }
      this.#answered(held.firstEventAt);
      output[stream.field] = held.release(this, () => this.#aborted);
      return { kind: "succeeded", output };
    } catch (thrown) {
      if (this.#ended) return CUT_OFF;
      // The SDK ends the stream of an aborted request cleanly; every other error is its own.
      const silent = this.#aborted && thrown instanceof TruncatedStreamError;
      const error = silent ? abortError(this.#request.callerSignal) : thrown;
      return { kind: "failed", error, failure: this.#failed(error) };
    }
  }

  /**
   * Ends the attempt, because another one was faster.
   * @param informative - whether the time it had waited says something about the route
   */
  cutOff(informative: boolean): void {
    if (this.#ended) return;
    const elapsedMs = this.#tools.clock.now() - this.startedAt;
    this.#end("cancelled", "lost-race", undefined);
    this.#track.cutOff(elapsedMs, informative);
    this.#controller?.abort();
  }

  /** The attempt brought the first content although another one had been started earlier. */
  wonRace(): void {
    this.#track.wonRace();
  }

  get ttfbMs(): number {
    return this.#entry.ttfbMs ?? 0;
  }

  completed(): void {
    this.#end("succeeded", undefined, undefined);
  }

  broke(error: unknown): void {
    this.#failed(error);
  }

  abandoned(complete: boolean): void {
    if (complete) this.completed();
    else this.#end("cancelled", "abandoned", undefined);
    this.#controller?.abort();
  }

  get #aborted(): boolean {
    return isAborted(this.#request.callerSignal);
  }

  #answered(at: number): void {
    this.#entry.outcome = "succeeded";
    this.#entry.ttfbMs = at - this.startedAt;
    this.#track.answered(this.#entry.ttfbMs);
  }

  #failed(error: unknown): Failure {
    const { route } = this;
    const movedRegion = route.sourceRegion !== this.#request.homeRegion;
    const failure = classify(error, { aborted: this.#aborted, movedRegion, route });
    this.#end(failure.kind, failure.family, error);
    // Invalid routes wait for the end of the request: if every route is invalid, the fault is not theirs.
    if (failure.kind !== "invalid-route") this.#tools.health.postpone(route, failure);
    this.#controller?.abort();
    return failure;
  }

  #end(outcome: "succeeded" | Failure["kind"], family: string | undefined, error: unknown): void {
    this.#ended = true;
    this.#unlink?.();
    const entry = this.#entry;
    entry.outcome = outcome;
    entry.family = family;
    entry.error = error;
    entry.totalMs = this.#tools.clock.now() - this.startedAt;
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

const CUT_OFF: AttemptResult = Object.freeze({ kind: "cut-off" });

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}
