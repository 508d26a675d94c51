import { createRequire } from "node:module";
import {
  type BedrockRuntime,
  type BedrockRuntimeClientConfig,
  ConverseCommand,
  ConverseStreamCommand,
  CountTokensCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { expect, it } from "vitest";
import type { RoutingOptions } from "../../src/options/options.ts";
import { Chance } from "../support/chance.ts";
import { FRONTS, type Front } from "../support/fronts.ts";
import {
  invalid,
  type JudgedCall,
  type Refusal,
  startJudgingBedrock,
  type Verdict,
} from "../support/judging-bedrock.ts";

/** How many requests, and from which seed: `CONTRACT_REQUESTS=100000 CONTRACT_SEED=7`. */
const REQUESTS = Number(process.env.CONTRACT_REQUESTS ?? 1_000);
const SEED = Number(process.env.CONTRACT_SEED ?? 1);
/** Of one client. The SDK's retry budget is made for fewer failures than are met here. */
const PER_CLIENT = 25;

const sdk = createRequire(createRequire(import.meta.url).resolve("@aws-sdk/client-bedrock-runtime"));
const { ConfiguredRetryStrategy } = sdk("@smithy/core/retry") as Record<
  string,
  new (
    ...args: unknown[]
  ) => NonNullable<BedrockRuntimeClientConfig["retryStrategy"]>
>;

type Fault = Exclude<Verdict, undefined>;

/** A request with everything that the server is to know of it. */
interface Trial {
  /** Stands in the prompt: the server finds the trial by it, and says it. */
  readonly tag: string;
  readonly operation: (typeof OPERATIONS)[number];
  readonly modelId: string;
  readonly extras: Readonly<Record<string, unknown>>;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly bodyAs: "string" | "bytes";
  /** What becomes of its first attempts, wherever they go. */
  readonly faults: readonly Fault[];
  /** What every other route than the named one refuses it with; nothing where they serve it. */
  readonly elsewhere: Refusal | undefined;
}

interface Setting {
  readonly name: string;
  readonly region: string;
  readonly sourceRegions: readonly string[];
  readonly routing: Partial<RoutingOptions>;
  readonly ids: readonly string[];
  /** Of the bare ids, those that the client may send as they are. */
  readonly inRegion: readonly string[];
}

const MODELS = [
  "anthropic.claude-sonnet-4-6",
  "anthropic.claude-haiku-4-5-20251001-v1:0",
  "amazon.nova-pro-v1:0",
  "amazon.nova-2-lite-v1:0",
  "meta.llama3-3-70b-instruct-v1:0",
  "openai.gpt-6-sol",
  "acme.not-in-any-table-v1:0",
  "stability.stable-image-ultra-v1:1",
];

/**
 * Those that the table has in us-east-1, or does not know. Of the others it knows that they are called through profiles: a
 * bare id goes there, and an ARN is refused before any call.
 */
const IN_REGION = ["acme.not-in-any-table-v1:0", "stability.stable-image-ultra-v1:1", "amazon.nova-pro-v1:0"];

function idsIn(region: string, geography: string, inRegion: readonly string[]): readonly string[] {
  const arn = (resource: string): string => `arn:aws:bedrock:${region}:111122223333:${resource}`;
  return [
    ...MODELS,
    ...MODELS.map((model) => `${geography}.${model}`),
    ...MODELS.map((model) => `global.${model}`),
    ...inRegion.map((model) => `arn:aws:bedrock:${region}::foundation-model/${model}`),
    ...MODELS.map((model) => arn(`inference-profile/${geography}.${model}`)),
    "mars.acme.not-in-any-table-v1:0",
    arn("application-inference-profile/abcdef123456"),
    arn("provisioned-model/abcdef123456"),
    arn("imported-model/abcdef123456"),
    arn("custom-model-deployment/abcdef123456"),
    arn("prompt/ABCDEFGHIJ:1"),
    arn("default-prompt-router/anthropic.claude:1"),
    `arn:aws:sagemaker:${region}:111122223333:endpoint/my-endpoint`,
  ];
}

const UNKNOWN = IN_REGION.slice(0, 2);
const US = idsIn("us-east-1", "us", IN_REGION);
const EU = idsIn("eu-central-1", "eu", UNKNOWN).filter((id) => !id.includes("llama"));
const SETTINGS: readonly Setting[] = [
  { name: "one Region", region: "us-east-1", sourceRegions: [], routing: {}, ids: US, inRegion: IN_REGION },
  {
    name: "three Regions",
    region: "us-east-1",
    sourceRegions: ["us-west-2", "eu-central-1"],
    routing: { policy: "cost" },
    ids: US,
    inRegion: IN_REGION,
  },
  {
    name: "throughput",
    region: "eu-central-1",
    sourceRegions: ["eu-west-1"],
    routing: { policy: "throughput" },
    ids: EU,
    inRegion: UNKNOWN,
  },
  {
    name: "a residency",
    region: "us-east-1",
    sourceRegions: ["us-west-2"],
    routing: { residency: "us" },
    // What the table knows to stay, and what it does not know but runs where it is sent.
    ids: [...MODELS, "us.amazon.nova-pro-v1:0", "us.anthropic.claude-sonnet-4-6"].filter(
      (id) => !/gpt|nova-2/.test(id),
    ),
    inRegion: IN_REGION,
  },
  {
    name: "profile ids for models",
    region: "eu-central-1",
    sourceRegions: [],
    routing: { profileIds: "model", hedgeAfterMs: 20 },
    ids: EU,
    inRegion: UNKNOWN,
  },
];

const OPERATIONS = ["Converse", "ConverseStream", "InvokeModel", "InvokeModelStream", "CountTokens"] as const;

const HEALING: readonly Fault[] = [
  { status: 429, name: "ThrottlingException", message: "Too many requests, please wait before trying again." },
  { status: 429, name: "ThrottlingException", message: "Too many tokens, please wait before trying again." },
  { status: 503, name: "ServiceUnavailableException", message: "Bedrock is unable to process your request." },
  { status: 500, name: "InternalServerException", message: "The system encountered an unexpected error" },
  { status: 429, name: "ModelNotReadyException", message: "Model is not ready for inference." },
  { name: "reset" },
];

const FINAL: readonly Fault[] = [
  { status: 403, name: "ExpiredTokenException", message: "The security token included in the request is expired" },
  invalid("The model returned the following errors: max_tokens: 9 > 8"),
  { status: 429, name: "ThrottlingException", message: "Too many tokens per day.", inStream: true },
  { status: 500, name: "InternalServerException", message: "Internal server error", inStream: true },
];

/** What only the named route has: any of these, and the others are as if they were not there. */
const REFUSALS: readonly Refusal[] = [
  invalid("The provided model identifier is invalid."),
  invalid("Invocation of model ID x with on-demand throughput isn’t supported. Retry with an inference profile."),
  {
    status: 403,
    name: "AccessDeniedException",
    message: "You don't have access to the model with the specified model ID.",
  },
  {
    status: 403,
    name: "AccessDeniedException",
    message:
      "User: arn:aws:sts::1:assumed-role/x is not authorized to perform: bedrock:InvokeModel on resource: arn:aws:bedrock:us-east-1:1:inference-profile/x with an explicit deny in a service control policy",
  },
  {
    status: 404,
    name: "ResourceNotFoundException",
    message: "Model use case details have not been submitted for this account.",
  },
  invalid("data retention mode 'default' is not available for this model"),
  {
    status: 403,
    name: "UnrecognizedClientException",
    message: "The security token included in the request is invalid.",
  },
];

/** What a request may ask for, and how a route that lacks it says so. */
const FEATURES: readonly { readonly fields: object; readonly refusal: Refusal }[] = [
  { fields: {}, refusal: invalid("The provided model identifier is invalid.") },
  {
    fields: { performanceConfig: { latency: "optimized" } },
    refusal: invalid("Latency performance configuration is not supported for x in us-east-1"),
  },
  {
    fields: { serviceTier: { type: "priority" } },
    refusal: invalid("The service tier is not supported for this model."),
  },
  { fields: { serviceTier: { type: "flex" } }, refusal: invalid("The service tier is not supported for this model.") },
  {
    fields: { additionalModelRequestFields: { anthropic_beta: ["computer-use-2025-01-24"] } },
    refusal: invalid("invalid beta flag"),
  },
  {
    fields: { guardrailConfig: { guardrailIdentifier: "abc123", guardrailVersion: "1" } },
    refusal: invalid("The guardrail identifier or version provided in the request does not exist."),
  },
  {
    fields: {
      system: [{ text: "Be brief." }, { cachePoint: { type: "default" } }],
      toolConfig: {
        tools: [{ toolSpec: { name: "clock", inputSchema: { json: { type: "object" } } } }],
        toolChoice: { any: {} },
      },
    },
    refusal: invalid("This model doesn't support the toolConfig.toolChoice.any field. Remove it and try again."),
  },
  { fields: { inferenceConfig: { maxTokens: 9, temperature: 0 } }, refusal: invalid("invalid beta flag") },
];

function trialOf(tag: string, { ids, inRegion }: Setting, maxAttempts: number, chance: () => number): Trial {
  const one = <Item>(items: readonly Item[]): Item => items[Math.floor(chance() * items.length)]!;
  const { fields, refusal } = chance() < 0.5 ? FEATURES[0]! : one(FEATURES);
  const healing = Array.from({ length: Math.floor(chance() * maxAttempts) }, () => one(HEALING));
  const modelId = one(ids);
  const isAlone = !MODELS.includes(modelId) || inRegion.includes(modelId);
  const faults = chance() < 0.5 ? [] : chance() < 0.1 ? Array<Fault>(9).fill(one(FINAL)) : healing;
  return {
    tag,
    operation: one(OPERATIONS),
    modelId,
    extras: chance() < 0.2 ? { guardrailIdentifier: "abc123", guardrailVersion: "1" } : {},
    fields: fields as Trial["fields"],
    bodyAs: chance() < 0.5 ? "string" : "bytes",
    faults,
    elsewhere: !isAlone || chance() < 0.5 ? undefined : chance() < 0.3 ? refusal : one(REFUSALS),
  };
}

/** What the application gets, in words that both clients have to say. */
async function answerOf(client: BedrockRuntime, trial: Trial): Promise<string> {
  const { operation, modelId, tag, extras, fields } = trial;
  const converse = { messages: [{ role: "user" as const, content: [{ text: tag }] }], ...fields };
  const json = JSON.stringify({ messages: [{ role: "user", content: tag }], max_tokens: 8 });
  const body = trial.bodyAs === "string" ? json : Buffer.from(json);
  const said: string[] = [];
  switch (operation) {
    case "Converse": {
      const { output } = await client.send(new ConverseCommand({ modelId, ...converse }));
      return JSON.stringify(output);
    }
    case "ConverseStream": {
      const { stream = [] } = await client.send(new ConverseStreamCommand({ modelId, ...converse }));
      for await (const event of stream) said.push(JSON.stringify(event));
      return said.join("\n");
    }
    case "InvokeModel": {
      const output = await client.send(new InvokeModelCommand({ modelId, body, ...extras }));
      return output.body.transformToString();
    }
    case "InvokeModelStream": {
      const command = new InvokeModelWithResponseStreamCommand({ modelId, body, ...extras });
      const { body: stream = [] } = await client.send(command);
      for await (const { chunk } of stream) said.push(Buffer.from(chunk?.bytes ?? []).toString());
      return said.join("\n");
    }
    case "CountTokens": {
      const input = { converse: { messages: converse.messages } };
      return String((await client.send(new CountTokensCommand({ modelId, input }))).inputTokens);
    }
  }
}

/** AWS counts tokens with foundation models alone. */
const PROFILE = /^(?:us|eu|global|mars)\.|-profile\//;

/** Two ways to name the same. */
function idOf(modelId: string): string {
  return modelId.replace(/^arn:[^/]+:(?:foundation-model|inference-profile)\//, "");
}

interface Served {
  readonly text: string;
  readonly headers: JudgedCall["headers"];
}

/** What came of the trials: what the application got, and what the service had served of each. */
async function run(front: Front, setting: Setting, trials: readonly Trial[], maxAttempts: number, aheadMs: number) {
  const attempts = new Map<string, number>();
  const served = new Map<string, Served>();
  const byTag = new Map(trials.map((trial) => [trial.tag, trial]));
  const tagOf = ({ text }: JudgedCall): string => /trial-\d+/.exec(text)?.[0] ?? "";
  const judge = (call: JudgedCall): Verdict => {
    const trial = byTag.get(tagOf(call));
    if (trial === undefined) return { status: 403, name: "AccessDeniedException", message: "Not authorized" };
    const counts = call.action === "count-tokens";
    if (counts && PROFILE.test(call.modelId)) return invalid("The provided model does not support counting tokens.");
    const isNamed = counts || (call.sourceRegion === setting.region && idOf(call.modelId) === idOf(trial.modelId));
    if (!isNamed && trial.elsewhere !== undefined) {
      // In one Region the same credentials are known for all routes.
      const isAway = call.sourceRegion !== setting.region;
      return trial.elsewhere.name === "UnrecognizedClientException" && !isAway ? REFUSALS[0] : trial.elsewhere;
    }
    const attempt = attempts.get(trial.tag) ?? 0;
    attempts.set(trial.tag, attempt + 1);
    const fault = trial.faults[attempt];
    if (fault === undefined) served.set(trial.tag, { text: call.text, headers: call.headers });
    return fault;
  };
  await using server = await startJudgingBedrock(judge, { say: tagOf, aheadMs });
  const { region, sourceRegions, routing } = setting;
  const endpoints = Object.fromEntries([region, ...sourceRegions].map((name) => [name, server.endpoint]));
  const client = front.make(
    {
      region,
      credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "secret" },
      retryStrategy: new ConfiguredRetryStrategy!(maxAttempts, 2),
      ...(front.routed ? {} : { endpoint: server.endpoint }),
    },
    { sourceRegions, endpoints, ...routing },
  );
  try {
    const results = await Promise.all(
      trials.map((trial) =>
        answerOf(client, trial).then(
          (answer) => ({ answer, error: undefined }),
          (error: Error) => ({ answer: undefined, error: `${error.name}: ${error.message}` }),
        ),
      ),
    );
    return results.map((result, index) => ({ ...result, served: served.get(trials[index]!.tag) }));
  } finally {
    client.destroy();
  }
}

it(
  "what the plain client answers, the routed client answers",
  async () => {
    const worse: object[] = [];
    const kinds = new Set<string>();
    let answered = 0;
    for (let first = 0; first < REQUESTS; first += PER_CLIENT) {
      const group = first / PER_CLIENT;
      const chance = new Chance(SEED, group).next;
      const setting = SETTINGS[group % SETTINGS.length]!;
      const maxAttempts = 1 + (Math.floor(group / SETTINGS.length) % 5);
      // A clock that is an hour off costs every request an attempt.
      const aheadMs = group % 4 === 3 ? 3_600_000 : 0;
      const trials = Array.from({ length: PER_CLIENT }, (_, index) =>
        trialOf(`trial-${first + index}`, setting, maxAttempts, chance),
      );
      const [plain = [], routed = []] = await Promise.all(
        FRONTS.map((front) => run(front, setting, trials, maxAttempts, aheadMs)),
      );
      for (const [index, expected] of plain.entries()) {
        const got = routed[index];
        if (expected.answer === undefined) continue;
        answered += 1;
        const same = got?.answer === expected.answer && JSON.stringify(got.served) === JSON.stringify(expected.served);
        if (same) continue;
        const { operation, modelId, faults = [], elsewhere } = trials[index] ?? {};
        const met = [...faults.map(({ name }) => name), elsewhere?.message].join(", ");
        kinds.add(`${setting.name}, ${maxAttempts} attempts, ${operation} ${modelId}, ${met}: ${got?.error}`);
        worse.push({ setting: setting.name, maxAttempts, trial: trials[index], expected, got });
      }
    }
    if (process.env.CONTRACT_SHOW) console.error([...kinds].join("\n"));
    expect(worse.slice(0, 5), `${worse.length} of ${answered}`).toEqual([]);
    expect(answered).toBeGreaterThan(REQUESTS / 2);
  },
  60_000 + REQUESTS * 20,
);
