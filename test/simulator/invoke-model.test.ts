import { describe, expect, it } from "vitest";
import { invokeBody, invokeEvents, isEmbeddingModel } from "../../src/simulator/invoke-model.ts";
import { contextOf, textAnswer } from "./invoke-cases.ts";

const chat = { messages: [] };

describe("the form of an InvokeModel answer", () => {
  it.each([
    ["anthropic.claude-sonnet-4-6", chat, "content"],
    ["amazon.nova-2-lite-v1:0", chat, "output"],
    ["amazon.titan-text-express-v1", {}, "results"],
    ["amazon.titan-embed-text-v2:0", {}, "embedding"],
    ["cohere.embed-english-v3", {}, "embeddings"],
    ["cohere.command-r-v1:0", {}, "generation_id"],
    ["meta.llama3-8b-instruct-v1:0", {}, "generation"],
    ["mistral.mistral-7b-instruct-v0:2", {}, "outputs"],
    ["mistral.mistral-large-2407-v1:0", chat, "choices"],
    ["deepseek.r1-v1:0", {}, "choices"],
    ["deepseek.v3.2", chat, "choices"],
    ["openai.gpt-oss-120b-1:0", chat, "choices"],
    ["future.model", chat, "choices"],
  ])("of %s for %j has the member %s", (model, requestBody, name) => {
    expect(invokeBody(textAnswer, contextOf(model, requestBody))).toHaveProperty(name);
  });
});

describe("the stream of an InvokeModel answer", () => {
  it("is made of base64 chunks, the last of which carries Bedrock's metrics", () => {
    const latency = { ttfbMs: 700.4, totalMs: 2_000.6 };
    const events = invokeEvents(textAnswer, contextOf("anthropic.claude-sonnet-4-6"), latency);
    const chunks = events.map(({ type, payload }) => {
      expect(type).toBe("chunk");
      return JSON.parse(Buffer.from((payload as { bytes: string }).bytes, "base64").toString("utf8"));
    });
    expect(chunks.at(-1)).toEqual({
      type: "message_stop",
      "amazon-bedrock-invocationMetrics": {
        inputTokenCount: 3,
        outputTokenCount: 5,
        invocationLatency: 2_001,
        firstByteLatency: 700,
        cacheReadInputTokenCount: 0,
        cacheWriteInputTokenCount: 0,
      },
    });
    expect(chunks.filter((chunk) => "amazon-bedrock-invocationMetrics" in chunk)).toHaveLength(1);
    expect(events.some((event) => event.content)).toBe(true);
  });
});

describe("isEmbeddingModel", () => {
  it("tells by the name", () => {
    expect([isEmbeddingModel("cohere.embed-v4:0"), isEmbeddingModel("anthropic.claude-sonnet-4-6")]).toEqual([
      true,
      false,
    ]);
  });
});
