import type { RequestCost } from "./cost.ts";
import type { Plan } from "./plan.ts";
import type { FailureKind, Route } from "./route.ts";
import type { TokenUsage } from "./token-usage.ts";

/** Why an attempt was started. */
export type AttemptCause = "first" | "probe" | "failover" | "backup" | "hedge";

/** One try of one route, as data. */
export interface AttemptRecord {
  readonly route: Route;
  /** `"succeeded"` once content has arrived; a stream that breaks off later turns into a failure kind. */
  readonly outcome: "succeeded" | FailureKind;
  /** Wall-clock start, milliseconds since the Unix epoch. */
  readonly startedAt: number;
  /** Request start to first stream event, or to the response of a unary call. Absent when nothing arrived. */
  readonly ttfbMs?: number;
  /** Request start to the end of the answer or failure. Absent while a stream is still being read. */
  readonly totalMs?: number;
  /** Machine-readable family of the failure, e.g. `tokens-per-minute` or `model-identifier-invalid`. */
  readonly family?: string;
  /** The error as the SDK threw it. */
  readonly error?: unknown;
  /** The tokens of the answer, once it has been read to its end, if the service tells them. */
  readonly usage?: TokenUsage;
  /** Why it was started. A `backup` or `hedge` ran beside an earlier one that was still silent. */
  readonly cause: AttemptCause;
}

/** How one request was routed. `getRouting(output)` and `getRouting(error)` return it. */
export interface RoutingReport {
  readonly plan: Plan;
  /** In the order in which they were started. */
  readonly attempts: readonly AttemptRecord[];
  /** The route that served the request; undefined when none did. */
  readonly route: Route | undefined;
  /** What the request costs; absent for operations that run no inference or are not routed. */
  readonly cost?: RequestCost;
}
