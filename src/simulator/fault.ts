import type { Break } from "../util/exchange.ts";
import type { DenyingPolicy } from "./refusal.ts";

/** The exceptions that Bedrock sends inside a stream. */
export type StreamException =
  | "internalServerException"
  | "modelStreamErrorException"
  | "modelTimeoutException"
  | "serviceUnavailableException"
  | "throttlingException"
  | "validationException";

/**
 * Where a stream breaks. Content events are content deltas and the starts of tool use, not `messageStart`, `metadata`
 * and the like. On an operation that does not stream, the body breaks in its middle.
 */
export interface StreamPosition {
  /** How many content events arrive first. @defaultValue 0 */
  readonly afterContentEvents?: number;
}

/** An adverse answer, to exercise what the calling code does about it. */
export type Fault =
  /** 429, a per-minute quota is used up. `limit` is `"requests"` by default. */
  | { readonly kind: "throttle"; readonly limit?: "requests" | "tokens" }
  /** 429, the tokens-per-day quota of the model in this source Region is used up. */
  | { readonly kind: "throttle-per-day" }
  /** 400, the model identifier is invalid: unknown, or not callable from this source Region. */
  | { readonly kind: "invalid-model-id" }
  /** 400, the foundation model needs an inference profile here. */
  | { readonly kind: "on-demand-unsupported" }
  /** 403. `by` is `"model-access"` by default; `resourceArn` is the called resource. */
  | { readonly kind: "access-denied"; readonly by?: DenyingPolicy; readonly resourceArn?: string }
  /** 503. */
  | { readonly kind: "service-unavailable" }
  /** 500. */
  | { readonly kind: "internal-error" }
  /** 503 with an HTML page, as a load balancer sends it: the SDK fails to parse it. */
  | { readonly kind: "html-503" }
  /** An error without a body and without a name. `status` is 503 by default. */
  | { readonly kind: "empty-body"; readonly status?: number }
  /** No answer, until the client gives up or the simulator closes. */
  | { readonly kind: "hang" }
  /** The normal answer, later: latencies times `factor`, plus `addMs`. */
  | { readonly kind: "slow"; readonly factor?: number; readonly addMs?: number }
  /**
   * The connection breaks: before any response, or within the stream when a position is given. `how` is `"tcp-reset"`
   * by default. The three TCP and session kinds take every other request on the same connection with them.
   */
  | ({ readonly kind: "reset"; readonly how?: Break; readonly code?: number } & StreamPosition)
  /** The stream stays open and says nothing more; at 0, `messageStart` is the last that is heard. */
  | ({ readonly kind: "stall" } & StreamPosition)
  /** The stream ends cleanly and without its last events; at 0, it is empty. */
  | ({ readonly kind: "end-early" } & StreamPosition)
  /** Status 200, and the first frame of the stream is an exception. */
  | { readonly kind: "first-frame-exception"; readonly exception?: StreamException; readonly message?: string }
  /** An exception within the stream; at 0, right after `messageStart`. */
  | ({
      readonly kind: "mid-stream-exception";
      readonly exception?: StreamException;
      readonly message?: string;
    } & StreamPosition)
  /** A frame with a wrong checksum, or one cut off in its middle. */
  | ({ readonly kind: "corrupt-frame"; readonly how?: "checksum" | "truncated" } & StreamPosition)
  /** Any exception of AWS, with headers of its own, such as `retry-after`. */
  | {
      readonly kind: "error";
      readonly name: string;
      readonly status: number;
      readonly message: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Any HTTP answer at all. */
  | {
      readonly kind: "respond";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | Uint8Array;
    };

/** A normal answer, with its text or its duration given. */
export interface ScriptedAnswer {
  readonly kind: "answer";
  readonly text?: string;
  readonly ttfbMs?: number;
  readonly totalMs?: number;
}

/** What the next request gets: a fault or a normal answer. */
export type Reply = Fault | ScriptedAnswer;

/** Refuses a reply that does not exist, before it silently does nothing. */
export function assertReply(reply: Reply, path: string): void {
  if (!Object.hasOwn(kinds, reply.kind)) {
    throw new TypeError(
      `${path}.kind must be one of ${Object.keys(kinds).join(", ")}, got ${JSON.stringify(reply.kind)}`,
    );
  }
}

const kinds: Readonly<Record<Reply["kind"], true>> = {
  answer: true,
  throttle: true,
  "throttle-per-day": true,
  "invalid-model-id": true,
  "on-demand-unsupported": true,
  "access-denied": true,
  "service-unavailable": true,
  "internal-error": true,
  "html-503": true,
  "empty-body": true,
  hang: true,
  slow: true,
  reset: true,
  stall: true,
  "end-early": true,
  "first-frame-exception": true,
  "mid-stream-exception": true,
  "corrupt-frame": true,
  error: true,
  respond: true,
};
