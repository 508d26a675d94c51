import { describe, expect, it } from "vitest";
import { chatFormat } from "../../src/simulator/invoke-chat.ts";
import { chunksOf, contextOf, cutAnswer, textAnswer, toolAnswer } from "./invoke-cases.ts";

const context = contextOf("openai.gpt-oss-120b-1:0");
const usage = { prompt_tokens: 3, completion_tokens: 5, total_tokens: 8 };

describe("the chat completion form of an answer", () => {
  it("has one choice", () => {
    expect(chatFormat.body(textAnswer, context)).toEqual({
      id: "chatcmpl-11111111-2222-4333-8444-555555555555",
      object: "chat.completion",
      created: 1_767_225_600,
      model: "openai.gpt-oss-120b-1:0",
      choices: [{ index: 0, message: { role: "assistant", content: "One two three four." }, finish_reason: "stop" }],
      usage,
    });
    expect(chatFormat.body(cutAnswer, context)).toMatchObject({ choices: [{ finish_reason: "length" }] });
  });

  it("calls tools with their arguments as text", () => {
    const call = { id: "tooluse_1", type: "function", function: { name: "weather", arguments: '{"city":"Oslo"}' } };
    expect(chatFormat.body(toolAnswer, context)).toMatchObject({
      choices: [{ message: { content: null, tool_calls: [call] }, finish_reason: "tool_calls" }],
    });
    expect(chunksOf(chatFormat, toolAnswer, context)[1]).toMatchObject({
      choices: [{ delta: { tool_calls: [{ index: 0, ...call }] } }],
    });
  });

  it("streams deltas, then the reason, then the usage", () => {
    const chunks = chunksOf(chatFormat, textAnswer, context);
    const choice = (delta: object, finish_reason: string | null): object => ({
      choices: [{ index: 0, delta, finish_reason }],
    });
    expect(chunks).toMatchObject([
      choice({ role: "assistant" }, null),
      choice({ content: "One two three" }, null),
      choice({ content: " four." }, null),
      choice({}, "stop"),
      { choices: [], usage },
    ]);
    expect(new Set(chunks.map((chunk) => chunk.object))).toEqual(new Set(["chat.completion.chunk"]));
  });
});
