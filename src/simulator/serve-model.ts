import { type Answer, composeAnswer, defaultText } from "./answer.ts";
import { converseBody, converseEvents } from "./converse.ts";
import { countTokens } from "./count-tokens.ts";
import type { StreamEvent } from "./event-stream.ts";
import type { InvokeContext } from "./invoke-format.ts";
import { invokeBody, invokeEvents, isEmbeddingModel } from "./invoke-model.ts";
import type { Json } from "./json.ts";
import { drawLatency, type Latency } from "./latency.ts";
import type { ModelTarget } from "./model-target.ts";
import { isStreamingOperation } from "./operations.ts";
import { conversePrompt, invokePrompt, type Prompt } from "./prompt.ts";
import { isRefusal, type Refusal, refuse } from "./refusal.ts";
import { type Delivery, sendBody, sendEvents } from "./send-answer.ts";
import { type ServedCall, sendJson, sendRefusal } from "./served-call.ts";
import { validateConverse } from "./validate-converse.ts";
import { validateInvoke } from "./validate-invoke.ts";
import { validateModelId } from "./validate-model-id.ts";

/** Answers a request that calls a model, in the order in which Bedrock looks at it. */
export async function serveModel(served: ServedCall): Promise<void> {
  const { call, request, sourceRegion, target, world } = served;
  const modelId = request.modelId ?? "";
  const malformed = bodyTooLarge(served.bodyBytes) ?? validateModelId(modelId) ?? malformedBody(served);
  if (malformed !== undefined) return sendRefusal(served, malformed);
  if (call.operation === "CountTokens") {
    const counted = countTokens(modelId, sourceRegion, request.body, world);
    return isRefusal(counted) ? sendRefusal(served, counted) : sendJson(served, counted);
  }
  if (target === undefined || isRefusal(target)) return sendRefusal(served, target ?? refuse.invalidModelIdentifier());
  const refusal =
    world.denials.refusalOf(target, call.operation, sourceRegion) ??
    unsupported(served, target.model) ??
    (isConverse(served) ? validateConverse(request.body) : validateInvoke(target.model, request.body));
  if (refusal !== undefined) return sendRefusal(served, refusal);

  const prompt = isConverse(served) ? conversePrompt(request.body) : invokePrompt(request.body);
  const maxTokens = prompt.maxTokens ?? reservedWithoutMaxTokens;
  const { model } = target;
  const scope = target.kind === "provisioned" ? "provisioned" : target.scope;
  const admission = world.quotas.admit({ sourceRegion, model, scope, inputTokens: prompt.inputTokens, maxTokens });
  if (isRefusal(admission)) return sendRefusal(served, admission);
  const answer = composeAnswer(prompt, answerText(served, prompt), served.luck.uuid("answer"));
  try {
    await sendAnswer(served, target, answer);
  } finally {
    admission.settle(answer.outputTokens);
  }
}

const largestBody = 25_000_000;
/** What a request without `maxTokens` reserves. */
const reservedWithoutMaxTokens = 4_096;
const paddingAlphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

async function sendAnswer(served: ServedCall, target: ModelTarget, answer: Answer): Promise<void> {
  const { exchange, world, progress, luck } = served;
  const latency = latencyOf(served, target, answer);
  const destinationRegion = destinationOf(served, target);
  progress.latency = latency;
  progress.destinationRegion = destinationRegion;
  const delivery: Delivery = {
    exchange,
    time: world.time,
    startedAt: served.startedAt,
    latency,
    headers: headersOf(served, target, answer, latency, destinationRegion),
    fault: served.reply,
    progress,
  };
  if (!isStreamingOperation(served.call.operation)) {
    const body = isConverse(served)
      ? converseBody(answer, Math.round(latency.totalMs))
      : invokeBody(answer, invokeContext(served, target));
    return sendBody(delivery, JSON.stringify(body));
  }
  const events: readonly StreamEvent[] = isConverse(served)
    ? converseEvents(answer, Math.round(latency.totalMs))
    : invokeEvents(answer, invokeContext(served, target), latency);
  const length = luck.sequence("padding");
  return sendEvents(delivery, events, () =>
    paddingAlphabet.slice(0, 1 + Math.floor(length() * paddingAlphabet.length)),
  );
}

function isConverse({ call }: ServedCall): boolean {
  return call.operation === "Converse" || call.operation === "ConverseStream";
}

