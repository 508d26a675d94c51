import { geographyOf, isKnownGeography, isWithin, regionsInGeography } from "./geography.ts";

/** How ids look in a listing, live or saved: nothing else is taken from it. */
export const MODEL_ID: RegExp = /^[a-z0-9][a-z0-9-]*(?:\.[a-z0-9][a-z0-9-]*)+(?::\d+)?$/;
export const PROFILE_ID: RegExp = /^[a-z0-9][a-z0-9-]*(?:\.[a-z0-9][a-z0-9-]*){2,}(?::\d+)?$/;
export const APPLICATION_ARN: RegExp =
  /^arn:aws[\w-]*:bedrock:[a-z0-9-]+:\d{12}:application-inference-profile\/[\w.:-]+$/;
/** Far more than AWS has, few enough to be read in no time. */
export const MOST_LISTED = 10_000;

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
 * from the prefix of its id; a profile that is not active, or whose id is none, is left out.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_ListInferenceProfiles.html
 */
export function listedProfiles(summaries: readonly ProfileSummary[], sourceRegion: string): readonly ListedProfile[] {
  return Object.freeze(
    summaries.flatMap((summary) => {
      const { inferenceProfileId: id } = summary;
      const behind = isActive(summary) ? modelsBehind(summary) : undefined;
      if (id === undefined || !PROFILE_ID.test(id) || behind === undefined) return [];
      const geography = id.slice(0, id.indexOf("."));
      const destinationRegions = believed(geography, behind.destinationRegions, sourceRegion);
      return [Object.freeze({ id, model: behind.model, destinationRegions })];
    }),
  );
}

/**
 * Where a listed profile may run. Whatever else it lists: a prompt sent through a global profile may run anywhere. AWS
 * promises that a geographic one stays in its geography, or in the Region that calls it from outside; one that lists
 * other Regions contradicts that, and what either says counts.
 */
function believed(geography: string, listed: readonly string[], sourceRegion: string): readonly string[] {
  if (geography === "global") return ANYWHERE;
  const isOutside = (region: string): boolean =>
    region !== sourceRegion && region !== "*" && region !== "unknown" && !isWithin(geographyOf(region), geography);
  if (!isKnownGeography(geography) || !listed.some(isOutside)) return listed;
  return Object.freeze([...new Set([...listed, ...regionsInGeography(geography)])].sort());
}

/** The application profiles of a listing. */
export function listedApplicationProfiles(summaries: readonly ProfileSummary[]): readonly ListedApplicationProfile[] {
  return Object.freeze(summaries.flatMap((summary) => applicationProfileOf(summary) ?? []));
}

/** What `GetInferenceProfile` or a listing tells about an application profile; `undefined` when that is not enough. */
export function applicationProfileOf(summary: ProfileSummary): ListedApplicationProfile | undefined {
  const { inferenceProfileArn: arn } = summary;
  const behind = isActive(summary) ? modelsBehind(summary) : undefined;
  if (arn === undefined || !APPLICATION_ARN.test(arn) || behind === undefined) return undefined;
  return Object.freeze({ arn, ...behind });
}

/**
 * The models of a listing that are callable by their bare id. A model in the lifecycle status LEGACY still is. What is
 * no model id is left out; one with a context suffix, such as `…:200k`, names provisioned throughput.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_ListFoundationModels.html
 */
export function listedInRegionModels(summaries: readonly ModelSummary[]): readonly string[] {
  return Object.freeze(
    summaries.flatMap(({ modelId, inferenceTypesSupported = [] }) =>
      modelId !== undefined && inferenceTypesSupported.includes("ON_DEMAND") && MODEL_ID.test(modelId) ? [modelId] : [],
    ),
  );
}

/** The models of a listing whose end of life is announced. */
export function listedEndsOfLife(summaries: readonly ModelSummary[]): readonly ListedEndOfLife[] {
  return Object.freeze(
    summaries.flatMap(({ modelId, modelLifecycle }) => {
      const time = modelLifecycle?.endOfLifeTime?.getTime();
      if (modelId === undefined || !MODEL_ID.test(modelId) || time === undefined || Number.isNaN(time)) return [];
      return [Object.freeze({ model: modelId, date: new Date(time).toISOString().slice(0, 10) })];
    }),
  );
}

const ANYWHERE: readonly string[] = Object.freeze(["*"]);
const UNKNOWN: readonly string[] = Object.freeze(["unknown"]);
const MODEL_ARN = /^arn:aws[\w-]*:bedrock:([a-z0-9-]*):\d*:foundation-model\/([^/\s]+)$/;
const REGION = /^[a-z]{2,}(?:-[a-z]+)+-\d+$/;

function isActive({ status }: ProfileSummary): boolean {
  return status === "ACTIVE";
}

/** The one model behind a profile, and where it may run. An ARN without a Region stands for every commercial Region. */
function modelsBehind({ models = [] }: ProfileSummary): Omit<ListedApplicationProfile, "arn"> | undefined {
  const parsed = models.map(({ modelArn }) => MODEL_ARN.exec(modelArn ?? ""));
  const names = new Set(parsed.flatMap((match) => match?.[2] ?? []));
  const [model] = names;
  if (model === undefined || names.size > 1 || !MODEL_ID.test(model)) return undefined;
  const regions = parsed.map((match) => match?.[1]);
  if (regions.includes("")) return { model, destinationRegions: ANYWHERE };
  const known = regions.filter((region): region is string => region !== undefined && REGION.test(region));
  if (known.length < regions.length) return { model, destinationRegions: UNKNOWN };
  return { model, destinationRegions: Object.freeze([...new Set(known)].sort()) };
}
