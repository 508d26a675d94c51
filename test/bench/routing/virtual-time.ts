import type { Clock } from "../../../src/util/clock.ts";

interface TimedEvent {
  readonly atMs: number;
  /** Events of one moment happen in the order in which they were scheduled. */
  readonly order: number;
  callback: (() => void) | undefined;
}

/** 2026-01-01T00:00:00Z: wall time when the virtual clock reads 0. */
const EPOCH_MS = 1_767_225_600_000;

/** A clock that jumps from event to event. Half an hour of traffic takes as long as its events take to compute. */
export class VirtualTime implements Clock {
  readonly #heap: TimedEvent[] = [];
  #nowMs = 0;
  #scheduled = 0;

  now(): number {
    return this.#nowMs;
  }

  wallNow(): number {
    return EPOCH_MS + this.#nowMs;
  }

  after(ms: number, callback: () => void): () => void {
    if (ms === Number.POSITIVE_INFINITY) return doNothing;
    this.#scheduled += 1;
    const event: TimedEvent = { atMs: this.#nowMs + Math.max(0, ms), order: this.#scheduled, callback };
    this.#push(event);
    return () => {
      event.callback = undefined;
    };
  }

  delay(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = (): void => {
        callOff();
        reject(signal?.reason);
      };
      const callOff = this.after(ms, () => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      });
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  /** Plays every event there is, for code that works with callbacks alone. */
  play(): void {
    while (this.#playMoment());
  }

  /** The same for code with promises: what follows from a moment through them happens before the next moment. */
  playSettling(): Promise<void> {
    return new Promise((resolve, reject) => {
      const step = (): void => {
        try {
          if (this.#playMoment()) setImmediate(step);
          else resolve();
        } catch (error) {
          reject(error);
        }
      };
      setImmediate(step);
    });
  }

  /** Plays all events of the earliest time; false when there is none. */
  #playMoment(): boolean {
    let event = this.#pop();
    while (event !== undefined && event.callback === undefined) event = this.#pop();
    if (event === undefined) return false;
    this.#nowMs = event.atMs;
    event.callback?.();
    while (this.#heap[0]?.atMs === this.#nowMs) this.#pop()?.callback?.();
    return true;
  }

  #push(event: TimedEvent): void {
    const heap = this.#heap;
    let place = heap.length;
    heap.push(event);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = heap[parent]!;
      if (!isBefore(event, above)) break;
      heap[place] = above;
      place = parent;
    }
    heap[place] = event;
  }

  #pop(): TimedEvent | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === last || last === undefined) return first;
    let place = 0;
    for (let child = 1; child < heap.length; child = 2 * place + 1) {
      const right = heap[child + 1];
      const smaller = right !== undefined && isBefore(right, heap[child]!) ? child + 1 : child;
      if (!isBefore(heap[smaller]!, last)) break;
      heap[place] = heap[smaller]!;
      place = smaller;
    }
    heap[place] = last;
    return first;
  }
}

function isBefore(a: TimedEvent, b: TimedEvent): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

function doNothing(): void {}
