import type { Contender } from "../health/home-route.ts";
import type { RouteHealth } from "../health/route-health.ts";
import type { Slice } from "../health/route-track.ts";
import type { Candidate, Plan } from "../types/plan.ts";
import type { Route } from "../types/route.ts";

/**
 * The candidates that compete for the lead. By throughput all of them do, each with the share that it can bear; else
 * those of the first tier that has a usable one, by score.
 */
export function contendersOf({ candidates, policy }: Plan, slice: Slice, health: RouteHealth): readonly Contender[] {
  const tier = candidates.reduce(
    (first, candidate) => (candidate.coolingForMs === undefined ? Math.min(first, candidate.tier) : first),
    Number.POSITIVE_INFINITY,
  );
  return candidates
    .filter((candidate) => policy.prefer === "throughput" || candidate.tier === tier)
    .map((candidate) => new LiveContender(candidate, slice, health));
}

/** What few choices ask for is looked up when they do. */
class LiveContender implements Contender {
  readonly route: Route;
  readonly score: number;
  readonly usable: boolean;
  readonly #slice: Slice;
  readonly #health: RouteHealth;

  constructor({ route, score, coolingForMs }: Candidate, slice: Slice, health: RouteHealth) {
    this.route = route;
    this.score = score;
    this.usable = coolingForMs === undefined;
    this.#slice = slice;
    this.#health = health;
  }

  get postponed(): boolean {
    return this.#health.cooldowns.isPostponed(this.route);
  }

  get throttled(): boolean {
    return this.#health.cooldowns.cooling(this.route)?.kind === "throttled";
  }

  get lastSampleAt(): number {
    return this.#health.lastSampleAt(this.route, this.#slice);
  }
}
