import type { Arrival } from "../arrivals.ts";
import type { RouteModel } from "../route-model.ts";

/** How a baseline chooses a route. Routes are places in the regime's list. */
export interface Strategy {
  /**
   * Chooses among routes, of which there is at least one.
   * @param first - true for the first attempt of a request, false for a failover or a backup
   * @param arrival - the request, for the oracle alone
   */
  choose(among: readonly number[], nowMs: number, first: boolean, arrival: Arrival): number;
  started?(route: number, nowMs: number): void;
  answered?(route: number, ttfbMs: number, nowMs: number): void;
  failed?(route: number, kind: "throttled" | "unavailable", nowMs: number): void;
  /** An attempt is silent past its deadline. */
  late?(route: number, elapsedMs: number, nowMs: number): void;
  /** An attempt was cancelled because another one was faster. `informative`: what it had waited says something. */
  cutOff?(route: number, elapsedMs: number, informative: boolean, nowMs: number): void;
  /** It was late as well. */
  lostRace?(route: number, nowMs: number): void;
}

/** What a baseline may know of a route beforehand. */
export type KnownRoute = Pick<RouteModel, "kind" | "sourceRegion" | "relativePrice" | "prior">;

/** The route with the least score. */
export function leastOf(among: readonly number[], score: (route: number) => number): number {
  let best = among[0]!;
  let bestScore = score(best);
  for (const route of among) {
    const candidate = score(route);
    if (candidate < bestScore) [best, bestScore] = [route, candidate];
  }
  return best;
}
