import { type Answer, composeAnswer, defaultText } from "./answer.ts";
import { converseBody, converseEvents } from "./converse.ts";
import { countTokens } from "./count-tokens.ts";
import type { StreamEvent } from "./event-stream.ts";
import { anthropicFormat } from "./invoke-anthropic.ts";
import { chatFormat } from "./invoke-chat.ts";
import type { InvokeChunk, InvokeContext } from "./invoke-format.ts";
import { invokeBody, invokeEvents, isEmbeddingModel } from "./invoke-model.ts";
import { type Json, member } from "./json.ts";
import { drawLatency, type Latency } from "./latency.ts";
import type { ModelTarget } from "./model-target.ts";
import { apiOf, isStreaming } from "./operations.ts";
import { conversePrompt, invokePrompt, type Prompt } from "./prompt.ts";
import { isRefusal, type Refusal, refuse } from "./refusal.ts";
import { responseBody, responseEvents } from "./responses.ts";
import { type Delivery, eventStream, sendBody, sendEvents } from "./send-answer.ts";
import { type ServedCall, sendJson, sendRefusal } from "./served-call.ts";
import { DONE, serverSentEvents } from "./server-sent-events.ts";
import { missingPrevious, storeResponse } from "./stored-responses.ts";
import { validateBodyModel } from "./validate-body-model.ts";
import { validateConverse } from "./validate-converse.ts";
import { validateInvoke } from "./validate-invoke.ts";
import { validateModelId } from "./validate-model-id.ts";

/** Answers a request that calls a model, in the order in which Bedrock looks at it. */
export async function serveModel(served: ServedCall): Promise<void> {
  const { call, request, sourceRegion, target, world } = served;
  const modelId = request.modelId ?? "";
  const api = apiOf(call.operation);
  const malformed =
    bodyTooLarge(served.bodyBytes) ??
    (api === "aws" ? validateModelId(modelId) : validateBodyModel(call.operation, request.body)) ??
    malformedBody(served);
  if (malformed !== undefined) return sendRefusal(served, malformed);
  if (call.operation === "CountTokens") {
    const counted = countTokens(modelId, sourceRegion, request.body, world);
    return isRefusal(counted) ? sendRefusal(served, counted) : sendJson(served, counted);
  }
  if (target === undefined || isRefusal(target)) {
    const unknown = refuse.invalidModelIdentifier();
    const refused = target ?? unknown;
    // The APIs with the model in the body have words of their own for it.
    return sendRefusal(
      served,
      api !== "aws" && refused.message === unknown.message ? refuse.noSuchModel(modelId) : refused,
    );
  }
  const refusal =
    world.denials.refusalOf(target, call, sourceRegion) ?? unsupported(served, target) ?? invalidBody(served, target);
  if (refusal !== undefined) return sendRefusal(served, refusal);

  const prompt = isConverse(served) ? conversePrompt(request.body) : invokePrompt(request.body);
  const maxTokens = prompt.maxTokens ?? reservedWithoutMaxTokens;
  const { model } = target;
  const scope = target.kind === "provisioned" ? "provisioned" : target.scope;
  const admission = world.quotas.admit({ sourceRegion, model, scope, inputTokens: prompt.inputTokens, maxTokens });
  if (isRefusal(admission)) return sendRefusal(served, admission);
  const answer = composeAnswer(prompt, answerText(served, prompt), served.random.uuid("answer"));
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
  const { exchange, world, progress, random } = served;
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
  const context = invokeContext(served, target);
  const { operation } = served.call;
  if (operation === "CreateResponse") {
    storeResponse(responseBody(answer, context), context.requestBody, served.sourceRegion, world);
  }
  if (!isStreaming(served.call)) {
    return sendBody(delivery, JSON.stringify(bodyOf(served, answer, context, latency)));
  }
  const events = eventsOf(served, answer, context, latency);
  if (operation === "ChatCompletions" || operation === "CreateResponse" || operation === "Messages") {
    return sendEvents(delivery, events, serverSentEvents(operation));
  }
  const length = random.sequence("padding");
  const padding = (): string => paddingAlphabet.slice(0, 1 + Math.floor(length() * paddingAlphabet.length));
  return sendEvents(delivery, events, eventStream(padding));
}

function bodyOf(served: ServedCall, answer: Answer, context: InvokeContext, latency: Latency): unknown {
  switch (served.call.operation) {
    case "Converse":
      return converseBody(answer, Math.round(latency.totalMs));
    case "CreateResponse":
      return responseBody(answer, context);
    case "ChatCompletions":
      return chatFormat.body(answer, context);
    default:
      return invokeBody(answer, context);
  }
}

