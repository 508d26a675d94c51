import { describe, expect, it } from "vitest";
import { validateConverse } from "../../src/simulator/validate-converse.ts";

const user = (...content: readonly object[]): object => ({ role: "user", content });
const assistant = (...content: readonly object[]): object => ({ role: "assistant", content });
const text = { text: "Hello" };
const document = { document: { name: "d", format: "txt", source: { bytes: "" } } };

describe("a Converse body that Bedrock accepts", () => {
  it.each([
    [{ messages: [user(text)] }],
    [{ messages: [user(text), assistant(text), user(text)] }],
    [{ messages: [user(text)], inferenceConfig: { temperature: 1, topP: 0, maxTokens: 1 } }],
    [{ messages: [user({ toolResult: {} })], toolConfig: { tools: [{ toolSpec: { name: "get_weather-2" } }] } }],
    [{ messages: [user(text, document, document, document, document, document)] }],
    [{ messages: [user(text)], additionalModelRequestFields: { thinking: { type: "enabled", budget_tokens: 1_024 } } }],
  ])("%j", (body) => {
    expect(validateConverse(body)).toBeUndefined();
  });
});

describe("a Converse body that Bedrock refuses", () => {
  const starts =
    "A conversation must start with a user message. Try again with a conversation that starts with a user message.";
  it.each([
    ["no messages", {}, starts],
    ["an empty conversation", { messages: [] }, starts],
    ["a conversation that the assistant starts", { messages: [assistant(text), user(text)] }, starts],
    [
      "two user messages in a row",
      { messages: [user(text), user(text)] },
      "A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.",
    ],
    [
      "an empty message",
      { messages: [user()] },
      "The content field in the Message object at messages.0 is empty. Add a ContentBlock object to the content field and try again.",
    ],
    [
      "a blank text",
      { messages: [user(text), assistant(text), user(text, { text: " \n" })] },
      "The text field in the ContentBlock object at messages.2.content.1 is blank. Add text to the text field, and try again.",
    ],
    [
      "six documents",
      { messages: [user(text, document, document, document), assistant(text), user(document, document, document)] },
      "You can't include more than 5 documents in a request.",
    ],
    [
      "tool blocks without tools",
      { messages: [user(text), assistant({ toolUse: {} }), user({ toolResult: {} })] },
      "The toolConfig field must be defined when using toolUse and toolResult content blocks.",
    ],
    [
      "a temperature that is too high",
      { messages: [user(text)], inferenceConfig: { temperature: 99 } },
      "1 validation error detected: Value '99.0' at 'inferenceConfig.temperature' failed to satisfy constraint: Member must have value less than or equal to 1",
    ],
    [
      "several values out of range, all at once",
      { messages: [], inferenceConfig: { temperature: -0.5, topP: 1.5, maxTokens: 0 } },
      "3 validation errors detected: Value '-0.5' at 'inferenceConfig.temperature' failed to satisfy constraint: Member must have value greater than or equal to 0; Value '1.5' at 'inferenceConfig.topP' failed to satisfy constraint: Member must have value less than or equal to 1; Value '0' at 'inferenceConfig.maxTokens' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      "the name of a tool",
      { messages: [user(text)], toolConfig: { tools: [{ toolSpec: { name: "get weather" } }] } },
      "1 validation error detected: Value 'get weather' at 'toolConfig.tools.1.member.toolSpec.name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+",
    ],
    [
      "a thinking budget that is too small",
      { messages: [user(text)], additionalModelRequestFields: { thinking: { type: "enabled", budget_tokens: 1_000 } } },
      "The model returned the following errors: thinking.enabled.budget_tokens: Input should be greater than or equal to 1024",
    ],
    [
      "thinking with a forced tool",
      {
        messages: [user(text)],
        toolConfig: { tools: [{ toolSpec: { name: "t" } }], toolChoice: { any: {} } },
        additionalModelRequestFields: { thinking: { type: "enabled", budget_tokens: 2_000 } },
      },
      "Thinking may not be enabled when tool_choice forces tool use",
    ],
  ])("for %s", (_case, body, message) => {
    expect(validateConverse(body)).toEqual({ status: 400, name: "ValidationException", message });
  });

  it("for the length of a tool name", () => {
    const toolConfig = { tools: [{ toolSpec: { name: "a".repeat(65) } }] };
    expect(validateConverse({ messages: [user(text)], toolConfig })?.message).toMatch(
      /length less than or equal to 64$/,
    );
  });
});
