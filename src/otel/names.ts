/**
 * Names of metrics and attributes. Those of generative AI are copied from the semantic conventions, which are still in
 * development and advise against importing them.
 * @see https://github.com/open-telemetry/semantic-conventions-genai
 */
export const GEN_AI = {
  operationDuration: "gen_ai.client.operation.duration",
  timeToFirstChunk: "gen_ai.client.operation.time_to_first_chunk",
  tokenUsage: "gen_ai.client.token.usage",
  timeToFirstToken: "gen_ai.server.time_to_first_token",
  operationName: "gen_ai.operation.name",
  providerName: "gen_ai.provider.name",
  requestModel: "gen_ai.request.model",
  requestStream: "gen_ai.request.stream",
  responseModel: "gen_ai.response.model",
  responseTimeToFirstChunk: "gen_ai.response.time_to_first_chunk",
  tokenType: "gen_ai.token.type",
  inputTokens: "gen_ai.usage.input_tokens",
  outputTokens: "gen_ai.usage.output_tokens",
  cacheReadInputTokens: "gen_ai.usage.cache_read.input_tokens",
  cacheCreationInputTokens: "gen_ai.usage.cache_creation.input_tokens",
} as const;

export const ERROR_TYPE = "error.type";
export const CLOUD_REGION = "cloud.region";
/** What the conventions say for `gen_ai.provider.name`. */
export const PROVIDER = "aws.bedrock";
/** What the conventions say for a value that has no name of its own. */
export const OTHER = "_OTHER";

/** Metrics of routing itself. */
export const METRICS = {
  requests: "bedrock_route.requests",
  attempts: "bedrock_route.attempts",
  failovers: "bedrock_route.failovers",
  backups: "bedrock_route.backups",
  cooldowns: "bedrock_route.cooldowns",
  activeCooldowns: "bedrock_route.cooldown.active",
  budget: "bedrock_route.budget.remaining",
  cost: "bedrock_route.cost",
  unknownCost: "bedrock_route.cost.unknown",
} as const;

/** Attributes of routing itself. */
export const ROUTE = {
  sourceRegion: "bedrock_route.source_region",
  kind: "bedrock_route.kind",
  geography: "bedrock_route.geography",
  isDefault: "bedrock_route.default",
  outcome: "bedrock_route.outcome",
  family: "bedrock_route.family",
  cause: "bedrock_route.cause",
  won: "bedrock_route.won",
  scope: "bedrock_route.scope",
  budget: "bedrock_route.budget",
  costType: "bedrock_route.cost.type",
  costReason: "bedrock_route.cost.reason",
  workload: "bedrock_route.workload",
  attempts: "bedrock_route.attempts",
  number: "bedrock_route.number",
  modelId: "bedrock_route.model_id",
  timeToFirstByte: "bedrock_route.time_to_first_byte",
} as const;

/** Bucket boundaries, in seconds and tokens, as the conventions recommend them. */
const DURATIONS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
export const BOUNDARIES: Readonly<Record<string, number[]>> = {
  [GEN_AI.operationDuration]: DURATIONS,
  [GEN_AI.timeToFirstChunk]: DURATIONS,
  [GEN_AI.timeToFirstToken]: [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
  [GEN_AI.tokenUsage]: [
    1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864,
  ],
};
