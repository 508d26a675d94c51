import type { FailureKind, Route } from "../route.ts";

/** What a failure says something about. `region` is the source Region of the route; `account` holds in every Region. */
export type FailureScope = "route" | "model" | "region" | "account" | "request";

/** Why an attempt failed, in the terms that decide what happens next. Frozen. */
export interface Failure {
  readonly kind: FailureKind;
  readonly scope: FailureScope;
  /** The finest distinction between failures. A family has one kind, except where the kind depends on the Region. */
  readonly family: FailureFamily;
  /** What the response asked for in `retry-after`, `retry-after-ms` or `x-amz-retry-after`, in milliseconds, unbounded. */
  readonly retryAfterMs?: number;
}

/** What the error alone does not tell. */
export interface ClassifyContext {
  /** The caller's own abort signal fired. */
  readonly aborted: boolean;
  /** The route's source Region is not the home Region: what the caller set up at home may be missing there. */
  readonly movedRegion: boolean;
  readonly route: Route;
}

/** Machine-readable, stable; the messages behind them change. */
export type FailureFamily =
  | ThrottledFamily
  | InvalidRouteFamily
  | UnavailableFamily
  | TimeoutFamily
  | RejectedFamily
  | RegionDependentFamily
  | "cancelled";

type ThrottledFamily =
  /** The daily token quota: one per account and source Region, over all models. */
  | "tokens-per-day"
  | "tokens-per-minute"
  | "requests-per-minute"
  /** A 503 about capacity, not about the caller's quota. */
  | "too-many-connections"
  | "model-throttled"
  | "overloaded"
  | "service-quota"
  | "model-not-ready"
  /** A ThrottlingException or a 429 without words that tell which quota. */
  | "throttling";

type InvalidRouteFamily =
  | "model-identifier-invalid"
  | "model-not-in-region"
  | "on-demand-unsupported"
  | "end-of-life"
  | "no-model-access"
  | "account-not-authorized"
  | "model-not-for-account"
  | "operation-not-allowed"
  /** IAM: an explicit deny, or no policy that allows, on the model or the profile of this route. */
  | "explicit-deny"
  | "region-not-enabled"
  | "unknown-host";

type UnavailableFamily =
  | "service-unavailable"
  | "internal-error"
  /** The model stumbled over this one generation; nothing is wrong with the route. */
  | "model-error"
  | "connection"
  | "empty-stream"
  | "truncated-stream"
  | "unreadable-response"
  | "unknown";

type TimeoutFamily = "timeout" | "model-timeout";

type RejectedFamily =
  | "request"
  | "unsupported-feature"
  | "invalid-beta-flag"
  | "credentials"
  /** Marketplace, payment, use-case form, country, verification: no route of this vendor helps. */
  | "account-gate"
  | "access-denied"
  | "proxy";

/** `invalid-route` in a Region the request was moved to, `rejected` in the home Region. */
type RegionDependentFamily = "regional-resource" | "tls";
