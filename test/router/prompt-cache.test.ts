import { describe, expect, it } from "vitest";
import { usesPromptCache } from "../../src/router/prompt-cache.ts";

const cachePoint = { cachePoint: { type: "default" } };
const anthropic = {
  messages: [{ role: "user", content: [{ type: "text", text: "Hi", cache_control: { type: "ephemeral" } }] }],
};

describe("a request uses the prompt cache", () => {
  it.each([
    ["in its system prompt", { system: [{ text: "Be brief" }, cachePoint] }],
    [
      "in a message",
      {
        messages: [
          { role: "user", content: [{ text: "Hi" }] },
          { role: "user", content: [cachePoint] },
        ],
      },
    ],
    ["in its tools", { toolConfig: { tools: [{ toolSpec: { name: "t" } }, cachePoint] } }],
    ["in a body for Amazon Nova", { body: JSON.stringify({ system: [{ text: "Be brief" }, cachePoint] }) }],
    ["in a body of text", { body: JSON.stringify(anthropic) }],
    ["in a body of bytes", { body: new TextEncoder().encode(JSON.stringify(anthropic)) }],
    ["in a Buffer that is part of another one", { body: Buffer.from(`xx${JSON.stringify(anthropic)}`).subarray(2) }],
  ])("that marks a point %s", (_title, input) => {
    expect(usesPromptCache(input)).toBe(true);
  });
});

describe("a request does not use the prompt cache", () => {
  const talk = JSON.stringify({ messages: [{ role: "user", content: 'What is "cache_control"?' }] });

  it.each([
    ["without a mark", { system: [{ text: "x" }], messages: [{ role: "user", content: [{ text: "cachePoint" }] }] }],
    ["when it only talks about it", { body: talk }],
    ["when it only talks about it in bytes", { body: Buffer.from(talk) }],
    ["when the mark lies outside its part of a Buffer", { body: Buffer.from(`{}"cache_control"`).subarray(0, 2) }],
    ["without anything", {}],
    [
      "with messages that are none",
      { messages: [null, "text", { content: "text" }], system: "text", toolConfig: null },
    ],
    ["with a body that cannot be read twice", { body: new Blob([JSON.stringify(anthropic)]).stream() }],
  ])("%s", (_title, input) => {
    expect(usesPromptCache(input as never)).toBe(false);
  });
});
