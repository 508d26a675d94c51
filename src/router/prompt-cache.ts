/**
 * Whether a request marks a part of its prompt for Bedrock's prompt cache. The cache is filled where the request ran, so
 * such a request had better not leave its route for the sake of learning.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
 */
export function usesPromptCache(input: Readonly<Record<string, unknown>>): boolean {
  const { system, messages, toolConfig, body } = input;
  if (typeof body === "string") return MARKS.some((mark) => body.includes(mark));
  if (body instanceof Uint8Array) {
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    return MARKS.some((mark) => bytes.includes(mark));
  }
  if (hasCachePoint(system) || hasCachePoint((toolConfig as { tools?: unknown } | undefined)?.tools)) return true;
  return (
    Array.isArray(messages) && messages.some((message: { content?: unknown } | null) => hasCachePoint(message?.content))
  );
}

/** Of Anthropic Messages, and of Amazon Nova. */
const MARKS = ['"cache_control"', '"cachePoint"'];

function hasCachePoint(blocks: unknown): boolean {
  return (
    Array.isArray(blocks) &&
    blocks.some((block) => typeof block === "object" && block !== null && "cachePoint" in block)
  );
}
