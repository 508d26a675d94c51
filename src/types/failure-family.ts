import type { FailureKind } from "./route.ts";

/**
 * The finest distinction between failures: machine-readable and stable, while the messages behind it change. All that is
 * said of a family is said in this file; the compiler asks for what is missing.
 */
export type FailureFamily =
  | "tokens-per-minute"
  | "requests-per-minute"
  /** The daily token quota of the model in the source Region. */
  | "tokens-per-day"
  /** A capacity that is used up, not a quota of the account. */
  | "overloaded"
  /** An imported model is loaded when it is called; that takes seconds to minutes. */
  | "model-not-ready"
  /** A ThrottlingException or a 429 whose words do not tell which quota. */
  | "throttling"
  | "model-identifier-invalid"
  | "model-not-in-region"
  | "on-demand-unsupported"
  | "end-of-life"
  | "no-model-access"
  | "account-not-authorized"
  /** "Operation not allowed": the account, model access or a quota of 0; Bedrock does not say. */
  | "operation-not-allowed"
  /** IAM: an explicit deny, or no policy that allows, on the model or the profile of this route. */
  | "explicit-deny"
  /** An opt-in Region that the account did not enable, or an API key that is bound to another Region. */
  | "region-not-enabled"
  | "unknown-host"
  /** Reasoning of an earlier turn, sealed by the Region that answered it: that Region is one of the others. */
  | "sealed-elsewhere"
  | "unsupported-feature"
  /** A guardrail, a reservation or an operation that exists in another Region. */
  | "regional-resource"
  | "credentials"
  | "access-denied"
  /** Marketplace, payment, use-case form, country, data retention mode: granted per account, some of it per Region. */
  | "account-gate"
  | "tls"
  | "service-unavailable"
  /** The model stumbled over this one generation; nothing is wrong with the route. */
  | "model-error"
  | "connection"
  | "empty-stream"
  | "truncated-stream"
  | "unreadable-response"
  /** Nothing failed, but another route was faster three times in a row. */
  | "lost-races"
  /** The clock of this machine, or a signature that waited too long. */
  | "clock-skew"
  | "unknown"
  | "timeout"
  | "model-timeout"
  | "request"
  | "proxy"
  | "cancelled"
  | "abandoned"
  | "lost-race";

/**
 * Where a failure was met. `first`: on the route in the home Region that the request would be served by if all were well.
 * `instead`: the same, when the request names another route that could be asked. `moved`: on another route of the home Region, by a failover, a backup, a probe or a cooldown. `away`: in another source
 * Region.
 */
export type Met = "first" | "instead" | "moved" | "away";

/** What a family means for routing. */
export interface FamilyRule {
  readonly kind: FailureKind;
  /**
   * From which distance on the failure is about the route, and so `invalid-route`: what the account or the request lacks
   * *there* is no reason to give up. Absent when the kind does not depend on where the failure was met.
   */
  readonly invalidWhen?: Exclude<Met, "first">;
  /** What a failure postpones and for how long; nothing when absent, and nothing while the kind is `rejected`. */
  readonly cooldown?: keyof typeof COOLDOWNS;
  /**
   * What is worth another attempt on the same route: `at-once` without a wait and once a request; `patiently` with the
   * usual backoff, and without drawing on the retry budget.
   */
  readonly repeat?: "at-once" | "patiently";
  /** Met by a request of the flex tier, it is about the room that is left for that tier alone. */
  readonly ofTier?: true;
}

const THROTTLED: FamilyRule = { kind: "throttled", cooldown: "moment" };
const THROTTLED_TIER: FamilyRule = { ...THROTTLED, ofTier: true };
/** The model's own doing, or nothing known: no reason to avoid the route. */
const PASSING: FamilyRule = { kind: "unavailable" };
const UNAVAILABLE: FamilyRule = { ...PASSING, cooldown: "moment" };
const TIMEOUT: FamilyRule = { kind: "timeout", cooldown: "moment", ofTier: true };
/** An id that this Region does not know stays unknown until AWS changes it. */
const NO_ROUTE: FamilyRule = { kind: "invalid-route", cooldown: "release" };
const NO_ACCESS: FamilyRule = { ...NO_ROUTE, cooldown: "setting" };
const NO_REGION: FamilyRule = { ...NO_ROUTE, cooldown: "region" };
/** The caller's on the first route, that route's on any other. */
const CREDENTIALS: FamilyRule = { kind: "rejected", invalidWhen: "moved", cooldown: "setting" };
/** The route that the request names may be open to the account where this one is not. */
const ACCOUNT: FamilyRule = { ...CREDENTIALS, invalidWhen: "instead" };
const FEATURE: FamilyRule = { kind: "rejected", invalidWhen: "instead", cooldown: "feature" };
const REJECTED: FamilyRule = { kind: "rejected" };
const CANCELLED: FamilyRule = { kind: "cancelled" };

