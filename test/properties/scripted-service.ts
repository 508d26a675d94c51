import type { CallerSignal } from "../../src/dispatch/link-abort.ts";
import type { AttemptEvent } from "../../src/types/events.ts";
import type { Route } from "../../src/types/route.ts";
import type { FastClock } from "./fast-clock.ts";
import { PROMPT_MARK } from "./fault-errors.ts";
import type { Play, StreamEnd } from "./weather.ts";

type StreamPlay = Extract<Play, { readonly does: "streams" }>;

/** One send, as the service saw it. */
export interface Send {
  readonly route: Route;
  readonly play: Play;
  readonly sentAtMs: number;
  readonly signal: CallerSignal | undefined;
  /** What was announced since the send before: without it, a request repeats the route that has failed. */
  readonly announced: "backup" | "failover" | undefined;
  /** Every error that came out of it, from `send` or from the stream. */
  readonly thrown: unknown[];
  output: Record<string, unknown> | undefined;
  /** What was told of its end, and when: virtual time, and how many sends there were by then. */
  end: { readonly event: AttemptEvent; readonly atMs: number; readonly sends: number } | undefined;
}

/** Plays a send as the SDK would: it rejects, hangs, answers or streams, and obeys the signal. */
export function play(send: Send, stream: string | undefined, clock: FastClock): Promise<object> {
  const { play: script, signal } = send;
  if (script.does === "fails" && script.synchronously) throw note(send, script.fault.error);
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(note(send, sdkAbortError()));
    const dueMs = clock.now() + (script.does === "hangs" ? script.timeoutMs : script.afterMs);
    const waiter = clock.at(dueMs, () => {
      unlisten();
      if (script.does === "fails" || script.does === "hangs") reject(note(send, script.fault.error));
      else resolve(answer(send, stream, clock));
    });
    const unlisten = onAbort(signal, () => {
      clock.forget(waiter);
      unlisten();
      reject(note(send, sdkAbortError()));
    });
  });
}

function answer(send: Send, field: string | undefined, clock: FastClock): object {
  const { play: script } = send;
  const output: Record<string, unknown> = { $metadata: { httpStatusCode: 200 }, text: PROMPT_MARK };
  if (script.does === "streams" && field !== undefined) output[field] = new ScriptedStream(send, script, clock);
  send.output = output;
  return output;
}

/** An answer stream by script, as lazy as the SDK's. */
class ScriptedStream implements AsyncIterableIterator<unknown> {
  readonly #send: Send;
  readonly #play: StreamPlay;
  readonly #clock: FastClock;
  #place = 0;
  #done = false;

  constructor(send: Send, script: StreamPlay, clock: FastClock) {
    this.#send = send;
    this.#play = script;
    this.#clock = clock;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<unknown>> {
    if (this.#done) return END;
    const { sends, ending, gapMs, answer: script } = this.#play;
    if (this.#place < sends) {
      if (!(await this.#pause(gapMs))) return this.#aborted();
      this.#place += 1;
      return { done: false, value: script.events[this.#place - 1] };
    }
    if (!(await this.#pause(ending.kind === "stalls" ? ending.timeoutMs : gapMs))) return this.#aborted();
    return this.#end(ending);
  }

  async return(): Promise<IteratorResult<unknown>> {
    this.#done = true;
    return END;
  }

  #end(ending: StreamEnd): IteratorResult<unknown> {
    this.#done = true;
    if (ending.kind === "ends") return END;
    throw note(this.#send, ending.fault.error);
  }

  #aborted(): IteratorResult<unknown> {
    this.#done = true;
    if (this.#play.onAbort === "ends") return END;
    throw note(this.#send, Object.assign(new Error("aborted"), { code: "ECONNRESET" }));
  }

  /** False when the request was aborted meanwhile. */
  #pause(ms: number): Promise<boolean> | boolean {
    if (this.#send.signal?.aborted) return false;
    if (ms === 0) return true;
    return new Promise((resolve) => {
      const waiter = this.#clock.at(this.#clock.now() + ms, () => {
        unlisten();
        resolve(true);
      });
      const unlisten = onAbort(this.#send.signal, () => {
        this.#clock.forget(waiter);
        unlisten();
        resolve(false);
      });
    });
  }
}

const END = Object.freeze({ done: true, value: undefined });

function note(send: Send, error: unknown): unknown {
  send.thrown.push(error);
  return error;
}

/** What the SDK throws for an aborted request. */
function sdkAbortError(): Error {
  return Object.assign(new Error("Request aborted"), { name: "AbortError" });
}

/** Listens as the SDK's handlers do, to both sorts of signal. Returns the function that stops listening. */
function onAbort(signal: CallerSignal | undefined, listener: () => void): () => void {
  if (signal === undefined) return () => {};
  if (signal.addEventListener !== undefined) {
    signal.addEventListener("abort", listener, { once: true });
    return () => signal.removeEventListener?.("abort", listener);
  }
  const before = signal.onabort;
  signal.onabort = listener;
  return () => {
    if (signal.onabort === listener) signal.onabort = before;
  };
}
