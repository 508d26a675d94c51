import type { VirtualClock } from "./virtual-clock.ts";

/** What a stream does next: an event after some time, an error, or silence. */
export type StreamStep =
  | { readonly afterMs?: number; readonly event: unknown }
  | { readonly afterMs?: number; readonly error: unknown }
  | { readonly silent: true };

/**
 * An answer stream by script, which ends cleanly after its last step. Like the SDK's it is lazy, and it ends cleanly
 * when the request is aborted.
 */
export class ScriptedStream implements AsyncIterable<unknown> {
  readonly #steps: readonly StreamStep[];
  readonly #clock: VirtualClock;
  readonly #signal: AbortSignal | undefined;
  /** How many events were asked for. */
  pulls = 0;
  /** How often the reader returned the stream. */
  returns = 0;

  constructor(steps: readonly StreamStep[], clock: VirtualClock, signal?: AbortSignal) {
    this.#steps = steps;
    this.#clock = clock;
    this.#signal = signal;
  }

  [Symbol.asyncIterator](): AsyncIterator<unknown> {
    const events = this.#events();
    return {
      next: () => {
        this.pulls += 1;
        return events.next();
      },
      return: () => {
        this.returns += 1;
        return events.return(undefined);
      },
    };
  }

  async *#events(): AsyncGenerator<unknown, undefined> {
    for (const step of this.#steps) {
      const waitMs = "silent" in step ? Number.POSITIVE_INFINITY : (step.afterMs ?? 0);
      if (waitMs > 0) await this.#clock.delay(waitMs, this.#signal).catch(() => {});
      if (this.#signal?.aborted) return undefined;
      if ("error" in step) throw step.error;
      if ("event" in step) yield step.event;
    }
    return undefined;
  }
}

/** Events of ConverseStream. */
export const converse = {
  start: { messageStart: { role: "assistant" } },
  text: (text: string): object => ({ contentBlockDelta: { contentBlockIndex: 0, delta: { text } } }),
  stop: { messageStop: { stopReason: "end_turn" } },
  metadata: { metadata: { usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 }, metrics: { latencyMs: 5 } } },
} as const;

/** A whole answer of ConverseStream. */
export const converseAnswer: readonly object[] = [
  converse.start,
  converse.text("Hello"),
  converse.text(", world"),
  { contentBlockStop: { contentBlockIndex: 0 } },
  converse.stop,
  converse.metadata,
];

/** An event of InvokeModelWithResponseStream. */
export function chunk(json: unknown): object {
  return { chunk: { bytes: new TextEncoder().encode(JSON.stringify(json)) } };
}

/** One step for each event, `gapMs` apart. */
export function stepsOf(events: readonly unknown[], gapMs = 0): StreamStep[] {
  return events.map((event) => ({ afterMs: gapMs, event }));
}
