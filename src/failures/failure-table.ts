import type { FailureFamily } from "../types/failure-family.ts";

/** How a family is recognised: by any of text, model, name, code and status, where all of the rest holds. */
export interface Condition {
  /** Of the message. Anchored: a ValidationException quotes the caller, whose words must not excuse the request. */
  readonly text?: RegExp;
  /**
   * Of what the message says of the model, when that is its subject. Nothing may come after it that makes a refusal of
   * the route one of the request: "… is not supported for streaming".
   */
  readonly model?: RegExp;
  readonly name?: RegExp;
  readonly code?: RegExp;
  /** Of the response; one digit stands for its whole class. */
  readonly status?: number;

  /** In another source Region than the home Region. */
  readonly away?: true;
  /** Without any response: thrown on this side. */
  readonly here?: true;
  /** Until a cause says more. */
  readonly vague?: true;
}

/** Exceptions that blame the caller: neither words nor a status excuse the request. */
export const BLAMES_CALLER: RegExp =
  /^(?:validation|(?:invalid|bad)request|accessdenied|permission|(?:resource)?notfound)$/;

/**
 * The first row that matches decides. Words come before names, and names before the status: SDK releases lose the names
 * of exceptions inside streams, and one name stands for many things. Where the name tells all, there is no row for words.
 */
