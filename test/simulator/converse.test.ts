import { describe, expect, it } from "vitest";
import type { Answer, AnswerBlock } from "../../src/simulator/answer.ts";
import { converseBody, converseEvents, jsonPieces } from "../../src/simulator/converse.ts";

const text: AnswerBlock = { kind: "text", text: "One two three four." };
const reasoning: AnswerBlock = { kind: "reasoning", text: "Well.", signature: "sig" };
const toolUse: AnswerBlock = { kind: "tool-use", id: "tooluse_1", name: "weather", input: { city: "Reykjav\u00edk" } };

function answerOf(...blocks: readonly AnswerBlock[]): Answer {
  return { blocks, stopReason: "end_turn", stopSequence: undefined, inputTokens: 3, outputTokens: 5 };
}

const usage = { inputTokens: 3, outputTokens: 5, totalTokens: 8, cacheReadInputTokens: 0, cacheWriteInputTokens: 0 };

describe("a Converse answer", () => {
  it("has every kind of block in its body", () => {
    expect(converseBody(answerOf(reasoning, text, toolUse), 12)).toEqual({
      metrics: { latencyMs: 12 },
      output: {
        message: {
          role: "assistant",
          content: [
            { reasoningContent: { reasoningText: { text: "Well.", signature: "sig" } } },
            { text: "One two three four." },
            { toolUse: { toolUseId: "tooluse_1", name: "weather", input: { city: "Reykjav\u00edk" } } },
          ],
        },
      },
      stopReason: "end_turn",
      usage,
    });
  });

  it("opens a text block with its first delta", () => {
    const events = converseEvents(answerOf(text), 12);
    expect(events.map(({ type, payload }) => ({ [type]: payload }))).toEqual([
      { messageStart: { role: "assistant" } },
      { contentBlockDelta: { contentBlockIndex: 0, delta: { text: "One two three" } } },
      { contentBlockDelta: { contentBlockIndex: 0, delta: { text: " four." } } },
      { contentBlockStop: { contentBlockIndex: 0 } },
      { messageStop: { stopReason: "end_turn" } },
      { metadata: { metrics: { latencyMs: 12 }, usage } },
    ]);
    expect(events.map((event) => event.content)).toEqual([false, true, true, false, false, false]);
  });

  it("opens the use of a tool with a start event and sends its input in pieces", () => {
    const events = converseEvents(answerOf(reasoning, toolUse), 12).filter((event) => event.content);
    const [thought, signature, start, ...deltas] = events.map((event) => event.payload);
    expect(thought).toEqual({ contentBlockIndex: 0, delta: { reasoningContent: { text: "Well." } } });
    expect(signature).toEqual({ contentBlockIndex: 0, delta: { reasoningContent: { signature: "sig" } } });
    expect(start).toEqual({ contentBlockIndex: 1, start: { toolUse: { name: "weather", toolUseId: "tooluse_1" } } });
    const input = deltas.map((delta) => (delta as { delta: { toolUse: { input: string } } }).delta.toolUse.input);
    expect(input.length).toBeGreaterThan(1);
    expect(JSON.parse(input.join(""))).toEqual({ city: "Reykjav\u00edk" });
  });
});

describe("jsonPieces", () => {
  it("puts together again, over line breaks and surrogate pairs", () => {
    for (const json of ["{}", '{"a":"\u{1F600}\u{1F600}\u{1F600}\u{1F600}\u{1F600}\u{1F600}\u{1F600}"}', "a\nb"]) {
      expect(jsonPieces(json).join("")).toBe(json);
    }
  });
});
