import type { NamedGuardrail } from "../client/inspect-input.ts";
import type { RawCall } from "../client/raw-call.ts";

/** Whose form an API has: it decides how its errors look. */
export type ApiShape = "aws" | "openai" | "anthropic";

/** The APIs of `bedrock-runtime` whose model stands in the body. */
export type BodyModelApi = "chat-completions" | "responses" | "messages";

/** Where the model of a request stands: it is the id itself, or a member of the body. */
export type ModelPlace = { readonly id: string } | { readonly member: string };

/** What a request asks `bedrock-runtime` for. */
export type Api =
  /** Inference with the model in the path: routed. */
  | { readonly kind: "model-in-path"; readonly operation: RawCall["operation"]; readonly modelId: string }
  /** Inference with the model in the body: routed. */
  | { readonly kind: "model-in-body"; readonly api: BodyModelApi }
  /** A response that was stored: it belongs to the route that made it. */
  | { readonly kind: "stored-response"; readonly id: string }
  /**
   * Belongs to the Region that it is sent to, and runs nowhere else unless the model that it names is a profile, or its
   * guardrail has one.
   */
  | { readonly kind: "in-region"; readonly model: ModelPlace | undefined; readonly guardrail?: NamedGuardrail }
  /** Nothing that is known here. */
  | { readonly kind: "unknown" };

/**
 * Reads a request line. A base URL may put a path of its own in front.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/endpoints.html
 */
export function apiOf(method: string, pathname: string): Api {
  if (method === "POST") {
    const inference = MODEL_PATH.exec(pathname);
    const operation = OPERATIONS[inference?.[2] ?? ""];
    if (operation !== undefined) {
      return { kind: "model-in-path", operation, modelId: decoded(inference?.[1] ?? "") };
    }
    for (const [suffix, api] of BODY_MODEL_PATHS) if (pathname.endsWith(suffix)) return { kind: "model-in-body", api };
  }
  for (const [methods, path] of STORED_RESPONSE) {
    const id = path.exec(pathname)?.[1];
    if (id !== undefined && methods.includes(method)) return { kind: "stored-response", id: decoded(id) };
  }
  return inRegion(method, pathname) ?? { kind: "unknown" };
}

/** CountTokens runs no inference; a guardrail and an async job belong to their Region. */
function inRegion(method: string, pathname: string): Api | undefined {
  const counted = /\/model\/(.+)\/count-tokens$/.exec(pathname)?.[1];
  if (counted !== undefined) return { kind: "in-region", model: { id: decoded(counted) } };
  if (/\/anthropic\/v1\/messages\/count_tokens$/.test(pathname))
    return { kind: "in-region", model: { member: "model" } };
  if (method === "POST" && /\/async-invoke$/.test(pathname)) return { kind: "in-region", model: { member: "modelId" } };
  const [, identifier, version] = APPLY_GUARDRAIL.exec(pathname) ?? [];
  if (identifier !== undefined)
    return { kind: "in-region", model: undefined, guardrail: { identifier: decoded(identifier), version } };
  return /\/async-invoke(?:\/[^/]+)?$/.test(pathname) ? { kind: "in-region", model: undefined } : undefined;
}

/** The form of the errors under a path. */
export function shapeOf(pathname: string): ApiShape {
  if (/\/(?:openai\/)?v1\/(?!messages)/.test(pathname)) return "openai";
  return /\/v1\/messages/.test(pathname) ? "anthropic" : "aws";
}

/** The path below the endpoint, without what a base URL put in front. */
export function servicePath(pathname: string): string {
  return /\/(?:model|openai|anthropic|guardrail|async-invoke)(?:\/.*)?$/.exec(pathname)?.[0] ?? pathname;
}

/** The path of CountTokens with another model; any other path as it is. */
export function withCountedModel(path: string, modelFor: (modelId: string) => string): string {
  const given = COUNT_TOKENS.exec(path)?.[1];
  return given === undefined ? path : `/model/${encodeURIComponent(modelFor(decoded(given)))}/count-tokens`;
}

const COUNT_TOKENS = /^\/model\/(.+)\/count-tokens$/;

/** An ARN has its slash escaped, or not. */
const MODEL_PATH = /\/model\/(.+)\/(converse|converse-stream|invoke|invoke-with-response-stream)$/;

const OPERATIONS: Readonly<Record<string, RawCall["operation"]>> = {
  converse: "Converse",
  "converse-stream": "ConverseStream",
  invoke: "InvokeModel",
  "invoke-with-response-stream": "InvokeModelWithResponseStream",
};

const BODY_MODEL_PATHS: readonly (readonly [string, BodyModelApi])[] = [
  ["/openai/v1/chat/completions", "chat-completions"],
  ["/openai/v1/responses", "responses"],
  ["/anthropic/v1/messages", "messages"],
];

/** Beside them stands what runs a model, such as `/responses/compact`. */
const STORED_RESPONSE: readonly (readonly [readonly string[], RegExp])[] = [
  [["GET", "DELETE"], /\/openai\/v1\/responses\/([^/]+)$/],
  [["POST"], /\/openai\/v1\/responses\/([^/]+)\/cancel$/],
  [["GET"], /\/openai\/v1\/responses\/([^/]+)\/input_items$/],
];

const APPLY_GUARDRAIL = /\/guardrail\/(.+)\/version\/([^/]+)\/apply$/;

function decoded(label: string): string {
  try {
    return decodeURIComponent(label);
  } catch {
    return label;
  }
}
