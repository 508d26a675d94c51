import { describe, expect, it } from "vitest";
import { readEvent } from "../../src/dispatch/answer-events.ts";
import { chunk } from "../support/scripted-stream.ts";

const CONTENT = { content: true, end: false };
const END = { content: false, end: true };
const BOTH = { content: true, end: true };
const NEITHER = { content: false, end: false };
const METRICS = { "amazon-bedrock-invocationMetrics": { inputTokenCount: 1, outputTokenCount: 2 } };

describe("readEvent of ConverseStream", () => {
  it.each([
    ["the role", { messageStart: { role: "assistant" } }, NEITHER],
    ["text", { contentBlockDelta: { contentBlockIndex: 0, delta: { text: "Hi" } } }, CONTENT],
    [
      "reasoning",
      { contentBlockDelta: { contentBlockIndex: 0, delta: { reasoningContent: { text: "Hm" } } } },
      CONTENT,
    ],
    ["a signature", { contentBlockDelta: { delta: { reasoningContent: { signature: "abc" } } } }, CONTENT],
    ["a tool call", { contentBlockStart: { start: { toolUse: { toolUseId: "1", name: "weather" } } } }, CONTENT],
    ["the end of a block", { contentBlockStop: { contentBlockIndex: 0 } }, NEITHER],
    ["the end of the message", { messageStop: { stopReason: "end_turn" } }, END],
    ["the usage", { metadata: { usage: {} } }, NEITHER],
    ["an event that is newer than this library", { $unknown: ["newEvent", {}] }, NEITHER],
    ["nothing", undefined, NEITHER],
  ])("reads %s", (_, event, reading) => {
    expect(readEvent(event, "converse")).toEqual(reading);
  });
});