export const FAILURE_TABLE: readonly (readonly [FailureFamily, Condition])[] = [
  ["cancelled", { name: /^abort$/ }],

  // What Node.js and the SDK say: no words of the service. The SDK's HTTP/1.1 handler gives the name TimeoutError to
  // ECONNRESET and EPIPE too.
  ["model-timeout", { name: /^modeltimeout$/, text: /^(?:the )?model (?:has )?timed out|^the request took too long/ }],
  ["timeout", { name: /^(?:request)?timeout$/, code: /TIMEDOUT$|_TIMEOUT$/, status: 408 }],
  ["tls", { code: /CERT|^UNABLE_TO_/ }],
  ["unknown-host", { text: /^(?:the pending stream .{0,40})?getaddrinfo enotfound \S*bedrock/, away: true }],
  // A broken HTTP/2 session says this to each of its streams.
  ["connection", { code: /^ERR_HTTP2_STREAM_CANCEL$/, vague: true }],
  [
    "connection",
    {
      code: /^(?:E(?!RR_)|ERR_(?:HTTP2|SSL|SOCKET|STREAM)|NGHTTP2|UND_ERR|HPE)/,
    },
  ],

  // The plain SDK repeats these, and so heals unseen.
  [
    "clock-skew",
    {
      name: /^request(?:timetooskewed|expired)$/,
      text: /^signature (?:expired|not yet current)/,
    },
  ],
  // What valid credentials meet in a Region that does not know them.
  [
    "region-not-enabled",
    {
      away: true,
      name: /^unrecognizedclient|^invalidclient|^optin/,
      text: /^credential should be scoped|^authentication failed/,
    },
  ],
  [
    "credentials",
    {
      name: /token|signature|credentials|^auth|^unauthorized|^unrecognizedclient|^optin/,
      text: /^authentication failed|^invalid api key/,
      status: 401,
    },
  ],

  ["tokens-per-day", { text: /^too many (?:tokens|requests) per day/ }],
  // Not "too many tokens: the total number of tokens in the prompt exceeds …" (Cohere), nor "too many input tokens" (Titan).
  ["tokens-per-minute", { text: /^too many tokens(?=$|[,.]| per)/ }],
  [
    "requests-per-minute",
    {
      text: /^too many (?:concurrent )?requests\b|^(?:your )?(?:request )?rate (?:is too high|(?:limit )?exceeded)/,
    },
  ],
  [
    "overloaded",
    {
      name: /^overloaded$/,
      status: 529,
      text: /^too many connections|^(?:the )?model is (?:getting |currently )?(?:throttled|overloaded)/,
    },
  ],
  ["model-not-ready", { name: /^modelnotready$/ }],

  [
    "regional-resource",
    {
      name: /^unknownoperation$/,
      text: /^[a-z ]{0,13}\b(?:guardrail|reservation)\b.{0,200}(?:not exist|is invalid|not found)/,
    },
  ],
  ["sealed-elsewhere", { text: /^encrypted content cannot be used in/ }],

  [
    "end-of-life",
    {
      text: /^(?:access denied\. )?this model (?:version has reached the end|is marked by provider as legacy)/,
    },
  ],
  // One template for every field: the path tells whose value it is, and one path of the caller's is enough.
  [
    "model-identifier-invalid",
    {
      name: /^modelnotfound$/,
      model:
        /^is (?:not )?(?:in)?valid|^(?:(?:(?:is |was )?not|could not be) found|does not exist)(?=$|[.,;]| or | in [\w -]*(?:region|-\d)\b)/,
      text: /^(?:\d+ validation errors? detected: )?value (?!.* at '(?!modelid'))(?=.* at 'modelid' failed to satisfy)|^could not (?:resolve|find) (?:the )?(?:foundation )?model\b|^(?:the )?provided arn is invalid|^model: [\w.:/-]+$/,
    },
  ],
  [
    "on-demand-unsupported",
    {
      text: /^(?:invocation of model (?:id )?\S+ with )?on-demand throughput is not supported/,
      model: /^does not support on-demand throughput/,
    },
  ],
  [
    "model-not-in-region",
    {
      model:
        /^(?:is )?not (?:supported|available|enabled)(?: (?:in|from) [\w -]{0,30}(?:region|-\d))?(?=$|[.,;(]| or )/,
    },
  ],
  [
    "no-model-access",
    {
      text: /^you(?:r (?:aws )?account)? do(?:es)? not have access to [\w ]{0,24}model\b|^your account is not authorized to invoke this model\.?$|^\S+ is not available for this account/,
    },
  ],
  // "… with a prompt resource" is about the prompt.
  ["account-not-authorized", { text: /^your account is not authorized to invoke this api operation(?=$|\.)/ }],
  // Opaque: the account, model access or a quota of 0 (aws-cli#8717, litellm#28704).
  ["operation-not-allowed", { text: /^operation not allowed\.?$/ }],
  [
    "explicit-deny",
    {
      text: /^(?:user\b.{0,400}? )?(?:is )?not authorized to perform: bedrock:\w+ on resource: \S*-(?:model|profile)\//,
    },
  ],

  [
    "account-gate",
    {
      name: /^(?:badcscore|ftuformnotfilled|mpagreementbeingcreated|billing)$/,
      text: /^data retention mode|^access to [\w ]{0,20}models? is not|^model access is denied due to|^your account is (?:currently being|not authorized to access)|^(?:model|you have not filled out the required) use[- ]case/,
    },
  ],
  [
    "unsupported-feature",
    {
      text: /^(?:[\w.]+: )?invalid beta flag|^unexpected value.{0,200}`anthropic-beta`|^tools\.\d+: input tag |^[\w ]{0,30}\bservice ?tier\b.{0,80}(?:not supported|invalid)|^(?:the |this )?(?:\w+ )?(?:model|profile|action)\b.{0,120}?(?:does not support|unsupported for|not supported (?:for|with))|^you invoked an unsupported model|^latency performance\b.{0,40} not supported|^[^:]{1,80}not supported (?:for|by|with|in) (?:this model|this region|\S+ in \S+-\d)/,
    },
  ],

  // A container of the caller's own model refused the body.
  ["request", { text: /^received client error \(4(?!08|29)/ }],
  [
    "model-error",
    {
      name: /^model(?:stream)?error$/,
      status: 424,
      text: /^(?:the )?model (?:has )?produced (?:an )?invalid sequence|^the model stream encountered an error/,
    },
  ],
  [
    "service-unavailable",
    {
      text: /^bedrock is unable to process|^(?:an? |the )?(?:requested )?(?:system|server|service|model)\b[\w ]{0,40}\b(?:unavailable\b(?! for)|unable to handle|(?:internal|unexpected) error)|^internal server error/,
    },
  ],
  // Our own TruncatedStreamError: the SDK ends a cut stream cleanly.
  ["empty-stream", { text: /ended before any content$/ }],
  [
    "truncated-stream",
    {
      name: /^truncatedstream$/,
      text: /^truncated event message|^the [a-z ]{7,15} checksum/,
    },
  ],

  [
    "throttling",
    {
      name: /throttl|^servicequota|^toomanyrequests$|^ratelimit|limitexceeded$/,
      status: 429,
      text: /^the request (?:rate|was|failed)\b.{0,50}(?:throttl|quota)/,
    },
  ],
  ["service-unavailable", { name: /^(?:internalserver|internalfailure|serviceunavailable|server)$/, status: 5 }],
  ["proxy", { status: 407 }],
  ["access-denied", { name: /^(?:accessdenied|permission|notauthorized)$/, status: 403 }],
  ["request", { name: BLAMES_CALLER, status: 4 }],

  // Thrown on this side: a bug in a middleware, or an input that the SDK does not take.
  ["request", { name: /^(?:syntax|type|range|reference)$/, here: true, vague: true }],
  ["unreadable-response", { name: /^syntax$/ }],
  ["request", { name: /^lost$/ }],
];
