import { Readable } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inspectInput } from "../../src/client/inspect-input.ts";

const modelId = "anthropic.claude-sonnet-4-6";
const NAME = modelId.length;
const s3 = { s3Location: { uri: "s3://bucket/key" } };
const bytes = { bytes: new Uint8Array([1]) };
const cachePoint = { cachePoint: { type: "default" } };
const user = (...content: unknown[]): unknown => ({ role: "user", content });

describe("the size of an input", () => {
  const inputSize = (input: object): number => inspectInput(input as never).bytes;

  it("is the text of a conversation, its system prompt and its tools", () => {
    const text = "x".repeat(10_000);
    const messages = [
      { role: "user", content: [{ text }] },
      { role: "assistant", content: [{ toolUse: { toolUseId: "1", name: "t", input: { query: text } } }] },
      { role: "user", content: [{ toolResult: { toolUseId: "1", content: [{ text }, { json: { found: text } }] } }] },
    ];
    const toolConfig = { tools: [{ toolSpec: { name: "t", description: text, inputSchema: { json: {} } } }] };
    const size = inputSize({ modelId, messages, system: [{ text }], toolConfig });
    expect(size).toBeGreaterThanOrEqual(60_000);
    expect(size).toBeLessThan(60_200);
  });

  it("is the bytes of images and documents", () => {
    const content = [
      { image: { format: "png", source: { bytes: new Uint8Array(30_000) } } },
      { document: { format: "pdf", name: "d", source: { bytes: Buffer.alloc(70_000) } } },
    ];
    expect(inputSize({ messages: [{ role: "user", content }] })).toBe(100_000 + "userpngpdfd".length);
  });

  it.each<[string, unknown, number]>([
    ["text", "x".repeat(5_000), 5_000],
    ["bytes", new Uint8Array(5_000), 5_000],
    ["a part of a larger buffer", Buffer.alloc(9_000).subarray(0, 5_000), 5_000],
    ["an ArrayBuffer", new ArrayBuffer(5_000), 5_000],
    ["a view of one", new DataView(new ArrayBuffer(5_000)), 5_000],
    ["a stream, which nobody knows", Readable.from(["x".repeat(5_000)]), 0],
    ["a Blob, which is read as it is sent", new Blob(["x".repeat(5_000)]), 0],
    ["nothing", undefined, 0],
  ])("is the body of InvokeModel: %s", (_, body, size) => {
    expect(inputSize({ modelId, body })).toBe(NAME + size);
  });

  it("is told without end of an input that is larger than any conversation, or that contains itself", () => {
    const circular: Record<string, unknown> = { text: "x" };
    circular.self = [circular, circular];
    for (const member of ["messages", "system", "promptVariables"]) {
      expect(inputSize({ [member]: circular })).toBeLessThanOrEqual(100_000);
      const flat = Array.from({ length: 300_000 }, () => "x");
      for (const large of [flat, Object.fromEntries(flat.entries())]) {
        expect(inputSize({ [member]: large })).toBeGreaterThan(50_000);
        expect(inputSize({ [member]: large })).toBeLessThanOrEqual(100_000);
      }
    }
    let deep: object = { text: "x" };
    for (let level = 0; level < 100_000; level += 1) deep = { content: [deep] };
    expect(inputSize({ messages: deep, promptVariables: deep })).toBe(0);
  });

  it("copes with values that are no input at all", () => {
    expect(inputSize({ messages: [null, 5, true, Symbol.iterator, () => 1, new Map([["a", "b"]])] })).toBe(0);
    expect(inputSize({ messages: Object.assign(Object.create(null), { text: "abc" }) })).toBe(3);
    expect(inputSize({ messages: null, system: undefined, toolConfig: "", body: 5, inferenceConfig: 1 })).toBe(0);
  });
});

