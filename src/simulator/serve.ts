import { roundTripMs } from "../profiles/distance.ts";
import { authenticate, endpointRegion, operationPath } from "./authenticate.ts";
import { controlPlaneBody } from "./control-plane.ts";
import type { Exchange } from "./exchange.ts";
import type { Reply } from "./fault.ts";
import { faultResponse, isRawResponse } from "./fault-response.ts";
import { type Luck, luckOf } from "./luck.ts";
import { type ModelTarget, modelTarget } from "./model-target.ts";
import { isModelOperation, isStreamingOperation, matchOperation, type OperationCall } from "./operations.ts";
import type { RecordedRequest } from "./recorded-request.ts";
import { isRefusal, type Refusal, refuse } from "./refusal.ts";
import { respondRaw, respondRefusal } from "./respond.ts";
import { type Progress, sendBody, untilGone } from "./send-answer.ts";
import { serveModel } from "./serve-model.ts";
import type { World } from "./world.ts";

/** One authenticated request on its way through the simulator. */
export interface ServedCall {
  readonly exchange: Exchange;
  readonly world: World;
  readonly call: OperationCall;
  readonly request: RecordedRequest;
  readonly sourceRegion: string;
  /** What the `modelId` stands for, or why it stands for nothing. */
  readonly target: ModelTarget | Refusal | undefined;
  readonly reply: Reply | undefined;
  readonly requestId: string;
  readonly luck: Luck;
  /** Simulated time at which the request arrived. */
  readonly startedAt: number;
  /** Simulated round trip between the caller and the source Region. */
  readonly networkMs: number;
  readonly progress: ServedProgress;
}

/** What the outcome of a request is told from. */
export interface ServedProgress extends Progress {
  destinationRegion?: string;
  latency?: { readonly ttfbMs: number; readonly totalMs: number };
}

/** Answers one request, and keeps it in the journal. Never rejects. */
export async function serve(exchange: Exchange, world: World): Promise<void> {
  const startedAt = world.time.now();
  const receivedAt = world.time.wallNow();
  const call = matchOperation(exchange.method, operationPath(exchange.path));
  // A body may never end where there is no operation to end it, so it is not waited for.
  const body = call === undefined ? emptyBody : await exchange.readBody().catch(() => undefined);
  if (body === undefined) return;

  const endpoint = endpointRegion(exchange.path, exchange.headers.host);
  const caller =
    call === undefined ? refuse.unknownOperation() : authenticate({ ...exchange, body }, endpoint, world.identities);
  const sourceRegion = isRefusal(caller) ? undefined : caller.sourceRegion;
  const modelId = call !== undefined && isModelOperation(call.operation) ? (call.label ?? "") : undefined;
  const target =
    modelId === undefined || sourceRegion === undefined ? undefined : modelTarget(modelId, sourceRegion, world);
  const known = target === undefined || isRefusal(target) ? undefined : target;
  const entry = world.journal.record({
    ...(call === undefined ? {} : { operation: call.operation }),
    ...(sourceRegion === undefined ? {} : { sourceRegion }),
    ...(modelId === undefined ? {} : { modelId }),
    ...(known === undefined ? {} : { model: known.model, kind: known.kind }),
    method: exchange.method,
    path: exchange.path,
    headers: exchange.headers,
    body: parseBody(body),
    httpVersion: exchange.httpVersion,
    authentication: isRefusal(caller) ? "refused" : caller.by,
    receivedAt,
  });

  const progress: ServedProgress = { contentEvents: 0 };
  const requestId = luckOf(world.seed, "request", entry.request.number).uuid("id");
  let reply: Reply | undefined;
  try {
    if (isRefusal(caller) || call === undefined || sourceRegion === undefined) {
      respondRefusal(exchange, caller as Refusal, requestId);
      noteRefusal(progress, caller as Refusal);
    } else {
      reply = world.script.next(entry.request);
      const luck = luckOf(world.seed, sourceRegion, modelId ?? call.operation, useNumber(world, sourceRegion, modelId));
      const networkMs = world.callerRegion === undefined ? 0 : (roundTripMs(world.callerRegion, sourceRegion) ?? 0);
      const { request } = entry;
      await answer({ exchange, world, call, request, sourceRegion, target, reply, requestId, luck, startedAt, networkMs, progress });
    }
  } catch (error) {
    if (!exchange.gone.aborted) reportMistake(exchange, error, requestId, progress);
  } finally {
    entry.end({
      ...progress,
      ...(reply === undefined ? {} : { reply: reply.kind }),
      clientCancelled: exchange.gone.aborted && !world.closing,
      endedAt: world.time.wallNow(),
    });
  }
}

/** Sends a refusal, after the time that it takes on the network. */
export async function sendRefusal(served: ServedCall, refusal: Refusal): Promise<void> {
  await served.world.time.pause(served.networkMs, served.exchange.gone);
  respondRefusal(served.exchange, refusal, served.requestId);
  noteRefusal(served.progress, refusal);
}

async function answer(served: ServedCall): Promise<void> {
  const { exchange, world, call, reply, sourceRegion, target, progress } = served;
  if (reply?.kind === "hang") await untilGone(exchange.gone);
  if (reply?.kind === "reset" && reply.afterContentEvents === undefined) {
    exchange.break(reply.how ?? "tcp-reset", reply.code);
    return;
  }
  const modelId = served.request.modelId ?? "";
  const response =
    reply === undefined
      ? undefined
      : faultResponse(reply, {
          operation: call.operation,
          modelId,
          resourceArn: target === undefined || isRefusal(target) ? modelId : target.resourceArn,
          streaming: isStreamingOperation(call.operation),
        });
  if (response !== undefined) {
    if (!isRawResponse(response)) return sendRefusal(served, response);
    await world.time.pause(served.networkMs, exchange.gone);
    respondRaw(exchange, response, served.requestId);
    progress.status = response.status;
    return;
  }
  if (isModelOperation(call.operation)) return serveModel(served);

  const body = controlPlaneBody(call, sourceRegion, world) ?? refuse.unknownOperation();
  if (isRefusal(body)) return sendRefusal(served, body);
  const addMs = reply?.kind === "slow" ? (reply.addMs ?? 0) : 0;
  const latency = { ttfbMs: served.networkMs + addMs, totalMs: served.networkMs + addMs };
  const headers = { "content-type": "application/json", "x-amzn-requestid": served.requestId };
  const { time } = world;
  await sendBody({ exchange, time, startedAt: served.startedAt, latency, headers, fault: reply, progress }, JSON.stringify(body));
}

const emptyBody = new Uint8Array();

function noteRefusal(progress: ServedProgress, refusal: Refusal): void {
  progress.status = refusal.status;
  if (refusal.name !== undefined) progress.exception = refusal.name;
}

function useNumber({ useCounts }: World, sourceRegion: string, modelId = ""): number {
  const key = `${sourceRegion}|${modelId}`;
  const number = (useCounts.get(key) ?? 0) + 1;
  useCounts.set(key, number);
  return number;
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

/** A callback of the test's author threw: hanging would hide it. */
function reportMistake(exchange: Exchange, error: unknown, requestId: string, progress: ServedProgress): void {
  if (progress.status !== undefined) {
    exchange.break("tcp-reset");
    return;
  }
  const refusal = { ...refuse.internalError(), message: `The simulator failed: ${String(error)}` };
  respondRefusal(exchange, refusal, requestId);
  noteRefusal(progress, refusal);
}
