import { TruncatedStreamError } from "../types/errors.ts";
import type { TokenUsage } from "../types/token-usage.ts";
import { type AnswerFormat, readEvent } from "./answer-events.ts";
import { eventUsage } from "./answer-usage.ts";

/** Told how an answer stream ended after its first content; called exactly once. */
export interface StreamEndListener {
  /** Read to the end; `usage` when the stream told its tokens. */
  completed(usage: TokenUsage | undefined): void;
  /** The stream broke off: an error, or a clean end without terminator. */
  broke(error: unknown): void;
  /** The caller stopped reading; `complete` when the terminator had already arrived. */
  abandoned(complete: boolean, usage: TokenUsage | undefined): void;
}

/** A stream of which the first content has been read. */
export interface HeldStream {
  /** Milliseconds on the caller's clock when the first event arrived. */
  readonly firstEventAt: number;
  /**
   * Gives the stream to the caller: what was held, then the rest.
   * @param output - the answer that the stream is part of
   */
  release(listener: StreamEndListener, isAborted: () => boolean, output: object): AsyncIterable<unknown>;
  /** Gives the stream up. */
  discard(): void;
}

/**
 * Reads an answer stream up to its first content and holds what it read. Until then the attempt can still fail over,
 * because the caller has seen nothing.
 * @throws the stream's own error
 * @throws {@link TruncatedStreamError} when it ends before any content: the SDK reports that as a clean end
 */
export async function holdUntilContent(
  source: AsyncIterable<unknown>,
  format: AnswerFormat,
  now: () => number,
): Promise<HeldStream> {
  const iterator = source[Symbol.asyncIterator]();
  const held: unknown[] = [];
  let firstEventAt: number | undefined;
  let ended = false;
  for (;;) {
    const { done, value } = await iterator.next();
    if (done === true) throw new TruncatedStreamError(false);
    firstEventAt ??= now();
    held.push(value);
    const reading = readEvent(value, format);
    ended ||= reading.end;
    if (reading.content || reading.end) break;
  }
  const arrivedAt = firstEventAt;
  return {
    firstEventAt: arrivedAt,
    release: (listener, isAborted, output) =>
      new ReleasedStream(held, format, ended, { iterator, listener, isAborted, output }),
    discard: () => void giveUp(iterator),
  };
}

/** Where a stream comes from. All of it leads back to the request, prompt included. */
interface StreamOrigin {
  readonly iterator: AsyncIterator<unknown>;
  readonly listener: StreamEndListener;
  readonly isAborted: () => boolean;
  readonly output: object;
}

/**
 * The stream that the caller reads. It pulls one event from the SDK for each event that the caller pulls, so
 * back-pressure reaches the service. A stream that nobody reads keeps its connection and its listener on the caller's
 * abort signal until the caller aborts, as with the plain SDK client.
 */
class ReleasedStream implements AsyncIterableIterator<unknown> {
  readonly #held: unknown[];
  readonly #format: AnswerFormat;
  /** Undefined once the stream is over: an application may keep its output, but that must not keep the prompt. */
  #origin: StreamOrigin | undefined;
  #terminated: boolean;
  /** The newest chunk of InvokeModel; the `metadata` of Converse. */
  #last: unknown;

  constructor(held: unknown[], format: AnswerFormat, terminated: boolean, origin: StreamOrigin) {
    this.#held = held;
    this.#format = format;
    this.#terminated = terminated;
    this.#origin = origin;
    if (format === "invoke-model") this.#last = held.at(-1);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<unknown>> {
    if (this.#held.length > 0) return { done: false, value: this.#held.shift() };
    const origin = this.#origin;
    if (origin === undefined) return { done: true, value: undefined };
    let result: IteratorResult<unknown>;
    try {
      result = await origin.iterator.next();
    } catch (error) {
      return this.#break(error);
    }
    if (result.done !== true) {
      this.#noteTerminator(result.value);
      return result;
    }
    // The SDK ends an aborted stream cleanly; the caller who aborted knows.
    if (!this.#complete() && !origin.isAborted()) return this.#break(new TruncatedStreamError(true));
    const usage = this.#usage();
    if (this.#terminated) this.#end()?.completed(usage);
    else this.#end()?.abandoned(false, undefined);
    return result;
  }

  async return(value?: unknown): Promise<IteratorResult<unknown>> {
    this.#held.length = 0;
    const complete = this.#complete();
    const usage = complete ? this.#usage() : undefined;
    const iterator = this.#origin?.iterator;
    this.#end()?.abandoned(complete, usage);
    // Not awaited: an iterator whose `next()` is still pending would only return after it.
    if (iterator !== undefined) void giveUp(iterator);
    return { done: true, value };
  }

  /** Only the first failure is the stream's: what follows it, or what follows `return()`, is its echo. */
  #break(error: unknown): IteratorResult<unknown> {
    const listener = this.#end();
    if (listener === undefined) return { done: true, value: undefined };
    listener.broke(error);
    throw error;
  }

  #noteTerminator(event: unknown): void {
    if (this.#format === "invoke-model") {
      // Chunks are JSON in bytes: only the last one is worth parsing.
      this.#last = event;
    } else if (typeof event !== "object" || event === null) {
      return;
    } else if (this.#terminated) {
      // The tokens come after the end.
      if ("metadata" in event) this.#last = event;
    } else if ("messageStop" in event) {
      this.#terminated = true;
    }
  }

  #usage(): TokenUsage | undefined {
    const { output } = this.#origin ?? {};
    return this.#last === undefined || output === undefined ? undefined : eventUsage(this.#last, this.#format, output);
  }

  #complete(): boolean {
    if (this.#format === "invoke-model") this.#terminated ||= readEvent(this.#last, this.#format).end;
    return this.#terminated;
  }

  /** The listener, for the one who ends the stream first. */
  #end(): StreamEndListener | undefined {
    const listener = this.#origin?.listener;
    this.#origin = undefined;
    this.#last = undefined;
    return listener;
  }
}

export function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

/** Gives up a stream that nobody has read from. */
export function discardStream(stream: AsyncIterable<unknown>): void {
  void giveUp(stream[Symbol.asyncIterator]());
}

async function giveUp(iterator: AsyncIterator<unknown>): Promise<void> {
  try {
    await iterator.return?.();
  } catch {
    // Nobody waits for a stream that was given up; its late error must not become an unhandled rejection.
  }
}
