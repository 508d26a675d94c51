import { EventStreamCodec } from "@smithy/eventstream-codec";

/**
 * One event of an `application/vnd.amazon.eventstream` answer.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/RESTSelectObjectAppendix.html for the frame format
 */
export interface StreamEvent {
  /** `:event-type`, e.g. `contentBlockDelta` or `chunk`. */
  readonly type: string;
  readonly payload: unknown;
  /** Whether the event carries content of the answer, and not only its frame (`messageStart`, `metadata`). */
  readonly content: boolean;
}

const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === "string" ? bytes : Buffer.from(bytes).toString("utf8")),
  (text) => Buffer.from(text, "utf8"),
);

/** The frame of an event. `padding` is the `p` member with which Bedrock hides the length of the text. */
export function eventFrame(event: StreamEvent, padding: string): Uint8Array {
  return frame("event", event.type, JSON.stringify({ ...(event.payload as object), p: padding }));
}

/** The frame of an exception inside a stream; `type` is a member such as `throttlingException`. */
export function exceptionFrame(type: string, payload: unknown): Uint8Array {
  return frame("exception", type, JSON.stringify(payload));
}

/** The same frame with a wrong message checksum, as a broken proxy would deliver it. */
export function corrupted(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const last = copy.length - 1;
  copy[last] = (copy[last] ?? 0) ^ 0xff;
  return copy;
}

function frame(messageType: "event" | "exception", type: string, payload: string): Uint8Array {
  return codec.encode({
    headers: {
      [`:${messageType}-type`]: { type: "string", value: type },
      ":content-type": { type: "string", value: "application/json" },
      ":message-type": { type: "string", value: messageType },
    },
    body: Buffer.from(payload, "utf8"),
  });
}
