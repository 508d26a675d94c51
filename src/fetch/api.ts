import type { RawCall } from "../client/raw-call.ts";

/** Whose form an API has: it decides how its errors look. */
export type ApiShape = "aws" | "openai" | "anthropic";

/** The APIs of `bedrock-runtime` whose model stands in the body. */
export type BodyModelApi = "chat-completions" | "responses" | "messages";

/** What a request asks `bedrock-runtime` for. */
export type Api =
  /** Inference with the model in the path: routed. */
  | { readonly kind: "model-in-path"; readonly operation: RawCall["operation"]; readonly modelId: string }
  /** Inference with the model in the body: routed. */
  | { readonly kind: "model-in-body"; readonly api: BodyModelApi }
  /** A response that was stored: it belongs to the route that made it. */
  | { readonly kind: "stored-response"; readonly id: string }
  /** Runs in the Region that it is sent to, and nowhere else. */
  | { readonly kind: "in-region" }
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
  const stored = STORED_RESPONSE.exec(pathname);
  if (stored !== null) return { kind: "stored-response", id: decoded(stored[1] ?? "") };
  return IN_REGION.test(pathname) ? { kind: "in-region" } : { kind: "unknown" };
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

const STORED_RESPONSE = /\/openai\/v1\/responses\/([^/]+)(?:\/(?:cancel|input_items))?$/;

/** CountTokens runs no inference; a guardrail and an async job belong to their Region. */
const IN_REGION =
  /\/(?:model\/.+\/count-tokens|anthropic\/v1\/messages\/count_tokens|guardrail\/.+\/apply|async-invoke(?:\/[^/]+)?)$/;

function decoded(label: string): string {
  try {
    return decodeURIComponent(label);
  } catch {
    return label;
  }
}