/** What each family means for routing. */
export const FAMILIES: Readonly<Record<FailureFamily, FamilyRule>> = {
  "tokens-per-minute": THROTTLED,
  "requests-per-minute": THROTTLED,
  "tokens-per-day": { kind: "throttled", cooldown: "day" },
  overloaded: THROTTLED_TIER,
  "model-not-ready": { kind: "throttled", cooldown: "moment", repeat: "patiently" },
  throttling: THROTTLED_TIER,
  "model-identifier-invalid": NO_ROUTE,
  "model-not-in-region": NO_ROUTE,
  "on-demand-unsupported": NO_ROUTE,
  "end-of-life": NO_ROUTE,
  "no-model-access": NO_ACCESS,
  "account-not-authorized": NO_ACCESS,
  "operation-not-allowed": NO_ACCESS,
  "explicit-deny": NO_ACCESS,
  "region-not-enabled": NO_REGION,
  "unknown-host": NO_REGION,
  "sealed-elsewhere": { kind: "invalid-route" },
  "unsupported-feature": FEATURE,
  "regional-resource": FEATURE,
  credentials: CREDENTIALS,
  "access-denied": ACCOUNT,
  "account-gate": ACCOUNT,
  tls: { kind: "rejected", invalidWhen: "away", cooldown: "region" },
  "service-unavailable": { ...UNAVAILABLE, ofTier: true },
  "model-error": PASSING,
  connection: UNAVAILABLE,
  "empty-stream": UNAVAILABLE,
  "truncated-stream": UNAVAILABLE,
  "unreadable-response": UNAVAILABLE,
  "lost-races": UNAVAILABLE,
  // The SDK signs the next attempt with the service's time.
  "clock-skew": { kind: "unavailable", repeat: "at-once" },
  unknown: PASSING,
  timeout: TIMEOUT,
  "model-timeout": TIMEOUT,
  request: REJECTED,
  proxy: REJECTED,
  cancelled: CANCELLED,
  abandoned: CANCELLED,
  "lost-race": CANCELLED,
};

/** How long a failure postpones what it is about, and what that is. */
export interface CooldownRule {
  /**
   * `route`; `model`: every route of the model in the source Region; `region`: every model of the source Region;
   * `feature`: the route, for requests with the refused feature. Only what the service says of more than the route
   * postpones more: a route that works must not wait for one that does not.
   */
  readonly scope: "route" | "model" | "region" | "feature";
  readonly baseMs: number;
  readonly capMs: number;
}

/**
 * The cooldowns: the first one, doubled by each further failure up to the cap.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/quotas-runtime.html
 */
export const COOLDOWNS: Readonly<
  Record<"moment" | "day" | "setting" | "region" | "feature" | "release", CooldownRule>
> = {
  /** Quotas per minute refill within 60 s: to wait longer would waste capacity. */
  moment: { scope: "route", baseMs: 5_000, capMs: 60_000 },
  /**
   * AWS's pages disagree on whether a quota per day counts one model or all of them. By model costs one more refusal for
   * each model if that is wrong; the other way would keep every model of a Region waiting for one.
   */
  day: { scope: "model", baseMs: 1_800_000, capMs: 3_600_000 },
  /** Access can be granted at any minute. */
  setting: { scope: "route", baseMs: 300_000, capMs: 3_600_000 },
  /** The endpoint refuses every model: the Region is not enabled, or cannot be reached from here. */
  region: { scope: "region", baseMs: 300_000, capMs: 3_600_000 },
  /** Other requests may use the route. */
  feature: { scope: "feature", baseMs: 300_000, capMs: 3_600_000 },
  /** What AWS changes with a release, not the caller with a setting. */
  release: { scope: "route", baseMs: 21_600_000, capMs: 86_400_000 },
};

/** What people are told of a family. In the sentences, `{id}` and `{region}` stand for the route's. */
export interface FamilyText {
  /** For the docs: what AWS, Node.js or this library says. */
  readonly says: string;
  /** For `doctor`: why a route was refused, and what to do about it, in one sentence each. */
  readonly why: string;
  readonly cure: string;
  /** The quota, as Service Quotas names it. */
  readonly quota?: string;
}

