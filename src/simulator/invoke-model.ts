import type { Answer } from "./answer.ts";
import type { StreamEvent } from "./event-stream.ts";
import { anthropicFormat } from "./invoke-anthropic.ts";
import { chatFormat } from "./invoke-chat.ts";
import { embeddingFormat } from "./invoke-embedding.ts";
import type { InvokeContext, InvokeFormat } from "./invoke-format.ts";
import { novaFormat } from "./invoke-nova.ts";
import { cohereFormat, deepSeekFormat, llamaFormat, mistralFormat, titanFormat } from "./invoke-text.ts";
import { member } from "./json.ts";

/**
 * The body of an InvokeModel answer in the vendor's own form.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html
 */
export function invokeBody(answer: Answer, context: InvokeContext): unknown {
  return formatOf(context).body(answer, context);
}

/** The events of an InvokeModelWithResponseStream answer; the last one carries Bedrock's own metrics. */
export function invokeEvents(
  answer: Answer,
  context: InvokeContext,
  latency: { readonly ttfbMs: number; readonly totalMs: number },
): readonly StreamEvent[] {
  const chunks = formatOf(context).chunks(answer, context);
  const metrics = {
    inputTokenCount: answer.inputTokens,
    outputTokenCount: answer.outputTokens,
    invocationLatency: Math.round(latency.totalMs),
    firstByteLatency: Math.round(latency.ttfbMs),
    cacheReadInputTokenCount: 0,
    cacheWriteInputTokenCount: 0,
  };
  return chunks.map(({ json, content }, index) => {
    const whole = index === chunks.length - 1 ? { ...json, "amazon-bedrock-invocationMetrics": metrics } : json;
    return { type: "chunk", payload: { bytes: Buffer.from(JSON.stringify(whole)).toString("base64") }, content };
  });
}

/** Whether a model turns text into vectors and cannot converse. */
export function isEmbeddingModel(model: string): boolean {
  return model.includes("embed");
}

function formatOf({ model, requestBody }: InvokeContext): InvokeFormat {
  if (isEmbeddingModel(model)) return embeddingFormat;
  const vendor = model.slice(0, model.indexOf("."));
  const isChat = member(requestBody, "messages") !== undefined;
  switch (vendor) {
    case "anthropic":
      return anthropicFormat;
    case "amazon":
      return model.includes("titan") ? titanFormat : novaFormat;
    case "meta":
      return llamaFormat;
    case "mistral":
      return isChat ? chatFormat : mistralFormat;
    case "deepseek":
      return isChat ? chatFormat : deepSeekFormat;
    case "cohere":
      return isChat ? chatFormat : cohereFormat;
    default:
      return chatFormat;
  }
}
