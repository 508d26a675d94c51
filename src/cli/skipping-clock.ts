import { abortableDelay, type Clock } from "../util/clock.ts";

interface Sleeper {
  readonly dueMs: number;
  readonly wake: () => void;
}

/** Turns of the event loop after which everything that was sent over loopback has arrived. */
const TURNS_TO_SETTLE = 12;

/**
 * A clock that skips waiting: when somebody sleeps and nothing else has gone on for a while, it moves on to the end of
 * the shortest sleep. A simulator on this clock answers with the exact latencies that it has drawn, in no time, whatever
 * else the machine is doing. For one request at a time.
 */
export function skippingClock(wallStart: number): Clock {
  let nowMs = 0;
  let sleepers: Sleeper[] = [];
  let timers: Sleeper[] = [];
  let settling = false;

  const settle = (turnsLeft: number): void => {
    if (turnsLeft > 0) {
      setImmediate(settle, turnsLeft - 1);
      return;
    }
    settling = false;
    const next = sleepers.reduce<Sleeper | undefined>(
      (first, sleeper) => (first === undefined || sleeper.dueMs < first.dueMs ? sleeper : first),
      undefined,
    );
    if (next === undefined) return;
    sleepers = sleepers.filter((sleeper) => sleeper !== next);
    nowMs = Math.max(nowMs, next.dueMs);
    const due = timers.filter(({ dueMs }) => dueMs <= nowMs);
    timers = timers.filter((timer) => !due.includes(timer));
    for (const timer of due) timer.wake();
    next.wake();
    watch();
  };
  const watch = (): void => {
    if (settling || sleepers.length === 0) return;
    settling = true;
    setImmediate(settle, TURNS_TO_SETTLE);
  };

  return {
    now: () => nowMs,
    wallNow: () => wallStart + nowMs,
    delay: (ms, signal) =>
      abortableDelay(signal, (wake) => {
        const sleeper: Sleeper = { dueMs: nowMs + Math.max(0, ms), wake };
        sleepers.push(sleeper);
        watch();
        return () => {
          sleepers = sleepers.filter((other) => other !== sleeper);
        };
      }),
    // Nobody sleeps on a timer: time passes it by while somebody does.
    after(ms, callback) {
      const timer: Sleeper = { dueMs: nowMs + Math.max(0, ms), wake: callback };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
  };
}
