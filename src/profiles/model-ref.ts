import { isKnownGeography } from "./geography.ts";
import { isVendor } from "./vendors.ts";

/** What a `modelId` names, told from its text alone. Frozen; `modelId` is always the text that was parsed. */
export type ModelRef = FoundationModelRef | SystemProfileRef | ApplicationProfileRef | RegionBoundRef | UnknownRef;

/** A foundation model by id or ARN: `anthropic.claude-sonnet-4-6`, or `arn:aws:bedrock:us-east-1::foundation-model/…`. */
export interface FoundationModelRef {
  readonly kind: "foundation-model";
  readonly modelId: string;
  /** The foundation-model id, without the context suffix. */
  readonly model: string;
  /** Context length of a variant, e.g. `200k` in `anthropic.claude-v2:1:200k`. */
  readonly contextSuffix?: string;
  /** The Region of the ARN. Absent for an id and for the Region-less ARN that stands for every Region. */
  readonly region?: string;
}

/** A system-defined inference profile by id or ARN: `eu.anthropic.claude-sonnet-4-6`. */
export interface SystemProfileRef {
  readonly kind: "system-profile";
  readonly modelId: string;
  /** The inference profile id, without ARN and context suffix. */
  readonly profileId: string;
  /** The prefix of the profile id: `us`, `eu`, `global`, or one that did not exist when this was written. */
  readonly geography: string;
  readonly model: string;
  readonly contextSuffix?: string;
  /** The Region of the ARN. */
  readonly region?: string;
}

/** An application inference profile by ARN. Its model and destination Regions cannot be told from the ARN. */
export interface ApplicationProfileRef {
  readonly kind: "application-profile";
  readonly modelId: string;
  readonly region: string;
  readonly account: string;
}

/** A resource that exists in the one Region that its ARN names. */
export interface RegionBoundRef {
  readonly kind:
    | "provisioned-model"
    | "custom-model"
    | "custom-model-deployment"
    | "imported-model"
    | "prompt"
    | "prompt-router"
    | "marketplace-endpoint";
  readonly modelId: string;
  readonly region: string;
}

/** A `modelId` whose form says nothing, such as the bare id of an application inference profile or a new kind of ARN. */
export interface UnknownRef {
  readonly kind: "unknown";
  readonly modelId: string;
}

/** Whether text can be a `modelId` at all: Bedrock takes up to 2048 letters, digits and signs, and no space. */
export function canBeModelId(text: string): boolean {
  return text.length <= 2048 && /^[\x21-\x7e]+$/.test(text);
}

/**
 * Parses the `modelId` of a runtime request. Never throws.
 *
 * An id is `<vendor>.<model>` or `<geography>.<vendor>.<model>`, and a model may contain dots itself. In this order:
 * 1. the first segment is a known vendor: a foundation model;
 * 2. the first segment is a known geography or `global`: an inference profile;
 * 3. the second segment is a known vendor: an inference profile with a prefix newer than this library;
 * 4. neither is known: an inference profile if the first segment looks like a country code (`kr`, `kr-gov`), the second
 *    like a vendor (no hyphen) and the third like the start of a model name (a letter); else a foundation model.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
export function parseModelRef(modelId: string): ModelRef {
  const ref = modelId.startsWith("arn:") ? parseArn(modelId) : parseId(modelId);
  return Object.freeze(ref ?? { kind: "unknown", modelId });
}

const ID = /^[a-z0-9][a-z0-9-]*(?:\.[a-z0-9][a-z0-9-]*)+(?::[a-z0-9]+){0,2}$/;
const VERSION_AND_CONTEXT = /^([^:]+(?::\d+)?)(?::([a-z0-9]+))?$/;
const ARN = /^arn:aws(?:-[a-z]+)*:(bedrock|sagemaker):([a-z0-9-]*):(\d*):([a-z-]+)\/(\S+)$/;
/** What may follow the kind: an ARN that leads out of its kind, as `provisioned-model/../inference-profile/…`, is none. */
const RESOURCE = /^[A-Za-z0-9][\w-]*(?:[.:][\w-]+)*$/;
const CUSTOM_MODEL = /^[A-Za-z0-9][\w-]*(?:[.:][\w-]+)*(?:\/[\w-]+)?$/;
const COUNTRY_LIKE = /^[a-z]{2}(?:-[a-z]+)*$/;
const VENDOR_LIKE = /^[a-z][a-z0-9]*$/;

function parseId(modelId: string): ModelRef | undefined {
  if (!ID.test(modelId)) return undefined;
  const [first = "", second = "", third] = modelId.split(".");
  if (isVendor(first)) return foundationModel(modelId, modelId);
  if (first === "global" || isKnownGeography(first)) return systemProfile(modelId, modelId);
  if (third === undefined) return foundationModel(modelId, modelId);
  const prefixed = isVendor(second) || (COUNTRY_LIKE.test(first) && VENDOR_LIKE.test(second) && /^[a-z]/.test(third));
  return prefixed ? systemProfile(modelId, modelId) : foundationModel(modelId, modelId);
}

function parseArn(modelId: string): ModelRef | undefined {
  const match = ARN.exec(modelId);
  if (match === null) return undefined;
  const [, service = "", region = "", account = "", type = "", resource = ""] = match;
  if (service === "bedrock" && type === "foundation-model") return foundationModel(modelId, resource, region);
  if (region === "" || !(type === "custom-model" ? CUSTOM_MODEL : RESOURCE).test(resource)) return undefined;
  if (service === "sagemaker")
    return type === "endpoint" ? { kind: "marketplace-endpoint", modelId, region } : undefined;
  switch (type) {
    case "inference-profile":
      return systemProfile(modelId, resource, region);
    case "application-inference-profile":
      return { kind: "application-profile", modelId, region, account };
    case "provisioned-model":
    case "custom-model":
    case "custom-model-deployment":
    case "imported-model":
    case "prompt":
    case "prompt-router":
      return { kind: type, modelId, region };
    case "default-prompt-router":
      return { kind: "prompt-router", modelId, region };
    default:
      return undefined;
  }
}

function foundationModel(modelId: string, id: string, region = ""): FoundationModelRef | undefined {
  if (!ID.test(id)) return undefined;
  return { kind: "foundation-model", modelId, ...withoutContext(id), ...(region === "" ? {} : { region }) };
}

function systemProfile(modelId: string, id: string, region = ""): SystemProfileRef | undefined {
  const geography = id.slice(0, Math.max(0, id.indexOf(".")));
  const rest = id.slice(geography.length + 1);
  if (!ID.test(id) || !ID.test(rest) || isVendor(geography)) return undefined;
  const { model, contextSuffix } = withoutContext(rest);
  return {
    kind: "system-profile",
    modelId,
    profileId: `${geography}.${model}`,
    geography,
    model,
    ...(contextSuffix === undefined ? {} : { contextSuffix }),
    ...(region === "" ? {} : { region }),
  };
}

function withoutContext(id: string): { readonly model: string; readonly contextSuffix?: string } {
  const [, model = id, contextSuffix] = VERSION_AND_CONTEXT.exec(id) ?? [];
  return contextSuffix === undefined ? { model } : { model, contextSuffix };
}