function bodyTooLarge(bodyBytes: number): Refusal | undefined {
  if (bodyBytes <= largestBody) return undefined;
  return refuse.constraints([
    `Value at 'body' failed to satisfy constraint: Member must have length less than or equal to ${largestBody}`,
  ]);
}

/** Converse parses its body before anything else; InvokeModel hands it to the model as it is. */
function malformedBody({ call, request }: ServedCall): Refusal | undefined {
  const unparsed = typeof request.body === "string" && !call.operation.startsWith("InvokeModel");
  return unparsed ? refuse.serialization() : undefined;
}

function unsupported(served: ServedCall, model: string): Refusal | undefined {
  if (!isEmbeddingModel(model)) return undefined;
  if (isConverse(served)) {
    return refuse.validation(
      "This action doesn't support the model that you provided. Try again with a supported text or chat model.",
    );
  }
  return isStreamingOperation(served.call.operation)
    ? refuse.validation("The model is unsupported for streaming.")
    : undefined;
}

function answerText(served: ServedCall, prompt: Prompt): string {
  const { reply, request, world } = served;
  if (reply?.kind === "answer" && reply.text !== undefined) return reply.text;
  if (world.answer === undefined) return defaultText;
  return world.answer({ ...request, prompt: prompt.text });
}

function latencyOf(served: ServedCall, target: ModelTarget, answer: Answer): Latency {
  const { call, sourceRegion, reply, networkMs, luck, world } = served;
  const request = {
    operation: call.operation,
    sourceRegion,
    modelId: target.modelId,
    model: target.model,
    scope: target.scope,
    inputTokens: answer.inputTokens,
    outputTokens: answer.outputTokens,
    random: luck.sequence("latency"),
  };
  const drawn = world.latency === undefined ? drawLatency(request, world.tails) : world.latency(request);
  const { factor = 1, addMs = 0 } = reply?.kind === "slow" ? reply : {};
  const given: { readonly ttfbMs?: number; readonly totalMs?: number } = reply?.kind === "answer" ? reply : {};
  const ttfbMs = (given.ttfbMs ?? drawn.ttfbMs) * factor + addMs + networkMs;
  const totalMs = (given.totalMs ?? drawn.totalMs) * factor + addMs + networkMs;
  return { ttfbMs, totalMs: Math.max(ttfbMs, totalMs) };
}

/** Bedrock does not say how it chooses; every destination Region is as likely as the others. */
function destinationOf({ sourceRegion, luck, world }: ServedCall, target: ModelTarget): string {
  const [first] = target.destinationRegions;
  const candidates =
    first === "*"
      ? Object.keys(world.catalog.profile(`global.${target.model}`)?.destinations ?? {})
      : target.destinationRegions.filter((region) => region !== "unknown");
  return candidates[Math.floor(luck.of("destination") * candidates.length)] ?? sourceRegion;
}

function headersOf(
  served: ServedCall,
  target: ModelTarget,
  answer: Answer,
  latency: Latency,
  destinationRegion: string,
): Readonly<Record<string, string>> {
  const common = { "x-amzn-requestid": served.requestId };
  const { operation } = served.call;
  if (isStreamingOperation(operation)) {
    const invoked =
      operation === "InvokeModelWithResponseStream" ? { "x-amzn-bedrock-content-type": "application/json" } : {};
    return { ...common, ...invoked, "content-type": "application/vnd.amazon.eventstream" };
  }
  return {
    ...common,
    "content-type": "application/json",
    ...(target.scope === "in-region" ? {} : { "x-amzn-bedrock-inference-region": destinationRegion }),
    ...(operation === "InvokeModel"
      ? {
          "x-amzn-bedrock-invocation-latency": String(Math.round(latency.totalMs)),
          "x-amzn-bedrock-input-token-count": String(answer.inputTokens),
          "x-amzn-bedrock-output-token-count": String(answer.outputTokens),
          "x-amzn-bedrock-cache-read-input-token-count": "0",
          "x-amzn-bedrock-cache-write-input-token-count": "0",
        }
      : {}),
  };
}

function invokeContext(served: ServedCall, target: ModelTarget): InvokeContext {
  const requestBody: Json = served.request.body;
  return {
    model: target.model,
    requestBody,
    id: served.luck.uuid("answer"),
    createdSeconds: Math.floor(served.request.receivedAt / 1_000),
  };
}
