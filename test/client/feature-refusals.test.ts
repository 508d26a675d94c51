import {
  type BedrockRuntimeClientConfig,
  ConverseCommand,
  type ConverseCommandInput,
  InvokeModelCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, it } from "vitest";
import type { RoutingOptions } from "../../src/options/options.ts";
import { FRONTS, type Front } from "../support/fronts.ts";
import { invalid, type JudgedCall, startJudgingBedrock, throttle, type Verdict } from "../support/judging-bedrock.ts";
import { HELLO } from "../support/requests.ts";

const PRO = "amazon.nova-pro-v1:0";
const US_PRO = `us.${PRO}`;
const SONNET = "anthropic.claude-sonnet-4-6";
const US_SONNET = `us.${SONNET}`;

const OPTIMIZED = { performanceConfig: { latency: "optimized" } } as const;
const REQUIRED: Partial<ConverseCommandInput> = {
  toolConfig: {
    tools: [{ toolSpec: { name: "clock", inputSchema: { json: { type: "object" } } } }],
    toolChoice: { any: {} },
  },
};
const BETA: Partial<ConverseCommandInput> = {
  additionalModelRequestFields: { anthropic_beta: ["context-1m-2025-08-07"] },
};

/** What a route lacks: how a request asks for it, and how AWS refuses it. */
interface Lack {
  readonly feature: string;
  readonly input: Partial<ConverseCommandInput>;
  readonly refusal: (call: JudgedCall) => Verdict;
}

const LACKS: readonly Lack[] = [
  {
    feature: "latency-optimized inference",
    input: OPTIMIZED,
    refusal: ({ body, modelId, sourceRegion }) =>
      JSON.stringify(body.performanceConfig)?.includes("optimized")
        ? invalid(`Latency performance configuration is not supported for ${modelId} in ${sourceRegion}`)
        : undefined,
  },
  {
    feature: "a tool that must be used",
    input: REQUIRED,
    refusal: ({ body }) =>
      JSON.stringify(body.toolConfig)?.includes('"any"')
        ? invalid("This model doesn't support the toolConfig.toolChoice.any field. Remove it and try again.")
        : undefined,
  },
  {
    feature: "a beta flag",
    input: BETA,
    refusal: ({ body }) =>
      JSON.stringify(body)?.includes("anthropic_beta")
        ? invalid("The model returned the following errors: invalid beta flag")
        : undefined,
  },
  {
    feature: "a service tier",
    input: { serviceTier: { type: "priority" } },
    refusal: ({ body }) =>
      body.serviceTier ? invalid("The provided service tier is not supported for this model.") : undefined,
  },
];

interface Trial {
  readonly config?: BedrockRuntimeClientConfig;
  readonly routing?: Partial<RoutingOptions>;
}

async function withFront<Result>(
  front: Front,
  judge: (call: JudgedCall) => Verdict,
  { config, routing }: Trial,
  use: (send: (input: Partial<ConverseCommandInput>) => Promise<string>, calls: () => string[]) => Promise<Result>,
): Promise<Result> {
  await using server = await startJudgingBedrock(judge);
  const credentials = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "secret" };
  const client = front.make({ region: "us-east-1", endpoint: server.endpoint, credentials, ...config }, routing);
  try {
    return await use(
      (input) =>
        client.send(new ConverseCommand({ modelId: "", messages: HELLO, ...input })).then(
          () => "ok",
          (error: Error) => `${error.name}: ${error.message}`,
        ),
      () => server.calls.map(({ modelId }) => modelId),
    );
  } finally {
    client.destroy();
  }
}

