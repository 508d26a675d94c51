import type { Exchange } from "../util/exchange.ts";
import type { Reply } from "./fault.ts";
import type { Latency } from "./latency.ts";
import type { ModelTarget } from "./model-target.ts";
import { apiOf, type OperationCall } from "./operations.ts";
import type { RecordedRequest } from "./recorded-request.ts";
import type { Refusal } from "./refusal.ts";
import type { RequestRandom } from "./request-random.ts";
import { respondRefusal } from "./respond.ts";
import { type Progress, sendBody } from "./send-answer.ts";
import type { World } from "./world.ts";

/** What the outcome of a request is told from. */
export interface ServedProgress extends Progress {
  destinationRegion?: string;
  latency?: Latency;
}

/** One authenticated request on its way through the simulator. */
export interface ServedCall {
  readonly exchange: Exchange;
  readonly world: World;
  readonly call: OperationCall;
  readonly request: RecordedRequest;
  readonly sourceRegion: string;
  /** What the `modelId` stands for, or why it stands for nothing. Absent for an operation without a model. */
  readonly target: ModelTarget | Refusal | undefined;
  readonly reply: Reply | undefined;
  readonly requestId: string;
  readonly bodyBytes: number;
  readonly random: RequestRandom;
  /** Simulated time at which the request arrived. */
  readonly startedAt: number;
  /** Simulated round trip between the caller and the source Region. */
  readonly networkMs: number;
  readonly progress: ServedProgress;
}

/** Refuses, after the time that it takes on the network. */
export async function sendRefusal(served: ServedCall, refusal: Refusal): Promise<void> {
  await served.world.time.pause(served.networkMs, served.exchange.gone);
  respondRefusal(served.exchange, refusal, served.requestId, apiOf(served.call.operation));
  noteRefusal(served.progress, refusal);
}

/** Answers with a body that no model had to write. */
export async function sendJson(served: ServedCall, body: object): Promise<void> {
  const { exchange, world, startedAt, progress, reply, networkMs } = served;
  const addMs = reply?.kind === "slow" ? (reply.addMs ?? 0) : 0;
  const latency = { ttfbMs: networkMs + addMs, totalMs: networkMs + addMs };
  const headers = { "content-type": "application/json", "x-amzn-requestid": served.requestId };
  const delivery = { exchange, time: world.time, startedAt, latency, headers, fault: reply, progress };
  await sendBody(delivery, JSON.stringify(body));
}

export function noteRefusal(progress: ServedProgress, refusal: Refusal): void {
  progress.status = refusal.status;
  if (refusal.name !== undefined) progress.exception = refusal.name;
}
