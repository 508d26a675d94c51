import type { Catalog, InferenceProfile } from "../profiles/catalog.ts";
import { parseModelRef } from "../profiles/model-ref.ts";
import { partitionOf } from "../profiles/regions.ts";
import { isRefusal, type Refusal, refuse, simulatedAccountId } from "./refusal.ts";

/** Which of the three quotas of a model and source Region a request counts against. */
export type Scope = "in-region" | "geographic" | "global";

/** How a `modelId` reaches its model. */
export type TargetKind = Scope | "application" | "provisioned";

/** What a `modelId` stands for when it is called from one source Region. */
export interface ModelTarget {
  readonly modelId: string;
  /** The foundation model that answers. */
  readonly model: string;
  readonly kind: TargetKind;
  readonly scope: Scope;
  /** Regions where inference may run; `["*"]` for a global profile. */
  readonly destinationRegions: readonly string[];
  /** The ARN that policies name. */
  readonly resourceArn: string;
}

/** An application inference profile that the account owns. */
export interface ApplicationProfile {
  /** Its opaque id, twelve characters at AWS. */
  readonly id: string;
  /** The Region that it was created in, the only one that it can be called from. */
  readonly sourceRegion: string;
  /** What it was created from: a foundation-model id or the id of a system-defined profile. */
  readonly copyFrom: string;
  readonly name?: string;
}

/** A provisioned model that the account owns. */
export interface ProvisionedModel {
  readonly id: string;
  readonly sourceRegion: string;
  /** The foundation model. */
  readonly model: string;
}

/** What exists: the profile table, and what the account owns. */
export interface ModelWorld {
  readonly catalog: Catalog;
  readonly applicationProfiles: readonly ApplicationProfile[];
  readonly provisionedModels: readonly ProvisionedModel[];
}

/**
 * Finds what `modelId` means in `sourceRegion`, or refuses it as Bedrock does.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html
 */
export function modelTarget(modelId: string, sourceRegion: string, world: ModelWorld): ModelTarget | Refusal {
  const ref = parseModelRef(modelId);
  // An ARN names its Region; in any other Region it does not exist.
  if ("region" in ref && ref.region !== undefined && ref.region !== sourceRegion)
    return refuse.invalidModelIdentifier();
  if ("contextSuffix" in ref && ref.contextSuffix !== undefined) return refuse.invalidModelIdentifier();
  switch (ref.kind) {
    case "foundation-model":
      return foundationModelTarget(modelId, ref.model, sourceRegion, world);
    case "system-profile":
      return systemProfileTarget(modelId, world.catalog.profile(ref.profileId), sourceRegion);
    case "application-profile":
      return applicationProfileTarget(modelId, sourceRegion, world);
    case "provisioned-model":
      return provisionedModelTarget(modelId, sourceRegion, world);
    default:
      return refuse.invalidModelIdentifier();
  }
}

/** Whether the API answers for a profile in a Region. A pair that a later listing contradicts does not answer. */
export function isSourceRegion(profile: InferenceProfile, region: string): boolean {
  return Object.hasOwn(profile.destinations, region) && profile.contradictedSourceRegions?.includes(region) !== true;
}

/** The last part of an ARN, or the id itself. */
export function resourceId(identifier: string): string {
  return identifier.slice(identifier.lastIndexOf("/") + 1);
}

function foundationModelTarget(
  modelId: string,
  model: string,
  sourceRegion: string,
  { catalog }: ModelWorld,
): ModelTarget | Refusal {
  if (catalog.inRegionRegions(model).includes(sourceRegion)) {
    return {
      modelId,
      model,
      kind: "in-region",
      scope: "in-region",
      destinationRegions: [sourceRegion],
      resourceArn: `arn:${partitionOf(sourceRegion)}:bedrock:${sourceRegion}::foundation-model/${model}`,
    };
  }
  const needsProfile = catalog.profilesOf(model).some((profile) => isSourceRegion(profile, sourceRegion));
  return needsProfile ? refuse.onDemandUnsupported(modelId) : refuse.invalidModelIdentifier();
}

function systemProfileTarget(
  modelId: string,
  profile: InferenceProfile | undefined,
  sourceRegion: string,
): ModelTarget | Refusal {
  if (profile === undefined || !isSourceRegion(profile, sourceRegion)) return refuse.invalidModelIdentifier();
  const scope = profile.geography === "global" ? "global" : "geographic";
  return {
    modelId,
    model: profile.model,
    kind: scope,
    scope,
    destinationRegions: profile.destinations[sourceRegion] ?? [sourceRegion],
    resourceArn: `arn:${partitionOf(sourceRegion)}:bedrock:${sourceRegion}:${simulatedAccountId}:inference-profile/${profile.id}`,
  };
}

function applicationProfileTarget(modelId: string, sourceRegion: string, world: ModelWorld): ModelTarget | Refusal {
  const id = resourceId(modelId);
  const profile = world.applicationProfiles.find((own) => own.id === id && own.sourceRegion === sourceRegion);
  if (profile === undefined) return refuse.invalidModelIdentifier();
  const behind = modelTarget(profile.copyFrom, sourceRegion, world);
  if (isRefusal(behind)) return behind;
  return { ...behind, modelId, kind: "application", resourceArn: modelId };
}

function provisionedModelTarget(modelId: string, sourceRegion: string, world: ModelWorld): ModelTarget | Refusal {
  const id = resourceId(modelId);
  const own = world.provisionedModels.find((model) => model.id === id && model.sourceRegion === sourceRegion);
  if (own === undefined) return refuse.invalidModelIdentifier();
  return {
    modelId,
    model: own.model,
    kind: "provisioned",
    scope: "in-region",
    destinationRegions: [sourceRegion],
    resourceArn: modelId,
  };
}
