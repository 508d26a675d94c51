import { describe, expect, it } from "vitest";
import type { InvokeFormat } from "../../src/simulator/invoke-format.ts";
import {
  cohereFormat,
  deepSeekFormat,
  llamaFormat,
  mistralFormat,
  titanFormat,
} from "../../src/simulator/invoke-text.ts";
import { chunksOf, contextOf, cutAnswer, textAnswer } from "./invoke-cases.ts";

const context = contextOf("any.model");
const text = "One two three four.";
const { id } = context;

interface Case {
  readonly format: InvokeFormat;
  readonly body: object;
  readonly cut: object;
  readonly pieces: readonly object[];
  readonly last: object;
}

const cases: Readonly<Record<string, Case>> = {
  Llama: {
    format: llamaFormat,
    body: { generation: text, prompt_token_count: 3, generation_token_count: 5, stop_reason: "stop" },
    cut: { stop_reason: "length" },
    pieces: [
      { generation: "One two three", prompt_token_count: 3, stop_reason: null },
      { generation: " four.", prompt_token_count: null },
    ],
    last: { generation: "", generation_token_count: 5, stop_reason: "stop" },
  },
  Mistral: {
    format: mistralFormat,
    body: { outputs: [{ text, stop_reason: "stop" }] },
    cut: { outputs: [{ stop_reason: "length" }] },
    pieces: [{ outputs: [{ text: "One two three", stop_reason: null }] }, { outputs: [{ text: " four." }] }],
    last: { outputs: [{ text: "", stop_reason: "stop" }] },
  },
  DeepSeek: {
    format: deepSeekFormat,
    body: { choices: [{ text, stop_reason: "stop" }] },
    cut: { choices: [{ stop_reason: "length" }] },
    pieces: [{ choices: [{ text: "One two three", stop_reason: null }] }, { choices: [{ text: " four." }] }],
    last: { choices: [{ text: "", stop_reason: "stop" }] },
  },
  Cohere: {
    format: cohereFormat,
    body: { response_id: id, generation_id: id, text, finish_reason: "COMPLETE" },
    cut: { finish_reason: "MAX_TOKENS" },
    pieces: [
      { is_finished: false, event_type: "text-generation", text: "One two three" },
      { is_finished: false, event_type: "text-generation", text: " four." },
    ],
    last: { is_finished: true, event_type: "stream-end", finish_reason: "COMPLETE", response: { text } },
  },
  Titan: {
    format: titanFormat,
    body: { inputTextTokenCount: 3, results: [{ tokenCount: 5, outputText: text, completionReason: "FINISH" }] },
    cut: { results: [{ completionReason: "LENGTH" }] },
    pieces: [{ outputText: "One two three", inputTextTokenCount: 3 }, { outputText: " four." }],
    last: { outputText: "", totalOutputTextTokenCount: 5, completionReason: "FINISH" },
  },
};

describe.each(Object.entries(cases))("the %s form of an answer", (_vendor, { format, body, cut, pieces, last }) => {
  it("is a text with the reason why it ends", () => {
    expect(format.body(textAnswer, context)).toEqual(body);
    expect(format.body(cutAnswer, context)).toMatchObject(cut);
  });

  it("streams the text in pieces and ends with the reason", () => {
    const contents = format.chunks(textAnswer, context).filter((chunk) => chunk.content);
    expect(contents.map((chunk) => chunk.json)).toMatchObject(pieces);
    expect(chunksOf(format, textAnswer, context).at(-1)).toMatchObject(last);
  });
});
