import type { Fault, Reply, StreamException } from "./fault.ts";
import { apiOf, iamAction, type OperationName } from "./operations.ts";
import { isRefusal, type Refusal, refuse } from "./refusal.ts";

/** A complete answer over HTTP that is not what the operation would say. */
export interface RawResponse {
  readonly raw: true;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** What a fault needs to know of the request that it hits. */
export interface FaultedRequest {
  readonly operation: OperationName;
  readonly modelId: string;
  /** What policies would name. */
  readonly resourceArn: string;
  readonly streaming: boolean;
}

/**
 * The answer that a fault puts in place of the normal one; nothing for a fault that the normal answer only suffers
 * from, such as `slow` or `stall`.
 */
export function faultResponse(reply: Reply, request: FaultedRequest): Refusal | RawResponse | undefined {
  switch (reply.kind) {
    case "throttle":
      return refuse.throttled(reply.limit ?? "requests");
    case "throttle-per-day":
      return refuse.throttledPerDay();
    case "invalid-model-id":
      return apiOf(request.operation) === "aws" ? refuse.invalidModelIdentifier() : refuse.noSuchModel(request.modelId);
    case "on-demand-unsupported":
      return refuse.onDemandUnsupported(request.modelId);
    case "access-denied":
      return refuse.accessDenied(
        reply.by ?? "model-access",
        iamAction(request.operation, request.streaming),
        reply.resourceArn ?? request.resourceArn,
      );
    case "service-unavailable":
      return refuse.serviceUnavailable();
    case "internal-error":
      return refuse.internalError();
    case "html-503":
      return { raw: true, status: 503, headers: { "content-type": "text/html" }, body: htmlPage };
    case "empty-body":
      return { raw: true, status: reply.status ?? 503, headers: {}, body: "" };
    case "error":
      return {
        name: reply.name,
        status: reply.status,
        message: reply.message,
        ...(reply.headers === undefined ? {} : { headers: reply.headers }),
      };
    case "respond":
      return { raw: true, status: reply.status, headers: reply.headers ?? {}, body: reply.body ?? "" };
    case "first-frame-exception":
    case "mid-stream-exception":
      // An operation that does not stream says the same thing in its head.
      return request.streaming ? undefined : streamException(reply);
    case "answer":
    case "hang":
    case "slow":
    case "reset":
    case "stall":
    case "end-early":
    case "corrupt-frame":
      return undefined;
    default:
      return reply satisfies never;
  }
}

/** Distinguishes a raw answer from a refusal. */
export function isRawResponse(response: Refusal | RawResponse): response is RawResponse {
  return "raw" in response || !isRefusal(response);
}

/** The exception that a stream fault sends, as a member of the stream or as an error of its own. */
export function streamException(
  fault: Extract<Fault, { readonly exception?: StreamException }>,
): Refusal & { readonly name: string; readonly member: StreamException } {
  const byDefault = fault.kind === "first-frame-exception" ? "throttlingException" : "modelStreamErrorException";
  const exception = fault.exception ?? byDefault;
  const { status, message } = streamExceptions[exception];
  const name = exception[0]!.toUpperCase() + exception.slice(1);
  return { status, name, member: exception, message: fault.message ?? message };
}

const htmlPage =
  "<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n<body>\r\n<center><h1>503 Service Temporarily Unavailable</h1></center>\r\n</body>\r\n</html>\r\n";

const streamExceptions: Readonly<Record<StreamException, { readonly status: number; readonly message: string }>> = {
  internalServerException: {
    status: 500,
    message: "The system encountered an unexpected error during processing. Try your request again.",
  },
  modelStreamErrorException: {
    status: 424,
    message:
      "Model produced invalid sequence as part of ToolUse. Please refer to the model tool use troubleshooting guide.",
  },
  modelTimeoutException: {
    status: 408,
    message: "Model has timed out in processing the request. Try your request again.",
  },
  serviceUnavailableException: { status: 503, message: "Bedrock is unable to process your request." },
  throttlingException: {
    status: 429,
    // Two spaces after "requests.", as in the recorded frames.
    message:
      "Too many requests, please wait before trying again. You have sent too many requests.  Wait before trying again.",
  },
  validationException: { status: 400, message: "Input is too long for requested model." },
};
