import type { Answer } from "../../src/simulator/answer.ts";
import type { InvokeContext, InvokeFormat } from "../../src/simulator/invoke-format.ts";

export const textAnswer: Answer = {
  blocks: [{ kind: "text", text: "One two three four." }],
  stopReason: "end_turn",
  stopSequence: undefined,
  inputTokens: 3,
  outputTokens: 5,
};

export const toolAnswer: Answer = {
  blocks: [
    { kind: "reasoning", text: "Well.", signature: "sig" },
    { kind: "tool-use", id: "tooluse_1", name: "weather", input: { city: "Oslo" } },
  ],
  stopReason: "tool_use",
  stopSequence: undefined,
  inputTokens: 3,
  outputTokens: 5,
};

export const cutAnswer: Answer = { ...textAnswer, stopReason: "max_tokens" };

export function contextOf(model: string, requestBody: unknown = {}): InvokeContext {
  return { model, requestBody, id: "11111111-2222-4333-8444-555555555555", createdSeconds: 1_767_225_600 };
}

/** The chunks of a stream, parsed. */
export function chunksOf(
  format: InvokeFormat,
  answer: Answer,
  context: InvokeContext,
): readonly Record<string, unknown>[] {
  return format.chunks(answer, context).map(({ json }) => json);
}
