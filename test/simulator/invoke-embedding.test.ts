import { describe, expect, it } from "vitest";
import { embeddingFormat } from "../../src/simulator/invoke-embedding.ts";
import { contextOf, textAnswer } from "./invoke-cases.ts";

describe("an embedding", () => {
  it("has length 1 and is the same for the same text alone", () => {
    const vector = (inputText: string): readonly number[] =>
      (
        embeddingFormat.body(textAnswer, contextOf("amazon.titan-embed-text-v2:0", { inputText })) as {
          embedding: number[];
        }
      ).embedding;
    expect(Math.hypot(...vector("a"))).toBeCloseTo(1);
    expect(vector("a")).toEqual(vector("a"));
    expect(vector("a")).not.toEqual(vector("b"));
  });

  it("is one for each text with Cohere", () => {
    const body = embeddingFormat.body(textAnswer, contextOf("cohere.embed-v4:0", { texts: ["a", "b", "a"] }));
    const { embeddings, texts } = body as { embeddings: number[][]; texts: string[] };
    expect(texts).toEqual(["a", "b", "a"]);
    expect(embeddings[0]).toEqual(embeddings[2]);
    expect(embeddings[0]).not.toEqual(embeddings[1]);
  });
});
