import type { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { converseUsage, tokenUsage } from "../dispatch/answer-usage.ts";
import type { TokenUsage } from "../types/token-usage.ts";

/** What InvokeModel tells in headers, which the SDK leaves out of its output. Kept for as long as the output is. */
const told: WeakMap<object, TokenUsage> = new WeakMap();

/**
 * Makes a command that is about to be sent note the tokens of its answer from the response headers. Nothing of the answer
 * is read or changed.
 */
export function noteUsage(command: { readonly middlewareStack: unknown }): void {
  const stack = command.middlewareStack as BedrockRuntimeClient["middlewareStack"];
  stack.add(
    (next) => async (args) => {
      const result = await next(args);
      const usage = responseUsage(result.response, result.output);
      if (usage !== undefined) told.set(result.output, usage);
      return result;
    },
    // Outside of the caller's own middleware, which may make another output of it.
    { step: "initialize", priority: "high", name: "bedrockRoutedClientUsage" },
  );
}

/** The tokens that the output of a unary operation tells: Converse in its body, InvokeModel in its headers. */
export function outputUsage(output: object): TokenUsage | undefined {
  // A stubbed client may answer with nothing at all.
  if (typeof output !== "object" || output === null) return undefined;
  return told.get(output) ?? converseUsage(output);
}

function responseUsage(response: unknown, output: unknown): TokenUsage | undefined {
  const headers = (response as { headers?: Readonly<Record<string, string>> } | undefined)?.headers;
  if (headers === undefined || typeof output !== "object" || output === null) return undefined;
  return headerUsage(headers);
}

/** The tokens that the headers of an answer of InvokeModel tell. */
export function headerUsage(headers: Readonly<Record<string, string>>): TokenUsage | undefined {
  const count = (name: string): number | undefined => countOf(headers[`x-amzn-bedrock-${name}-token-count`]);
  return tokenUsage(
    count("input"),
    // An embedding has none.
    count("output") ?? 0,
    count("cache-read-input"),
    count("cache-write-input"),
    undefined,
    headers["x-amzn-bedrock-service-tier"],
    headers["x-amzn-bedrock-performanceconfig-latency"],
  );
}

function countOf(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,15}$/.test(header) ? Number(header) : undefined;
}
