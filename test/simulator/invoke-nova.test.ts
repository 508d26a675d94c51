import { describe, expect, it } from "vitest";
import { novaFormat } from "../../src/simulator/invoke-nova.ts";
import { chunksOf, contextOf, textAnswer } from "./invoke-cases.ts";

const context = contextOf("amazon.nova-2-lite-v1:0");
const usage = {
  inputTokens: 3,
  outputTokens: 5,
  totalTokens: 8,
  cacheReadInputTokenCount: 0,
  cacheWriteInputTokenCount: 0,
};

describe("the Nova form of an answer", () => {
  it("is that of Converse with other names for the cache", () => {
    expect(novaFormat.body(textAnswer, context)).toEqual({
      output: { message: { role: "assistant", content: [{ text: "One two three four." }] } },
      stopReason: "end_turn",
      usage,
    });
  });

  it("streams one event a chunk, named by its member", () => {
    expect(chunksOf(novaFormat, textAnswer, context)).toEqual([
      { messageStart: { role: "assistant" } },
      { contentBlockDelta: { contentBlockIndex: 0, delta: { text: "One two three" } } },
      { contentBlockDelta: { contentBlockIndex: 0, delta: { text: " four." } } },
      { contentBlockStop: { contentBlockIndex: 0 } },
      { messageStop: { stopReason: "end_turn" } },
      { metadata: { usage, metrics: {}, trace: {} } },
    ]);
  });
});
