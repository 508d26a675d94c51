import { describe, expect, it } from "vitest";
import { conversePrompt, invokePrompt, tokenCount } from "../../src/simulator/prompt.ts";

describe("the prompt of a Converse body", () => {
  it("is what the user said last, with the limits of the request", () => {
    const body = {
      messages: [
        { role: "user", content: [{ text: "First" }] },
        { role: "assistant", content: [{ text: "Answer" }] },
        { role: "user", content: [{ text: "Second, " }, { text: "in two blocks" }] },
      ],
      inferenceConfig: { maxTokens: 7, stopSequences: ["END"] },
    };
    expect(conversePrompt(body)).toMatchObject({
      text: "Second, in two blocks",
      maxTokens: 7,
      stopSequences: ["END"],
      forcedTool: undefined,
      reasoning: false,
    });
  });

  it("counts texts, and not the bytes of images", () => {
    const withText = conversePrompt({ messages: [{ role: "user", content: [{ text: "a".repeat(400) }] }] });
    const image = { image: { format: "png", source: { bytes: "A".repeat(40_000) } } };
    const withImage = conversePrompt({ messages: [{ role: "user", content: [{ text: "a".repeat(400) }, image] }] });
    expect(withText.inputTokens).toBe(101);
    expect(withImage.inputTokens).toBe(102);
  });

  it("tells the forced tool", () => {
    const tools = ["one", "two"].map((name) => ({ toolSpec: { name, inputSchema: { json: { title: name } } } }));
    const choose = (toolChoice: object): string | undefined =>
      conversePrompt({ toolConfig: { tools, toolChoice } }).forcedTool?.name;
    expect(choose({ tool: { name: "two" } })).toBe("two");
    expect(choose({ any: {} })).toBe("one");
    expect(choose({ auto: {} })).toBeUndefined();
  });

  it.each([
    [{ thinking: { type: "enabled" } }, true],
    [{ thinking: { type: "adaptive" } }, true],
    [{ reasoningConfig: { type: "enabled" } }, true],
    [{ thinking: { type: "disabled" } }, false],
  ])("tells from %j whether to reason: %s", (additionalModelRequestFields, reasoning) => {
    expect(conversePrompt({ additionalModelRequestFields }).reasoning).toBe(reasoning);
  });
});

describe("the prompt of an InvokeModel body", () => {
  it.each([
    [{ messages: [{ role: "user", content: "Hi" }], max_tokens: 5, stop_sequences: ["x"] }, "Hi", 5, ["x"]],
    [{ messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }], max_completion_tokens: 5 }, "Hi", 5, []],
    [{ prompt: "Hi", max_gen_len: 5 }, "Hi", 5, []],
    [{ message: "Hi", max_tokens: 5, stop: "x" }, "Hi", 5, ["x"]],
    [{ messages: [{ role: "user", content: [{ text: "Hi" }] }], inferenceConfig: { maxTokens: 5 } }, "Hi", 5, []],
  ])("is read from %j", (body, text, maxTokens, stopSequences) => {
    expect(invokePrompt(body)).toMatchObject({ text, maxTokens, stopSequences });
  });

  it("tells the forced tool of Anthropic and of chat completions", () => {
    const anthropic = {
      tools: [
        { name: "a", input_schema: {} },
        { name: "b", input_schema: {} },
      ],
    };
    const chat = { tools: [{ type: "function", function: { name: "a", parameters: {} } }] };
    expect(invokePrompt({ ...anthropic, tool_choice: { type: "tool", name: "b" } }).forcedTool?.name).toBe("b");
    expect(invokePrompt({ ...anthropic, tool_choice: { type: "any" } }).forcedTool?.name).toBe("a");
    expect(invokePrompt({ ...anthropic, tool_choice: { type: "auto" } }).forcedTool).toBeUndefined();
    expect(invokePrompt({ ...chat, tool_choice: { type: "function", function: { name: "a" } } }).forcedTool?.name).toBe(
      "a",
    );
    expect(invokePrompt({ ...chat, tool_choice: "required" }).forcedTool?.name).toBe("a");
  });

  it("survives what is no object", () => {
    for (const body of [undefined, null, "text", 3, []]) expect(invokePrompt(body).text).toBe("");
  });
});

describe("tokenCount", () => {
  it("counts four characters a token", () => {
    expect([tokenCount(""), tokenCount("a"), tokenCount("abcd"), tokenCount("abcde")]).toEqual([0, 1, 1, 2]);
  });
});