describe("a request is bound to its home Region", () => {
  const pinnedBy = (input: object): string | undefined => inspectInput(input as never).pinnedBy;

  it.each([
    ["by the guardrail of Converse", { guardrailConfig: { guardrailIdentifier: "g-1", guardrailVersion: "1" } }],
    ["by the guardrail of InvokeModel", { guardrailIdentifier: "g-1", body: "{}" }],
  ])("%s", (_title, input) => {
    expect(pinnedBy(input)).toBe("the guardrail");
  });

  it.each([
    ["of Converse", { serviceTier: { type: "reserved" } }],
    ["of InvokeModel", { serviceTier: "reserved" }],
  ])("by the reserved capacity %s", (_title, input) => {
    expect(pinnedBy(input)).toBe("the reserved capacity");
  });

  class Picture {
    readonly image = { format: "png", source: s3 };
  }

  it.each([
    ["an image", user({ image: { format: "png", source: s3 } })],
    ["a document after a text", user({ text: "Read this" }, { document: { name: "d", format: "pdf", source: s3 } })],
    ["a video", user({ video: { format: "mp4", source: s3 } })],
    ["an audio clip", user({ audio: { format: "mp3", source: s3 } })],
    [
      "the result of a tool",
      user({ toolResult: { toolUseId: "t", content: [{ text: "ok" }, { image: { format: "png", source: s3 } }] } }),
    ],
    ["a block of a class of the caller's own", user(new Picture())],
  ])("by the S3 object of %s", (_title, message) => {
    expect(pinnedBy({ messages: [user({ text: "Hello" }), message] })).toBe("the S3 object in the messages");
  });

  describe("by the body of InvokeModel", () => {
    const video = { messages: [user({ video: { format: "mp4", source: s3 } })] };

    it.each([
      ["a string", JSON.stringify(video)],
      ["indented", JSON.stringify(video, undefined, 2)],
      ["bytes", new TextEncoder().encode(JSON.stringify(video))],
      ["a part of a larger buffer", new TextEncoder().encode(`xx${JSON.stringify(video)}`).subarray(2)],
    ])("with an S3 object, as %s", (_title, body) => {
      expect(pinnedBy({ body })).toBe("the S3 object in the body");
    });

    it("but not by a text that speaks of such an object", () => {
      fc.assert(
        fc.property(fc.string(), fc.string(), (before, after) => {
          const text = `${before}${JSON.stringify(video)}${after}`;
          expect(pinnedBy({ body: JSON.stringify({ messages: [user({ text })] }) })).toBeUndefined();
        }),
      );
    });
  });

  it.each([
    ["with plain text", { messages: [user({ text: "s3Location" })] }],
    ["with images given as bytes", { messages: [user({ image: { format: "png", source: bytes } })] }],
    ["with another service tier", { serviceTier: { type: "priority" } }],
    ["with another service tier of InvokeModel", { serviceTier: "flex" }],
    ["with an empty guardrail config", { guardrailConfig: { trace: "enabled" } }],
    ["with a guardrail that is not set", { guardrailConfig: { guardrailIdentifier: undefined } }],
    ["with the input of a tool that only looks like one", { messages: [user({ toolUse: { input: s3 } })] }],
    [
      "with the result of a tool that only looks like one",
      { messages: [user({ toolResult: { content: [{ json: s3 }] } })] },
    ],
    ["with an opaque body", { body: new Uint8Array([123, 125]) }],
    ["with messages that are none", { messages: "s3Location" }],
    ["with nothing", {}],
  ])("but not %s", (_title, input) => {
    expect(pinnedBy(input)).toBeUndefined();
  });
});

