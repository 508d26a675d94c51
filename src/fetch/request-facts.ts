import { conversationOf } from "../client/conversation.ts";
import { inspectInput, maxTokensIn, type NamedGuardrail } from "../client/inspect-input.ts";
import { askedFeatures } from "../client/plan-request.ts";
import type { MayProbe } from "../health/home-route.ts";
import { InvalidOptionsError } from "../types/errors.ts";
import type { AskedFeature } from "../types/failure.ts";
import { type ServiceLevel, serviceLevel } from "../types/service-level.ts";
import { received } from "../util/received.ts";
import type { Api, BodyModelApi } from "./api.ts";
import type { IncomingRequest } from "./incoming.ts";
import { type JsonMember, memberValue, topMembers, withMember } from "./json-members.ts";

/** What the router has to know of an inference request, read from its bytes. */
export interface RequestFacts {
  readonly level: ServiceLevel;
  readonly modelId: string;
  readonly streaming: boolean;
  /** Which input binds the request to one Region. */
  readonly pinnedBy: string | undefined;
  readonly guardrail: NamedGuardrail | undefined;
  readonly features: readonly AskedFeature[];
  /** The stored response that the request goes on from. */
  readonly previousResponse: string | undefined;
  /** Whether the request leaves the answer where it was made. */
  readonly stores: boolean;
  readonly mayProbe: MayProbe;
  readonly conversation: string | undefined;
  readonly bytes: number;
  readonly maxTokens: number | undefined;
  /** The body for a route. */
  bodyFor(modelId: string): Buffer;
}

/** Reads an inference request. The body stays as it is, but for the model in it. */
export function requestFacts(
  api: Extract<Api, { kind: `model-in-${string}` }>,
  request: IncomingRequest,
): RequestFacts {
  const body = request.body ?? EMPTY;
  return api.kind === "model-in-path"
    ? pathFacts(api, body, request.headers)
    : bodyFacts(api.api, body, request.headers);
}

function pathFacts(
  { operation, modelId }: Extract<Api, { kind: "model-in-path" }>,
  body: Buffer,
  headers: Headers,
): RequestFacts {
  const converse = operation.startsWith("Converse");
  const findings = inspectInput(converse ? converseInput(body) : { body, ...fieldsInHeaders(headers) });
  return {
    level: serviceLevel(findings.features.serviceTier, findings.features.latency),
    modelId,
    streaming: operation.endsWith("Stream"),
    pinnedBy: findings.pinnedBy,
    guardrail: findings.guardrail,
    features: askedFeatures(findings),
    previousResponse: undefined,
    stores: false,
    mayProbe: findings.usesCache ? "while-slow" : true,
    conversation: conversationOf({ body }),
    bytes: body.length,
    maxTokens: converse ? maxTokensIn(body) : findings.maxTokens,
    bodyFor: () => body,
  };
}

/** A body with images is long, and most have nothing that has to be looked at. */
function converseInput(body: Buffer): Fields {
  if (!CONVERSE_MARKS.some((mark) => body.includes(mark))) return {};
  try {
    const input: unknown = JSON.parse(body.toString("utf8"));
    return typeof input === "object" && input !== null ? (input as Fields) : {};
  } catch {
    return {};
  }
}

const CONVERSE_MARKS = [
  '"guardrailConfig"',
  '"serviceTier"',
  '"service_tier"',
  '"performanceConfig"',
  '"systemTool"',
  '"s3Location"',
  '"cachePoint"',
];

function bodyFacts(api: BodyModelApi, body: Buffer, headers: Headers): RequestFacts {
  const members = topMembers(body);
  if (members === undefined) throw new InvalidOptionsError("body", "must be a JSON object");
  const value = (name: string): unknown => memberValue(body, members, name);
  const modelId = value("model");
  if (typeof modelId !== "string")
    throw new InvalidOptionsError("model", "must be the id of a model", received(modelId));
  const previousResponse = value("previous_response_id");
  const tier = value("service_tier");
  const findings = inspectInput({
    body,
    ...fieldsInHeaders(headers),
    ...(tier !== undefined && { serviceTier: tier }),
  });
  return {
    level: serviceLevel(findings.features.serviceTier, findings.features.latency),
    modelId,
    streaming: value("stream") === true,
    pinnedBy: findings.pinnedBy ?? storedInput(body, members),
    guardrail: findings.guardrail,
    features: askedFeatures(findings),
    previousResponse: typeof previousResponse === "string" ? previousResponse : undefined,
    stores: api === "responses" && value("store") !== false,
    mayProbe: findings.usesCache ? "while-slow" : true,
    conversation: findings.conversation,
    bytes: body.length,
    maxTokens: findings.maxTokens,
    bodyFor: (routeModelId) => withMember(body, members, "model", routeModelId),
  };
}

/** What was put into the Region beforehand: conversations, prompts and files of OpenAI's API. */
function storedInput(body: Buffer, members: readonly JsonMember[]): string | undefined {
  const isSet = (name: string): boolean => (memberValue(body, members, name) ?? undefined) !== undefined;
  if (isSet("conversation")) return "the conversation";
  if (isSet("prompt")) return "the stored prompt";
  return body.includes('"file_id"') ? "the uploaded file" : undefined;
}

/** What the SDK writes into headers, under its own names. */
function fieldsInHeaders(headers: Headers): Fields {
  const fields: Record<string, string> = {};
  for (const [field, header] of Object.entries(HEADERS)) {
    const value = headers.get(header);
    if (value !== null) fields[field] = value;
  }
  return fields;
}

const HEADERS: Readonly<Record<string, string>> = {
  guardrailIdentifier: "x-amzn-bedrock-guardrailidentifier",
  guardrailVersion: "x-amzn-bedrock-guardrailversion",
  serviceTier: "x-amzn-bedrock-service-tier",
  performanceConfigLatency: "x-amzn-bedrock-performanceconfig-latency",
};

type Fields = Readonly<Record<string, unknown>>;

const EMPTY = Buffer.alloc(0);
