import { bodyError } from "./body-error.ts";
import type { StreamEvent } from "./event-stream.ts";
import type { StreamEncoding } from "./send-answer.ts";

/** What ends a stream of Chat Completions. */
export const DONE: StreamEvent = Object.freeze({ type: "", payload: "[DONE]", content: false });

/**
 * `text/event-stream`: Messages and Responses name their events, Chat Completions does not.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function serverSentEvents(operation: "ChatCompletions" | "CreateResponse" | "Messages"): StreamEncoding {
  return {
    frame: ({ type, payload }) => sent(type, payload),
    exception: (refusal) => {
      if (operation === "Messages") {
        const { type, error } = bodyError(refusal, "anthropic");
        return sent("error", { type, error });
      }
      const { error } = bodyError(refusal, "openai");
      return operation === "ChatCompletions" ? sent("", { error }) : sent("error", { ...error, type: "error" });
    },
  };
}

function sent(name: string, data: unknown): Uint8Array {
  const head = name === "" ? "" : `event: ${name}\n`;
  return Buffer.from(`${head}data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`, "utf8");
}
