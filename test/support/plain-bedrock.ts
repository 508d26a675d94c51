import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttp2Server, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import { EventStreamCodec } from "@smithy/eventstream-codec";
import { onLoopback } from "./on-loopback.ts";
import type { HttpVersion } from "./wire.ts";

/** What a route does with the requests that reach it. */
export type Behaviour =
  | { readonly kind: "answers"; readonly ttfbMs: () => number }
  | { readonly kind: "throttles" | "fails" | "resets" }
  /** How far it comes before it falls silent. */
  | { readonly kind: "hangs"; readonly after: "nothing" | "headers" | "role" };

/** A request that has reached the server. */
export interface Call {
  readonly modelId: string;
  readonly operation: string;
  readonly receivedAtMs: number;
  /** When its first content is due; never, if it is refused or hangs. */
  readonly dueAtMs: number;
  readonly refused: boolean;
  /** Sends what is still missing of the answer up to there; by default all of it. */
  answer(upTo?: "role" | "content"): void;
}

/** A second, much smaller Bedrock: written from AWS's API reference alone, it shares nothing with the simulator. */
export interface PlainBedrock extends AsyncDisposable {
  readonly endpoint: string;
  readonly calls: readonly Call[];
  /** Connections that are open. */
  readonly connections: number;
  behave(modelId: string, behaviour: Behaviour): void;
}

type Response = ServerResponse | Http2ServerResponse;

/** @param onCall - told of every request, once it is in `calls` */
export async function startPlainBedrock(
  httpVersion: HttpVersion,
  now: () => number,
  onCall: (call: Call) => void = () => {},
): Promise<PlainBedrock> {
  const calls: Call[] = [];
  const behaviours = new Map<string, Behaviour>();
  const onRequest = (request: IncomingMessage | Http2ServerRequest, response: Response): void => {
    const [, , modelId = "", operation = ""] = decodeURIComponent(request.url ?? "").split("/");
    request.resume().on("end", () => {
      const behaviour = behaviours.get(modelId) ?? { kind: "fails" };
      const receivedAtMs = now();
      const dueAtMs = receivedAtMs + (behaviour.kind === "answers" ? behaviour.ttfbMs() : Number.POSITIVE_INFINITY);
      const refused = behaviour.kind !== "answers" && behaviour.kind !== "hangs";
      const call = { modelId, operation, receivedAtMs, dueAtMs, refused, answer: answerOf(operation, response) };
      calls.push(call);
      react(behaviour, operation, response);
      onCall(call);
    });
  };
  // Typed apart: their request events have different types.
  const server = httpVersion === "2" ? createHttp2Server(onRequest) : createServer(onRequest);
  const loopback = await onLoopback(server);
  return {
    endpoint: loopback.endpoint,
    calls,
    get connections() {
      return loopback.connections;
    },
    behave: (modelId, behaviour) => void behaviours.set(modelId, behaviour),
    [Symbol.asyncDispose]: loopback[Symbol.asyncDispose],
  };
}

function react(behaviour: Behaviour, operation: string, response: Response): void {
  switch (behaviour.kind) {
    case "answers":
      return;
    case "throttles":
      refuse(response, 429, "ThrottlingException", "Too many requests, please wait before trying again.");
      return;
    case "fails":
      refuse(response, 503, "ServiceUnavailableException", "Bedrock is unable to process your request.");
      return;
    case "resets":
      response.socket?.destroy();
      return;
    case "hangs":
      if (behaviour.after === "nothing" || !isStreaming(operation)) return;
      begin(response);
      if (behaviour.after === "role") write(response, roleOf(operation));
      return;
    default:
      behaviour satisfies never;
  }
}

function answerOf(operation: string, response: Response): Call["answer"] {
  if (!isStreaming(operation)) {
    return (upTo) => {
      if (upTo !== undefined) return;
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify(ANSWER));
    };
  }
  const events = [roleOf(operation), ...restOf(operation)];
  let sent = 0;
  return (upTo) => {
    if (sent === 0) begin(response);
    const next = upTo === "role" ? 1 : upTo === "content" ? 2 : events.length;
    for (const event of events.slice(sent, next)) write(response, event);
    sent = Math.max(sent, next);
    if (upTo === undefined) response.end();
  };
}

function refuse(response: Response, status: number, type: string, message: string): void {
  response.writeHead(status, { "content-type": "application/json", "x-amzn-errortype": type });
  response.end(JSON.stringify({ message }));
}

function begin(response: Response): void {
  response.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" });
  if ("flushHeaders" in response) response.flushHeaders();
}

function isStreaming(operation: string): boolean {
  return operation === "converse-stream" || operation === "invoke-with-response-stream";
}

const ANSWER = {
  output: { message: { role: "assistant", content: [{ text: "Hello" }] } },
  stopReason: "end_turn",
  usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 },
  metrics: { latencyMs: 1 },
};

type Event = readonly [type: string, body: object];

function roleOf(operation: string): Event {
  return operation === "converse-stream"
    ? ["messageStart", { role: "assistant" }]
    : chunk({ type: "message_start", message: { role: "assistant" } });
}

function restOf(operation: string): readonly Event[] {
  if (operation === "converse-stream") {
    return [
      ["contentBlockDelta", { contentBlockIndex: 0, delta: { text: "Hello" } }],
      ["contentBlockStop", { contentBlockIndex: 0 }],
      ["messageStop", { stopReason: "end_turn" }],
      ["metadata", { usage: ANSWER.usage, metrics: ANSWER.metrics }],
    ];
  }
  return [
    chunk({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hello" } }),
    chunk({ type: "message_stop", "amazon-bedrock-invocationMetrics": { inputTokenCount: 1, outputTokenCount: 1 } }),
  ];
}

function chunk(body: object): Event {
  return ["chunk", { bytes: Buffer.from(JSON.stringify(body)).toString("base64") }];
}

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString("utf8"),
  (text) => Buffer.from(text, "utf8"),
);

function write(response: Response, [type, body]: Event): void {
  const frame = codec.encode({
    headers: {
      ":message-type": { type: "string", value: "event" },
      ":event-type": { type: "string", value: type },
      ":content-type": { type: "string", value: "application/json" },
    },
    body: Buffer.from(JSON.stringify(body)),
  });
  (response as ServerResponse).write(frame);
}
