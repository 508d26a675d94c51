import type { Clock } from "../../src/util/clock.ts";

/** A clock on which waiting takes no time: every delay moves it forward and is noted. */
export interface SteppingClock extends Clock {
  readonly delays: readonly number[];
  advance(ms: number): void;
}

export function steppingClock(wallStart = 1_767_225_600_000): SteppingClock {
  const delays: number[] = [];
  let elapsed = 0;
  return {
    delays,
    advance(ms) {
      elapsed += ms;
    },
    now: () => elapsed,
    after: () => () => {},
    wallNow: () => wallStart + elapsed,
    async delay(ms, signal) {
      signal?.throwIfAborted();
      delays.push(ms);
      elapsed += ms;
    },
  };
}
