import type { Api } from "./operations.ts";
import type { Refusal } from "./refusal.ts";

/** An error answer of the APIs whose model stands in the body: its status and its JSON. */
export interface BodyError {
  readonly status: number;
  readonly type?: "error";
  readonly error: Readonly<Record<string, unknown>>;
}

/**
 * A refusal in the form of OpenAI's API or of Anthropic's: both have an `error` object in the body and no
 * `x-amzn-errortype` in the head.
 * @see https://docs.anthropic.com/en/api/errors
 */
export function bodyError({ status, name, message }: Refusal, api: Exclude<Api, "aws">): BodyError {
  const type = TYPES[status]?.[api] ?? (status < 500 ? "invalid_request_error" : "api_error");
  if (api === "anthropic") return { status, type: "error", error: { type, message } };
  const code = name === "ResourceNotFoundException" ? "model_not_found" : (CODES[status] ?? null);
  return { status, error: { message, type, param: null, code } };
}

const TYPES: Readonly<Record<number, Readonly<Record<Exclude<Api, "aws">, string>>>> = {
  401: { openai: "authentication_error", anthropic: "authentication_error" },
  403: { openai: "permission_error", anthropic: "permission_error" },
  404: { openai: "invalid_request_error", anthropic: "not_found_error" },
  429: { openai: "rate_limit_error", anthropic: "rate_limit_error" },
  500: { openai: "server_error", anthropic: "api_error" },
  503: { openai: "server_error", anthropic: "overloaded_error" },
};

const CODES: Readonly<Record<number, string>> = { 429: "rate_limit_exceeded", 500: "server_error" };
