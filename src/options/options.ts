import type { BedrockRuntimeClientConfig } from "@aws-sdk/client-bedrock-runtime";
import type { Residency } from "../plan/residency.ts";
import type { Catalog } from "../profiles/catalog.ts";
import type { ExtraRoute, RouteKind } from "../types/route.ts";
import type { RoutingStore } from "../types/store.ts";

/** Every field of the SDK's `BedrockRuntimeClientConfig`, resolved as the SDK does, plus `routing`. */
export interface RoutedClientConfig extends BedrockRuntimeClientConfig {
  /** `false` switches routing off: every request is sent as the plain client would send it. */
  readonly routing: RoutingOptions | false;
}

/** What this library adds to the SDK's client config. */
export interface RoutingOptions {
  /**
   * What to prefer. `"latency"`: the lowest time to first byte, weighed by price. `"cost"`: the cheapest, the fastest
   * among equals. `"throughput"`: spreads requests by what each pool of capacity bears. `"residency"` is `"latency"`
   * with `residency: "home"`.
   *
   * With the others inference may run in **any** Region, also through a global profile, unless `residency` is given.
   */
  readonly policy: "latency" | "cost" | "throughput" | "residency";
  /**
   * Where inference may run: `"any"`; `"home"`, the narrowest geography that holds the home Region; one or more
   * geographies; or `{ regions }` or `{ countries }` (ISO 3166-1 alpha-2). A hard filter on *destination* Regions for
   * every attempt; it fails closed.
   * @defaultValue `"any"`; `"home"` with the policy `"residency"`
   */
  readonly residency?: Residency;
  /**
   * How much price counts against latency: 1 makes one per cent of price count as one per cent of latency, 0 leaves
   * latency alone.
   * @defaultValue 1
   */
  readonly priceWeight?: number;
  /**
   * What an inference profile id as `modelId` means, `us.anthropic.…` for example. `"boundary"`: where that profile
   * reaches, and no farther. `"model"`: just its model, for tools that add the prefix by themselves; then the residency
   * alone says where inference may run.
   * @defaultValue `"boundary"`
   */
  readonly profileIds?: "boundary" | "model";
  /**
   * Further Regions whose Bedrock endpoints this client may call, after the home Region. Quotas and billing follow the
   * source Region.
   * @defaultValue `[]`: the home Region alone
   */
  readonly sourceRegions?: readonly string[];
  /**
   * Endpoint for each source Region (VPC endpoints, proxies). A source Region that is not named uses the client's
   * `endpoint`, or else the public endpoint of that Region.
   */
  readonly endpoints?: Readonly<Record<string, string>>;
  /** Application inference profiles and provisioned models to use for a model, by foundation-model id. */
  readonly routes?: Readonly<Record<string, readonly ExtraRoute[]>>;
  /**
   * Where guardrails are evaluated, for a residency. `"in-region"`: in their own Region, because they have no guardrail
   * profile; an array of Regions: there as well; an object: one of these by the id or ARN of a guardrail. What is not
   * said here AWS is asked, `bedrock:GetGuardrail`, unless `catalog` is `"bundled"` or your own. A request whose
   * guardrail may leave the residency, or of which that is not known, is refused.
   * @see https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-cross-region.html
   */
  readonly guardrails?: GuardrailRegions | Readonly<Record<string, GuardrailRegions>>;
  /**
   * Your own prices, by foundation-model id, where you pay others than the published ones. The one that says most about a
   * route applies: `sourceRegions` weighs more than `kind`. They rank routes and estimate costs; without one, the bundled
   * price applies.
   */
  readonly prices?: Readonly<Record<string, readonly ModelPrice[]>>;
  /**
   * How long a route may be silent before a backup attempt is started beside it; the first of them to bring content
   * serves the request. `"adaptive"` follows each route: three times its 75th percentile, between 2 and 30 seconds. A
   * number of milliseconds fixes it; `false` switches backups off. A backup is one more request: it costs its tokens and
   * reserves its quota. At most one request in twenty is backed up in vain.
   * @defaultValue `"adaptive"`
   */
  readonly backupAfterMs?: number | "adaptive" | false;
  /**
   * The same earlier, for applications to which the slowest answers matter more than their price: up to 5 % more
   * requests. `"adaptive"` is the route's 95th percentile, and at least 1.2 times its median. None for 60 seconds after
   * a throttle.
   * @defaultValue `false`
   */
  readonly hedgeAfterMs?: number | "adaptive" | false;
  /**
   * Where the table of inference profiles comes from. `"auto"`: the one inside this package, until it does not know what
   * a request names, leaves no route, or is older than eight weeks; then AWS is asked in the background, in every source
   * Region, and no request waits. `"live"` asks from the first request on, which waits a moment. `"bundled"` never asks.
   * `catalogFrom` makes a table from a saved file.
   *
   * Asking needs `@aws-sdk/client-bedrock` and the IAM actions `bedrock:ListInferenceProfiles` and
   * `bedrock:ListFoundationModels`. Without them, the table stands, and the event `catalog` says so.
   * @defaultValue `"auto"`; `client.routing.plan()` names the table and its date
   */
  readonly catalog?: "auto" | "bundled" | "live" | { readonly live: LiveCatalogOptions } | Catalog;
  /**
   * What to expect of routes before they are measured: the `results.json` of `npx bedrock-routed-client lab`, as a path (read once,
   * at construction, relative to the working directory) or as an object. Routes with fewer than ten answered calls in it
   * keep the built-in expectation.
   * @defaultValue the latency lab inside this package
   */
  readonly priors?: string | LabPriors;
  /**
   * Label under which latency statistics are kept, for an application that sends very different requests (for
   * example `"chat"` and `"batch"`).
   * @defaultValue `"default"`
   */
  readonly workload?: string;
  /**
   * Through which this process and others that call Bedrock with the same account share what they observe of their
   * routes: see `bedrock-routed-client/store`. No request waits for it, and without it, or alone in it, every decision
   * is the same.
   * @defaultValue none
   */
  readonly store?: RoutingStore;
}

