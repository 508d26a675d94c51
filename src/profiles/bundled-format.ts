/**
 * The bundled profile table as it is stored: JSON that names each Region, destination set and destination map once.
 * Regions are indexes into `regions`, where `*` and `unknown` stand as if they were Regions.
 */
export interface BundledProfiles {
  readonly asOf: string;
  /** Names, separated by spaces. */
  readonly regions: string;
  /** Distinct destination sets. */
  readonly sets: readonly (readonly number[])[];
  /** Distinct maps from source Region to destination set: source, set, source, set, … */
  readonly maps: readonly (readonly number[])[];
  /** Model → geography → index of the destination map. */
  readonly profiles: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Profile id → contradicted source Regions. */
  readonly contradicted: Readonly<Record<string, readonly number[]>>;
  /** Ids of the profiles whose source Regions are all assumed. */
  readonly assumed: readonly string[];
  /** Model → index into `sets` of the Regions where it is callable in-Region. */
  readonly inRegion: Readonly<Record<string, number>>;
  /** Models whose in-Region rows are shared with `bedrock-mantle`. */
  readonly doubtful: readonly string[];
  /** Models that `bedrock-mantle` alone serves. */
  readonly mantleOnly: readonly string[];
  /** Model → end of life (ISO 8601 date) and the source Regions that it is announced for; none: everywhere. */
  readonly endOfLife: Readonly<Record<string, readonly [date: string, ...sourceRegions: number[]]>>;
}

/** The guardrail profiles as they are stored. */
export interface BundledGuardrails {
  /** Names, separated by spaces. */
  readonly regions: string;
  /** Id of the profile → a source Region and its destination Regions, each. */
  readonly profiles: Readonly<Record<string, readonly (readonly number[])[]>>;
}

/** The bundled prices as they are stored. */
export interface BundledPrices {
  readonly regions: string;
  /** Source and date, each pair once. */
  readonly provenances: readonly (readonly [source: string, asOf: string])[];
  readonly prices: Readonly<Record<string, readonly BundledPrice[]>>;
  /**
   * Prices of reading and writing the prompt cache, and of writing for an hour, as shares of the input price (null: not
   * known), and for which models, by their place in `prices`.
   */
  readonly cache: readonly (readonly [
    read: number,
    write: number | null,
    write1h: number | null,
    models: readonly number[],
  ])[];
  /** What a long prompt costs: from how many input tokens on, by which factors, and for which models. */
  readonly long: readonly (readonly [
    aboveInputTokens: number,
    input: number,
    output: number,
    models: readonly number[],
  ])[];
}

/**
 * One price: where it applies (`global`; `in-region`; `regional`, which is in-Region and every geographic profile of the
 * partition `aws`; or the prefix of a geographic profile), US dollars per million input and output tokens, index of its
 * provenance, and the source Regions it names, if it names any.
 */
export type BundledPrice = readonly [
  scope: string,
  input: number,
  output: number,
  provenance: number,
  ...sourceRegions: number[],
];
