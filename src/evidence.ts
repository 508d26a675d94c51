import type { Route } from "./route.ts";

/**
 * What health knows about one route at one moment, as the planner sees it: numbers only, so that planning stays a pure
 * function.
 */
export interface RouteEvidence {
  /** Recent live samples of time to first byte. */
  readonly samples: number;
  /** Median of the recent samples in milliseconds; meaningless when `samples` is 0. */
  readonly p50Ms: number;
  /** The recent samples themselves, ascending, when there are too few for a median of their own. */
  readonly fewSamples: readonly number[];
  /** Milliseconds until the cooldown or quarantine ends; 0 when the route is usable. */
  readonly coolingForMs: number;
  /** Why it is cooling, e.g. `tokens-per-minute`. */
  readonly coolingBecause?: string;
}

/** Looks up the evidence of a route. `undefined`: nothing is known. */
export type EvidenceLookup = (route: Route) => RouteEvidence | undefined;
