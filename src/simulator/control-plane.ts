import { partitionOf } from "../profiles/regions.ts";
import { type Account, dataRetention, enforcedGuardrails, guardrailDetails } from "./account.ts";
import { inferenceProfile, inferenceProfiles } from "./inference-profile-summary.ts";
import { isEmbeddingModel } from "./invoke-model.ts";
import { isSourceRegion, type ModelWorld, resourceId } from "./model-target.ts";
import type { OperationCall } from "./operations.ts";
import { type Refusal, refuse } from "./refusal.ts";

/** The body that an operation without a model answers with, or nothing for an operation that calls a model. */
export function controlPlaneBody(
  call: OperationCall,
  region: string,
  world: ModelWorld & Account,
): object | Refusal | undefined {
  switch (call.operation) {
    case "ListInferenceProfiles":
      return listInferenceProfiles(call.query, region, world);
    case "GetInferenceProfile":
      return (
        inferenceProfile(call.label ?? "", region, world) ??
        refuse.resourceNotFound("The requested inference profile could not be found.")
      );
    case "ListFoundationModels":
      return { modelSummaries: foundationModels(call.query, region, world) };
    case "GetFoundationModel":
      return getFoundationModel(call.label ?? "", region, world);
    case "GetGuardrail":
      return guardrailDetails(call.label ?? "", call.query.get("guardrailVersion"), region, world);
    case "ListEnforcedGuardrailsConfiguration":
      return enforcedGuardrails(region, world);
    case "GetAccountDataRetention":
      return dataRetention(region, world);
    case "ListAsyncInvokes":
      return { asyncInvokeSummaries: [] };
    case "ApplyGuardrail":
      return { action: "NONE", assessments: [], guardrailCoverage: {}, outputs: [], usage: noGuardrailUnits };
    default:
      return undefined;
  }
}

const defaultPage = 100;
const largestPage = 1000;

const noGuardrailUnits = {
  contentPolicyUnits: 0,
  contextualGroundingPolicyUnits: 0,
  sensitiveInformationPolicyFreeUnits: 0,
  sensitiveInformationPolicyUnits: 0,
  topicPolicyUnits: 0,
  wordPolicyUnits: 0,
};

function listInferenceProfiles(query: URLSearchParams, region: string, world: ModelWorld): object | Refusal {
  const type = query.get("type") ?? "SYSTEM_DEFINED";
  if (type !== "SYSTEM_DEFINED" && type !== "APPLICATION") {
    return refuse.constraints([
      `Value '${type}' at 'typeEquals' failed to satisfy constraint: Member must satisfy enum value set: [SYSTEM_DEFINED, APPLICATION]`,
    ]);
  }
  const maxResults = Number(query.get("maxResults") ?? defaultPage);
  if (!(maxResults >= 1 && maxResults <= largestPage)) {
    const bound = maxResults > largestPage ? `less than or equal to ${largestPage}` : "greater than or equal to 1";
    return refuse.constraints([
      `Value '${query.get("maxResults")}' at 'maxResults' failed to satisfy constraint: Member must have value ${bound}`,
    ]);
  }
  const start = startOf(query.get("nextToken"));
  if (start === undefined) return refuse.validation("The provided nextToken is invalid.");
  const profiles = inferenceProfiles(type, region, world);
  const end = start + Math.floor(maxResults);
  return {
    inferenceProfileSummaries: profiles.slice(start, end),
    ...(end < profiles.length ? { nextToken: tokenOf(end) } : {}),
  };
}

const tokenPrefix = "offset:";

function tokenOf(start: number): string {
  return Buffer.from(tokenPrefix + start).toString("base64");
}

function startOf(token: string | null): number | undefined {
  if (token === null) return 0;
  const text = Buffer.from(token, "base64").toString("latin1");
  const start = Number(text.slice(tokenPrefix.length));
  return text.startsWith(tokenPrefix) && Number.isSafeInteger(start) && start > 0 ? start : undefined;
}

function foundationModels(query: URLSearchParams, region: string, world: ModelWorld): readonly FoundationModel[] {
  const provider = query.get("byProvider")?.toLowerCase();
  const inferenceType = query.get("byInferenceType");
  return world.catalog
    .models()
    .flatMap((model) => foundationModel(model, region, world) ?? [])
    .filter((summary) => provider === undefined || summary.providerName.toLowerCase() === provider)
    .filter((summary) => inferenceType === null || summary.inferenceTypesSupported.includes(inferenceType));
}

function getFoundationModel(identifier: string, region: string, world: ModelWorld): object | Refusal {
  const summary = foundationModel(resourceId(identifier), region, world);
  if (summary === undefined)
    return refuse.resourceNotFound("Could not resolve the foundation model from the provided model identifier.");
  return { modelDetails: summary };
}

interface FoundationModel {
  readonly modelArn: string;
  readonly modelId: string;
  readonly modelName: string;
  readonly providerName: string;
  readonly inputModalities: readonly string[];
  readonly outputModalities: readonly string[];
  readonly responseStreamingSupported: boolean;
  readonly customizationsSupported: readonly string[];
  readonly inferenceTypesSupported: readonly string[];
  readonly modelLifecycle: { readonly status: "ACTIVE" | "LEGACY"; readonly endOfLifeTime?: string };
}

/** A model as one Region lists it; nothing where it cannot be called at all. */
function foundationModel(model: string, region: string, { catalog }: ModelWorld): FoundationModel | undefined {
  const onDemand = catalog.inRegionRegions(model).includes(region);
  const byProfile = catalog.profilesOf(model).some((profile) => isSourceRegion(profile, region));
  if (!onDemand && !byProfile) return undefined;
  const [vendor = "", name = ""] = model.split(/\.(.*)/s);
  const embeds = isEmbeddingModel(model);
  const endOfLife = catalog.endOfLife?.(model, region);
  return {
    modelArn: `arn:${partitionOf(region)}:bedrock:${region}::foundation-model/${model}`,
    modelId: model,
    modelName: name,
    providerName: vendor.charAt(0).toUpperCase() + vendor.slice(1),
    inputModalities: ["TEXT"],
    outputModalities: [embeds ? "EMBEDDING" : "TEXT"],
    responseStreamingSupported: !embeds,
    customizationsSupported: [],
    inferenceTypesSupported: [...(onDemand ? ["ON_DEMAND"] : []), ...(byProfile ? ["INFERENCE_PROFILE"] : [])],
    modelLifecycle:
      endOfLife === undefined ? { status: "ACTIVE" } : { status: "LEGACY", endOfLifeTime: `${endOfLife}T00:00:00Z` },
  };
}
