import type { ErrorText } from "./error-text.ts";
import { blamesOnlyModelId, soundsLikeObjection, soundsTransient } from "./error-wording.ts";
import {
  BLAMES_CALLER,
  CERTIFICATE,
  CREDENTIALS,
  CREDENTIALS_TEXT,
  DENIED,
  END,
  MODEL_ARN,
  NAMELESS,
  NO_CAPACITY,
  OBJECTION_TO_REQUEST,
  REGIONAL_RESOURCE,
  UNKNOWN_KEY,
  UNKNOWN_KEY_TEXT,
} from "./failure-pattern.ts";
import type { ClassifyContext } from "./failure-row.ts";
import { type Condition, type FailureRow, on } from "./failure-row.ts";
import { type RouteRefusal, routeRefusal } from "./route-refusal.ts";

/** The first row that matches decides. */
export const FAILURE_TABLE: readonly FailureRow[] = [
  ...on("cancelled request cancelled", { name: /^abort$/ }),

  ...on("invalid-route route model-identifier-invalid", { when: ({ text }) => blamesOnlyModelId(text) }),

  // The operation is not in that Region yet. At home it is the endpoint that is wrong.
  ...on(
    "invalid-route region regional-resource",
    { name: /^unknownoperation$/, when: moved },
    { text: /^unable to determine service\/operation name/, when: moved },
  ),
  ...on("invalid-route region region-not-enabled", { name: UNKNOWN_KEY, when: moved }),
  ...on("invalid-route region region-not-enabled", { text: UNKNOWN_KEY_TEXT, when: moved }),
  ...on(
    "rejected account credentials",
    { name: UNKNOWN_KEY },
    { name: CREDENTIALS },
    { text: /^the security token included in the request|^credential (?:should be scoped|is missing)/ },
    { text: /^(?:the )?(?:request )?signature (?:expired|not yet current|has expired|we calculated)/ },
    { text: /^authentication failed|^invalid api key|^missing authentication token|^sts is not activated/ },
    { text: /^(?:the |your )?(?:bearer token|api key|sso session|session|token)\b.{0,80}\bexpired/ },
    { name: /^(?:unauthorizedoperation)?$/, text: CREDENTIALS_TEXT },
  ),

  ...on("throttled region tokens-per-day", { text: /^too many (?:tokens|requests) per day/ }),
  // Not "too many tokens: total number of tokens … cannot exceed" (Cohere) nor "too many input tokens" (Titan).
  ...on("throttled route tokens-per-minute", { text: RegExp(`^too many tokens${END}`) }),
  ...on(
    "throttled route requests-per-minute",
    { text: RegExp(`^too many (?:concurrent )?requests${END}|^you(?: have|'ve)? sent too many requests`) },
    { text: /^(?:(?:the|your) )?(?:request )?rate (?:is too high|(?:limit )?(?:has )?exceeded)/ },
    { text: /^(?:the |your )?request (?:\w+ ){1,3}(?:due to (?:request )?)?(?:throttl|rate[- ]limit)/ },
  ),
  ...on("throttled route too-many-connections", { text: RegExp(`^too many (?:\\w+ )?connections${END}`) }),
  ...on("throttled route model-throttled", { text: /^(?:the |this )?model is (?:getting|being) throttled/ }),
  ...on(
    "throttled route overloaded",
    { text: /^(?:(?:[\w.:'-]+ ){1,8}(?:is|are) (?:currently |temporarily )?)?overloaded\b/ },
    { text: NO_CAPACITY },
    { name: /^overloaded$/ },
  ),
  ...on(
    "throttled route service-quota",
    {
      text: /^(?:you(?:r \w+)?(?: has| have)? (?:exceeded|reached)|the number of requests exceeds) (?:the|your|its)\b.{0,60}\bquota/,
    },
    {
      text: /^(?:the |your )?request (?:\w+ ){1,5}exceed(?:ed|ing) (?:the|your|an?)\b.{0,60}\bquota/,
    },
    { name: /^servicequotaexceeded$/ },
  ),
  ...on("throttled route model-not-ready", { text: /^(?:the |this )?model is not ready/ }, { name: /^modelnotready$/ }),

  // Guardrails and reservations exist in one Region.
  ...on("invalid-route region regional-resource", { text: REGIONAL_RESOURCE, when: moved }),
  ...on("rejected request regional-resource", { text: REGIONAL_RESOURCE }),
  // Reasoning of an earlier turn, sealed by the Region that answered it: that Region is one of the others.
  ...on("invalid-route region regional-resource", {
    text: /^encrypted content cannot be used in a different region/,
  }),

  ...on("rejected account account-gate", { name: /^(?:badcscore|ftuformnotfilled|mpagreementbeingcreated)$/ }),
  ...on("invalid-route model end-of-life", refuses("end-of-life")),
  ...on(
    "invalid-route route model-identifier-invalid",
    refuses("model-identifier-invalid"),
    // The ARN of a profile names one Region, the endpoint is in another (pi#5527).
    { text: /^(?:the )?provided arn is (?:invalid|not valid)/ },
  ),
  ...on("invalid-route route model-not-in-region", refuses("model-not-in-region")),
  ...on("invalid-route route on-demand-unsupported", refuses("on-demand-unsupported")),
  // Granted per Region and model: other models of the Region are not concerned.
  ...on("invalid-route route no-model-access", refuses("no-model-access")),
  // us. and global. answer alike (claude-code#49238).
  ...on("invalid-route model model-not-for-account", refuses("model-not-for-account")),
  // "… with a prompt resource" is an account gate.
  ...on("invalid-route region account-not-authorized", {
    text: /^(?:your )?account is not authorized to invoke this api operation(?:$|\.(?:$| ))/,
  }),
  // Opaque: the account, model access or a quota of 0 (aws-cli#8717, litellm#28704).
  ...on("invalid-route account operation-not-allowed", { text: /^operation not allowed\.?$/ }),
  ...on("invalid-route region vpc-endpoint-deny", { text: RegExp(`${DENIED}${MODEL_ARN}.*vpc endpoint policy`) }),
  ...on("invalid-route route explicit-deny", { text: RegExp(`${DENIED}${MODEL_ARN}`) }),
  ...on("rejected account access-denied", { text: RegExp(DENIED) }),

  ...on(
    "rejected account account-gate",
    { text: /^model access is denied due to|aws marketplace subscription|payment instrument|agreement to this model/ },
    { text: /^access to (?:\w+ )?models? is (?:not|denied|restricted)|^data retention mode/ },
    { text: /^(?:model|you have not|your account|the required)\b.{0,80}\buse[- ]case (?:details|form)/ },
    { text: /^your account is (?:currently|not|suspended|closed)\b|^you are not subscribed/ },
  ),
  // Beta flags differ between Regions and profiles (Roo-Code#7085).
  ...on("rejected request invalid-beta-flag", { text: /^(?:[\w.]+: )?invalid beta flag|`anthropic-beta` header/ }),
  ...on("rejected model unsupported-feature", { text: /^(?:this|the) model (?:doesn't support|is unsupported)/ }),
  ...on("rejected request request", { text: OBJECTION_TO_REQUEST }),

  ...on(
    "unavailable route model-error",
    { text: /^(?:the )?model (?:has )?produced (?:an )?invalid sequence/ },
    { text: /^the request failed (?:due to an error while processing the model|in the model container)|^model error$/ },
  ),
  ...on(
    "timeout route model-timeout",
    { text: /^(?:the )?model (?:has )?timed out|^the request took too long to process/ },
    { name: /^modeltimeout$/ },
  ),
  ...on("unavailable route service-unavailable", {
    text: /^bedrock is unable to process|^(?:the )?(?:service|server|system|model|endpoint)\b[\w ]{0,40}\bunavailable/,
  }),
  ...on("unavailable route internal-error", {
    text: /^(?:(?:the|an) )?(?:(?:service|server|system|model)\b[\w ]{0,40})?\b(?:unexpected|internal)(?: \w+)? (?:error|failure)(?!:)/,
  }),
  // Our own TruncatedStreamError: the SDK ends a cut stream cleanly.
  ...on("unavailable route empty-stream", { name: /^truncatedstream$/, text: /before any content/ }),
  ...on(
    "unavailable route truncated-stream",
    {
      text: /^truncated event message|^the (?:message|prelude|message prelude) checksum|^response payload is not completed/,
    },
    { name: /^truncatedstream$/ },
  ),

  // A certificate that Node.js refuses: on another Region's endpoint that Region is out, at home it is the caller's set-up.
  ...on("invalid-route region tls", { code: CERTIFICATE, when: moved }),
  ...on("rejected account tls", { code: CERTIFICATE }),
  ...on("invalid-route region unknown-host", {
    name: NAMELESS,
    text: /^(?:the pending stream .{0,40}\(caused by: )?getaddrinfo enotfound \S*bedrock/,
    when: moved,
  }),
  // What a broken HTTP/2 session says to each of its streams.
  ...on(
    "unavailable route connection",
    { code: /^ERR_HTTP2_STREAM_CANCEL$/, vague: true },
    { text: /^the pending stream has been canceled/, vague: true },
    // What browsers and undici call a TypeError.
    {
      text: /^fetch failed|^net::err_|^(?:failed to fetch|load failed|terminated)\.?$|^network ?(?:error\b|request failed|connection (?:was )?lost)/,
      vague: true,
    },
  ),
  // The SDK's HTTP/1.1 handler gives the name TimeoutError to ECONNRESET and EPIPE too.
  ...on(
    "timeout route timeout",
    { name: /^(?:timeout|requesttimeout|connecttimeout|headerstimeout|bodytimeout)$/ },
    { code: /^(?:ETIMEDOUT|ESOCKETTIMEDOUT|UND_ERR_\w+_TIMEOUT)$/ },
    {
      name: NAMELESS,
      text: /^(?:read|connect|connection) time(?:d )?out\b|^(?!(?:messages|system|prompt|tools?|invalid|malformed)\b)(?:\S+ ){0,6}timed out\b|^(?:\w+ )?etimedout\b|^(?:\w+ ){0,4}timeout(?: of \w+)?(?: exceeded)?\.?$|^the operation was aborted due to timeout/,
    },
  ),
  ...on(
    "unavailable route connection",
    {
      code: /^(?:E(?:CONN|PIPE|HOST|NET|ADDR|AI_|PROTO|NOTFOUND|[MN]FILE)\w*|(?:NGHTTP2|UND_ERR|HPE|ERR_(?:HTTP2|SSL|SOCKET|STREAM))_\w+)$/,
    },
    {
      name: NAMELESS,
      text: /^(?:could not|cannot|can't|unable to|failed to) connect\b|^(?:read|write|connect|getaddrinfo) e[a-z_]{3,}\b|^(?:unexpected error: )?http2 |^nghttp2_|^parse error/,
    },
    {
      name: NAMELESS,
      text: /^(?:(?:(?:the|tunneling) )?(?:socket|stream|session|connection)|client network socket|premature|other side|new streams?)\b.{0,40}\b(?:hang up|closed?|destroyed|disconnected|reset|lost|refused|created|established)\b/,
    },
  ),

  ...on("throttled route throttling", {
    name: /^(?:(?:request)?throttl\w*|toomanyrequests|ratelimit(?:exceeded)?|(?:request)?limitexceeded|slowdown)$/,
  }),
  ...on("unavailable route model-error", { name: /^model(?:stream)?error$|^modelstream$/ }),
  ...on("unavailable route internal-error", { name: /^internal(?:server|service|failure)?$/ }),
  ...on("unavailable route service-unavailable", { name: /^serviceunavailable$/ }),
  ...on("rejected request request", { name: BLAMES_CALLER }),

  ...on("throttled route throttling", { status: [429, 429] }),
  ...on("throttled route overloaded", { status: [529, 529] }),
  ...on("timeout route timeout", { status: [408, 408] }),
  ...on("unavailable route model-error", { status: [424, 424] }),
  ...on("rejected account proxy", { status: [407, 407] }),
  ...on("rejected request request", { status: [400, 499] }),
  ...on("unavailable route service-unavailable", { status: [500, 599] }),

  ...on("unavailable route unreadable-response", { text: /^<html>$|^unexpected token '?</ }),
  // Without a response it was thrown on this side: a bug in a middleware, or instrumentation that cannot read the body.
  ...on("rejected request request", {
    name: /^(?:syntax|type|range|reference)$/,
    when: ({ status }) => status === undefined,
    vague: true,
  }),
  ...on("unavailable route unreadable-response", { name: /^syntax$/ }),
  ...on("unavailable route internal-error", { when: ({ text }) => soundsTransient(text), vague: true }),
  ...on("rejected request request", { when: (error) => error.inStream && error.text !== "" }),
  ...on("rejected request request", { when: ({ text }) => soundsLikeObjection(text), vague: true }),
];

function moved(_error: ErrorText, context: ClassifyContext): boolean {
  return context.movedRegion;
}

function refuses(family: RouteRefusal): Condition {
  return { when: (error) => refusalIn(error) === family };
}

/** Several rows ask, and its grammar is the dearest part of the table. */
const refusals = new WeakMap<ErrorText, RouteRefusal | "none">();

/** The service speaks of the route, and not of its own trouble: "unavailable" is a refusal where the exception denies. */
function refusalIn(error: ErrorText): RouteRefusal | "none" {
  const known = refusals.get(error);
  if (known !== undefined) return known;
  const { text, name } = error;
  const spoken = BLAMES_CALLER.test(name) ? text.replace(/\bunavailable\b/, "not available") : text;
  const found = name === "serviceunavailable" ? "none" : (routeRefusal(spoken) ?? "none");
  refusals.set(error, found);
  return found;
}
