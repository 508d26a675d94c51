import type { Contender } from "../health/home-route.ts";
import type { RouteHealth } from "../health/route-health.ts";
import type { Slice } from "../health/route-track.ts";
import type { Plan } from "../plan.ts";

/**
 * The candidates that compete for the lead. By throughput all of them do, each with the share that it can bear; else
 * those of the first tier that has a usable one, by score.
 */
export function contendersOf({ candidates, policy }: Plan, slice: Slice, health: RouteHealth): readonly Contender[] {
  const tier = Math.min(
    ...candidates.flatMap((candidate) => (candidate.coolingForMs === undefined ? [candidate.tier] : [])),
  );
  return candidates
    .filter((candidate) => policy.prefer === "throughput" || candidate.tier === tier)
    .map(({ route, score, coolingForMs }) => ({
      route,
      score,
      usable: coolingForMs === undefined,
      postponed: health.cooldowns.isPostponed(route),
      lastSampleAt: health.lastSampleAt(route, slice),
    }));
}
