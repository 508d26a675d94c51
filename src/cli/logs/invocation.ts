import { parseModelRef } from "../../profiles/model-ref.ts";

/** What a log says about one call of a model. Never its prompt or its output. */
export interface Invocation {
  readonly log: "invocation log" | "CloudTrail";
  readonly sourceRegion: string;
  /** The inference profile, or the foundation model where none was called. */
  readonly profile: string;
  /** Where inference ran: as stated, or the source Region when the log states nothing. */
  readonly inferenceRegion: string;
  /** Whether the log states the Region. AWS leaves it out of requests that were not sent on. */
  readonly stated: boolean;
  /** The call was refused or failed: no inference to place. */
  readonly failed: boolean;
  readonly latencyMs?: number;
  readonly firstByteMs?: number;
}

/** A record that is none of a Bedrock call, or one that lacks what places it. */
export type NoInvocation = "other" | "incomplete";

/**
 * Reads a record of a Bedrock model invocation log or of CloudTrail.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/logging-using-cloudtrail.html
 */
export function invocationOf(record: unknown): Invocation | NoInvocation {
  if (text(record, "schemaType") === "ModelInvocationLog") return fromInvocationLog(record);
  return text(record, "eventSource") === "bedrock.amazonaws.com" ? fromCloudTrail(record) : "other";
}

const CALLS: ReadonlySet<string> = new Set([
  "Converse",
  "ConverseStream",
  "InvokeModel",
  "InvokeModelWithResponseStream",
  "InvokeModelWithBidirectionalStream",
  "StartAsyncInvoke",
]);

function fromInvocationLog(record: unknown): Invocation | NoInvocation {
  const metrics = invocationMetrics(at(at(record, "output"), "outputBodyJson"));
  const failed = text(record, "errorCode") !== undefined;
  return placed("invocation log", text(record, "region"), text(record, "modelId"), record, failed, metrics);
}

function fromCloudTrail(record: unknown): Invocation | NoInvocation {
  const additional = at(record, "additionalEventData");
  // Operations newer than this list are told by the Region that ran them.
  const calls = CALLS.has(text(record, "eventName") ?? "") || text(additional, "inferenceRegion") !== undefined;
  if (!calls) return "other";
  const modelId = text(at(record, "requestParameters"), "modelId");
  const failed = text(record, "errorCode") !== undefined;
  return placed("CloudTrail", text(record, "awsRegion"), modelId, additional, failed, {});
}

function placed(
  log: Invocation["log"],
  sourceRegion: string | undefined,
  modelId: string | undefined,
  statement: unknown,
  failed: boolean,
  metrics: Metrics,
): Invocation | NoInvocation {
  if (sourceRegion === undefined || (modelId === undefined && !failed)) return "incomplete";
  const stated = text(statement, "inferenceRegion");
  return {
    log,
    sourceRegion,
    profile: profileOf(modelId ?? "unknown"),
    inferenceRegion: stated ?? sourceRegion,
    stated: stated !== undefined,
    failed,
    ...metrics,
  };
}

/** The id alone, however the profile was called: an ARN holds the account. */
function profileOf(modelId: string): string {
  const ref = parseModelRef(modelId);
  if (ref.kind === "system-profile") return ref.profileId;
  if (ref.kind === "foundation-model") return ref.model;
  return modelId.startsWith("arn:") ? modelId.split(":").slice(5).join(":") : modelId;
}

type Metrics = Pick<Invocation, "latencyMs" | "firstByteMs">;

/** Converse tells `metrics.latencyMs`; the last event of InvokeModelWithResponseStream tells both. */
function invocationMetrics(body: unknown): Metrics {
  const events = Array.isArray(body) ? body : [body];
  for (const event of events.toReversed()) {
    const converse = duration(
      at(at(event, "metrics"), "latencyMs") ?? at(at(at(event, "metadata"), "metrics"), "latencyMs"),
    );
    if (converse !== undefined) return { latencyMs: converse };
    const stream = at(event, STREAM_METRICS) ?? at(at(event, "chunk"), STREAM_METRICS);
    const latencyMs = duration(at(stream, "invocationLatency"));
    const firstByteMs = duration(at(stream, "firstByteLatency"));
    if (latencyMs !== undefined) return { latencyMs, ...(firstByteMs === undefined ? {} : { firstByteMs }) };
  }
  return {};
}

const STREAM_METRICS = "amazon-bedrock-invocationMetrics";

function duration(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}

function at(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

function text(value: unknown, name: string): string | undefined {
  const found = at(value, name);
  return typeof found === "string" && found !== "" ? found : undefined;
}
