import { describe, expect, it } from "vitest";
import { validateInvoke } from "../../src/simulator/validate-invoke.ts";

const claude = "anthropic.claude-sonnet-4-6";
const message = { role: "user", content: [{ type: "text", text: "Hello" }] };
const complete = { anthropic_version: "bedrock-2023-05-31", max_tokens: 10, messages: [message] };

describe("an InvokeModel body", () => {
  it.each([
    [claude, complete],
    [claude, { ...complete, messages: [{ role: "user", content: "Hello" }] }],
    ["anthropic.claude-v2", { prompt: "\n\nHuman: Hello\n\nAssistant:" }],
    ["amazon.nova-2-lite-v1:0", { messages: [] }],
    ["meta.llama3-8b-instruct-v1:0", { prompt: "Hello" }],
    ["amazon.titan-embed-text-v2:0", { inputText: "Hello" }],
    ["future.model", { anything: true }],
  ])("for %s passes with %j", (model, body) => {
    expect(validateInvoke(model, body)).toBeUndefined();
  });

  it.each([
    [claude, { ...complete, anthropic_version: undefined }, "anthropic_version: Field required"],
    [claude, { ...complete, max_tokens: undefined }, "max_tokens: Field required"],
    [claude, { ...complete, messages: [] }, "messages: at least one message is required"],
    [
      claude,
      { ...complete, messages: [{ role: "user", content: [{ type: "text", text: "" }] }] },
      "messages: text content blocks must be non-empty",
    ],
    [
      "amazon.nova-2-lite-v1:0",
      { prompt: "Hello" },
      "Malformed input request: #: required key [messages] not found, please reformat your input and try again.",
    ],
    [
      "meta.llama3-8b-instruct-v1:0",
      {},
      "Malformed input request: #: required key [prompt] not found, please reformat your input and try again.",
    ],
    ["future.model", "not JSON", "Malformed input request, please reformat your input and try again."],
    ["future.model", [1], "Malformed input request, please reformat your input and try again."],
    ["future.model", undefined, "Malformed input request, please reformat your input and try again."],
  ])("for %s is refused with %j", (model, body, text) => {
    expect(validateInvoke(model, body)).toEqual({ status: 400, name: "ValidationException", message: text });
  });
});
