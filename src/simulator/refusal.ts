/**
 * An error answer of AWS: what the caller's SDK turns into an exception.
 */
export interface Refusal {
  readonly status: number;
  /** The exception's name; absent where AWS sends none (bearer tokens, unknown paths). */
  readonly name?: string;
  readonly message: string;
  /** Field that carries the message: front doors before the service itself write `Message`. */
  readonly messageField?: "message" | "Message";
  readonly headers?: Readonly<Record<string, string>>;
}

/** Distinguishes a refusal from the value that would have been there instead. */
export function isRefusal(value: unknown): value is Refusal {
  return typeof value === "object" && value !== null && "status" in value && "message" in value;
}

/** Which policy denies a request; each has its own wording. */
export type DenyingPolicy =
  | "model-access"
  | "service-control-policy"
  | "identity-based-policy"
  | "no-identity-based-policy"
  | "vpc-endpoint-policy";

/** The account that owns everything in the simulator: the one AWS uses in its documentation. */
export const simulatedAccountId = "111122223333";

const principalArn = `arn:aws:sts::${simulatedAccountId}:assumed-role/ApplicationRole/session`;
const scpArn = `arn:aws:organizations::${simulatedAccountId}:policy/o-exampleorgid/service_control_policy/p-examplepolicyid`;

/** The refusals of Amazon Bedrock, in the words in which AWS sends them. */
export const refuse = {
  /** A per-minute quota is used up. AWS sends no `Retry-After` with it. */
  throttled(limit: "requests" | "tokens"): Refusal {
    return {
      status: 429,
      name: "ThrottlingException",
      message: `Too many ${limit}, please wait before trying again.`,
    };
  },
  /** The tokens-per-day quota of the model in this source Region is used up. */
  throttledPerDay(): Refusal {
    return {
      status: 429,
      name: "ThrottlingException",
      message: "Too many tokens per day, please wait before trying again.",
    };
  },
  /** The id does not exist, or its inference profile cannot be called from this source Region. */
  invalidModelIdentifier(): Refusal {
    return validation("The provided model identifier is invalid.");
  },
  /** The id does not exist: what the APIs with the model in the body say. */
  noSuchModel(modelId: string): Refusal {
    return { status: 404, name: "ResourceNotFoundException", message: `The model '${modelId}' does not exist` };
  },
  /** A foundation model that this Region serves through inference profiles only. The apostrophe is U+2019. */
  onDemandUnsupported(modelId: string): Refusal {
    return validation(
      `Invocation of model ID ${modelId} with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model.`,
    );
  },
  accessDenied(by: DenyingPolicy, action: string, resourceArn: string): Refusal {
    return { status: 403, name: "AccessDeniedException", message: denialText(by, action, resourceArn) };
  },
  serviceUnavailable(): Refusal {
    return {
      status: 503,
      name: "ServiceUnavailableException",
      message: "Bedrock is unable to process your request.",
    };
  },
  internalError(): Refusal {
    return {
      status: 500,
      name: "InternalServerException",
      message: "The system encountered an unexpected error during processing. Try your request again.",
    };
  },
  resourceNotFound(message: string): Refusal {
    return { status: 404, name: "ResourceNotFoundException", message };
  },
  unrecognizedClient(): Refusal {
    return {
      status: 403,
      name: "UnrecognizedClientException",
      message: "The security token included in the request is invalid.",
    };
  },
  invalidSignature(message: string): Refusal {
    return { status: 403, name: "InvalidSignatureException", message };
  },
  missingAuthorization(): Refusal {
    return { status: 403, message: "Authorization header is missing", messageField: "Message" };
  },
  invalidApiKey(): Refusal {
    return {
      status: 403,
      message: "Authentication failed: Please make sure your API Key is valid.",
      messageField: "Message",
    };
  },
  unknownOperation(): Refusal {
    return { status: 404, name: "UnknownOperationException", message: "" };
  },
  serialization(): Refusal {
    return { status: 400, name: "SerializationException", message: "Unexpected token in the request body" };
  },
  /** The caller's mistake, or the route's: AWS has one name for both. */
  validation(message: string): Refusal {
    return validation(message);
  },
  /** One or more members of the input that break the constraints of the service model. */
  constraints(violations: readonly string[]): Refusal {
    const noun = violations.length === 1 ? "1 validation error" : `${violations.length} validation errors`;
    return validation(`${noun} detected: ${violations.join("; ")}`);
  },
} as const;

function validation(message: string): Refusal {
  return { status: 400, name: "ValidationException", message };
}

function denialText(by: DenyingPolicy, action: string, resourceArn: string): string {
  const subject = `User: ${principalArn} is not authorized to perform: ${action} on resource: ${resourceArn}`;
  switch (by) {
    case "model-access":
      return "You don't have access to the model with the specified model ID.";
    case "service-control-policy":
      return `${subject} with an explicit deny in a service control policy: ${scpArn}`;
    case "identity-based-policy":
      return `${subject} with an explicit deny in an identity-based policy`;
    case "no-identity-based-policy":
      return `${subject} because no identity-based policy allows the ${action} action`;
    case "vpc-endpoint-policy":
      return `${subject} because no VPC endpoint policy allows the ${action} action`;
    default:
      return by satisfies never;
  }
}
