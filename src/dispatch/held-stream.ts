import { TruncatedStreamError } from "../errors.ts";
import { type AnswerFormat, readEvent } from "./answer-events.ts";

/** Told how an answer stream ended after its first content; called exactly once. */
export interface StreamEndListener {
  /** Read to the end, or at least to its terminator. */
  completed(): void;
  /** The stream broke off: an error, or a clean end without terminator. */
  broke(error: unknown): void;
  /** The caller stopped reading. */
  abandoned(): void;
}

/** A stream of which the first content has been read. */
export interface HeldStream {
  /** Milliseconds on the caller's clock when the first event arrived. */
  readonly firstEventAt: number;
  /** Gives the stream to the caller: what was held, then the rest. */
  release(listener: StreamEndListener, isAborted: () => boolean): AsyncIterable<unknown>;
  /** Gives the stream up. */
  discard(): void;
}

/**
 * Reads an answer stream up to its first content and holds what it read. Until then the attempt can still fail over,
 * because the caller has seen nothing.
 * @throws the stream's own error
 * @throws {@link TruncatedStreamError} when it ends before any content: the SDK reports that as a clean end
 */
export async function holdUntilContent(source: AsyncIterable<unknown>, format: AnswerFormat, now: () => number): Promise<HeldStream> {
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
    release: (listener, isAborted) => new ReleasedStream(iterator, held, format, ended, listener, isAborted),
    discard: () => giveUp(iterator),
  };
}

/**
 * The stream that the caller reads. It pulls one event from the SDK for each event that the caller pulls, so
 * back-pressure reaches the service.
 */
class ReleasedStream implements AsyncIterableIterator<unknown> {
  readonly #iterator: AsyncIterator<unknown>;
  readonly #held: unknown[];
  readonly #format: AnswerFormat;
  readonly #isAborted: () => boolean;
  #listener: StreamEndListener | undefined;
  #terminated: boolean;
  #last: unknown;

  constructor(
    iterator: AsyncIterator<unknown>,
    held: unknown[],
    format: AnswerFormat,
    terminated: boolean,
    listener: StreamEndListener,
    isAborted: () => boolean,
  ) {
    this.#iterator = iterator;
    this.#held = held;
    this.#format = format;
    this.#terminated = terminated;
    this.#listener = listener;
    this.#isAborted = isAborted;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<unknown>> {
    if (this.#held.length > 0) return { done: false, value: this.#held.shift() };
    let result: IteratorResult<unknown>;
    try {
      result = await this.#iterator.next();
    } catch (error) {
      this.#end((listener) => listener.broke(error));
      throw error;
    }
    if (result.done !== true) {
      this.#noteTerminator(result.value);
      return result;
    }
    if (this.#complete()) {
      this.#end((listener) => listener.completed());
      return result;
    }
    // The SDK ends an aborted stream cleanly; the caller who aborted knows.
    if (this.#isAborted()) {
      this.#end((listener) => listener.abandoned());
      return result;
    }
    const truncated = new TruncatedStreamError(true);
    const unreported = this.#listener !== undefined;
    this.#end((listener) => listener.broke(truncated));
    if (unreported) throw truncated;
    return result;
  }

  async return(value?: unknown): Promise<IteratorResult<unknown>> {
    this.#held.length = 0;
    this.#end((listener) => (this.#terminated ? listener.completed() : listener.abandoned()));
    await this.#iterator.return?.();
    return { done: true, value };
  }

  #noteTerminator(event: unknown): void {
    if (this.#format === "converse") {
      if (typeof event === "object" && event !== null && "messageStop" in event) this.#terminated = true;
    } else {
      // Chunks are JSON in bytes: only the last one is worth parsing.
      this.#last = event;
    }
  }

  #complete(): boolean {
    if (this.#last !== undefined) this.#terminated ||= readEvent(this.#last, this.#format).end;
    return this.#terminated;
  }

  #end(tell: (listener: StreamEndListener) => void): void {
    const listener = this.#listener;
    this.#listener = undefined;
    if (listener !== undefined) tell(listener);
  }
}

function giveUp(iterator: AsyncIterator<unknown>): void {
  // Nobody waits for a stream that was given up; its late error must not become an unhandled rejection.
  Promise.resolve(iterator.return?.()).catch(() => {});
}
