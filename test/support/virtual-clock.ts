import { setImmediate as nextTurn } from "node:timers/promises";
import { abortableDelay, type Clock } from "../../src/util/clock.ts";

/** 2026-01-01T00:00:00Z: wall time when the virtual clock reads 0. */
export const VIRTUAL_EPOCH = 1_767_225_600_000;

interface Waiter {
  readonly dueMs: number;
  readonly wake: () => void;
  readonly background: boolean;
}

/** A clock that stands still until a test moves it. It starts at 0. */
export class VirtualClock implements Clock {
  #nowMs = 0;
  #waiters: Waiter[] = [];

  now(): number {
    return this.#nowMs;
  }

  wallNow(): number {
    return VIRTUAL_EPOCH + this.#nowMs;
  }

  delay(ms: number, signal?: AbortSignal): Promise<void> {
    return abortableDelay(signal, (wake) => this.after(ms, wake));
  }

  after(ms: number, callback: () => void, background = false): () => void {
    const waiter: Waiter = { dueMs: this.#nowMs + Math.max(0, ms), wake: callback, background };
    this.#waiters.push(waiter);
    return () => {
      this.#waiters = this.#waiters.filter((other) => other !== waiter);
    };
  }

  /** How many delays are under way that would keep a process alive. */
  get waiting(): number {
    return this.#waiters.filter(({ background }) => !background).length;
  }

  /** Moves time on by `ms`, stopping at every delay on the way so that what follows from it happens at its time. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await nextTurn();
    // Nothing but the observation of the process follows from a background timer: it takes no turn of its own.
    for (let woken = this.#wakeNext(untilMs); woken !== undefined; woken = this.#wakeNext(untilMs)) {
      if (!woken.background) await nextTurn();
    }
    this.#nowMs = untilMs;
  }

  /** Moves time on, as far as it takes, until `work` has settled. */
  async finish<Result>(work: Promise<Result>): Promise<Result> {
    let settled = false;
    const settle = (): void => {
      settled = true;
    };
    work.then(settle, settle);
    await nextTurn();
    while (!settled) {
      const woken = this.#wakeNext(Number.POSITIVE_INFINITY);
      if (woken === undefined) throw new Error(`Nothing left to wait for at ${this.#nowMs} ms`);
      await nextTurn();
    }
    return work;
  }

  #wakeNext(untilMs: number): Waiter | undefined {
    const next = this.#waiters.reduce<Waiter | undefined>(
      (first, waiter) => (first === undefined || waiter.dueMs < first.dueMs ? waiter : first),
      undefined,
    );
    if (next === undefined || next.dueMs > untilMs || next.dueMs === Number.POSITIVE_INFINITY) return undefined;
    this.#waiters = this.#waiters.filter((waiter) => waiter !== next);
    this.#nowMs = Math.max(this.#nowMs, next.dueMs);
    next.wake();
    return next;
  }
}
