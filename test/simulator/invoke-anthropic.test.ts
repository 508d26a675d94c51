import { describe, expect, it } from "vitest";
import { anthropicFormat } from "../../src/simulator/invoke-anthropic.ts";
import { chunksOf, contextOf, textAnswer, toolAnswer } from "./invoke-cases.ts";

const context = contextOf("anthropic.claude-haiku-4-5-20251001-v1:0");

describe("the Anthropic form of an answer", () => {
  it("is a message", () => {
    expect(anthropicFormat.body(textAnswer, context)).toEqual({
      model: "claude-haiku-4-5-20251001",
      id: "msg_bdrk_111111112222433384445555",
      type: "message",
      role: "assistant",
      content: [{ type: "text", text: "One two three four." }],
      stop_reason: "end_turn",
      stop_sequence: null,
      usage: { input_tokens: 3, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 5 },
    });
  });

  it("streams from message_start to message_stop", () => {
    expect(chunksOf(anthropicFormat, textAnswer, context)).toMatchObject([
      { type: "message_start", message: { role: "assistant", content: [], stop_reason: null } },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "One two three" } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: " four." } },
      { type: "content_block_stop", index: 0 },
      { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 5 } },
      { type: "message_stop" },
    ]);
    expect(anthropicFormat.chunks(textAnswer, context).map((chunk) => chunk.content)).toEqual([
      false,
      false,
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  it("thinks and uses tools", () => {
    expect(anthropicFormat.body(toolAnswer, context)).toMatchObject({
      content: [
        { type: "thinking", thinking: "Well.", signature: "sig" },
        { type: "tool_use", id: "toolu_bdrk_1", name: "weather", input: { city: "Oslo" } },
      ],
      stop_reason: "tool_use",
    });
    const chunks = chunksOf(anthropicFormat, toolAnswer, context);
    expect(chunks).toContainEqual({
      type: "content_block_start",
      index: 1,
      content_block: { type: "tool_use", id: "toolu_bdrk_1", name: "weather", input: {} },
    });
    const json = chunks
      .map((chunk) => (chunk.delta as { partial_json?: string } | undefined)?.partial_json ?? "")
      .join("");
    expect(JSON.parse(json)).toEqual({ city: "Oslo" });
    expect(chunks).toContainEqual({
      type: "content_block_delta",
      index: 0,
      delta: { type: "signature_delta", signature: "sig" },
    });
  });
});
