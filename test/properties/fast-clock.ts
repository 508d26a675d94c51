import { abortableDelay, type Clock } from "../../src/util/clock.ts";

interface Waiter {
  readonly dueMs: number;
  readonly wake: () => void;
}

/** 2026-01-01T00:00:00Z: wall time when the clock reads 0. */
const EPOCH = 1_767_225_600_000;

/** A virtual clock for very many short lives: it moves on to the next thing that anybody waits for. */
export class FastClock implements Clock {
  #nowMs = 0;
  readonly #waiters: Waiter[] = [];

  now(): number {
    return this.#nowMs;
  }

  wallNow(): number {
    return EPOCH + this.#nowMs;
  }

  delay(ms: number, signal?: AbortSignal): Promise<void> {
    return abortableDelay(signal, (wake) => this.after(ms, wake));
  }

  after(ms: number, callback: () => void): () => void {
    const waiter = this.at(this.#nowMs + Math.max(0, ms), callback);
    return () => this.forget(waiter);
  }

  /** Calls back at a time; {@link FastClock.forget} undoes it. */
  at(dueMs: number, wake: () => void): Waiter {
    const waiter = { dueMs, wake };
    this.#waiters.push(waiter);
    return waiter;
  }

  forget(waiter: Waiter): void {
    const place = this.#waiters.indexOf(waiter);
    if (place >= 0) this.#waiters.splice(place, 1);
  }

  /** Moves on to what is due next. False when nobody waits for anything. */
  next(): boolean {
    let place = -1;
    let dueMs = Number.POSITIVE_INFINITY;
    for (let index = 0; index < this.#waiters.length; index += 1) {
      const due = this.#waiters[index]?.dueMs ?? dueMs;
      if (due < dueMs) {
        dueMs = due;
        place = index;
      }
    }
    if (place < 0) return false;
    const [waiter] = this.#waiters.splice(place, 1);
    this.#nowMs = Math.max(this.#nowMs, dueMs);
    waiter?.wake();
    return true;
  }
}
