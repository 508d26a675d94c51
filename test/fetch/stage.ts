import { createRoutedFetch, type RoutedFetch } from "../../src/fetch/index.ts";
import { openWire, type Wire, type WireOptions } from "../support/wire.ts";

export const SONNET = "anthropic.claude-sonnet-4-6";
export const GPT = "openai.gpt-5.6-sol";

/** A routed fetch and the simulated Bedrock that it calls over a socket. */
export interface FetchStage extends Wire {
  readonly fetch: RoutedFetch;
  /** Posts JSON below the simulator's own address. */
  post(path: string, body: unknown, init?: RequestInit): Promise<Response>;
}

export async function openFetch(options: WireOptions = {}): Promise<FetchStage> {
  const wire = await openWire(options);
  const fetch = createRoutedFetch(wire.client);
  return {
    ...wire,
    fetch,
    post: (path, body, init) =>
      fetch(`${wire.simulator.url}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
        ...init,
      }),
    [Symbol.asyncDispose]: () => wire[Symbol.asyncDispose](),
  };
}

/** One way to ask for inference. */
export interface Way {
  readonly name: string;
  readonly model: string;
  readonly shape: "aws" | "openai" | "anthropic";
  path(streaming: boolean): string;
  body(streaming: boolean): object;
}

const claude = (more: object): object => ({ max_tokens: 100, messages: [{ role: "user", content: "Hi" }], ...more });

/** All ways that are routed. */
export const WAYS: readonly Way[] = [
  {
    name: "Converse",
    model: SONNET,
    shape: "aws",
    path: (streaming) => `/model/${SONNET}/converse${streaming ? "-stream" : ""}`,
    body: () => ({ messages: [{ role: "user", content: [{ text: "Hi" }] }] }),
  },
  {
    name: "InvokeModel",
    model: SONNET,
    shape: "aws",
    path: (streaming) => `/model/${SONNET}/invoke${streaming ? "-with-response-stream" : ""}`,
    body: () => claude({ anthropic_version: "bedrock-2023-05-31" }),
  },
  {
    name: "Chat Completions",
    model: GPT,
    shape: "openai",
    path: () => "/openai/v1/chat/completions",
    body: (stream) => ({
      model: GPT,
      messages: [{ role: "user", content: "Hi" }],
      ...(stream && { stream, stream_options: { include_usage: true } }),
    }),
  },
  {
    name: "Responses",
    model: GPT,
    shape: "openai",
    path: () => "/openai/v1/responses",
    body: (stream) => ({ model: GPT, input: "Hi", stream }),
  },
  {
    name: "Messages",
    model: SONNET,
    shape: "anthropic",
    path: () => "/anthropic/v1/messages",
    body: (stream) => claude({ model: SONNET, stream }),
  },
];

/** The message of an error body, whatever its shape. */
export async function messageOf(response: Response): Promise<string> {
  const json = (await response.json()) as { message?: string; error?: { message?: string } };
  return json.message ?? json.error?.message ?? "";
}
