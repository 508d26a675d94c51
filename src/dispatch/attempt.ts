import { classify } from "../failures/classify.ts";
import type { Demand } from "../health/capacity.ts";
import type { RouteHealth } from "../health/route-health.ts";
import type { RouteTrack } from "../health/route-track.ts";
import type { AttemptCause } from "../types/attempt.ts";
import { alternativeTo, type PriceLookup, usdOf } from "../types/cost.ts";
import type { AttemptStart, EmitRoutingEvent, RequestInfo } from "../types/events.ts";
import type { Failure } from "../types/failure.ts";
import type { Met } from "../types/failure-family.ts";
import type { Candidate } from "../types/plan.ts";
import type { Route } from "../types/route.ts";
import type { TokenUsage } from "../types/token-usage.ts";
import type { Clock } from "../util/clock.ts";
import type { OwnDelay, Since } from "../util/own-delay.ts";
import type { AttemptController } from "./attempt-controller.ts";
import { type AttemptLog, attemptEvent, type LogEntry } from "./attempt-log.ts";
import type { ExtraAttemptRule } from "./extra-attempts.ts";
import { discardStream, holdUntilContent, isAsyncIterable, type StreamEndListener } from "./held-stream.ts";
import { abortError, isAborted, linkAbort } from "./link-abort.ts";
import type { DispatchRequest } from "./request.ts";

/** Where the attempts of one request are recorded. */
export interface AttemptRecorder {
  readonly log: AttemptLog;
  readonly health: RouteHealth;
  readonly clock: Clock;
  readonly emit: EmitRoutingEvent;
  readonly priceOf: PriceLookup | undefined;
  /** What observers are told of the request. */
  readonly about: RequestInfo;
  readonly trace: TraceAttempt;
  readonly ownDelay: OwnDelay;
  readonly demand: Demand;
  /** How many times longer such a prompt takes than the usual one. */
  readonly scale: number;
}

