import type { Clock } from "../../../src/util/clock.ts";

interface TimedEvent {
  readonly atMs: number;
  /** Something that comes from outside, such as an answer; else a timer. */
  readonly io: boolean;
  /** Events of one moment happen in the order in which they were scheduled. */
  readonly order: number;
  callback: (() => void) | undefined;
}

/** 2026-01-01T00:00:00Z: wall time when the virtual clock reads 0. */
const EPOCH_MS = 1_767_225_600_000;

/** How the process that the clock belongs to is held up. */
export interface HeldUp {
  readonly pauses?: readonly { readonly atMs: number; readonly forMs: number }[];
  readonly handlingMs?: number;
}

/**
 * A clock that jumps from event to event. Half an hour of traffic takes as long as its events take to compute.
 *
 * A process that is held up does as Node.js does: when it comes to itself again, all timers that are due run first, and
 * only then is read what has come in meanwhile.
 * @see https://nodejs.org/en/learn/asynchronous-work/event-loop-timers-and-nexttick
 */
export class VirtualTime implements Clock {
  readonly #heap: TimedEvent[] = [];
  readonly #pauses: NonNullable<HeldUp["pauses"]>;
  readonly #handlingMs: number;
  /** What has come in and waits to be read. */
  readonly #unread: TimedEvent[] = [];
  #nowMs = 0;
  #scheduled = 0;

  constructor({ pauses = [], handlingMs = 0 }: HeldUp = {}) {
    this.#pauses = pauses;
    this.#handlingMs = handlingMs;
  }

  now(): number {
    return this.#nowMs;
  }

  wallNow(): number {
    return EPOCH_MS + this.#nowMs;
  }

  after(ms: number, callback: () => void): () => void {
    return this.#schedule(ms, callback, false);
  }

  /** Calls back when something comes in from outside after `ms` milliseconds. */
  arrive(ms: number, callback: () => void): () => void {
    return this.#schedule(ms, callback, true);
  }

  #schedule(ms: number, callback: () => void, io: boolean): () => void {
    if (ms === Number.POSITIVE_INFINITY) return doNothing;
    this.#scheduled += 1;
    const event: TimedEvent = { atMs: this.#nowMs + Math.max(0, ms), io, order: this.#scheduled, callback };
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
    if (this.#pauses.length > 0 || this.#handlingMs > 0) return this.#playTurn();
    const event = this.#popLive();
    if (event === undefined) return false;
    this.#nowMs = event.atMs;
    event.callback?.();
    while (this.#heap[0]?.atMs === this.#nowMs) this.#pop()?.callback?.();
    return true;
  }

  /** One thing that has come in, or all timers that are due: whatever follows from it by promises happens before the next. */
  #playTurn(): boolean {
    const unread = this.#unread.shift();
    if (unread !== undefined) {
      if (unread.callback !== undefined) this.#nowMs += this.#handlingMs;
      unread.callback?.();
      return true;
    }
    const first = this.#popLive();
    if (first === undefined) return false;
    this.#nowMs = this.#awake(Math.max(first.atMs, this.#nowMs));
    const due = [first];
    while ((this.#heap[0]?.atMs ?? Number.POSITIVE_INFINITY) <= this.#nowMs) due.push(this.#pop()!);
    this.#unread.push(...due.filter(({ io }) => io));
    for (const event of due) if (!event.io) event.callback?.();
    return true;
  }

  /** The earliest moment from `atMs` on at which the process runs. */
  #awake(atMs: number): number {
    const pause = this.#pauses.find((candidate) => atMs >= candidate.atMs && atMs < candidate.atMs + candidate.forMs);
    return pause === undefined ? atMs : pause.atMs + pause.forMs;
  }

  #popLive(): TimedEvent | undefined {
    let event = this.#pop();
    while (event !== undefined && event.callback === undefined) event = this.#pop();
    return event;
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
