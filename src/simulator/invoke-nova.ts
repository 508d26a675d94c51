import type { Answer } from "./answer.ts";
import { converseBody, converseEvents } from "./converse.ts";
import type { InvokeFormat } from "./invoke-format.ts";
import { member } from "./json.ts";

/**
 * Amazon Nova, whose bodies are those of Converse with small differences.
 * @see https://docs.aws.amazon.com/nova/latest/userguide/complete-request-schema.html
 */
export const novaFormat: InvokeFormat = {
  body: (answer) => {
    const body = converseBody(answer, 0);
    return { output: member(body, "output"), stopReason: answer.stopReason, usage: usage(answer) };
  },
  chunks: (answer) =>
    converseEvents(answer, 0).map(({ type, payload, content }) => {
      const json = type === "metadata" ? { usage: usage(answer), metrics: {}, trace: {} } : payload;
      return { json: { [type]: json }, content };
    }),
};

function usage({ inputTokens, outputTokens }: Answer): unknown {
  return {
    inputTokens,
    outputTokens,
    totalTokens: inputTokens + outputTokens,
    cacheReadInputTokenCount: 0,
    cacheWriteInputTokenCount: 0,
  };
}
