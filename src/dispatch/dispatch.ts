import type { Failure } from "../failure.ts";
import type { Plan } from "../plan.ts";
import type { Route } from "../route.ts";
import { attemptRoute, type DispatchRequest, type DispatchTools } from "./attempt-route.ts";
import { backoffMs } from "./backoff.ts";
import { abortError, isAborted, linkAbort } from "./link-abort.ts";
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
 * 2. When all were tried, to the least tried one that may recover, after a backoff.
 * 3. A rejected request and a cancelled one end the work: no other route could cure them.
 * 4. `maxAttempts` caps the attempts over all routes, and a budget those of the second kind and on cooling routes.
 *
 * The plan must have at least one candidate.
 */
export async function dispatch(
  plan: Plan,
  request: DispatchRequest,
  maxAttempts: () => Promise<number>,
  tools: DispatchTools,
): Promise<DispatchResult> {
  const trail = new Trail(plan);
  const failed: FailedAttempt[] = [];
  let limit: number | undefined;
  let spent = 0;
  tools.retryBudget.earn();
  let route = plan.candidates[0]?.route;
  while (route !== undefined) {
    if (isAborted(request.callerSignal)) {
      rememberInvalidRoutes(failed, tools);
      return { succeeded: false, error: abortError(request.callerSignal), trail };
    }
    const result = await attemptRoute(route, request, trail, tools);
    if (result.succeeded) {
      tools.retryBudget.refund(spent);
      rememberInvalidRoutes(failed, tools);
      return { succeeded: true, output: result.output, trail };
    }
    failed.push({ route, error: result.error, failure: result.failure });
    if (isFinal(result.failure, failed)) break;
    // Asked only now: most requests succeed at once, and the SDK resolves the number anew each time.
    limit ??= await maxAttempts().catch(() => 1);
    if (trail.attempts >= limit) break;
    const healthy = healthyUntried(plan, failed, tools);
    if (healthy === undefined) {
      if (!tools.retryBudget.spend()) break;
      spent += 1;
    }
    const next = healthy ?? (await lessHopefulRoute(plan, failed, request, tools));
    if (next !== undefined && next !== route && !isAborted(request.callerSignal)) {
      const from = route;
      const { kind, family } = result.failure;
      tools.emit("failover", () => ({ from, to: next, kind, family }));
    }
    route = next;
  }
  if (isConfiguration(plan, failed)) for (const attempt of failed) tools.health.cooldowns.undecided(attempt.route);
  else rememberInvalidRoutes(failed, tools);
  return { succeeded: false, error: errorToThrow(failed), trail };
}

function isFinal(failure: Failure, failed: readonly FailedAttempt[]): boolean {
  if (failure.kind === "rejected" || failure.kind === "cancelled") return true;
  // Nothing is known of an unknown error: one more try may show whether it was the route.
  return failure.family === "unknown" && failed.filter((attempt) => attempt.failure.family === "unknown").length > 1;
}

function healthyUntried(plan: Plan, failed: readonly FailedAttempt[], tools: DispatchTools): Route | undefined {
  return untried(plan, failed).find((route) => tools.health.cooldowns.cooling(route) === undefined);
}

function untried(plan: Plan, failed: readonly FailedAttempt[]): readonly Route[] {
  const tried = new Set(failed.map((attempt) => attempt.route));
  return plan.candidates.map((candidate) => candidate.route).filter((route) => !tried.has(route));
}

/** An untried route that is cooling, or after a backoff one that has failed already. */
async function lessHopefulRoute(
  plan: Plan,
  failed: readonly FailedAttempt[],
  request: DispatchRequest,
  tools: DispatchTools,
): Promise<Route | undefined> {
  const [cooling] = untried(plan, failed);
  if (cooling !== undefined) return cooling;
  const again = attemptToRepeat(plan, failed, tools);
  if (again === undefined) return undefined;
  const round = failed.length - plan.candidates.length;
  await pause(backoffMs(again.failure, round, tools.random), request, tools);
  return again.route;
}

/** The latest attempt on the least tried route that may recover; among equals on the one that reopens first. */
function attemptToRepeat(
  plan: Plan,
  failed: readonly FailedAttempt[],
  tools: DispatchTools,
): FailedAttempt | undefined {
  const repeatable = plan.candidates.flatMap(({ route }) => {
    const attempts = failed.filter((attempt) => attempt.route === route);
    const latest = attempts.at(-1);
    if (latest === undefined || attempts.some(({ failure }) => failure.kind === "invalid-route")) return [];
    return [{ latest, tries: attempts.length, coolingForMs: tools.health.cooldowns.cooling(route)?.forMs ?? 0 }];
  });
  repeatable.sort((a, b) => a.tries - b.tries || a.coolingForMs - b.coolingForMs);
  return repeatable[0]?.latest;
}

/** Waits until the time is over or the caller aborts. */
async function pause(ms: number, { callerSignal }: DispatchRequest, { clock }: DispatchTools): Promise<void> {
  const controller = new AbortController();
  const unlink = linkAbort(callerSignal, controller);
  await clock.delay(ms, controller.signal).catch(() => {});
  unlink();
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
