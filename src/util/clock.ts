/**
 * The only source of time in this library. Everything that reads time or waits takes a `Clock`, so that tests and
 * benchmarks run on a virtual one.
 */
export interface Clock {
  /** Monotonic time in milliseconds; only differences mean anything. */
  now(): number;
  /** Wall-clock time in milliseconds since the Unix epoch, for values that people or other processes read. */
  wallNow(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when `signal` aborts first. */
  delay(ms: number, signal?: AbortSignal): Promise<void>;
  /**
   * Calls back after `ms` milliseconds. Returns the function that calls it off.
   * @param background - a timer that does not keep the process alive
   */
  after(ms: number, callback: () => void, background?: boolean): () => void;
  /** For how long the event loop has been busy since the process started, in milliseconds, if that is known. */
  busyMs?(): number;
}

/** Time as the operating system tells it. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallNow: () => Date.now(),
  // Runtimes other than Node.js may not have it.
  busyMs: () => performance.eventLoopUtilization?.()?.active ?? 0,
  after(ms, callback, background = false) {
    // Node.js keeps a list of timers for each distinct duration: fewer of them make a timer that is rarely due cheap.
    const timer = setTimeout(callback, Math.ceil(ms / 16) * 16);
    if (background) timer.unref();
    return () => clearTimeout(timer);
  },
  delay: (ms, signal) =>
    abortableDelay(signal, (wake) => {
      const timer = setTimeout(wake, ms);
      return () => clearTimeout(timer);
    }),
};

/**
 * The promise of a {@link Clock.delay}.
 * @param schedule - has `wake` called at its time; returns the function that calls it off
 */
export function abortableDelay(
  signal: AbortSignal | undefined,
  schedule: (wake: () => void) => () => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = (): void => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = schedule(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
