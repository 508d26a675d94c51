import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { inputSize } from "../../src/client/input-size.ts";

const modelId = "anthropic.claude-sonnet-4-6";
const NAME = modelId.length;

describe("inputSize", () => {
  it("is the text of a conversation, its system prompt and its tools", () => {
    const text = "x".repeat(10_000);
    const messages = [
      { role: "user", content: [{ text }] },
      { role: "assistant", content: [{ toolUse: { toolUseId: "1", name: "t", input: { query: text } } }] },
      { role: "user", content: [{ toolResult: { toolUseId: "1", content: [{ text }, { json: { found: text } }] } }] },
    ];
    const toolConfig = { tools: [{ toolSpec: { name: "t", description: text, inputSchema: { json: {} } } }] };
    const bytes = inputSize({ modelId, messages, system: [{ text }], toolConfig });
    expect(bytes).toBeGreaterThanOrEqual(60_000);
    expect(bytes).toBeLessThan(60_200);
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
  ])("is the body of InvokeModel: %s", (_, body, bytes) => {
    expect(inputSize({ modelId, body })).toBe(NAME + bytes);
  });

  it("ends on input that is larger than any conversation, or that contains itself", () => {
    const circular: Record<string, unknown> = { text: "x" };
    circular.self = [circular, circular];
    expect(inputSize(circular)).toBeLessThanOrEqual(10_000);
    const flat = Array.from({ length: 300_000 }, () => "x");
    expect(inputSize({ flat, object: Object.fromEntries(flat.entries()) })).toBeGreaterThan(5_000);
  });

  it("copes with values that are no input at all", () => {
    expect(inputSize({ messages: [null, 5, true, Symbol.iterator, () => 1, new Map([["a", "b"]])] })).toBe(0);
    expect(inputSize({ messages: Object.assign(Object.create(null), { text: "abc" }) })).toBe(3);
  });
});
