import {
  ApplyGuardrailCommand,
  type BedrockRuntime,
  type BedrockRuntimeClientConfig,
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand,
  CountTokensCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
  StartAsyncInvokeCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, it } from "vitest";
import type { RoutingOptions } from "../../src/options/options.ts";
import { FRONTS, type Front } from "../support/fronts.ts";
import { invalid, type JudgedCall, startJudgingBedrock, throttle, type Verdict } from "../support/judging-bedrock.ts";
import { HELLO } from "../support/requests.ts";

const SONNET = "anthropic.claude-sonnet-4-6";
const PRO = "amazon.nova-pro-v1:0";
const NEW = "acme.brand-new-v1:0";
const ACCOUNT = "111122223333";

/** What an application does, and the Bedrock that it meets. */
interface Case {
  readonly what: string;
  readonly config?: BedrockRuntimeClientConfig;
  readonly routing?: Partial<RoutingOptions>;
  readonly use: (client: BedrockRuntime) => Promise<unknown>;
  readonly judge?: (call: JudgedCall) => Verdict;
  /** What the plain client comes to. @defaultValue ok */
  readonly plain?: string;
}

const ask =
  (modelId: string, input: Partial<ConverseCommandInput> = {}) =>
  (client: BedrockRuntime): Promise<unknown> =>
    client.send(new ConverseCommand({ modelId, messages: HELLO, ...input }));

const times =
  (count: number, use: (client: BedrockRuntime) => Promise<unknown>) =>
  async (client: BedrockRuntime): Promise<void> => {
    for (let request = 0; request < count; request += 1) await use(client);
  };

const atOnce =
  (count: number, use: (client: BedrockRuntime) => Promise<unknown>) =>
  (client: BedrockRuntime): Promise<unknown> =>
    Promise.all(Array.from({ length: count }, () => use(client)));

async function streamed(client: BedrockRuntime, modelId: string): Promise<void> {
  const { stream = [] } = await client.send(new ConverseStreamCommand({ modelId, messages: HELLO }));
  for await (const _ of stream);
}

const BODY = JSON.stringify({ messages: [], max_tokens: 1 });
const arn = (region: string, resource: string, partition = "aws"): string =>
  `arn:${partition}:bedrock:${region}:${ACCOUNT}:${resource}`;

const denied = (message: string): Verdict => ({ status: 403, name: "AccessDeniedException", message });
const unavailable: Verdict = { status: 503, name: "ServiceUnavailableException", message: "Service unavailable" };
const first =
  (count: number, verdict: Verdict) =>
  ({ earlier }: JudgedCall): Verdict =>
    earlier < count ? verdict : undefined;
/** The named route is throttled once; every other one refuses what is asked. */
const refusedElsewhere =
  (named: string, refusal: Verdict) =>
  ({ modelId, sourceRegion, earlier }: JudgedCall): Verdict =>
    modelId === named && sourceRegion === "us-east-1" ? (earlier === 0 ? throttle : undefined) : refusal;

const TWO_REGIONS = { sourceRegions: ["us-west-2"] };
const PATIENT = { maxAttempts: 5 };

const UNKNOWN_IDS: readonly (readonly [string, string])[] = [
  [NEW, "us-east-1"],
  ["newvendor.first-model-20261201-v1:0", "eu-central-1"],
  ["anthropic.claude-99", "ap-northeast-1"],
  ["anthropic.claude-v2:1:200k", "us-east-1"],
  ["amazon.rerank-v1:0", "ca-central-1"],
  [`arn:aws:bedrock:us-east-1::foundation-model/${NEW}`, "us-east-1"],
  [`arn:aws:bedrock:::foundation-model/${NEW}`, "us-east-1"],
  [`us.${NEW}`, "us-west-1"],
  [`ca.${NEW}`, "ca-central-1"],
  [`moon.${NEW}`, "us-east-1"],
  [arn("us-east-1", `inference-profile/us.${NEW}`), "us-east-1"],
  [NEW, "us-gov-east-1"],
  [NEW, "cn-northwest-1"],
  [SONNET, "eusc-de-east-1"],
  [SONNET, "us-iso-east-1"],
  [NEW, "us-isob-east-1"],
  [NEW, "eu-north-9"],
  [`global.${SONNET}`, "cn-north-1"],
  [arn("us-gov-west-1", "application-inference-profile/abcdef123456", "aws-us-gov"), "us-gov-west-1"],
  [arn("us-east-1", "custom-model-deployment/abcdef123456"), "us-east-1"],
  [arn("us-east-1", "prompt/ABCDEFGHIJ"), "us-east-1"],
  [arn("us-east-1", "prompt-router/abcdef123456"), "us-east-1"],
  [`arn:aws:sagemaker:us-east-1:${ACCOUNT}:endpoint/mine`, "us-east-1"],
];

