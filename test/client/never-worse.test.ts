import {
  type BedrockRuntime,
  type BedrockRuntimeClientConfig,
  ConverseCommand,
  type ConverseCommandInput,
} from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, it } from "vitest";
import type { RoutingOptions } from "../../src/options/options.ts";
import { FRONTS, type Front } from "../support/fronts.ts";
import { type JudgedCall, startJudgingBedrock, throttle, type Verdict } from "../support/judging-bedrock.ts";
import { EU_SONNET, HELLO } from "../support/requests.ts";

/** An imported model: one route, which loads the model when it is called. */
const IMPORTED = "arn:aws:bedrock:us-east-1:111122223333:imported-model/abcdef123456";
const PROFILE = "arn:aws:bedrock:eu-central-1:111122223333:application-inference-profile/abcdef123456";

interface Trial {
  readonly config?: BedrockRuntimeClientConfig;
  readonly routing?: Partial<RoutingOptions>;
  readonly aheadMs?: number;
}

/** What the requests of one client came to: the names of errors, or `ok`. */
async function resultsOf(
  front: Front,
  judge: (call: JudgedCall) => Verdict,
  requests: (client: BedrockRuntime) => Promise<PromiseSettledResult<unknown>[]>,
  { config, routing, aheadMs = 0 }: Trial = {},
) {
  await using server = await startJudgingBedrock(judge, { aheadMs });
  const client = front.make(
    { region: "us-east-1", endpoint: server.endpoint, credentials: CREDENTIALS, ...config },
    routing,
  );
  try {
    const settled = await requests(client);
    const results = settled.map((result) => (result.status === "fulfilled" ? "ok" : String(result.reason?.name)));
    return {
      results,
      calls: server.calls.map(({ route, refusedWith }) => `${route}${refusedWith ? ` ${refusedWith}` : ""}`),
    };
  } finally {
    client.destroy();
  }
}

const CREDENTIALS = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "secret" };

function burst(modelId: string, size: number) {
  return (client: BedrockRuntime): Promise<PromiseSettledResult<unknown>[]> =>
    Promise.allSettled(
      Array.from({ length: size }, (_, request) => send(client, { modelId, messages: numbered(request) })),
    );
}

function send(client: BedrockRuntime, input: Partial<ConverseCommandInput>): Promise<unknown> {
  return client.send(new ConverseCommand({ messages: HELLO, modelId: EU_SONNET, ...input }));
}

function numbered(request: number): ConverseCommandInput["messages"] {
  return [{ role: "user", content: [{ text: `request ${request}` }] }];
}

function counts(results: readonly string[]): Readonly<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const result of results) found[result] = (found[result] ?? 0) + 1;
  return found;
}

describe("a burst on the only route there is", () => {
  const eu = { config: { region: "eu-central-1" }, routing: { residency: "eu" } } as const;

  it.each([
    ["an explicit profile id", EU_SONNET, eu],
    ["an application profile", PROFILE, { config: { region: "eu-central-1" } }],
  ] as const)("is survived as by the plain client, however large: %s", async (_, modelId, trial) => {
    await Promise.all(
      [8, 12, 20, 40].map(async (size) => {
        const judge = ({ earlier }: JudgedCall): Verdict => (earlier < size ? throttle : undefined);
        const [plain, routed] = await Promise.all(
          FRONTS.map((front) => resultsOf(front, judge, burst(modelId, size), trial)),
        );
        expect(counts(plain!.results)).toEqual({ ok: size });
        expect(counts(routed!.results)).toEqual({ ok: size });
        expect(routed!.calls).toHaveLength(plain!.calls.length);
      }),
    );
  });

  it("serves the same requests when throttles come at random", async () => {
    await Promise.all(
      [0.1, 0.3, 0.5].map(async (share) => {
        const outcomes = await Promise.all(
          FRONTS.map(async (front) => {
            // The n-th attempt of a request meets the same luck, whoever makes it.
            const attempts = new Map<string, number>();
            const judge = ({ body }: JudgedCall): Verdict => {
              const text = JSON.stringify(body.messages);
              const attempt = attempts.get(text) ?? 0;
              attempts.set(text, attempt + 1);
              return luck(`${text} ${attempt}`) < share ? throttle : undefined;
            };
            return (await resultsOf(front, judge, burst(EU_SONNET, 100), eu)).results;
          }),
        );
        expect(outcomes[1]).toEqual(outcomes[0]);
        expect(outcomes[0]?.filter((result) => result !== "ok").length).toBeGreaterThan(share < 0.5 ? -1 : 5);
      }),
    );
  });
});

describe("a model that is loaded when it is called", () => {
  it.each([1, 3, 8])("answers %i callers at once as with the plain client", async (callers) => {
    const notReady = { status: 429, name: "ModelNotReadyException", message: "Model is not ready for inference." };
    const judge = ({ earlier }: JudgedCall): Verdict => (earlier < 2 * callers ? notReady : undefined);
    const trial = { config: { maxAttempts: 10 } };
    const results = await Promise.all(FRONTS.map((front) => resultsOf(front, judge, burst(IMPORTED, callers), trial)));
    for (const { results: each } of results) expect(counts(each)).toEqual({ ok: callers });
  });
});

describe("a clock that is an hour off", () => {
  it.each([
    ["behind", 3_600_000],
    ["ahead", -3_600_000],
  ])("is corrected within the request, as by the plain client: %s", async (_, aheadMs) => {
    const served = (): Verdict => undefined;
    for (const front of FRONTS) {
      const { results, calls } = await resultsOf(front, served, burst(EU_SONNET, 1), {
        config: { region: "eu-central-1" },
        aheadMs,
      });
      expect([front.name, results, calls.length]).toEqual([front.name, ["ok"], 2]);
    }
  });

  it("is corrected once for all Regions", async () => {
    await using server = await startJudgingBedrock(
      ({ sourceRegion }) => (sourceRegion === "us-east-1" ? throttle : undefined),
      {
        aheadMs: 3_600_000,
      },
    );
    const client = FRONTS[1]!.make(
      { region: "us-east-1", credentials: CREDENTIALS },
      {
        sourceRegions: ["us-west-2"],
        endpoints: { "us-east-1": server.endpoint, "us-west-2": server.endpoint },
        residency: "us",
      },
    );
    await send(client, { modelId: "us.anthropic.claude-sonnet-4-6" });
    const told = server.calls.map(({ sourceRegion, refusedWith }) => `${sourceRegion} ${refusedWith}`);
    expect(told).toEqual([
      "us-east-1 InvalidSignatureException",
      "us-east-1 ThrottlingException",
      "us-west-2 undefined",
    ]);
    client.destroy();
  });

  it("is corrected for each of many requests at once", async () => {
    for (const front of FRONTS) {
      const { results } = await resultsOf(front, () => undefined, burst(EU_SONNET, 10), {
        config: { region: "eu-central-1" },
        aheadMs: 3_600_000,
      });
      expect([front.name, counts(results)]).toEqual([front.name, { ok: 10 }]);
    }
  });
});

/** FNV-1a, from 0 to 1. */
function luck(text: string): number {
  let hash = 0x811c9dc5;
  for (const letter of text) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193);
  return (hash >>> 0) / 2 ** 32;
}
