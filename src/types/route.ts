/**
 * The nouns that every layer shares, as types. No behaviour lives here but the key of a route.
 */

/** How a route reaches its model. `in-region` is a foundation model called in the source Region itself. */
export type RouteKind = "in-region" | "geographic" | "global" | "application" | "provisioned";

/**
 * One way to reach a model: the Region whose Bedrock endpoint receives the request, and the `modelId` to send there.
 * Immutable and JSON-serialisable.
 */
export interface Route {
  /** `sourceRegion|modelId`: identifies the route in statistics, snapshots and logs. */
  readonly key: string;
  /** The Region whose Bedrock endpoint receives the request. Billing and quotas follow this Region. */
  readonly sourceRegion: string;
  /** The `modelId` sent on the wire: a foundation-model id, an inference profile id or an ARN. */
  readonly modelId: string;
  /** The foundation model that answers. */
  readonly model: string;
  readonly kind: RouteKind;
  /** Prefix of the inference profile (`us`, `eu`, `jp`, …, `global`), or the geography of the source Region. */
  readonly geography: string;
  /**
   * Regions where inference may run. `["*"]` is any commercial Region (a global profile), `["unknown"]` means that
   * AWS does not document them; both fail every residency but `"any"`.
   */
  readonly destinationRegions: readonly string[];
}

/** A route that the profile table cannot know: an application inference profile or a provisioned model of yours. */
export interface ExtraRoute {
  /** ARN of the application inference profile or of the provisioned model. It names the source Region. */
  readonly modelId: string;
  /**
   * Regions where inference may run. Without them `GetInferenceProfile` is asked about an application profile, if
   * `@aws-sdk/client-bedrock` is installed; until it answers, the profile satisfies no residency but `"any"`. A
   * provisioned model runs in the Region of its ARN.
   */
  readonly destinationRegions?: readonly string[];
}

/** Why an attempt did not succeed, in the terms that decide what happens next. */
export type FailureKind = "throttled" | "invalid-route" | "unavailable" | "timeout" | "cancelled" | "rejected";

/** The key under which statistics and cooldowns of a route are kept. */
export function routeKey(sourceRegion: string, modelId: string): string {
  return `${sourceRegion}|${modelId}`;
}
