import { roundTripMs } from "../profiles/distance.ts";
import type { Exchange } from "../util/exchange.ts";
import { authenticate, type Caller, endpointRegion, operationPath } from "./authenticate.ts";
import { controlPlaneBody } from "./control-plane.ts";
import type { Reply } from "./fault.ts";
import { faultResponse, isRawResponse } from "./fault-response.ts";
import type { RequestFacts } from "./journal.ts";
import { type ModelTarget, modelTarget } from "./model-target.ts";
import {
  type Api,
  apiOf,
  isModelOperation,
  isStreaming,
  matchOperation,
  type OperationCall,
  withBody,
} from "./operations.ts";
import { isRefusal, type Refusal, refuse } from "./refusal.ts";
import { randomOf } from "./request-random.ts";
import { respondRaw, respondRefusal } from "./respond.ts";
import { untilGone } from "./send-answer.ts";
import { serveModel } from "./serve-model.ts";
import { noteRefusal, type ServedCall, type ServedProgress, sendJson, sendRefusal } from "./served-call.ts";
import { storedResponseBody } from "./stored-responses.ts";
import type { World } from "./world.ts";

/** Answers one request and keeps it in the journal. Never rejects. */
export async function serve(exchange: Exchange, world: World): Promise<void> {
  const startedAt = world.time.now();
  const receivedAt = world.time.wallNow();
  const matched = matchOperation(exchange.method, operationPath(exchange.path));
  // Where there is no operation, a body may have no end, so it is not waited for.
  const bytes = matched === undefined ? emptyBody : await exchange.readBody().catch(() => undefined);
  if (bytes === undefined) return;
  const body = parseBody(bytes);
  const call = matched === undefined ? undefined : withBody(matched, body);
  const api = apiOf(call?.operation);

  const arrival = { exchange, call, body, receivedAt, ...identified(exchange, call, bytes, world) };
  const { caller, target } = arrival;
  const { request, end } = world.journal.record(factsOf(arrival));
  const requestId = randomOf(world.seed, "request", request.number).uuid("id");
  const progress: ServedProgress = { contentEvents: 0 };
  let reply: Reply | undefined;
  try {
    if (isRefusal(caller)) {
      respondRefusal(exchange, caller, requestId, api);
      noteRefusal(progress, caller);
    } else if (call !== undefined) {
      const { sourceRegion } = caller;
      const useKey = `${sourceRegion}|${request.modelId ?? call.operation}`;
      const random = randomOf(world.seed, useKey, countUse(world, useKey));
      const networkMs = world.callerRegion === undefined ? 0 : (roundTripMs(world.callerRegion, sourceRegion) ?? 0);
      reply = world.script.next(request);
      const bodyBytes = bytes.byteLength;
      const circumstances = { reply, requestId, bodyBytes, random, startedAt, networkMs, progress };
      await answer({ exchange, world, call, request, sourceRegion, target, ...circumstances });
    }
  } catch (error) {
    if (!exchange.gone.aborted) reportMistake(exchange, error, requestId, progress, api);
  } finally {
    end({
      ...progress,
      ...(reply === undefined ? {} : { reply: reply.kind }),
      clientCancelled: exchange.gone.aborted && !world.closing,
      endedAt: world.time.wallNow(),
    });
  }
}

const emptyBody = new Uint8Array();

interface Identified {
  readonly caller: Caller | Refusal;
  readonly target: ModelTarget | Refusal | undefined;
}

interface Arrival extends Identified {
  readonly exchange: Exchange;
  readonly call: OperationCall | undefined;
  readonly body: unknown;
  readonly receivedAt: number;
}

function identified(exchange: Exchange, call: OperationCall | undefined, body: Uint8Array, world: World): Identified {
  if (call === undefined) return { caller: refuse.unknownOperation(), target: undefined };
  const endpoint = endpointRegion(exchange.path, exchange.headers.host);
  const caller = authenticate({ ...exchange, body }, endpoint, world.identities);
  const callsModel = isModelOperation(call.operation) && !isRefusal(caller);
  return { caller, target: callsModel ? modelTarget(call.label ?? "", caller.sourceRegion, world) : undefined };
}

function factsOf({ exchange, call, body, receivedAt, caller, target }: Arrival): RequestFacts {
  const known = target === undefined || isRefusal(target) ? undefined : target;
  const modelId = call !== undefined && isModelOperation(call.operation) ? (call.label ?? "") : undefined;
  return {
    ...(call === undefined ? {} : { operation: call.operation }),
    ...(isRefusal(caller) ? {} : { sourceRegion: caller.sourceRegion }),
    ...(modelId === undefined ? {} : { modelId }),
    ...(known === undefined ? {} : { model: known.model, kind: known.kind }),
    method: exchange.method,
    path: exchange.path,
    headers: exchange.headers,
    body,
    httpVersion: exchange.httpVersion,
    authentication: isRefusal(caller) ? "refused" : caller.by,
    receivedAt,
  };
}

async function answer(served: ServedCall): Promise<void> {
  const { exchange, world, call, reply, sourceRegion, target, progress } = served;
  if (reply?.kind === "hang") await untilGone(exchange.gone);
  if (reply?.kind === "reset" && reply.afterContentEvents === undefined) {
    exchange.break(reply.how ?? "tcp-reset", reply.code);
    return;
  }
  const modelId = served.request.modelId ?? "";
  const resourceArn = target === undefined || isRefusal(target) ? modelId : target.resourceArn;
  const streaming = isStreaming(call);
  const response =
    reply === undefined
      ? undefined
      : faultResponse(reply, { operation: call.operation, modelId, resourceArn, streaming });
  if (response === undefined) {
    if (isModelOperation(call.operation)) return serveModel(served);
    const body =
      storedResponseBody(call, sourceRegion, world) ??
      controlPlaneBody(call, sourceRegion, world) ??
      refuse.unknownOperation();
    return isRefusal(body) ? sendRefusal(served, body) : sendJson(served, body);
  }
  if (!isRawResponse(response)) return sendRefusal(served, response);
  await world.time.pause(served.networkMs, exchange.gone);
  respondRaw(exchange, response, served.requestId);
  progress.status = response.status;
}

function countUse({ useCounts }: World, key: string): number {
  const count = (useCounts.get(key) ?? 0) + 1;
  useCounts.set(key, count);
  return count;
}

function parseBody(body: Uint8Array): unknown {
  if (body.byteLength === 0) return undefined;
  const text = Buffer.from(body).toString("utf8");
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A callback of the test's author threw: a request that hangs would hide it. */
function reportMistake(
  exchange: Exchange,
  error: unknown,
  requestId: string,
  progress: ServedProgress,
  api: Api,
): void {
  if (progress.status !== undefined) {
    exchange.break("tcp-reset");
    return;
  }
  const refusal = { ...refuse.internalError(), message: `The simulator failed: ${String(error)}` };
  respondRefusal(exchange, refusal, requestId, api);
  noteRefusal(progress, refusal);
}
