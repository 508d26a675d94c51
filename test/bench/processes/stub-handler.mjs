import { Readable } from "node:stream";
import { EventStreamCodec } from "@smithy/eventstream-codec";

/** An answer of Converse. */
export const BODY = Buffer.from(
  JSON.stringify({
    output: {
      message: { role: "assistant", content: [{ text: "An inference profile names where inference may run." }] },
    },
    stopReason: "end_turn",
    usage: { inputTokens: 12, outputTokens: 9, totalTokens: 21 },
    metrics: { latencyMs: 5 },
  }),
);

const THROTTLED = Buffer.from(JSON.stringify({ message: "Too many requests, please wait before trying again." }));

/**
 * A request handler that answers in the process: what remains is the CPU that a client itself burns. It is not one of
 * the SDK's own, so a client that treats foreign handlers with more care pays for that here.
 * @param {{ chunks?: number, throttledModelId?: string }} options `chunks`: how many pieces of text a stream has
 */
export function stubHandler({ chunks = 5, throttledModelId } = {}) {
  const frames = framesOf(chunks);
  return {
    metadata: { handlerProtocol: "http/1.1" },
    async handle(request) {
      if (throttledModelId !== undefined && decodeURIComponent(request.path).includes(throttledModelId)) {
        return respond(429, { "x-amzn-errortype": "ThrottlingException" }, [THROTTLED]);
      }
      return request.path.endsWith("/converse-stream")
        ? respond(200, { "content-type": "application/vnd.amazon.eventstream" }, frames)
        : respond(200, {}, [BODY]);
    },
  };
}

function respond(statusCode, headers, parts) {
  return {
    response: {
      statusCode,
      headers: { "content-type": "application/json", ...headers },
      body: Readable.from(parts),
    },
  };
}

/** The frames of an answer of ConverseStream. */
export function framesOf(chunks) {
  const codec = new EventStreamCodec(
    (bytes) => Buffer.from(bytes).toString("utf8"),
    (text) => Buffer.from(text, "utf8"),
  );
  const frame = (type, payload) =>
    Buffer.from(
      codec.encode({
        headers: {
          ":message-type": { type: "string", value: "event" },
          ":event-type": { type: "string", value: type },
          ":content-type": { type: "string", value: "application/json" },
        },
        body: Buffer.from(JSON.stringify(payload)),
      }),
    );
  return [
    frame("messageStart", { role: "assistant" }),
    ...Array.from({ length: chunks }, (_, index) =>
      frame("contentBlockDelta", { contentBlockIndex: 0, delta: { text: `word ${index} ` } }),
    ),
    frame("contentBlockStop", { contentBlockIndex: 0 }),
    frame("messageStop", { stopReason: "end_turn" }),
    frame("metadata", { usage: { inputTokens: 12, outputTokens: 9, totalTokens: 21 }, metrics: { latencyMs: 5 } }),
  ];
}