// Two routes in us-east-1 that an explicit `us.` id allows: its own and the model itself.
describe.each(LACKS)("$feature, which the other route lacks", ({ input, refusal }) => {
  const named = US_PRO;
  const lacks = (call: JudgedCall): Verdict => (call.modelId === named ? undefined : refusal(call));

  it.each(FRONTS)("is had although the named profile is throttled once, with $name", async (front) => {
    const judge = (call: JudgedCall): Verdict =>
      call.modelId === named && call.earlier === 0 ? throttle : lacks(call);
    await withFront(front, judge, { config: { maxAttempts: 5 } }, async (send) => {
      const results: string[] = [];
      for (let request = 0; request < 8; request += 1) results.push(await send({ ...input, modelId: named }));
      expect(results).toEqual(Array(8).fill("ok"));
    });
  });

  it("lets the throttle be thrown in the end", async () => {
    const judge = (call: JudgedCall): Verdict => (call.modelId === named ? throttle : lacks(call));
    for (const front of FRONTS) {
      await withFront(front, judge, {}, async (send) => {
        expect([front.name, await send({ ...input, modelId: named })]).toEqual([
          front.name,
          expect.stringMatching(/^ThrottlingException/),
        ]);
      });
    }
  });

  it("is not asked again of a route that has refused it, while others still may use that route", async () => {
    const judge = (call: JudgedCall): Verdict =>
      call.modelId === named && call.earlier === 0 ? throttle : lacks(call);
    await withFront(FRONTS[1]!, judge, { config: { maxAttempts: 5 } }, async (send, calls) => {
      await send({ ...input, modelId: named });
      const refused = calls().filter((modelId) => modelId !== named).length;
      for (let request = 0; request < 100; request += 1) await send({ ...input, modelId: named });
      expect(calls().filter((modelId) => modelId !== named)).toHaveLength(refused);
    });
  });
});

describe("a feature of which AWS says where it is", () => {
  it("is asked there first", async () => {
    const judge = (call: JudgedCall): Verdict => (call.modelId === US_PRO ? undefined : LACKS[0]?.refusal(call));
    await withFront(FRONTS[1]!, judge, {}, async (send, calls) => {
      await send({ ...OPTIMIZED, modelId: PRO });
      expect(calls()).toEqual([US_PRO]);
    });
  });
});

describe("what the first route lacks and the named one has", () => {
  // The bare id is named, the profile leads.
  const judge = (call: JudgedCall): Verdict => (call.modelId === SONNET ? undefined : LACKS[1]?.refusal(call));

  it.each(FRONTS)("is had, with $name", async (front) => {
    await withFront(front, judge, { config: { region: "eu-west-2" } }, async (send, calls) => {
      for (let request = 0; request < 3; request += 1) {
        expect(await send({ ...REQUIRED, modelId: SONNET })).toBe("ok");
      }
      if (front.routed) expect(calls()).toEqual([expect.not.stringMatching(`^${SONNET}`), SONNET, SONNET, SONNET]);
    });
  });

  it("is refused in the words about the named one when that one lacks it too", async () => {
    const everywhere = ({ modelId, body }: JudgedCall): Verdict =>
      body.toolConfig ? invalid(`This model doesn't support tool use: ${modelId}`) : undefined;
    for (const front of FRONTS) {
      await withFront(front, everywhere, { config: { region: "eu-west-2" } }, async (send, calls) => {
        const result = await send({ ...REQUIRED, modelId: SONNET });
        expect(result).toBe(`ValidationException: This model doesn't support tool use: ${SONNET}`);
        expect(calls().length).toBeLessThanOrEqual(2);
      });
    }
  });
});

describe("a refusal that names no feature of the request", () => {
  it("is remembered of nothing", async () => {
    const odd = ({ modelId, earlier }: JudgedCall): Verdict =>
      modelId === US_SONNET
        ? earlier === 0
          ? throttle
          : undefined
        : invalid("This model doesn't support the stopSequences field. Remove it and try again.");
    await withFront(FRONTS[1]!, odd, { config: { maxAttempts: 5 } }, async (send) => {
      expect(await send({ modelId: US_SONNET })).toBe("ok");
      expect(await send({ modelId: US_SONNET })).toBe("ok");
    });
  });
});

it("the body of InvokeModel asks for features too", async () => {
  const judge = (call: JudgedCall): Verdict =>
    call.modelId === US_SONNET ? (call.earlier === 0 ? throttle : undefined) : LACKS[2]?.refusal(call);
  await using server = await startJudgingBedrock(judge);
  const client = FRONTS[1]!.make({
    region: "us-east-1",
    endpoint: server.endpoint,
    credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "secret" },
    maxAttempts: 5,
  });
  const body = JSON.stringify({ anthropic_beta: ["context-1m-2025-08-07"], messages: [], max_tokens: 1 });
  for (let request = 0; request < 40; request += 1) {
    await client.send(new InvokeModelCommand({ modelId: US_SONNET, body }));
  }
  expect(server.calls.filter(({ modelId }) => modelId !== US_SONNET).length).toBeLessThanOrEqual(2);
  client.destroy();
});
