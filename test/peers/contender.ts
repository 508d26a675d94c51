/** One contender, as the page tells of it. */
export interface Contender {
  readonly name: string;
  /** The file in the folder `contenders`. */
  readonly file: string;
  /** Handed to the file: what tells its variants apart. */
  readonly variant?: string;
  /** Packages whose versions the page names. */
  readonly packages: readonly string[];
  /** How it is set up, in a sentence or two. */
  readonly setup: string;
}

/** The one whose losses are told. */
export const OURS = "this library";
const ROUTED_FETCH = "AI SDK, routed fetch";
/** Those that are no rivals. */
export const OWN: readonly string[] = [OURS, ROUTED_FETCH];

const SDK = "@aws-sdk/client-bedrock-runtime";

/** Everyone who takes part. */
export const CONTENDERS: readonly Contender[] = [
  {
    name: OURS,
    file: "routed-client.mjs",
    packages: ["bedrock-routed-client", SDK],
    setup:
      'policy `"latency"`, `sourceRegions: ["eu-west-1"]`, everything else by default, such as that prices weigh too. It gets the bare model id and finds the routes of the list itself.',
  },
  {
    name: "SDK, standard retry",
    file: "plain-client.mjs",
    variant: "standard",
    packages: [SDK],
    setup: "the plain client as it comes, on the first route of the list: up to three attempts with backoff.",
  },
  {
    name: "SDK, adaptive retry",
    file: "plain-client.mjs",
    variant: "adaptive",
    packages: [SDK],
    setup: '`retryMode: "adaptive"`, otherwise the same.',
  },
  {
    name: "Region loop",
    file: "region-loop.mjs",
    packages: [SDK],
    setup:
      "our own few lines after the helper class of the Python sample *Amazon Bedrock Cross-Region Resilience Solution*: one profile id, a list of Regions, SDK retries off, every error moves on, two attempts a Region, five in all. Without its file of disabled Regions.",
  },
  {
    name: "Region failover",
    file: "region-failover.mjs",
    packages: [SDK],
    setup:
      "our own few lines after the sample application `aws-samples/bedrock-engineer`: SDK retries on; when throttled, one call from another Region, then a pause of 5 s, up to 30 times; when unavailable, the pause alone.",
  },
  {
    name: "LangChain",
    file: "langchain.mjs",
    variant: "default",
    packages: ["@langchain/aws", "@langchain/core"],
    setup:
      "one `ChatBedrockConverse` a route, `withFallbacks`, `maxRetries: 0` as its guide for fallbacks says. The class does not use that option: the SDK's own retries stay on.",
  },
  {
    name: "LangChain, SDK retries off",
    file: "langchain.mjs",
    variant: "one attempt",
    packages: ["@langchain/aws", "@langchain/core"],
    setup: "the same with clients of `maxAttempts: 1`, which is what the guide means.",
  },
  {
    name: "AI SDK alone",
    file: "ai-sdk.mjs",
    variant: "alone",
    packages: ["ai", "@ai-sdk/amazon-bedrock"],
    setup: "`streamText` as it comes, on the first route of the list: two retries after 2 s and 4 s.",
  },
  {
    name: ROUTED_FETCH,
    file: "ai-sdk.mjs",
    variant: "routed",
    packages: ["ai", "@ai-sdk/amazon-bedrock", "bedrock-routed-client"],
    setup:
      "the same with the `fetch` of this library, set up as its client above. One provider, the bare model id, no list. No rival in the comparisons.",
  },
  {
    name: "ai-fallback",
    file: "ai-fallback.mjs",
    packages: ["ai-fallback", "ai", "@ai-sdk/amazon-bedrock"],
    setup:
      "`createFallback` with one AI SDK model a route, in `streamText`; all options as in its README (back to the first model after a minute, retries of `streamText` as they come).",
  },
  {
    name: "ai-fallback, set by hand",
    file: "ai-fallback.mjs",
    variant: "set by hand",
    packages: ["ai-fallback", "ai", "@ai-sdk/amazon-bedrock"],
    setup:
      "the same with two options that its README does not mention: a `shouldRetryThisError` that moves on when the model identifier is invalid as well, and `retryAfterOutput: false`.",
  },
  {
    name: "Portkey",
    file: "portkey.mjs",
    variant: "default",
    packages: ["@portkey-ai/gateway"],
    setup:
      "the open-source gateway in a process of its own, one target a route, strategy `fallback`: any status but 2xx moves on. The targets reach the fake Bedrock by `custom_host`, an option of the gateway.",
  },
  {
    name: "Portkey, status codes",
    file: "portkey.mjs",
    variant: "status codes",
    packages: ["@portkey-ai/gateway"],
    setup: "the same with `on_status_codes: [408, 429, 500, 502, 503, 504]`.",
  },
];