/** Where a guardrail is evaluated: in its own Region alone, or in these Regions as well. */
export type GuardrailRegions = "in-region" | readonly string[];

/** How AWS is asked what exists. */
export interface LiveCatalogOptions {
  /**
   * How long an answer counts as fresh, in milliseconds: 60 000 to 86 400 000, give or take 10 %. It is asked for again
   * when a request comes after that time, and used until the new one is there.
   * @defaultValue 3 600 000: one hour
   */
  readonly refreshMs?: number;
  /**
   * How long the first request waits for the first answer, in milliseconds, before it goes by the bundled table; at
   * most 10 000.
   * @defaultValue 1 000
   */
  readonly firstWaitMs?: number;
  /**
   * Endpoint of the control plane for each source Region (VPC endpoints `com.amazonaws.<region>.bedrock`, proxies). A
   * source Region that is not named uses the client's own endpoint if that is on loopback, else the SDK's.
   */
  readonly endpoints?: Readonly<Record<string, string>>;
}

/** The part of a `results.json` of `npx bedrock-routed-client lab` that priors are made of. */
export interface LabPriors {
  readonly schema: string;
  readonly version: number;
  readonly simulated: boolean;
  readonly measurements: readonly { readonly finishedAt: string }[];
  readonly cells: readonly LabPriorCell[];
}

/** One route as the lab measured it. */
export interface LabPriorCell {
  readonly sourceRegion: string;
  readonly modelId: string;
  readonly measuredFrom: string | null;
  readonly ttfb: LabPriorFigures | null;
  readonly total: LabPriorFigures | null;
}

/** Number of answered calls, their median in milliseconds and the spread of its natural logarithm. */
export interface LabPriorFigures {
  readonly count: number;
  readonly p50: number;
  readonly logSpread: number;
}

/** What a model costs you on demand. */
export interface ModelPrice {
  /**
   * The kind of route that pays it. A provisioned model is paid for by the hour and has no price by the token.
   * @defaultValue every kind
   */
  readonly kind?: Exclude<RouteKind, "provisioned">;
  /**
   * The source Regions that it is for.
   * @defaultValue every source Region
   */
  readonly sourceRegions?: readonly string[];
  readonly usdPerMillionTokens: UsdPerMillionTokens;
}

/** Prices in US dollars per million tokens; each more than 0. A request whose tokens lack a price has no known cost. */
export interface UsdPerMillionTokens {
  readonly input: number;
  readonly output: number;
  /** Tokens read from the prompt cache. */
  readonly cacheRead?: number;
  /** Tokens written to the prompt cache for five minutes. */
  readonly cacheWrite?: number;
  /** Tokens written to the prompt cache for an hour. */
  readonly cacheWrite1h?: number;
}

/** `client.send(command, { routing })`: options for one request. They can narrow the client's residency, never widen it. */
export interface RequestRoutingOptions {
  /** What to prefer for this request. `"residency"` adds `residency: "home"` unless it is given. */
  readonly policy?: RoutingOptions["policy"];
  /** Where inference may run, in addition to the client's residency: both must allow it. */
  readonly residency?: Residency;
  readonly priceWeight?: number;
  /** Label under which the statistics of this request are kept. */
  readonly workload?: string;
  /**
   * `"off"` sends this request as the plain client would: to the home Region, with the `modelId` as given and the SDK's
   * own retries. A profile id, an ARN or the key of a route (`us-east-1|us.anthropic.…`) takes that one route and no
   * other; an id that several source Regions may call is called from the first of them. The residency holds for both.
   */
  readonly route?: "off" | (string & {});
}