describe("a request uses the prompt cache", () => {
  const usesCache = (input: object): boolean => inspectInput(input as never).usesCache;
  const anthropic = {
    messages: [{ role: "user", content: [{ type: "text", text: "Hi", cache_control: { type: "ephemeral" } }] }],
  };
  const talk = JSON.stringify({ messages: [{ role: "user", content: 'What is "cache_control"?' }] });

  it.each([
    ["in its system prompt", { system: [{ text: "Be brief" }, cachePoint] }],
    ["in a message", { messages: [user({ text: "Hi" }), user(cachePoint)] }],
    ["in its tools", { toolConfig: { tools: [{ toolSpec: { name: "t" } }, cachePoint] } }],
    ["in a body for Amazon Nova", { body: JSON.stringify({ system: [{ text: "Be brief" }, cachePoint] }) }],
    ["in a body of text", { body: JSON.stringify(anthropic) }],
    ["in a body of bytes", { body: new TextEncoder().encode(JSON.stringify(anthropic)) }],
    ["in a Buffer that is part of another one", { body: Buffer.from(`xx${JSON.stringify(anthropic)}`).subarray(2) }],
  ])("that marks a point %s", (_title, input) => {
    expect(usesCache(input)).toBe(true);
  });

  it.each([
    ["without a mark", { system: [{ text: "x" }], messages: [user({ text: "cachePoint" })] }],
    ["when only the input of a tool looks like one", { messages: [user({ toolUse: { input: cachePoint } })] }],
    ["when it only talks about it", { body: talk }],
    ["when it only talks about it in bytes", { body: Buffer.from(talk) }],
    ["when the mark lies outside its part of a Buffer", { body: Buffer.from(`{}"cache_control"`).subarray(0, 2) }],
    ["without anything", {}],
    [
      "with messages that are none",
      { messages: [null, "text", { content: "text" }], system: "text", toolConfig: null },
    ],
    ["with a body that cannot be read twice", { body: new Blob([JSON.stringify(anthropic)]).stream() }],
  ])("but not %s", (_title, input) => {
    expect(usesCache(input)).toBe(false);
  });
});

describe("a body can be read only once", () => {
  it.each([
    ["a Node stream", Readable.from(["{}"])],
    ["a web stream", new Blob(["{}"]).stream()],
    ["an async generator", (async function* () {})()],
  ])("if it is %s", (_title, body) => {
    expect(inspectInput({ body }).oneShot).toBe(true);
  });

  it.each([
    ["a string", "{}"],
    ["a Buffer", Buffer.from("{}")],
    ["a Uint8Array", new Uint8Array(2)],
    ["a Blob", new Blob(["{}"])],
    ["absent", undefined],
    ["null", null],
  ])("but not if it is %s", (_title, body) => {
    expect(inspectInput({ body }).oneShot).toBe(false);
  });
});

describe("what a request asks for", () => {
  it("is found in an input of Converse", () => {
    const { features, maxTokens } = inspectInput({
      messages: [user({ text: "Hello" })],
      inferenceConfig: { maxTokens: 500 },
      serviceTier: { type: "flex" },
      performanceConfig: { latency: "optimized" },
      additionalModelRequestFields: { anthropic_beta: ["context-1m-2025-08-07", 5] },
      toolConfig: { tools: [{ toolSpec: { name: "t" } }, { systemTool: { name: "nova_grounding" } }] },
    });
    expect(features).toEqual({
      serviceTier: "flex",
      latency: "optimized",
      betas: ["context-1m-2025-08-07"],
      systemTools: ["nova_grounding"],
    });
    expect(maxTokens).toBe(500);
  });

  it.each([
    ["text", (body: object) => JSON.stringify(body)],
    ["indented text", (body: object) => JSON.stringify(body, undefined, 2)],
    ["bytes", (body: object) => Buffer.from(JSON.stringify(body))],
  ])("is found in an input of InvokeModel with a body of %s", (_title, encode) => {
    const body = encode({
      anthropic_beta: ["a-1", "b-2"],
      max_tokens: 700,
      messages: [user({ type: "text", text: "é" })],
    });
    const { features, maxTokens } = inspectInput({
      body,
      serviceTier: "priority",
      performanceConfigLatency: "standard",
    });
    expect(features).toEqual({ serviceTier: "priority", latency: "standard", betas: ["a-1", "b-2"], systemTools: [] });
    expect(maxTokens).toBe(700);
  });

  it("is nothing in most", () => {
    const nothing = { serviceTier: undefined, latency: undefined, betas: [], systemTools: [] };
    for (const body of ["{}", '{"max_tokens":"many","anthropic_beta":{}}', '"max_tokens"', '"anthropic_beta":["a']) {
      expect(inspectInput({ body })).toMatchObject({ features: nothing, maxTokens: undefined });
    }
    expect(inspectInput({ messages: [user({ text: "Hello" })] })).toMatchObject({ features: nothing });
  });
});