function eventsOf(
  served: ServedCall,
  answer: Answer,
  context: InvokeContext,
  latency: Latency,
): readonly StreamEvent[] {
  switch (served.call.operation) {
    case "ConverseStream":
      return converseEvents(answer, Math.round(latency.totalMs));
    case "CreateResponse":
      return responseEvents(answer, context);
    case "ChatCompletions":
      return [...withoutUsage(chatFormat.chunks(answer, context), context).map(unnamed), DONE];
    case "Messages":
      return anthropicFormat.chunks(answer, context).map(named);
    default:
      return invokeEvents(answer, context, latency);
  }
}

/** The chunk with the usage comes when it is asked for. */
function withoutUsage(chunks: readonly InvokeChunk[], { requestBody }: InvokeContext): readonly InvokeChunk[] {
  return member(requestBody, "stream_options", "include_usage") === true ? chunks : chunks.slice(0, -1);
}

function unnamed({ json, content }: InvokeChunk): StreamEvent {
  return { type: "", payload: json, content };
}

function named({ json, content }: InvokeChunk): StreamEvent {
  return { type: String(json.type), payload: json, content };
}

function invalidBody(served: ServedCall, target: ModelTarget): Refusal | undefined {
  const { call, request, sourceRegion, world } = served;
  if (isConverse(served)) return validateConverse(request.body);
  if (call.operation === "CreateResponse") return missingPrevious(request.body, sourceRegion, world);
  return apiOf(call.operation) === "aws" ? validateInvoke(target.model, request.body) : undefined;
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

function unsupported(served: ServedCall, { model, kind }: ModelTarget): Refusal | undefined {
  if (served.call.operation === "CreateResponse" && kind === "application") {
    return refuse.validation("Application inference profiles are not supported by the Responses API.");
  }
  if (!isEmbeddingModel(model)) return undefined;
  if (isConverse(served)) {
    return refuse.validation(
      "This action doesn't support the model that you provided. Try again with a supported text or chat model.",
    );
  }
  return isStreaming(served.call) ? refuse.validation("The model is unsupported for streaming.") : undefined;
}

function answerText(served: ServedCall, prompt: Prompt): string {
  const { reply, request, world } = served;
  if (reply?.kind === "answer" && reply.text !== undefined) return reply.text;
  if (world.answer === undefined) return defaultText;
  return world.answer({ ...request, prompt: prompt.text });
}

function latencyOf(served: ServedCall, target: ModelTarget, answer: Answer): Latency {
  const { call, sourceRegion, reply, networkMs, random, world } = served;
  const request = {
    operation: call.operation,
    sourceRegion,
    modelId: target.modelId,
    model: target.model,
    scope: target.scope,
    inputTokens: answer.inputTokens,
    outputTokens: answer.outputTokens,
    random: random.sequence("latency"),
  };
  const drawn = world.latency === undefined ? drawLatency(request, world.tails) : world.latency(request);
  const { factor = 1, addMs = 0 } = reply?.kind === "slow" ? reply : {};
  const given: { readonly ttfbMs?: number; readonly totalMs?: number } = reply?.kind === "answer" ? reply : {};
  const ttfbMs = (given.ttfbMs ?? drawn.ttfbMs) * factor + addMs + networkMs;
  const totalMs = (given.totalMs ?? drawn.totalMs) * factor + addMs + networkMs;
  return { ttfbMs, totalMs: Math.max(ttfbMs, totalMs) };
}

/** Bedrock does not say how it chooses; every destination Region is as likely as the others. */
function destinationOf({ sourceRegion, random, world }: ServedCall, target: ModelTarget): string {
  const [first] = target.destinationRegions;
  const candidates =
    first === "*"
      ? Object.keys(world.catalog.profile(`global.${target.model}`)?.destinations ?? {})
      : target.destinationRegions.filter((region) => region !== "unknown");
  return candidates[Math.floor(random.of("destination") * candidates.length)] ?? sourceRegion;
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
  if (isStreaming(served.call)) {
    if (apiOf(operation) !== "aws") return { ...common, "content-type": "text/event-stream; charset=utf-8" };
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
    id: served.random.uuid("answer"),
    createdSeconds: Math.floor(served.request.receivedAt / 1_000),
  };
}
