import type { ServiceLevel } from "./service-level.ts";

/**
 * The tokens of one answer, as the service counted them. Under the names of Converse, whichever operation it was.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html
 */
export interface TokenUsage extends ServiceLevel {
  /** Input tokens that were neither read from the prompt cache nor written to it. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Absent where the service does not tell them. */
  readonly cacheReadInputTokens?: number;
  readonly cacheWriteInputTokens?: number;
  /** Those of `cacheWriteInputTokens` that are kept for an hour and not for five minutes: they cost more. */
  readonly cacheWrite1hInputTokens?: number;
}
