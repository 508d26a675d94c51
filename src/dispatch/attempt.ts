import { classify } from "../failures/classify.ts";
import type { HomeRoute } from "../health/home-route.ts";
import type { RouteHealth } from "../health/route-health.ts";
import type { RouteTrack, Slice } from "../health/route-track.ts";
import type { AttemptCause } from "../types/attempt.ts";
import { alternativeTo, type PriceLookup, usdOf } from "../types/cost.ts";
import type { EmitRoutingEvent, RequestInfo } from "../types/events.ts";
import type { Failure } from "../types/failure.ts";
import type { Candidate } from "../types/plan.ts";
import type { Route } from "../types/route.ts";
import type { TokenUsage } from "../types/token-usage.ts";
import type { Clock } from "../util/clock.ts";
import type { AnswerFormat } from "./answer-events.ts";
import type { AttemptController } from "./attempt-controller.ts";
import { discardStream, holdUntilContent, isAsyncIterable, type StreamEndListener } from "./held-stream.ts";
import { abortError, type CallerSignal, isAborted, linkAbort } from "./link-abort.ts";
import type { Budgets } from "./token-budget.ts";
import { attemptEvent, type Trail, type TrailEntry } from "./trail.ts";

/** One request, as far as dispatch has to know it. */
export interface DispatchRequest {
  /** What observers are told of it. */
  readonly about: RequestInfo;
  readonly slice: Slice;
  readonly homeRegion: string;
  readonly callerSignal: CallerSignal | undefined;
  /** Where the answer stream stands in the output; undefined for a unary operation. */
  readonly stream: { readonly field: "stream" | "body"; readonly format: AnswerFormat } | undefined;
  /** False when the request can be sent only once, because its body is consumed by sending it. */
  readonly replayable: boolean;
  /** True when the caller repeats a failed request by itself: then every usable route is tried once, without a wait. */
  readonly onePass?: boolean;
  /** Whose choice the first candidate is; undefined when nothing is learned from the request. */
  readonly home: HomeRoute | undefined;
  /** Rough size of the input: the first byte of a long prompt takes longer. */
  readonly inputBytes: number;
  readonly deadlineScale: DeadlineScale;
  /** Makes what cancels one attempt. @defaultValue a web `AbortController` */
  newController?(): AttemptController;
  /** The tokens that a unary answer tells. */
  usageOf?(output: object): TokenUsage | undefined;
  /** Sends the request to one route. Rejects with the SDK's own error. */
  send(route: Route, signal: CallerSignal | undefined): Promise<object>;
}

/** By how much the deadlines of a route are longer for this prompt; 1 and 0 for those that the caller has fixed. */
export interface DeadlineScale {
  readonly late: number;
  readonly hedge: number;
  /** How long after its first event a stream may be without content, before a backup and before a hedge. */
  readonly lateContentMs: number;
  readonly hedgeContentMs: number;
}

/** What dispatch works with. */
export interface DispatchTools {
  readonly clock: Clock;
  readonly random: () => number;
  readonly health: RouteHealth;
  readonly budgets: Budgets;
  readonly emit: EmitRoutingEvent;
  readonly priceOf?: PriceLookup;
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
  /** When its stream began, with or without content. */
  firstEventAt: number | undefined;
  readonly #request: DispatchRequest;
  readonly #tools: DispatchTools;
  readonly #track: RouteTrack;
  readonly #trail: Trail;
  readonly #entry: TrailEntry;
  readonly #controller: AttemptController | undefined;
  readonly #unlink: (() => void) | undefined;
  #ended = false;

  constructor(candidate: Candidate, cause: AttemptCause, request: DispatchRequest, trail: Trail, tools: DispatchTools) {
    this.candidate = candidate;
    this.cause = cause;
    this.#request = request;
    this.#tools = tools;
    this.#track = tools.health.track(candidate.route, request.slice);
    this.#trail = trail;
    const afterMs = tools.clock.now() - trail.startedAtMs;
    this.#entry = trail.start(candidate.route, tools.clock.wallNow(), cause, afterMs);
    // A stream can be given up half-way, and whoever races can lose; nothing else needs a signal of its own.
    if (request.stream !== undefined || (request.replayable && mayRace(candidate, cause))) {
      this.#controller = request.newController?.() ?? new AbortController();
      this.#unlink = linkAbort(request.callerSignal, this.#controller);
    }
    this.startedAt = tools.clock.now();
    this.#track.started(cause);
  }

  get route(): Route {
    return this.candidate.route;
  }

