import type { Failure } from "../failure.ts";
import type { Plan } from "../plan.ts";
import type { Route } from "../route.ts";
import { attemptRoute, type DispatchRequest, type DispatchTools } from "./attempt-route.ts";
import { backoffMs } from "./backoff.ts";
import { abortError } from "./link-abort.ts";
import { Trail } from "./trail.ts";

/** What became of a request: the SDK's output or its error, and how it came about. */
export type DispatchResult =
  | { readonly succeeded: true; readonly output: object; readonly trail: Trail }
  | { readonly succeeded: false; readonly error: unknown; readonly trail: Trail };

interface FailedAttempt {
  readonly route: Route;
  readonly error: unknown;
  readonly failure: Failure;
}

/**
 * Works through a plan until a route answers:
 *
 * 1. The next attempt goes to the best untried route that is not cooling, else to an untried one that is: at once,
 *    because its quota and its capacity are its own.
 * 2. When all were tried, to the best one that may recover, after a backoff.
 * 3. A rejected request and a cancelled one end the work: no other route could cure them.
 * 4. `maxAttempts` caps the attempts over all routes.
 *
 * The plan must have at least one candidate.
 */
export async function dispatch(plan: Plan, request: DispatchRequest, maxAttempts: number, tools: DispatchTools): Promise<DispatchResult> {
  const trail = new Trail(plan);
  const failed: FailedAttempt[] = [];
  let route = plan.candidates[0]?.route;
  while (route !== undefined) {
    const result = await attemptRoute(route, request, trail, tools);
    if (result.succeeded) {
      rememberInvalidRoutes(failed, tools);
      return { succeeded: true, output: result.output, trail };
    }
    failed.push({ route, error: result.error, failure: result.failure });
    // Invalid routes wait for the end: if every route is invalid, the fault is not theirs.
    if (result.failure.kind !== "invalid-route") tools.health.postpone(route, result.failure);
    if (isFinal(result.failure, failed) || trail.attempts >= maxAttempts) break;
    const next = await nextRoute(plan, failed, request, tools);
    if (next === "aborted") return { succeeded: false, error: abortError(), trail };
    if (next !== undefined && next !== route) {
      tools.emit("failover", { from: route, to: next, kind: result.failure.kind, family: result.failure.family });
    }
    route = next;
  }
  if (!isConfiguration(plan, failed)) rememberInvalidRoutes(failed, tools);
  return { succeeded: false, error: errorToThrow(failed), trail };
}

function isFinal(failure: Failure, failed: readonly FailedAttempt[]): boolean {
  if (failure.kind === "rejected" || failure.kind === "cancelled") return true;
  // Nothing is known of an unknown error: one more try may show whether it was the route.
  return failure.family === "unknown" && failed.filter((attempt) => attempt.failure.family === "unknown").length > 1;
}

async function nextRoute(
  plan: Plan,
  failed: readonly FailedAttempt[],
  request: DispatchRequest,
  tools: DispatchTools,
): Promise<Route | undefined | "aborted"> {
  const tried = new Set(failed.map((attempt) => attempt.route));
  const untried = plan.candidates.map((candidate) => candidate.route).filter((route) => !tried.has(route));
  const fresh = untried.find((route) => tools.health.cooldowns.cooling(route) === undefined) ?? untried[0];
  if (fresh !== undefined) return fresh;
  const again = plan.candidates.find(({ route }) => !failed.some((attempt) => attempt.route === route && attempt.failure.kind === "invalid-route"));
  const last = failed.at(-1);
  if (again === undefined || last === undefined) return undefined;
  const round = failed.length - plan.candidates.length;
  return (await pause(backoffMs(last.failure, round, tools.random), request, tools)) ? again.route : "aborted";
}

/** Waits; false when the caller aborted meanwhile. */
async function pause(ms: number, { callerSignal }: DispatchRequest, { clock }: DispatchTools): Promise<boolean> {
  const signal = callerSignal instanceof AbortSignal ? callerSignal : undefined;
  try {
    await clock.delay(ms, signal);
  } catch {
    return false;
  }
  return !(callerSignal?.aborted ?? false);
}

function rememberInvalidRoutes(failed: readonly FailedAttempt[], { health }: DispatchTools): void {
  for (const { route, failure } of failed) {
    if (failure.kind === "invalid-route") health.postpone(route, failure);
  }
}

/** When every route of the plan is invalid, the model, the account or the caller's configuration is. */
function isConfiguration(plan: Plan, failed: readonly FailedAttempt[]): boolean {
  return failed.length >= plan.candidates.length && failed.every((attempt) => attempt.failure.kind === "invalid-route");
}

/**
 * The SDK error that the caller gets: the last one that is not about an invalid route, because that names what went
 * wrong with the request; the first one when all routes are invalid.
 */
function errorToThrow(failed: readonly FailedAttempt[]): unknown {
  return (failed.findLast((attempt) => attempt.failure.kind !== "invalid-route") ?? failed[0])?.error;
}
