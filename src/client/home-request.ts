import type { Clock } from "../clock.ts";
import { Trail } from "../dispatch/trail.ts";
import type { Plan } from "../plan.ts";
import { rememberReport } from "./reports.ts";

/**
 * Sends a request that the router does not move: once, to the home Region, with the SDK's own retries. It is reported
 * like any other, but writes no statistics, because these operations measure other things than inference.
 */
export async function sendFromHome(plan: Plan, send: () => Promise<object>, clock: Clock): Promise<object> {
  const trail = new Trail(plan);
  const [candidate] = plan.candidates;
  if (candidate === undefined) return send();
  const entry = trail.start(candidate.route, clock.wallNow(), false);
  const startedAt = clock.now();
  try {
    const output = await send();
    entry.outcome = "succeeded";
    entry.ttfbMs = clock.now() - startedAt;
    rememberReport(output, trail);
    return output;
  } catch (error) {
    entry.outcome = "rejected";
    entry.error = error;
    rememberReport(error, trail);
    throw error;
  } finally {
    entry.totalMs = clock.now() - startedAt;
  }
}
