import type { DispatchRequest } from "../../src/dispatch/request.ts";
import type { Chance } from "../support/chance.ts";
import { PROMPT_MARK } from "./fault-errors.ts";

/** A whole answer stream: its events, in the order in which Bedrock sends them. */
export interface AnswerStream {
  readonly events: readonly object[];
  /** Place of the first event with content. */
  readonly contentAt: number;
  /** Place of the event that ends the answer. */
  readonly endAt: number;
}

/** An answer in the format of the operation, with some content events; every event is a new object. */
export function answerStream(stream: NonNullable<DispatchRequest["stream"]>, chance: Chance): AnswerStream {
  const count = 1 + chance.below(4);
  return stream.format === "converse" ? converseAnswer(count) : chance.pick(VENDORS)(count);
}

function converseAnswer(count: number): AnswerStream {
  return stream(
    [{ messageStart: { role: "assistant" } }],
    repeat(count, () => ({ contentBlockDelta: { contentBlockIndex: 0, delta: { text: PROMPT_MARK } } })),
    [{ contentBlockStop: { contentBlockIndex: 0 } }],
    [{ messageStop: { stopReason: "end_turn" } }, { metadata: { usage: {}, metrics: {} } }],
  );
}

const VENDORS: readonly ((count: number) => AnswerStream)[] = [
  (count) =>
    stream(
      [chunk({ type: "message_start", message: {} }), chunk({ type: "ping" })],
      repeat(count, () => chunk({ type: "content_block_delta", delta: { type: "text_delta", text: PROMPT_MARK } })),
      [chunk({ type: "content_block_stop", index: 0 }), chunk({ type: "message_delta", delta: {} })],
      [chunk({ type: "message_stop", "amazon-bedrock-invocationMetrics": {} })],
    ),
  (count) =>
    stream(
      [chunk({ messageStart: { role: "assistant" } })],
      repeat(count, () => chunk({ contentBlockDelta: { delta: { text: PROMPT_MARK } } })),
      [chunk({ contentBlockStop: {} })],
      [chunk({ messageStop: { stopReason: "end_turn" } }), chunk({ metadata: { usage: {} } })],
    ),
  (count) =>
    stream(
      [],
      repeat(count, () => chunk({ generation: PROMPT_MARK, stop_reason: null })),
      [],
      [chunk({ generation: "", stop_reason: "stop", "amazon-bedrock-invocationMetrics": {} })],
    ),
  (count) =>
    stream(
      [chunk({ choices: [{ index: 0, delta: { role: "assistant" } }] })],
      repeat(count, () => chunk({ choices: [{ index: 0, delta: { content: PROMPT_MARK } }] })),
      [],
      [chunk({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] })],
    ),
];

function stream(
  head: readonly object[],
  content: readonly object[],
  tail: readonly object[],
  end: readonly object[],
): AnswerStream {
  return {
    events: [...head, ...content, ...tail, ...end],
    contentAt: head.length,
    endAt: head.length + content.length + tail.length,
  };
}

function repeat(count: number, make: () => object): readonly object[] {
  return Array.from({ length: count }, make);
}

const encoder = new TextEncoder();
const encoded = new Map<string, Uint8Array>();

function chunk(json: object): object {
  const text = JSON.stringify(json);
  let bytes = encoded.get(text);
  if (bytes === undefined) {
    bytes = encoder.encode(text);
    encoded.set(text, bytes);
  }
  return { chunk: { bytes } };
}
