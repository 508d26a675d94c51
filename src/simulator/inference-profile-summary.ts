import type { InferenceProfile } from "../profiles/catalog.ts";
import { parseModelRef } from "../profiles/model-ref.ts";
import { partitionOf } from "../profiles/regions.ts";
import { type ApplicationProfile, isSourceRegion, type ModelWorld, resourceId } from "./model-target.ts";
import { simulatedAccountId } from "./refusal.ts";

/** An inference profile as the control plane describes it. */
export interface InferenceProfileSummary {
  readonly inferenceProfileName: string;
  readonly description: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly inferenceProfileArn: string;
  readonly models: readonly { readonly modelArn: string }[];
  readonly inferenceProfileId: string;
  readonly status: "ACTIVE";
  readonly type: "SYSTEM_DEFINED" | "APPLICATION";
}

/**
 * Every inference profile that can be called from a Region.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_ListInferenceProfiles.html
 */
export function inferenceProfiles(
  type: InferenceProfileSummary["type"],
  region: string,
  world: ModelWorld,
): readonly InferenceProfileSummary[] {
  if (type === "APPLICATION") {
    return world.applicationProfiles
      .filter((profile) => profile.sourceRegion === region)
      .map((profile) => applicationSummary(profile, world));
  }
  return world.catalog
    .models()
    .flatMap((model) => world.catalog.profilesOf(model))
    .filter((profile) => isSourceRegion(profile, region))
    .map((profile) => systemSummary(profile, region));
}

/** One profile by its id or ARN, if it can be called from the Region. */
export function inferenceProfile(
  identifier: string,
  region: string,
  world: ModelWorld,
): InferenceProfileSummary | undefined {
  const arnRegion = /^arn:[^:]+:bedrock:([^:]*):/.exec(identifier)?.[1];
  if (arnRegion !== undefined && arnRegion !== region) return undefined;
  const id = resourceId(identifier);
  const profile = world.catalog.profile(id);
  if (profile !== undefined && isSourceRegion(profile, region)) return systemSummary(profile, region);
  const own = world.applicationProfiles.find((candidate) => candidate.id === id && candidate.sourceRegion === region);
  return own === undefined ? undefined : applicationSummary(own, world);
}

const createdAt = "2026-02-13T21:57:58.915802Z";

function systemSummary(profile: InferenceProfile, region: string): InferenceProfileSummary {
  const name = modelName(profile.model);
  const isGlobal = profile.geography === "global";
  const destinations = destinationsOf(profile, region);
  return {
    inferenceProfileName: `${isGlobal ? "Global" : profile.geography.toUpperCase()} ${name}`,
    description: isGlobal
      ? `Routes requests to ${name} globally across all supported AWS Regions.`
      : `Routes requests to ${name} in ${destinations.join(", ")}.`,
    createdAt,
    updatedAt: createdAt,
    inferenceProfileArn: `arn:${partitionOf(region)}:bedrock:${region}:${simulatedAccountId}:inference-profile/${profile.id}`,
    models: modelArns(profile, region),
    inferenceProfileId: profile.id,
    status: "ACTIVE",
    type: "SYSTEM_DEFINED",
  };
}

function applicationSummary(own: ApplicationProfile, world: ModelWorld): InferenceProfileSummary {
  const region = own.sourceRegion;
  const ref = parseModelRef(own.copyFrom);
  const profile = ref.kind === "system-profile" ? world.catalog.profile(ref.profileId) : undefined;
  const model = ref.kind === "foundation-model" ? ref.model : (profile?.model ?? own.copyFrom);
  return {
    inferenceProfileName: own.name ?? own.id,
    description: `Routes requests to ${modelName(model)}.`,
    createdAt,
    updatedAt: createdAt,
    inferenceProfileArn: `arn:${partitionOf(region)}:bedrock:${region}:${simulatedAccountId}:application-inference-profile/${own.id}`,
    models: profile === undefined ? [{ modelArn: modelArn(region, model) }] : modelArns(profile, region),
    inferenceProfileId: own.id,
    status: "ACTIVE",
    type: "APPLICATION",
  };
}

/** A global profile has two models: the ARN without a Region, and the source Region's. */
function modelArns(profile: InferenceProfile, region: string): InferenceProfileSummary["models"] {
  const regions = profile.geography === "global" ? ["", region] : destinationsOf(profile, region);
  return regions.map((destination) => ({ modelArn: modelArn(destination, profile.model) }));
}

function destinationsOf(profile: InferenceProfile, region: string): readonly string[] {
  const destinations = profile.destinations[region] ?? [];
  return destinations.includes("unknown") ? [region] : [...destinations].sort();
}

function modelArn(region: string, model: string): string {
  return `arn:${partitionOf(region)}:bedrock:${region}::foundation-model/${model}`;
}

/** `anthropic.claude-sonnet-4-6` is `Anthropic Claude Sonnet 4.6`. */
function modelName(model: string): string {
  const words = model
    .replace(/-v\d+(:\d+)?$/, "")
    .replace(/-\d{8}$/, "")
    .replace(/(\d)-(\d)/g, "$1.$2")
    .replace(/^([^.]+)\./, "$1-")
    .split("-");
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(" ");
}
