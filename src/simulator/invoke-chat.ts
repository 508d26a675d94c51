import { type Answer, piecesOf, textOf } from "./answer.ts";
import type { InvokeChunk, InvokeContext, InvokeFormat } from "./invoke-format.ts";

/**
 * Chat completions, the form that OpenAI, Qwen, Moonshot and most newer vendors share.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-openai.html
 */
export const chatFormat: InvokeFormat = {
  body: (answer, context) => ({
    ...head(context, "chat.completion"),
    choices: [{ index: 0, message: message(answer), finish_reason: finishReason(answer) }],
    usage: usage(answer),
  }),
  chunks: (answer, context) => [
    chunk(context, { role: "assistant" }, null, false),
    ...deltas(answer).map((delta) => chunk(context, delta, null, true)),
    chunk(context, {}, finishReason(answer), false),
    { json: { ...head(context, "chat.completion.chunk"), choices: [], usage: usage(answer) }, content: false },
  ],
};

function chunk(context: InvokeContext, delta: unknown, finish_reason: string | null, content: boolean): InvokeChunk {
  return {
    json: { ...head(context, "chat.completion.chunk"), choices: [{ index: 0, delta, finish_reason }] },
    content,
  };
}

function head({ id, createdSeconds, model }: InvokeContext, object: string): Readonly<Record<string, unknown>> {
  return { id: `chatcmpl-${id}`, object, created: createdSeconds, model };
}

function message(answer: Answer): unknown {
  const calls = toolCalls(answer);
  const text = textOf(answer);
  return { role: "assistant", content: text === "" ? null : text, ...(calls.length > 0 ? { tool_calls: calls } : {}) };
}

function deltas(answer: Answer): readonly unknown[] {
  const calls = toolCalls(answer).map((call, index) => ({ tool_calls: [{ index, ...call }] }));
  return [...piecesOf(textOf(answer)).map((content) => ({ content })), ...calls];
}

function toolCalls({ blocks }: Answer): readonly object[] {
  return blocks.flatMap((block) =>
    block.kind === "tool-use"
      ? [{ id: block.id, type: "function", function: { name: block.name, arguments: JSON.stringify(block.input) } }]
      : [],
  );
}

function finishReason({ stopReason }: Answer): string {
  if (stopReason === "tool_use") return "tool_calls";
  return stopReason === "max_tokens" ? "length" : "stop";
}

function usage({ inputTokens, outputTokens }: Answer): unknown {
  return { prompt_tokens: inputTokens, completion_tokens: outputTokens, total_tokens: inputTokens + outputTokens };
}
