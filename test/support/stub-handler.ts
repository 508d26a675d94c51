import { Readable } from "node:stream";
import type { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";

type Handler = BedrockRuntimeClient["config"]["requestHandler"];
type HttpRequest = Parameters<Handler["handle"]>[0];
type HandlerOptions = NonNullable<Parameters<Handler["handle"]>[1]>;

/** A request as it would have gone to the network. */
export interface StubbedRequest {
  /** `https://bedrock-runtime.eu-central-1.amazonaws.com` */
  readonly origin: string;
  readonly path: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** As text, when it is one and not a stream. */
  readonly body: unknown;
  /** The Region in the scope of the signature; undefined when the request is not signed. */
  readonly signedFor: string | undefined;
  readonly options: Readonly<Record<string, unknown>>;
}

/** What the service would have answered. */
export interface StubbedResponse {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Answers the request with this number, counted from 1. May throw, as a connection that breaks. */
export type StubbedAnswer = (request: StubbedRequest, number: number) => StubbedResponse | Promise<StubbedResponse>;

/** A request handler that answers inside the process, for what shows before a socket. */
export class StubHandler {
  readonly metadata = { handlerProtocol: "h2" };
  readonly requests: StubbedRequest[] = [];
  destroyed = 0;
  readonly #answer: StubbedAnswer;

  constructor(answer: StubbedAnswer = () => converseResponse()) {
    this.#answer = answer;
  }

  async handle(request: HttpRequest, options: HandlerOptions = {}): ReturnType<Handler["handle"]> {
    const headers: Record<string, string> = Object.fromEntries(
      Object.entries<string>(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
    );
    const stubbed: StubbedRequest = {
      origin: `${request.protocol}//${request.hostname}${request.port === undefined ? "" : `:${request.port}`}`,
      path: request.path,
      headers,
      body: request.body instanceof Uint8Array ? new TextDecoder().decode(request.body) : request.body,
      signedFor: /Credential=[^/]+\/\d+\/([^/]+)/.exec(headers.authorization ?? "")?.[1],
      options: { ...options },
    };
    this.requests.push(stubbed);
    const answer = await this.#answer(stubbed, this.requests.length);
    const { status = 200, body = {} } = answer;
    return {
      response: {
        statusCode: status,
        headers: { "content-type": "application/json", ...answer.headers },
        body: Readable.from([Buffer.from(typeof body === "string" ? body : JSON.stringify(body))]),
      },
    };
  }

  updateHttpClientConfig(): void {}

  httpHandlerConfigs(): Record<string, never> {
    return {};
  }

  destroy(): void {
    this.destroyed += 1;
  }
}

/** An answer of Converse. */
export function converseResponse(text = "Hello"): StubbedResponse {
  return {
    body: {
      output: { message: { role: "assistant", content: [{ text }] } },
      stopReason: "end_turn",
      usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 },
      metrics: { latencyMs: 1 },
    },
  };
}

/** An error as the service sends it. */
export function errorResponse(status: number, name: string, message: string): StubbedResponse {
  return { status, headers: { "x-amzn-errortype": name }, body: { message } };
}

/** The quota of requests per minute is used up. */
export function throttledResponse(): StubbedResponse {
  return errorResponse(429, "ThrottlingException", "Too many requests, please wait before trying again.");
}
