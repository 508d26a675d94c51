import type { RouteHealth } from "../health/route-health.ts";
import type { Failure } from "../types/failure.ts";
import type { Candidate, Plan } from "../types/plan.ts";

/** A failed attempt of a request. */
export interface FailedAttempt {
  readonly candidate: Candidate;
  readonly error: unknown;
  readonly failure: Failure;
}

/**
 * The best route that was not tried yet and is not cooling; undefined when there is none. One that has proved itself
 * since it last failed comes before one that has not. After a throttle in the home
 * Region another kind of route there comes before its equals in other source Regions: its quota is its own, and it is
 * no further away.
 */
export function healthyUntried(
  plan: Plan,
  tried: ReadonlySet<Candidate>,
  health: RouteHealth,
  after?: { readonly candidate: Candidate; readonly failure: Failure },
): Candidate | undefined {
  const isHealthy = (candidate: Candidate): boolean =>
    !tried.has(candidate) && health.cooldowns.cooling(candidate.route) === undefined;
  const isProven = (candidate: Candidate): boolean =>
    isHealthy(candidate) && !health.cooldowns.isPostponed(candidate.route);
  const best = plan.candidates.find(isProven) ?? plan.candidates.find(isHealthy);
  if (after?.failure.kind !== "throttled" || after.candidate.route.sourceRegion !== plan.homeRegion) return best;
  const isNear = ({ route, tier }: Candidate): boolean => route.sourceRegion === plan.homeRegion && tier === best?.tier;
  return plan.candidates.find((candidate) => isNear(candidate) && isHealthy(candidate)) ?? best;
}

/** The best route that was not tried yet, cooling or not. */
export function untried(plan: Plan, tried: ReadonlySet<Candidate>): Candidate | undefined {
  return plan.candidates.find((candidate) => !tried.has(candidate));
}

/** The latest attempt on the least tried route that may recover; among equals on the one that reopens first. */
export function attemptToRepeat(
  plan: Plan,
  failed: readonly FailedAttempt[],
  health: RouteHealth,
): FailedAttempt | undefined {
  const repeatable = plan.candidates.flatMap((candidate) => {
    const attempts = failed.filter((attempt) => attempt.candidate === candidate);
    const latest = attempts.at(-1);
    if (latest === undefined || isInvalid(candidate, attempts)) return [];
    return [{ latest, tries: attempts.length, coolingForMs: health.cooldowns.cooling(candidate.route)?.forMs ?? 0 }];
  });
  repeatable.sort((a, b) => a.tries - b.tries || a.coolingForMs - b.coolingForMs);
  return repeatable[0]?.latest;
}

/** Whether the request has found the route to be invalid: another attempt on it would be wasted. */
export function isInvalid(candidate: Candidate, failed: readonly FailedAttempt[]): boolean {
  return failed.some((attempt) => attempt.candidate === candidate && attempt.failure.kind === "invalid-route");
}

/** Remembers which routes were invalid. */
export function rememberInvalidRoutes(failed: readonly FailedAttempt[], health: RouteHealth): void {
  for (const { candidate, failure } of failed) {
    if (failure.kind === "invalid-route") health.postpone(candidate.route, failure);
  }
}

/** When every route of the plan is invalid, the model, the account or the caller's configuration is. */
export function isConfiguration(plan: Plan, failed: readonly FailedAttempt[]): boolean {
  const tried = new Set(failed.map(({ candidate }) => candidate));
  return tried.size === plan.candidates.length && failed.every(({ failure }) => failure.kind === "invalid-route");
}

/**
 * The SDK error that the caller gets: the last one that is not about an invalid route, because that names what went
 * wrong with the request; the first one when all routes are invalid.
 */
export function errorToThrow(failed: readonly FailedAttempt[]): unknown {
  return (failed.findLast(({ failure }) => failure.kind !== "invalid-route") ?? failed[0])?.error;
}
