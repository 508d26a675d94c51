// The room profiles/: what exists. Its doors: `catalog.ts` (what a table offers), `model-ref.ts` (a `modelId` as data),
// `regions.ts` and `geography.ts`, `bundled-catalog.ts`, `region-listing.ts` and `overlay-catalog.ts` (what AWS lists),
// `price-book.ts`, `distance.ts`, `lab.ts`.

/** A system-defined inference profile: which Regions may call it, and where it may run what they send. */
export interface InferenceProfile {
  /** The profile id, e.g. `eu.anthropic.claude-sonnet-4-6`. */
  readonly id: string;
  /** The prefix of the id: `us`, `eu`, …, or `global`. */
  readonly geography: string;
  /** The foundation model behind the profile. */
  readonly model: string;
  /**
   * Destination Regions by source Region; a Region that is not a key cannot call the profile. `["*"]` is any commercial
   * Region (a global profile), `["unknown"]` means that AWS does not document them. Empty when only the id is known.
   */
  readonly destinations: Readonly<Record<string, readonly string[]>>;
  /**
   * Source Regions that one source names and a later listing by the API itself does not. They are kept, and belong
   * behind every other route.
   */
  readonly contradictedSourceRegions?: readonly string[];
  /** Source Regions that no source names; those of a sibling are assumed. They belong behind every other route, too. */
  readonly assumedSourceRegions?: readonly string[];
}

/**
 * What AWS says exists: the system-defined inference profiles and the models callable in a Region itself. Implement it
 * to bring your own table. Every answer is frozen.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html
 */
export interface Catalog {
  /** Names the table in plans and error messages. */
  readonly name: string;
  /** Date of the newest fact in the table (ISO 8601). Of what is laid over a table, `name` tells the dates. */
  readonly asOf: string;
  /** The profiles of a foundation model; empty for a model without any. */
  profilesOf(model: string): readonly InferenceProfile[];
  /** A profile by its id. */
  profile(id: string): InferenceProfile | undefined;
  /** Source Regions where the bare model id is callable on demand at the `bedrock-runtime` endpoint. */
  inRegionRegions(model: string): readonly string[];
  /**
   * Whether {@link Catalog.inRegionRegions} of the model is doubtful, because AWS lists the `bedrock-mantle` endpoint
   * in the same rows: such in-Region routes belong behind the model's profiles. Absent: never.
   */
  inRegionIsDoubtful?(model: string, sourceRegion?: string): boolean;
  /**
   * The day (ISO 8601) on which AWS stops or has stopped serving a model to callers in a source Region; `undefined` when
   * none is announced. Absent: for no model.
   * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-lifecycle.html
   */
  endOfLife?(model: string, sourceRegion: string): string | undefined;
  /** Whether the `bedrock-mantle` endpoint alone serves a model, so that this client cannot call it. Absent: of none. */
  isMantleOnly?(model: string): boolean;
  /**
   * What is behind an application inference profile, by its ARN: `undefined` when that is not known. Absent: of none.
   * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_GetInferenceProfile.html
   */
  applicationProfile?(arn: string): ApplicationProfileFacts | undefined;
  /** Ids of the foundation models in the table, sorted. */
  models(): readonly string[];
}

/** Whether the table has a row of any model for callers in a source Region: a new Region, or a whole partition, may have none. */
export function knowsRegion(catalog: Catalog, sourceRegion: string): boolean {
  return catalog
    .models()
    .some(
      (model) =>
        catalog.inRegionRegions(model).includes(sourceRegion) ||
        catalog.profilesOf(model).some(({ destinations }) => Object.hasOwn(destinations, sourceRegion)),
    );
}

/** What is behind an application inference profile, as `GetInferenceProfile` tells it. */
export interface ApplicationProfileFacts {
  readonly model: string;
  /** `["*"]` when it copies a global profile. */
  readonly destinationRegions: readonly string[];
}
