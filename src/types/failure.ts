import type { FailureFamily } from "./failure-family.ts";
import type { FailureKind } from "./route.ts";

/** A failed attempt in the terms that decide what happens next. */
export interface Failure {
  readonly kind: FailureKind;
  readonly family: FailureFamily;
  /** What of the request was refused; only with families about a feature. */
  readonly feature?: RequestFeature;
  /** What the service asked for in `Retry-After`, in milliseconds. */
  readonly retryAfterMs?: number;
}

/** What a request asks for, and which: `latency=optimized`. */
export type AskedFeature = `${RequestFeature}=${string}`;

/** What a request may ask for that one route of a model has and another has not. */
export type RequestFeature =
  /** `performanceConfig.latency`. */
  | "latency"
  /** `serviceTier`. */
  | "service-tier"
  /** `anthropic_beta`, in additional model request fields or in the body of InvokeModel. */
  | "beta-flag"
  /** A tool that the service runs: `toolConfig.tools[].systemTool`, a web search. */
  | "system-tool"
  /** `toolConfig.toolChoice`. */
  | "tool-choice"
  /** `cachePoint`, `cache_control`. */
  | "prompt-caching"
  /** `guardrailConfig`: a guardrail exists in one Region. */
  | "guardrail"
  /** `serviceTier` `reserved`: so does a reservation. */
  | "reservation"
  /** Something else, or something that only this request has: nothing to remember of the route. */
  | "other";
