import { AttemptLog } from "../dispatch/attempt-log.ts";
import { type CallerSignal, isAborted } from "../dispatch/link-abort.ts";
import { classify } from "../failures/classify.ts";
import { rememberReport } from "../router/reports.ts";
import type { Plan } from "../types/plan.ts";
import type { Clock } from "../util/clock.ts";

/**
 * Sends a request that the router does not move: to the home Region, with the SDK's own retries. It is reported like any
 * other, but writes no statistics, because these operations measure other things than inference.
 */
export async function sendFromHome(
  plan: Plan,
  send: () => Promise<object>,
  callerSignal: CallerSignal | undefined,
  clock: Clock,
): Promise<object> {
  const log = new AttemptLog(plan);
  const [candidate] = plan.candidates;
  if (candidate === undefined) return send();
  const entry = log.start(candidate.route, clock.wallNow(), "first");
  const startedAt = clock.now();
  try {
    const output = await send();
    entry.outcome = "succeeded";
    entry.ttfbMs = clock.now() - startedAt;
    rememberReport(output, log);
    return output;
  } catch (error) {
    const failure = classify(error, { aborted: isAborted(callerSignal), met: "first" });
    entry.outcome = failure.kind;
    entry.family = failure.family;
    entry.error = error;
    rememberReport(error, log);
    throw error;
  } finally {
    entry.totalMs = clock.now() - startedAt;
  }
}