describe("readEvent of InvokeModelWithResponseStream", () => {
  it.each([
    ["message_start", { type: "message_start", message: { role: "assistant", content: [] } }, NEITHER],
    ["ping", { type: "ping" }, NEITHER],
    [
      "content_block_start",
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      CONTENT,
    ],
    ["content_block_delta", { type: "content_block_delta", delta: { type: "text_delta", text: "Hi" } }, CONTENT],
    ["thinking_delta", { type: "content_block_delta", delta: { type: "thinking_delta", thinking: "Hm" } }, CONTENT],
    ["content_block_stop", { type: "content_block_stop", index: 0 }, NEITHER],
    ["message_delta", { type: "message_delta", delta: { stop_reason: "end_turn" } }, NEITHER],
    ["message_stop", { type: "message_stop", ...METRICS }, END],
    ["message_stop without metrics", { type: "message_stop" }, END],
    ["error", { type: "error", error: { type: "overloaded_error" } }, NEITHER],
    ["a text completion", { type: "completion", completion: " Hi", stop_reason: null }, CONTENT],
    ["the end of a text completion", { type: "completion", completion: "", stop_reason: "stop_sequence" }, END],
  ])("reads Anthropic's %s", (_, json, reading) => {
    expect(readEvent(chunk(json), "invoke-model")).toEqual(reading);
  });

  it.each([
    ["response.created", {}, NEITHER],
    ["response.queued", {}, NEITHER],
    ["response.in_progress", {}, NEITHER],
    ["response.output_item.added", { item: { type: "message", content: [] } }, NEITHER],
    ["response.output_item.added", { item: { type: "reasoning", summary: [] } }, NEITHER],
    ["response.content_part.added", { part: { type: "output_text", text: "" } }, NEITHER],
    ["response.reasoning_summary_part.added", { part: { type: "summary_text", text: "" } }, NEITHER],
    ["response.output_item.added", { item: { type: "function_call", name: "weather" } }, CONTENT],
    ["response.output_text.delta", { delta: "Hi" }, CONTENT],
    ["response.reasoning_summary_text.delta", { delta: "Hm" }, CONTENT],
    ["response.an_event_that_is_newer.done", {}, CONTENT],
    ["response.completed", { response: { status: "completed" } }, END],
    ["response.incomplete", { response: { status: "incomplete" } }, END],
    ["response.failed", { response: { status: "failed" } }, END],
  ])("reads the event %s of OpenAI's Responses", (type, rest, reading) => {
    expect(readEvent(chunk({ type, ...rest }), "invoke-model")).toEqual(reading);
  });

  it.each([
    ["Nova's role", { messageStart: { role: "assistant" } }, NEITHER],
    ["Nova's text", { contentBlockDelta: { delta: { text: "Hi" }, contentBlockIndex: 0 } }, CONTENT],
    ["the end of Nova's block", { contentBlockStop: { contentBlockIndex: 0 } }, NEITHER],
    ["the end of Nova's message", { messageStop: { stopReason: "end_turn" } }, END],
    ["text of a vendor that adds metadata to every chunk", { generation: "Hi", metadata: { id: 1 } }, CONTENT],
    ["Nova's closing metadata", { metadata: { usage: { inputTokens: 1 } } }, END],
    ["Nova's closing metadata with metrics", { metadata: { usage: {} }, ...METRICS }, END],
    ["Llama's text", { generation: "Hi", prompt_token_count: 5, stop_reason: null }, CONTENT],
    ["Llama's empty first piece", { generation: "", prompt_token_count: 5, stop_reason: null }, NEITHER],
    ["Llama's end", { generation: "", stop_reason: "stop", ...METRICS }, END],
    ["Llama's end with text", { generation: "!", stop_reason: "length" }, BOTH],
    ["Titan's text", { outputText: "Hi", index: 0, completionReason: null }, CONTENT],
    ["Titan's end", { outputText: "", index: 0, completionReason: "FINISH" }, END],
    ["Mistral's text", { outputs: [{ text: "Hi", stop_reason: null }] }, CONTENT],
    ["Mistral's end", { outputs: [{ text: "", stop_reason: "stop" }] }, END],
    ["DeepSeek's text", { choices: [{ text: "Hi", stop_reason: null }] }, CONTENT],
    ["DeepSeek's end", { choices: [{ text: "", stop_reason: "stop" }] }, END],
    ["Cohere's start", { is_finished: false, event_type: "stream-start", generation_id: "1" }, NEITHER],
    ["Cohere's text", { is_finished: false, event_type: "text-generation", text: "Hi" }, CONTENT],
    ["Cohere's tool plan", { is_finished: false, event_type: "tool-calls-chunk", tool_call_delta: {} }, CONTENT],
    ["Cohere's end", { is_finished: true, event_type: "stream-end", finish_reason: "COMPLETE" }, BOTH],
    ["Cohere Command's end", { text: "", is_finished: true, finish_reason: "COMPLETE" }, END],
  ])("reads %s", (_, json, reading) => {
    expect(readEvent(chunk(json), "invoke-model")).toEqual(reading);
  });

  it.each([
    ["a role", { choices: [{ delta: { role: "assistant", content: "" }, finish_reason: null }] }, NEITHER],
    ["text", { choices: [{ delta: { content: "Hi" }, finish_reason: null }] }, CONTENT],
    [
      "reasoning alone",
      { choices: [{ delta: { content: null, reasoning_content: "Hm" }, finish_reason: null }] },
      CONTENT,
    ],
    ["a tool call", { choices: [{ delta: { tool_calls: [{ index: 0 }] }, finish_reason: null }] }, CONTENT],
    ["no tool call", { choices: [{ delta: { tool_calls: [], refusal: null }, finish_reason: null }] }, NEITHER],
    ["the end", { choices: [{ delta: {}, finish_reason: "stop" }] }, END],
    ["the usage after the end", { choices: [], usage: { total_tokens: 3 } }, END],
    ["a filter's verdict on the prompt", { choices: [], prompt_filter_results: [] }, NEITHER],
    ["a choice of a form that nobody knows", { choices: ["Hi"] }, NEITHER],
  ])("reads a chat completion with %s", (_, json, reading) => {
    expect(readEvent(chunk(json), "invoke-model")).toEqual(reading);
  });

  it.each([
    ["a vendor that it does not know", { delta: "Hi" }, BOTH],
    ["Cohere's newer frames", { type: "content-delta", delta: { message: {} } }, BOTH],
    ["a list", [1, 2], BOTH],
  ])("holds nothing back of %s", (_, json, reading) => {
    expect(readEvent(chunk(json), "invoke-model")).toEqual(reading);
  });

  it("holds back nothing that is not JSON", () => {
    const bytes = new TextEncoder().encode("data: Hi");
    expect(readEvent({ chunk: { bytes } }, "invoke-model")).toEqual(BOTH);
  });

  it("takes the metrics that Bedrock adds to the last chunk for the end of any answer", () => {
    expect(readEvent(chunk({ choices: [{ text: "!", stop_reason: null }], ...METRICS }), "invoke-model")).toEqual(BOTH);
    expect(readEvent(chunk({ type: "ping", ...METRICS }), "invoke-model")).toEqual(END);
  });

  it("reads bytes that stand within a larger buffer", () => {
    const padded = Buffer.concat([Buffer.from("xx"), Buffer.from('{"type":"ping"}'), Buffer.from("yy")]);
    const bytes = new Uint8Array(padded.buffer, padded.byteOffset + 2, padded.length - 4);
    expect(readEvent({ chunk: { bytes } }, "invoke-model")).toEqual(NEITHER);
  });

  it.each([
    ["without bytes", { chunk: {} }],
    ["without a chunk", { $unknown: ["newEvent", {}] }],
    ["that is no object", "Hi"],
  ])("finds nothing in an event %s", (_, event) => {
    expect(readEvent(event, "invoke-model")).toEqual(NEITHER);
  });
});
