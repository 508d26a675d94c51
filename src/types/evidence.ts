import type { Route } from "./route.ts";

/**
 * What health knows about one route at one moment, as the planner sees it: numbers only, so that planning stays a pure
 * function.
 */
export interface RouteEvidence {
  /** Recent live samples: answers, and waits of attempts that were cut off. `p50Ms` means nothing when it is 0. */
  readonly samples: number;
  /** Median of the recent samples in milliseconds: what the route is ranked by. */
  readonly p50Ms: number;
  /** The recent samples themselves, ascending, when there are too few for a median of their own. */
  readonly fewSamples: readonly number[];
  /** Recent answers. The percentiles below mean nothing when it is 0; they set deadlines. */
  readonly answers: number;
  readonly answerP50Ms: number;
  readonly answerP75Ms: number;
  readonly answerP95Ms: number;
  /** The recent answers themselves, ascending, when they are too few. */
  readonly fewAnswers: readonly number[];
  /** Tokens that the route bears in a minute, roughly, from its throttles; absent while nothing was throttled. */
  readonly tokensPerMinute?: number;
  /** Milliseconds until the cooldown or quarantine ends; 0 when the route is usable. */
  readonly coolingForMs: number;
  /** Why it is cooling, e.g. `tokens-per-minute`. */
  readonly coolingBecause?: string;
}

/** Looks up the evidence of a route. `undefined`: nothing is known. */
export type EvidenceLookup = (route: Route) => RouteEvidence | undefined;