  /**
   * Sends the request.
   * @param onContent - told in the same turn in which the first content is recorded: two attempts can have theirs in one
   * read of a shared connection, and only one of them may win
   */
  async run(onContent: () => void): Promise<AttemptResult> {
    const { stream } = this.#request;
    const { clock } = this.#tools;
    try {
      const signal = this.#controller?.signal ?? this.#request.callerSignal;
      const output = (await this.#request.send(this.route, signal)) as Record<string, unknown>;
      const source = stream === undefined ? undefined : output?.[stream.field];
      if (this.#ended) {
        if (isAsyncIterable(source)) discardStream(source);
        return CUT_OFF;
      }
      // A stubbed client may answer without a stream or with nothing at all; there is nothing to hold then.
      if (stream === undefined || !isAsyncIterable(source)) {
        this.#answered(clock.now());
        this.completed(this.#request.usageOf?.(output));
        onContent();
        return { kind: "succeeded", output };
      }
      const held = await holdUntilContent(source, stream.format, () => this.#begun()).catch((error: unknown) => {
        // An aborted stream ends cleanly over HTTP/2 and with ECONNRESET over HTTP/1.1; for `send` it is one error.
        throw this.#aborted ? abortError(this.#request.callerSignal) : error;
      });
      if (this.#ended) {
        held.discard();
        return CUT_OFF;
      }
      this.#answered(held.firstEventAt);
      onContent();
      // A copy: a stubbed client may give the same answer to the next request too.
      const released = { ...output, [stream.field]: held.release(this, () => this.#aborted, output) };
      return { kind: "succeeded", output: released };
    } catch (error) {
      if (this.#ended) return CUT_OFF;
      return { kind: "failed", error, failure: this.#failed(error) };
    }
  }

  /**
   * Ends the attempt, because another one was faster.
   * @returns what it had waited, if that says something about the route: a lower bound of its time to first byte. A
   * backup that was cut off early would only look fast.
   */
  loseRace(): number | undefined {
    const waitedMs = this.#tools.clock.now() - this.startedAt;
    const primary = this.late || this.cause === "first" || this.cause === "probe";
    this.cutOff("lost-race");
    if (!primary && waitedMs <= this.candidate.ttfbMs) return undefined;
    this.#track.cutOff(waitedMs);
    return waitedMs;
  }

  /** Ends the attempt, because the request is over. */
  cutOff(family: string): void {
    if (this.#ended) return;
    this.#end("cancelled", family, undefined);
    this.#controller?.abort();
  }

  /** The attempt was started because another one was silent, and brought the first content. */
  wonRace(): void {
    this.#track.wonRace();
  }

  /** Whether its end is recorded. */
  get ended(): boolean {
    return this.#ended;
  }

  get ttfbMs(): number {
    return this.#entry.ttfbMs ?? 0;
  }

  completed(usage: TokenUsage | undefined): void {
    this.#entry.usage = usage;
    this.#end("succeeded", undefined, undefined);
  }

  broke(error: unknown): void {
    this.#failed(error);
  }

  abandoned(complete: boolean, usage: TokenUsage | undefined): void {
    if (complete) this.completed(usage);
    else this.#end("cancelled", "abandoned", undefined);
    this.#controller?.abort();
  }

  #begun(): number {
    this.firstEventAt = this.#tools.clock.now();
    return this.firstEventAt;
  }

  get #aborted(): boolean {
    return isAborted(this.#request.callerSignal);
  }

  #answered(at: number): void {
    this.#entry.outcome = "succeeded";
    this.#entry.ttfbMs = at - this.startedAt;
    this.#track.answered(this.#entry.ttfbMs);
    this.#tools.health.capacity.answered(this.route);
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
    if (entry.ttfbMs !== undefined) settleUsage(entry, this.#trail, this.#track, this.#tools);
    this.#tools.emit("attempt", () => attemptEvent(entry, this.#request.about, this.#tools.priceOf));
    this.#trail.attemptEnded();
  }
}

const CUT_OFF: AttemptResult = Object.freeze({ kind: "cut-off" });

function mayRace({ lateAfterMs, doubtfulAfterMs, hedgeAfterMs }: Candidate, cause: AttemptCause): boolean {
  const deadline = lateAfterMs ?? doubtfulAfterMs ?? hedgeAfterMs;
  return deadline !== undefined || cause === "backup" || cause === "hedge";
}

/**
 * Counts the tokens of an answer and what it costs, in the statistics of its route; and the attempts that were made in
 * vain beside it, in those of theirs.
 */
function settleUsage(entry: TrailEntry, trail: Trail, track: RouteTrack, tools: DispatchTools): void {
  const { route, usage, ttfbMs = 0, totalMs = 0 } = entry;
  const { health, priceOf = unknownPrice } = tools;
  const generationMs = track.slice.streaming ? totalMs - ttfbMs : totalMs;
  const usd = usdOf(usage, route, priceOf);
  const alternativeUsd = typeof usd === "string" ? undefined : alternativeTo(route, trail.plan, usage, priceOf)?.usd;
  track.usage.answered(usage, generationMs, usd, alternativeUsd);
  if (trail.attempts === 1) return;
  for (const extra of trail.extras(entry)) {
    health.track(extra.route, track.slice).usage.extra(usage, usdOf(usage, extra.route, priceOf));
  }
}

function unknownPrice(): undefined {
  return undefined;
}
