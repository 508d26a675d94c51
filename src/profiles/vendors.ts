/**
 * Whether `segment` is the first segment of Bedrock foundation-model ids, e.g. `anthropic`. What tells
 * `zai.glm-5.3` (a model with a dot in its name) from `us.zai.glm-5.3` (an inference profile).
 */
export function isVendor(segment: string): boolean {
  return VENDORS.has(segment);
}

const VENDORS: ReadonlySet<string> = new Set([
  "ai21",
  "amazon",
  "anthropic",
  "cohere",
  "deepseek",
  "google",
  "luma",
  "meta",
  "minimax",
  "mistral",
  "moonshot",
  "moonshotai",
  "nvidia",
  "openai",
  "qwen",
  "stability",
  "twelvelabs",
  "writer",
  "xai",
  "zai",
]);
