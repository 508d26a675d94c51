import { serviceLevel } from "../types/service-level.ts";
import type { TokenUsage } from "../types/token-usage.ts";
import type { AnswerFormat } from "./answer-events.ts";

/**
 * What Converse tells of its tokens, in its output or in the `metadata` event of its stream. `undefined` when it tells
 * none.
 */
export function converseUsage(source: unknown): TokenUsage | undefined {
  if (!isObject(source) || !isObject(source.usage)) return undefined;
  const { usage, serviceTier, performanceConfig } = source;
  return tokenUsage(
    usage.inputTokens,
    usage.outputTokens,
    usage.cacheReadInputTokens,
    usage.cacheWriteInputTokens,
    Array.isArray(usage.cacheDetails) ? writtenForAnHour(usage.cacheDetails) : undefined,
    isObject(serviceTier) ? serviceTier.type : undefined,
    isObject(performanceConfig) ? performanceConfig.latency : undefined,
  );
}

/**
 * What an event of an answer stream tells of its tokens: the `metadata` of Converse, the last chunk of InvokeModel, whose
 * service tier stands in the output.
 */
export function eventUsage(event: unknown, format: AnswerFormat, output: object): TokenUsage | undefined {
  if (!isObject(event)) return undefined;
  // Told over several events, which a door has put together.
  if (isObject(event.tokens)) return event.tokens as unknown as TokenUsage;
  return format === "converse" ? converseUsage(event.metadata) : chunkUsage(event.chunk, output);
}

/** Usage from parts of any origin; `undefined` without whole numbers of input and output tokens. */
export function tokenUsage(
  input: unknown,
  output: unknown,
  cacheRead: unknown,
  cacheWrite: unknown,
  cacheWrite1h: unknown,
  serviceTier: unknown,
  latency: unknown,
): TokenUsage | undefined {
  if (!isCount(input) || !isCount(output)) return undefined;
  const usage: { -readonly [Field in keyof TokenUsage]: TokenUsage[Field] } = {
    inputTokens: input,
    outputTokens: output,
  };
  if (isCount(cacheRead)) usage.cacheReadInputTokens = cacheRead;
  if (isCount(cacheWrite)) usage.cacheWriteInputTokens = cacheWrite;
  if (isCount(cacheWrite1h) && cacheWrite1h > 0) usage.cacheWrite1hInputTokens = cacheWrite1h;
  return Object.freeze(Object.assign(usage, serviceLevel(serviceTier, latency)));
}

/** Bedrock adds its metrics to the last chunk of every vendor. */
function chunkUsage(chunk: unknown, output: object): TokenUsage | undefined {
  if (!isObject(chunk) || !(chunk.bytes instanceof Uint8Array)) return undefined;
  const { buffer, byteOffset, byteLength } = chunk.bytes;
  const text = Buffer.from(buffer, byteOffset, byteLength);
  if (!text.includes(METRICS)) return undefined;
  try {
    const metrics: unknown = JSON.parse(text.toString("utf8"))[METRICS];
    if (!isObject(metrics)) return undefined;
    return tokenUsage(
      metrics.inputTokenCount,
      metrics.outputTokenCount,
      metrics.cacheReadInputTokenCount,
      metrics.cacheWriteInputTokenCount,
      undefined,
      (output as Tariff).serviceTier,
      (output as Tariff).performanceConfigLatency,
    );
  } catch {
    return undefined;
  }
}

/** Where the outputs of InvokeModel and its stream say how they were served. */
interface Tariff {
  readonly serviceTier?: unknown;
  readonly performanceConfigLatency?: unknown;
}

const METRICS = "amazon-bedrock-invocationMetrics";

function writtenForAnHour(details: readonly unknown[]): number {
  let tokens = 0;
  for (const detail of details) {
    if (isObject(detail) && detail.ttl === "1h" && isCount(detail.inputTokens)) tokens += detail.inputTokens;
  }
  return tokens;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
