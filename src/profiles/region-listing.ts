/**
 * What the control plane of one source Region says exists there, as plain data. A part that is absent was not listed:
 * what was known of it before stands.
 */
export interface RegionListing {
  readonly sourceRegion: string;
  /** When it was listed (ISO 8601, UTC). */
  readonly asOf: string;
  /** Every active system-defined profile that can be called there. */
  readonly profiles?: readonly ListedProfile[];
  /** Every foundation model that can be called there on demand by its bare id. */
  readonly inRegionModels?: readonly string[];
  /** Models for which an end of life is announced there, with its day (ISO 8601). */
  readonly endOfLife?: readonly ListedEndOfLife[];
  /** Every active application profile that the account has there. */
  readonly applicationProfiles?: readonly ListedApplicationProfile[];
}

/** A system-defined inference profile as seen from one source Region. */
export interface ListedProfile {
  readonly id: string;
  readonly model: string;
  /** `["*"]` is any commercial Region, `["unknown"]` that the listing does not tell. */
  readonly destinationRegions: readonly string[];
}

/** The announced end of life of a model. */
export interface ListedEndOfLife {
  readonly model: string;
  readonly date: string;
}

/** What is behind an application inference profile. */
export interface ListedApplicationProfile {
  readonly arn: string;
  readonly model: string;
  readonly destinationRegions: readonly string[];
}

/** An inference profile as the control plane describes it, as far as routing needs it. */
export interface ProfileSummary {
  readonly inferenceProfileId?: string | undefined;
  readonly inferenceProfileArn?: string | undefined;
  readonly models?: readonly { readonly modelArn?: string | undefined }[] | undefined;
  readonly status?: string | undefined;
}

/** A foundation model as the control plane describes it, as far as routing needs it. */
export interface ModelSummary {
  readonly modelId?: string | undefined;
  readonly inferenceTypesSupported?: readonly string[] | undefined;
  readonly modelLifecycle?:
    | { readonly status?: string | undefined; readonly endOfLifeTime?: Date | undefined }
    | undefined;
}

/**
 * The system-defined profiles of a listing. Model and destination Regions come from the ARNs behind the profile, not
 * from the prefix of its id; a profile that is not active is left out.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_ListInferenceProfiles.html
 */
export function listedProfiles(summaries: readonly ProfileSummary[]): readonly ListedProfile[] {
  return Object.freeze(
    summaries.flatMap((summary) => {
      const { inferenceProfileId: id } = summary;
      const behind = isActive(summary) ? modelsBehind(summary) : undefined;
      if (id === undefined || behind === undefined) return [];
      // Whatever else it lists: a prompt sent through a global profile may run anywhere.
      const destinationRegions = id.startsWith("global.") ? ANYWHERE : behind.destinationRegions;
      return [Object.freeze({ id, model: behind.model, destinationRegions })];
    }),
  );
}

/** The application profiles of a listing. */
export function listedApplicationProfiles(summaries: readonly ProfileSummary[]): readonly ListedApplicationProfile[] {
  return Object.freeze(summaries.flatMap((summary) => applicationProfileOf(summary) ?? []));
}

/** What `GetInferenceProfile` or a listing tells about an application profile; `undefined` when that is not enough. */
export function applicationProfileOf(summary: ProfileSummary): ListedApplicationProfile | undefined {
  const { inferenceProfileArn: arn } = summary;
  const behind = isActive(summary) ? modelsBehind(summary) : undefined;
  return arn === undefined || behind === undefined ? undefined : Object.freeze({ arn, ...behind });
}

/**
 * The models of a listing that are callable by their bare id. A model in the lifecycle status LEGACY still is. An id
 * with a context suffix, such as `…:200k`, names provisioned throughput.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_ListFoundationModels.html
 */
export function listedInRegionModels(summaries: readonly ModelSummary[]): readonly string[] {
  return Object.freeze(
    summaries.flatMap(({ modelId, inferenceTypesSupported = [] }) =>
      modelId !== undefined && inferenceTypesSupported.includes("ON_DEMAND") && WITHOUT_CONTEXT.test(modelId)
        ? [modelId]
        : [],
    ),
  );
}

const ANYWHERE: readonly string[] = Object.freeze(["*"]);
const UNKNOWN: readonly string[] = Object.freeze(["unknown"]);
const MODEL_ARN = /^arn:aws[\w-]*:bedrock:([a-z0-9-]*):\d*:foundation-model\/([^/\s]+)$/;
const WITHOUT_CONTEXT = /^[^:\s]+(?::\d+)?$/;

function isActive({ status }: ProfileSummary): boolean {
  return status === "ACTIVE";
}

/** The one model behind a profile, and where it may run. An ARN without a Region stands for every commercial Region. */
function modelsBehind({ models = [] }: ProfileSummary): Omit<ListedApplicationProfile, "arn"> | undefined {
  const parsed = models.map(({ modelArn }) => MODEL_ARN.exec(modelArn ?? ""));
  const names = new Set(parsed.flatMap((match) => match?.[2] ?? []));
  const [model] = names;
  if (model === undefined || names.size > 1) return undefined;
  if (parsed.some((match) => match?.[1] === "")) return { model, destinationRegions: ANYWHERE };
  if (parsed.includes(null)) return { model, destinationRegions: UNKNOWN };
  const regions = new Set(parsed.map((match) => match?.[1] ?? "unknown"));
  return { model, destinationRegions: Object.freeze([...regions].sort()) };
}
