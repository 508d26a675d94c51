import type { Clock } from "../util/clock.ts";

/** Time as the simulator lives it: latencies and quotas are in simulated milliseconds. */
export interface SimulatedTime {
  /** Simulated milliseconds; only differences mean anything. */
  now(): number;
  /** Wall-clock milliseconds since the Unix epoch, unscaled. */
  wallNow(): number;
  /** Waits `ms` simulated milliseconds; rejects when `signal` aborts first. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
}

/**
 * Scales `clock`. With `timeScale` 0.1 everything happens ten times faster; with 0 nothing waits, and quotas refill
 * at the pace of the clock.
 */
export function simulatedTime(clock: Clock, timeScale: number): SimulatedTime {
  const pace = timeScale === 0 ? 1 : timeScale;
  return {
    now: () => clock.now() / pace,
    wallNow: () => clock.wallNow(),
    async pause(ms, signal) {
      signal.throwIfAborted();
      if (timeScale > 0 && ms > 0) await clock.delay(ms * timeScale, signal);
    },
  };
}
