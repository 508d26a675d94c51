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
  if (bodyRefersToS3(input.body)) return "the S3 object in the body";
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

/**
 * The JSON body of InvokeModel, not parsed: within a JSON string a quote is escaped, so that a text which speaks of
 * `"s3Location"` does not hold these characters in a row.
 */
function bodyRefersToS3(body: unknown): boolean {
  if (typeof body === "string") return body.includes(S3_KEY);
  if (!(body instanceof Uint8Array)) return false;
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).includes(S3_KEY);
}

const S3_KEY = '"s3Location"';
const NESTED = ["content", "source", "image", "document", "video", "audio", "toolResult"] as const;

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !(value instanceof Uint8Array);
}
