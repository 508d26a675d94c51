import type { Clock } from "../util/clock.ts";

/** A look at the control plane that has not ended by then is given up. */
const LIMIT_MS = 10_000;
/** How long a failure stands before the control plane is asked again. */
export const RETRY_MS = 300_000;

/** Asks the control plane, and gives up after a while or when `given` says so. */
export async function ask<Answer>(
  clock: Clock,
  given: AbortSignal,
  work: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const limit = new AbortController();
  const giveUp = (): void => limit.abort();
  const cancel = clock.after(LIMIT_MS, giveUp);
  given.addEventListener("abort", giveUp, { once: true });
  try {
    return await work(limit.signal);
  } finally {
    cancel();
    given.removeEventListener("abort", giveUp);
  }
}

/** Resolves when `work` has ended, or after a while. */
export function atMost(clock: Clock, ms: number, work: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(ms, resolve);
    work.then(() => {
      cancel();
      resolve();
    });
  });
}
