import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { composeAnswer, defaultText, piecesOf, textOf } from "../../src/simulator/answer.ts";
import type { Prompt } from "../../src/simulator/prompt.ts";

const prompt: Prompt = {
  text: "Hello",
  inputTokens: 2,
  maxTokens: undefined,
  stopSequences: [],
  forcedTool: undefined,
  reasoning: false,
};

describe("an answer", () => {
  it("is the text, and ends the turn", () => {
    expect(composeAnswer(prompt, "One two three four.", "id")).toEqual({
      blocks: [{ kind: "text", text: "One two three four." }],
      stopReason: "end_turn",
      stopSequence: undefined,
      inputTokens: 2,
      outputTokens: 5,
    });
  });

  it("stops at maxTokens", () => {
    const answer = composeAnswer({ ...prompt, maxTokens: 2 }, "One two three four.", "id");
    expect(textOf(answer)).toBe("One two ");
    expect(answer).toMatchObject({ stopReason: "max_tokens", outputTokens: 2 });
  });

  it("stops before the first stop sequence in the text", () => {
    const answer = composeAnswer({ ...prompt, stopSequences: ["four", "two", ""] }, "One two three four.", "id");
    expect(textOf(answer)).toBe("One ");
    expect(answer).toMatchObject({ stopReason: "stop_sequence", stopSequence: "two" });
  });

  it("uses the forced tool with the smallest input that its schema allows", () => {
    const inputSchema = {
      type: "object",
      required: ["city", "days", "unit", "tags", "place", "exact", "kind", "nothing"],
      properties: {
        city: { type: "string" },
        days: { type: "integer", minimum: 3 },
        unit: { enum: ["C", "F"] },
        tags: { type: "array" },
        place: { type: "object", required: ["lat"], properties: { lat: { type: ["number", "null"] } } },
        exact: { type: "boolean" },
        kind: { const: "forecast" },
        nothing: { type: "null" },
        optional: { type: "string" },
      },
    };
    const answer = composeAnswer({ ...prompt, forcedTool: { name: "weather", inputSchema } }, "ignored", "abc-def");
    expect(answer.stopReason).toBe("tool_use");
    expect(answer.blocks).toEqual([
      {
        kind: "tool-use",
        id: "tooluse_abcdef",
        name: "weather",
        input: {
          city: "example",
          days: 3,
          unit: "C",
          tags: [],
          place: { lat: 1 },
          exact: true,
          kind: "forecast",
          nothing: null,
        },
      },
    ]);
  });

  it("ends the example of a schema that contains itself", () => {
    const inputSchema: Record<string, unknown> = { type: "object", required: ["next"] };
    inputSchema.properties = { next: inputSchema };
    const answer = composeAnswer({ ...prompt, forcedTool: { name: "list", inputSchema } }, "", "id");
    expect(JSON.stringify(answer.blocks).match(/next/g)?.length).toBe(5);
  });

  it("reasons first when asked to", () => {
    const answer = composeAnswer({ ...prompt, reasoning: true }, "Yes.", "id");
    expect(answer.blocks.map((block) => block.kind)).toEqual(["reasoning", "text"]);
    expect(textOf(answer)).toBe("Yes.");
  });
});

describe("the pieces of a text", () => {
  it("are the text again when put together", () => {
    const texts = fc.oneof(fc.string({ unit: "grapheme" }), fc.stringMatching(/^[ab\s]*$/));
    fc.assert(
      fc.property(texts, (text) => {
        expect(piecesOf(text).join("")).toBe(text);
      }),
    );
  });

  it("are several for the text that is said by default", () => {
    expect(piecesOf(defaultText).length).toBeGreaterThan(5);
    expect(piecesOf("")).toEqual([]);
  });
});