const LATER = "Nothing to set up: try again later; the routed client goes on to the next route meanwhile.";
const QUOTA = "Wait, spread the load over more source Regions, or ask for a higher quota in Service Quotas.";
const TABLE =
  "Take the route from `npx bedrock-routed-client plan`, and compare with `aws bedrock list-inference-profiles --region {region}`.";
const CONNECTION =
  "Check network, proxy, VPC endpoint and DNS between here and the Bedrock endpoint of {region}, then run it again.";
const AGAIN = "Run it again.";

/** Apart from the rules, so that a bundle without `doctor` leaves them out. */
export const FAMILY_TEXTS: Readonly<Record<FailureFamily, FamilyText>> = {
  "tokens-per-minute": {
    says: "Too many tokens, please wait before trying again.",
    why: "The tokens-per-minute quota of this route is used up.",
    cure: QUOTA,
    quota: "model inference tokens per minute",
  },
  "requests-per-minute": {
    says: "Too many requests, please wait before trying again.",
    why: "The requests-per-minute quota of this route is used up.",
    cure: QUOTA,
    quota: "model inference requests per minute",
  },
  "tokens-per-day": {
    says: "Too many tokens per day, please wait before trying again.",
    why: "The daily token quota of the account in {region} is used up for this model.",
    cure: QUOTA,
    quota: "Model invocation max tokens per day",
  },
  overloaded: {
    says: "Too many connections …; Model is getting throttled.; HTTP 529",
    why: "The model is overloaded right now; it is not your quota.",
    cure: LATER,
  },
  "model-not-ready": {
    says: "`ModelNotReadyException`, for an imported model",
    why: "The model is still being loaded.",
    cure: LATER,
  },
  throttling: {
    says: "`ThrottlingException`, `ServiceQuotaExceededException` or HTTP 429 in any other words",
    why: "Bedrock throttles this route without saying which quota.",
    cure: QUOTA,
  },

  "model-identifier-invalid": {
    says: "The provided model identifier is invalid.",
    why: "{id} does not exist, or cannot be called from {region}.",
    cure: TABLE,
  },
  "model-not-in-region": {
    says: "The model is not supported in this Region.",
    why: "The model is not offered in {region}.",
    cure: TABLE,
  },
  "on-demand-unsupported": {
    says: "Invocation of model ID … with on-demand throughput isn’t supported.",
    why: "{region} serves this model through inference profiles only.",
    cure: "Call it by the bare model id through the routed client, or by the id of a profile that `npx bedrock-routed-client plan` lists.",
  },
  "end-of-life": {
    says: "This model version has reached the end of its life.",
    why: "AWS has withdrawn the model, or keeps it for those who used it recently.",
    cure: "Move to a successor: the model lifecycle page of the Bedrock user guide names one.",
  },
  "no-model-access": {
    says: "You don't have access to the model with the specified model ID.",
    why: "The account has no access to the model in {region}.",
    cure: "Grant model access in the Bedrock console of {region}; a model of a third party also needs its Marketplace agreement.",
  },
  "account-not-authorized": {
    says: "Your account is not authorized to invoke this API operation.",
    why: "The account may not use Bedrock inference in {region}.",
    cure: "Open a support case with AWS for {region}; new accounts are often limited to few Regions.",
  },
  "operation-not-allowed": {
    says: "Operation not allowed",
    why: 'Bedrock answers "Operation not allowed": the account, model access or a quota of 0; it does not say which.',
    cure: "Look for a quota of 0 in Service Quotas of {region}, then for model access, then open a support case.",
  },
  "explicit-deny": {
    says: "User: … is not authorized to perform: bedrock:InvokeModel on resource: …:inference-profile/…",
    why: "A policy keeps the caller from this route.",
    cure: "Compare the caller's policies with `npx bedrock-routed-client iam`, and those of the organisation with `npx bedrock-routed-client iam --scp`.",
  },
  "region-not-enabled": {
    says: "The security token included in the request is invalid., in another Region",
    why: "The credentials are not known in {region}: the account has not opted in to it, or the API key belongs to another Region.",
    cure: "Enable {region} for the account, use an API key of that Region, or leave it out of the source Regions.",
  },
  "unknown-host": {
    says: "getaddrinfo ENOTFOUND bedrock-runtime.…, in another Region",
    why: "There is no Bedrock endpoint by that name in {region}.",
    cure: "Leave {region} out of the source Regions, or correct its endpoint or DNS.",
  },
  "sealed-elsewhere": {
    says: "Encrypted content cannot be used in a different region …",
    why: "The conversation holds reasoning that another Region has sealed.",
    cure: "Keep the conversation in that Region, or leave out the sealed reasoning.",
  },

  "unsupported-feature": {
    says: "Latency performance configuration is not supported for … in …; invalid beta flag; This model doesn't support …",
    why: "The model does not take Converse, or not what the request asks for.",
    cure: "Try the route with InvokeModel; embeddings and image models have no Converse.",
  },
  "regional-resource": {
    says: "The guardrail identifier … does not exist; Reservation not found.; `UnknownOperationException`",
    why: "It needs a resource that {region} does not have.",
    cure: "Create it in {region}, or leave that Region out of the source Regions.",
  },
  credentials: {
    says: "`ExpiredTokenException`, `CredentialsProviderError`",
    why: "AWS does not accept the credentials: missing, wrong or expired.",
    cure: "Sign in again, and check AWS_PROFILE, the access keys, or AWS_BEARER_TOKEN_BEDROCK.",
  },
  "access-denied": {
    says: "… is not authorized to perform: … on anything else than a model or profile",
    why: "A policy keeps the caller from the action itself, or from a resource other than model and profile.",
    cure: "Read the action and the resource in the message, and allow them.",
  },
  "account-gate": {
    says: "Marketplace, payment, use-case form, country, data retention mode",
    why: "The account still has to complete a step: Marketplace subscription, payment, use-case form, country or data retention mode.",
    cure: "Open the model in the Bedrock console of {region} with a user who may subscribe and complete what it asks for; the data retention mode is a setting of account and Region.",
  },
  tls: {
    says: "a certificate that Node.js refuses",
    why: "Node.js does not trust the certificate that answered for {region}.",
    cure: "Add the certificate of your proxy with NODE_EXTRA_CA_CERTS, or correct the endpoint.",
  },

  "service-unavailable": {
    says: "Bedrock is unable to process your request.; any other HTTP 5xx",
    why: "Bedrock is unavailable for this route right now.",
    cure: LATER,
  },
  "model-error": {
    says: "Model produced invalid sequence as part of ToolUse.; HTTP 424",
    why: "The model failed to produce this one answer.",
    cure: "Run it again: nothing is wrong with the route.",
  },
  connection: {
    says: "ECONNRESET and its like, NGHTTP2 errors",
    why: "The connection broke or could not be made.",
    cure: CONNECTION,
  },
  "empty-stream": {
    says: "a stream that ends before any content",
    why: "The stream ended before any content.",
    cure: LATER,
  },
  "truncated-stream": {
    says: "a stream that ends before its terminator, or a broken frame",
    why: "The stream was cut off.",
    cure: CONNECTION,
  },
  "unreadable-response": {
    says: "a page of HTML in place of JSON",
    why: "What answered does not speak Bedrock's protocol: a proxy, most likely.",
    cure: CONNECTION,
  },
  "lost-races": {
    says: "nothing: three [lost races](#lost-races) in a row",
    why: "Other routes were faster three times in a row.",
    cure: AGAIN,
  },
  "clock-skew": {
    says: "Signature expired: … is now earlier than …",
    why: "The clock of this machine differs from AWS's by minutes.",
    cure: "Set the clock; the SDK corrects its signatures once it has seen the service's time.",
  },
  unknown: {
    says: "nothing that any row knows",
    why: "It failed in a way that is not in the failure table.",
    cure: "Read the message of the service; run it again.",
  },
  timeout: { says: "`TimeoutError`; HTTP 408", why: "No answer came in time.", cure: CONNECTION },
  "model-timeout": {
    says: "Model has timed out in processing the request.",
    why: "The model took too long.",
    cure: LATER,
  },

  request: {
    says: "any other 4xx and `ValidationException`",
    why: "The model does not take the doctor's tiny request.",
    cure: "Try the route with a request of your own, in the form that the model takes.",
  },
  proxy: {
    says: "HTTP 407",
    why: "The proxy on the way asks for a login.",
    cure: "Give the proxy's credentials to Node.js, or go around it.",
  },
  cancelled: { says: "your abort", why: "The attempt was cancelled.", cure: AGAIN },
  abandoned: { says: "nothing: the reader gave the stream up", why: "The reader gave the stream up.", cure: AGAIN },
  "lost-race": {
    says: "nothing: another attempt of the request was faster, or ended it",
    why: "Another attempt was faster.",
    cure: AGAIN,
  },
};
