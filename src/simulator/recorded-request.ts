import type { Reply } from "./fault.ts";
import type { Latency } from "./latency.ts";
import type { TargetKind } from "./model-target.ts";
import type { OperationName } from "./operations.ts";

/** One request that the simulator received, and what became of it. */
export interface RecordedRequest {
  /** 1 for the first request of this simulator. */
  readonly number: number;
  /** Absent for a path that is no operation. */
  readonly operation?: OperationName;
  /** The Region whose endpoint received the request. Absent when the caller was not authenticated. */
  readonly sourceRegion?: string;
  /** The model id or ARN in the path, decoded. */
  readonly modelId?: string;
  /** The foundation model, when `modelId` is callable from this source Region. */
  readonly model?: string;
  /** How `modelId` reaches the model, when it is callable from this source Region. */
  readonly kind?: TargetKind;
  readonly method: string;
  readonly path: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed JSON; the text when it is not JSON; undefined when there is none. */
  readonly body: unknown;
  readonly httpVersion: "1.1" | "2";
  /** How the caller was authenticated: `"refused"` covers a wrong signature as well as a missing one. */
  readonly authentication: "signature" | "bearer" | "refused";
  /** Milliseconds since the Unix epoch. */
  readonly receivedAt: number;
  /** What became of the request; undefined while it is being answered. */
  readonly outcome: RequestOutcome | undefined;
  /** Resolves with the outcome once there is one. Never rejects. */
  readonly ended: Promise<RequestOutcome>;
}

/** What the simulator answered. */
export interface RequestOutcome {
  /** HTTP status; absent when no response was started. */
  readonly status?: number;
  /** Name of the exception that was sent, in the head or inside the stream. */
  readonly exception?: string;
  /** The scripted reply that decided the answer. */
  readonly reply?: Reply["kind"];
  /** The Region that ran the inference. */
  readonly destinationRegion?: string;
  /** The latency that was drawn, in simulated milliseconds. */
  readonly latency?: Latency;
  /** Content events that were sent in a stream. */
  readonly contentEvents: number;
  /** Whether the caller left before the answer was complete. */
  readonly clientCancelled: boolean;
  /** Milliseconds since the Unix epoch. */
  readonly endedAt: number;
}

/** Which requests a rule or a look-up means. Every field that is given must agree. */
export interface RequestMatch {
  readonly operation?: OperationName;
  readonly sourceRegion?: string;
  /** As it was sent: an id or an ARN. */
  readonly modelId?: string;
  /** The foundation model behind it. */
  readonly model?: string;
  readonly kind?: TargetKind;
  /** Anything else. */
  readonly where?: (request: RecordedRequest) => boolean;
}

/** Whether a request is one of those that `match` means. */
export function matchesRequest(request: RecordedRequest, match: RequestMatch): boolean {
  const { where, ...facts } = match;
  const agree = Object.entries(facts).every(
    ([name, expected]) => expected === undefined || request[name as keyof typeof facts] === expected,
  );
  return agree && (where === undefined || where(request));
}