const CASES: readonly Case[] = [
  ...UNKNOWN_IDS.flatMap(([modelId, region]): Case[] => [
    { what: `Converse with ${modelId} from ${region}`, config: { region }, use: ask(modelId) },
    {
      what: `InvokeModel with ${modelId} from ${region}`,
      config: { region, maxAttempts: 1 },
      use: (client) => client.send(new InvokeModelCommand({ modelId, body: BODY })),
    },
  ]),
  ...[
    "This model doesn't support image input.",
    "The model returned the following errors: tools.0: Input tag 'web_search_20250305' found using 'type' does not match any of the expected tags",
    "You invoked an unsupported model or your request did not allow prompt caching. See the documentation for more information.",
    "The provided service tier is not supported for this model.",
    "data retention mode 'default' is not available for this model",
    "Model use case details have not been submitted for this account.",
  ].map((message) => ({
    what: `another route refuses: ${message}`,
    config: PATIENT,
    use: times(3, ask(`us.${PRO}`)),
    judge: refusedElsewhere(`us.${PRO}`, invalid(message)),
  })),
  ...[
    "Model access is denied due to INVALID_PAYMENT_INSTRUMENT: a valid payment instrument must be provided.",
    "Your account is not authorized to invoke this API operation.",
    "You don't have access to the model with the specified model ID.",
    `User: arn:aws:iam::${ACCOUNT}:user/x is not authorized to perform: bedrock:InvokeModel on resource: ${arn("us-west-2", `inference-profile/us.${PRO}`)} because no identity-based policy allows the bedrock:InvokeModel action`,
  ].map((message) => ({
    what: `another Region denies: ${message.slice(0, 60)}`,
    config: PATIENT,
    routing: TWO_REGIONS,
    use: times(3, ask(`us.${PRO}`)),
    judge: refusedElsewhere(`us.${PRO}`, denied(message)),
  })),
  {
    what: "credentials that are unknown in another Region",
    config: PATIENT,
    routing: TWO_REGIONS,
    use: times(3, ask(`us.${PRO}`)),
    judge: refusedElsewhere(`us.${PRO}`, {
      status: 403,
      name: "UnrecognizedClientException",
      message: "The security token included in the request is invalid.",
    }),
  },
  {
    what: "a bare id whose profiles are denied by IAM, without a retry",
    config: { maxAttempts: 1 },
    use: times(3, ask(PRO)),
    judge: ({ modelId }) =>
      modelId === PRO
        ? undefined
        : denied("User: x is not authorized to perform: bedrock:InvokeModel on resource: arn:x:inference-profile/x"),
  },
  {
    what: "a burst of 503 on a profile",
    use: atOnce(20, ask(`us.${SONNET}`)),
    judge: first(20, unavailable),
  },
  {
    what: "a burst on a provisioned model",
    use: atOnce(20, ask(arn("us-east-1", "provisioned-model/abcdef123456"))),
    judge: first(20, throttle),
  },
  {
    what: "a deployment that is loaded on demand, met by a stream",
    config: PATIENT,
    use: (client) => streamed(client, arn("us-east-1", "custom-model-deployment/abcdef123456")),
    judge: first(2, { status: 429, name: "ModelNotReadyException", message: "Model is not ready for inference." }),
  },
  {
    what: "resets before an answer, met by a stream of InvokeModel",
    plain: "Error",
    config: PATIENT,
    use: async (client) => {
      const command = new InvokeModelWithResponseStreamCommand({ modelId: `us.${SONNET}`, body: Buffer.from(BODY) });
      for await (const _ of (await client.send(command)).body ?? []);
    },
    judge: first(2, { name: "reset" }),
  },
  {
    what: "a time that is too skewed, in other words",
    plain: "RequestTimeTooSkewed",
    use: ask(SONNET),
    judge: first(1, {
      status: 403,
      name: "RequestTimeTooSkewed",
      message: "The difference between the request time and the current time is too large.",
    }),
  },
  {
    what: "a request that nobody can serve",
    use: ask(`us.${SONNET}`),
    judge: () => invalid("messages: text content blocks must be non-empty"),
    plain: "ValidationException",
  },
  {
    what: "a model that the account may not use",
    use: ask(NEW),
    judge: () => denied("You don't have access to the model with the specified model ID."),
    plain: "AccessDeniedException",
  },
  {
    what: "a quota of 0",
    config: { maxAttempts: 2 },
    use: ask(`us.${SONNET}`),
    judge: () => throttle,
    plain: "ThrottlingException",
  },
  {
    what: "CountTokens with a bare id",
    use: (client) => client.send(new CountTokensCommand({ modelId: SONNET, input: { converse: { messages: HELLO } } })),
  },
  {
    what: "ApplyGuardrail that is throttled once",
    use: (client) =>
      client.send(
        new ApplyGuardrailCommand({ guardrailIdentifier: "g", guardrailVersion: "1", source: "INPUT", content: [] }),
      ),
    judge: first(1, throttle),
  },
  {
    what: "StartAsyncInvoke that is refused once with 503",
    use: (client) =>
      client.send(
        new StartAsyncInvokeCommand({
          modelId: "amazon.nova-reel-v1:1",
          modelInput: {},
          outputDataConfig: { s3OutputDataConfig: { s3Uri: "s3://mine" } },
        }),
      ),
    judge: first(1, unavailable),
  },
  {
    what: "a call by a method of the client, with an API key",
    config: { token: { token: "bedrock-api-key-1" }, authSchemePreference: ["httpBearerAuth"] },
    use: (client) => client.converse({ modelId: NEW, messages: HELLO }),
  },
  {
    what: "maxAttempts by a provider",
    config: { maxAttempts: async () => 4 } as unknown as BedrockRuntimeClientConfig,
    use: ask(`us.${SONNET}`),
    judge: first(3, unavailable),
  },
  {
    what: "a Region by a provider",
    config: { region: async () => "eu-west-3" } as BedrockRuntimeClientConfig,
    use: ask(NEW),
  },
  {
    what: "a guardrail and a tier, on the first attempt refused with 500",
    use: ask(SONNET, {
      guardrailConfig: { guardrailIdentifier: "g", guardrailVersion: "1" },
      serviceTier: { type: "flex" },
    }),
    judge: first(1, { status: 500, name: "InternalServerException", message: "Internal server error" }),
  },
];

async function resultOf(front: Front, { config, routing, use, judge = () => undefined }: Case): Promise<string> {
  await using server = await startJudgingBedrock(judge);
  const region = config?.region ?? "us-east-1";
  const regions = [typeof region === "string" ? region : "eu-west-3", ...(routing?.sourceRegions ?? [])];
  const client = front.make(
    {
      region,
      credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "secret" },
      ...(front.routed ? {} : { endpoint: server.endpoint }),
      ...config,
    },
    { endpoints: Object.fromEntries(regions.map((name) => [name, server.endpoint])), ...routing },
  );
  try {
    return await use(client).then(
      () => "ok",
      (error: Error) => error.name,
    );
  } finally {
    client.destroy();
  }
}

describe("what the plain client does, the routed client does", () => {
  it.each(CASES.map((one) => [one.what, one] as const))("%s", async (_, one) => {
    const [plain, routed] = await Promise.all(FRONTS.map((front) => resultOf(front, one)));
    expect(plain).toBe(one.plain ?? "ok");
    if (plain === "ok" || routed !== "ok") expect(routed).toBe(plain);
  });
});
