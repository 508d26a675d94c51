import type { Route } from "../../types/route.ts";
import type { Clock } from "../../util/clock.ts";
import type { CallRecord } from "./call-record.ts";
import { measure, type SendOnRoute } from "./measure.ts";
import type { ScheduledCall } from "./schedule.ts";

/** What a run needs from outside. */
export interface RunDeps {
  readonly routes: readonly Route[];
  readonly send: SendOnRoute;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly intervalMs: number;
  /** Ends the run; the call under way is given up and not recorded. */
  readonly signal: AbortSignal;
  /** Keeps a call. The next one starts only after it has returned. */
  record(call: CallRecord): void;
}

/** Makes the calls, one after the other. Returns whether all of them were made. */
export async function runCalls(calls: readonly ScheduledCall[], deps: RunDeps): Promise<boolean> {
  const { routes, send, clock, timeoutMs, intervalMs, signal } = deps;
  for (const [index, { cell, round }] of calls.entries()) {
    if (index > 0 && !(await pause(clock, intervalMs, signal))) return false;
    const measured = await measure(routes[cell]!, send, { clock, timeoutMs, signal });
    if (measured === undefined) return false;
    deps.record(Object.freeze({ cell, round, ...measured }));
  }
  return true;
}

async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await clock.delay(ms, signal);
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}
