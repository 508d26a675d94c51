/**
 * The finest distinction between failures: machine-readable and stable, while the messages behind it change. A family
 * has one kind, except where the kind depends on the Region.
 */
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
  /** "Operation not allowed": the account, model access or a quota of 0; Bedrock does not say. */
  | "operation-not-allowed"
  /** IAM: an explicit deny, or no policy that allows, on the model or the profile of this route. */
  | "explicit-deny"
  | "vpc-endpoint-deny"
  /** An opt-in Region that the account did not enable, or an API key that is bound to another Region. */
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
  /** Marketplace, payment, use-case form, country, verification: no route to this vendor helps. */
  | "account-gate"
  | "access-denied"
  | "proxy";

/** `invalid-route` in a Region that the request was moved to, `rejected` in the home Region. */
type RegionDependentFamily = "regional-resource" | "tls";
