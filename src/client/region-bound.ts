/**
 * Names the input that binds a request to its home Region: a resource that exists in that Region only. `undefined` when
 * the request may go anywhere. Failover between profiles *within* the home Region stays possible.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-use-converse-api.html
 */
export function regionBound(input: Fields): string | undefined {
  if (isObject(input.guardrailConfig) && input.guardrailConfig.guardrailIdentifier !== undefined)
    return "the guardrail";
  if (input.guardrailIdentifier !== undefined) return "the guardrail";
  // Converse wraps it, InvokeModel does not.
  const tier = isObject(input.serviceTier) ? input.serviceTier.type : input.serviceTier;
  if (tier === "reserved") return "the reserved capacity";
  if (Array.isArray(input.messages) && input.messages.some(refersToS3)) return "the S3 object in the messages";
  return undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** Images, documents and videos can be given as `source.s3Location`, also inside tool results. */
function refersToS3(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(refersToS3);
  if (!isObject(value)) return false;
  if ("s3Location" in value) return true;
  return NESTED.some((key) => key in value && refersToS3(value[key]));
}

const NESTED = ["content", "source", "image", "document", "video", "audio", "toolResult"] as const;

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !(value instanceof Uint8Array);
}