/** Sends inside of whoever traces attempts. */
export type TraceAttempt = <Result>(attempt: AttemptStart, send: () => Result) => Result;

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
  readonly rules: readonly ExtraAttemptRule[];
  readonly startedAt: number;
  /** When its stream began, with or without content. */
  firstEventAt: number | undefined;
  #firstEventAwakeAt = 0;
  /** Whether what its answer took says something about its route: not when this process was held up, or busy, meanwhile. */
  isEvidence = false;
  /** Silent past its first-byte deadline: its end is no longer that of a backup that was merely cut off early. */
  late = false;
  /** Backed up early because it deserved doubt: it then loses its race as a late one does. */
  doubted = false;
  /** No backup could be paid for, and that counted against its route at once: it must not count twice. */
  struck = false;
  /** A backup that cost no token: it gets none back. */
  free = false;
  /** Call off what waits for it. */
  readonly timers: (() => void)[] = [];
  readonly #met: Met;
  readonly #request: DispatchRequest;
  readonly #recorder: AttemptRecorder;
  readonly #track: RouteTrack;
  readonly #entry: LogEntry;
  readonly #controller: AttemptController | undefined;
  readonly #unlink: (() => void) | undefined;
  readonly #since: Since;
  #ended = false;
  /** Neither answered nor over. */
  #silent = true;

  constructor(
    candidate: Candidate,
    cause: AttemptCause,
    met: Met,
    rules: readonly ExtraAttemptRule[],
    request: DispatchRequest,
    track: RouteTrack,
    recorder: AttemptRecorder,
  ) {
    this.candidate = candidate;
    this.cause = cause;
    this.#met = met;
    this.rules = rules;
    this.#request = request;
    this.#recorder = recorder;
    this.#track = track;
    const { log, clock } = recorder;
    this.#entry = log.start(candidate.route, clock.wallNow(), cause, clock.now() - log.startedAtMs);
    // A stream can be given up half-way, and whoever races can lose; nothing else needs a signal of its own.
    if (request.stream !== undefined || rules.length > 0 || cause === "backup" || cause === "hedge") {
      this.#controller = request.newController?.() ?? new AbortController();
      this.#unlink = linkAbort(request.callerSignal, this.#controller);
    }
    this.startedAt = clock.now();
    track.started(cause);
    recorder.health.capacity.started(candidate.route, recorder.demand);
    this.#since = recorder.ownDelay.enter();
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
    const { clock, trace, about } = this.#recorder;
    const { number, route } = this.#entry;
    try {
      const signal = this.#controller?.signal ?? this.#request.callerSignal;
      const sent = trace({ request: about, number, route }, () => this.#request.send(route, signal));
      const output = (await sent) as Record<string, unknown>;
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
   * @returns what it had waited, if that says something about the route: a lower bound of its time to first byte for a
   * usual prompt. A backup that was cut off early would only look fast.
   */
  loseRace(): number | undefined {
    const { waitedMs } = this;
    const primary = this.late || this.cause === "first" || this.cause === "probe";
    this.cutOff("lost-race");
    const { scale } = this.#recorder;
    if (!primary && waitedMs <= this.candidate.ttfbMs * scale) return undefined;
    this.#track.cutOff(waitedMs, scale);
    return waitedMs / scale;
  }

  /** For how long it has been under way while this process was awake, in milliseconds. */
  get waitedMs(): number {
    return this.#recorder.ownDelay.awakeNow() - this.#since.awakeAt;
  }

  /** For how long its stream has begun and is without content, in milliseconds; undefined when it has not begun. */
  get withoutContentMs(): number | undefined {
    return this.firstEventAt === undefined ? undefined : this.#recorder.ownDelay.awakeNow() - this.#firstEventAwakeAt;
  }

  /** Whether losing its race counts against its route. */
  get isStrike(): boolean {
    return (this.late || this.doubted) && !this.struck && this.wasSilent;
  }

  /** Whether it has waited long enough for its route to be judged: not mostly for this process to come to itself. */
  get wasSilent(): boolean {
    return this.waitedMs >= SILENT_SHARE * (this.#recorder.clock.now() - this.startedAt);
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
    this.firstEventAt = this.#recorder.clock.now();
    this.#firstEventAwakeAt = this.#recorder.ownDelay.awakeNow();
    return this.firstEventAt;
  }

  get #aborted(): boolean {
    return isAborted(this.#request.callerSignal);
  }

  #answered(at: number): void {
    this.#entry.outcome = "succeeded";
    this.#entry.ttfbMs = at - this.startedAt;
    this.isEvidence = this.#recorder.ownDelay.wasAwake(this.#since);
    this.#track.answered(this.#entry.ttfbMs, this.isEvidence, this.#recorder.scale);
    this.#silent = false;
    this.#recorder.ownDelay.leave();
    this.#recorder.health.capacity.answered(this.route);
  }

  #failed(error: unknown): Failure {
    const { route } = this;
    const failure = classify(error, { aborted: this.#aborted, met: this.#met });
    this.#end(failure.kind, failure.family, error);
    // Invalid routes wait for the end of the request: if every route is invalid, the fault is not theirs.
    if (failure.kind !== "invalid-route")
      this.#recorder.health.postpone(route, failure, this.#track.slice, this.#recorder.demand);
    this.#controller?.abort();
    return failure;
  }

  /** What was refused has used nothing; of what was cut off before its answer, the input. */
  #settleQuota(outcome: LogEntry["outcome"]): void {
    const { health, demand } = this.#recorder;
    const { usage, ttfbMs } = this.#entry;
    const isGivenUp = ttfbMs === undefined && (outcome === "cancelled" || outcome === "timeout");
    const used = isGivenUp ? { inputTokens: demand.inputTokens, outputTokens: 0 } : usage;
    health.capacity.ended(this.route, demand, used, ttfbMs === undefined && !isGivenUp);
  }

  #end(outcome: "succeeded" | Failure["kind"], family: string | undefined, error: unknown): void {
    this.#ended = true;
    if (this.#silent) this.#recorder.ownDelay.leave();
    this.#silent = false;
    this.#unlink?.();
    const entry = this.#entry;
    entry.outcome = outcome;
    entry.family = family;
    entry.error = error;
    entry.totalMs = this.#recorder.clock.now() - this.startedAt;
    this.#settleQuota(outcome);
    if (outcome === "succeeded") this.#track.succeeded(entry.totalMs);
    else this.#track.failed(outcome);
    if (entry.ttfbMs !== undefined) settleUsage(entry, this.#track, this.#recorder);
    const { conversation } = this.#request;
    if (conversation !== undefined && entry.usage !== undefined) {
      const { health, priceOf = unknownPrice } = this.#recorder;
      health.caches.answered(conversation, this.route, entry.usage, (usage) => usdOf(usage, this.route, priceOf));
    }
    const { log, emit, about } = this.#recorder;
    emit("attempt", () => attemptEvent(entry, about, log.costOf(entry)));
    log.attemptEnded();
  }
}

const SILENT_SHARE = 0.5;

const CUT_OFF: AttemptResult = Object.freeze({ kind: "cut-off" });

/**
 * Counts the tokens of an answer and what it costs, in the statistics of its route; and the attempts that were made in
 * vain beside it, in those of theirs.
 */
function settleUsage(
  entry: LogEntry,
  track: RouteTrack,
  { log, health, priceOf = unknownPrice }: AttemptRecorder,
): void {
  const { route, usage, ttfbMs = 0, totalMs = 0 } = entry;
  const generationMs = track.slice.streaming ? totalMs - ttfbMs : totalMs;
  const usd = usdOf(usage, route, priceOf);
  const alternativeUsd = typeof usd === "string" ? undefined : alternativeTo(route, log.plan, usage, priceOf)?.usd;
  track.usage.answered(usage, generationMs, usd, alternativeUsd);
  if (log.attempts === 1) return;
  for (const extra of log.extras(entry)) {
    health.track(extra.route, track.slice).usage.extra(usage, usdOf(usage, extra.route, priceOf));
  }
}

function unknownPrice(): undefined {
  return undefined;
}
