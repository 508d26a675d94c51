import type { BedrockRuntime, BedrockRuntimeClientConfig } from "@aws-sdk/client-bedrock-runtime";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { RoutingOptions } from "../../src/options/options.ts";
import { openFront } from "../support/front-on-wire.ts";
import { FRONTS, type Front, onBothFronts } from "../support/fronts.ts";
import { rejectionOf } from "../support/rejection.ts";
import { CREDENTIALS, converseCommand, EU_SONNET, SONNET } from "../support/requests.ts";
import { converseResponse, type StubbedAnswer, StubHandler, throttledResponse } from "../support/stub-handler.ts";

// The same expectations for the SDK's own client and for ours: what callers write into the client config.

beforeEach(() => {
  vi.stubEnv("AWS_CONFIG_FILE", "/dev/null");
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
});
afterEach(() => vi.unstubAllEnvs());

interface Made {
  readonly client: BedrockRuntime;
  readonly handler: StubHandler;
}

function make(
  front: Front,
  config: BedrockRuntimeClientConfig = {},
  answer?: StubbedAnswer,
  routing: Partial<RoutingOptions> = {},
): Made {
  const handler = new StubHandler(answer);
  const client = front.make(
    { region: "eu-central-1", credentials: CREDENTIALS, requestHandler: handler, ...config },
    routing,
  );
  return { client, handler };
}

const VPCE = { protocol: "https:", hostname: "vpce.example", path: "/" };

const hello = (): ReturnType<typeof converseCommand> => converseCommand(EU_SONNET);

async function originOf(front: Front, config: BedrockRuntimeClientConfig = {}): Promise<string | undefined> {
  const { client, handler } = make(front, config);
  await client.send(hello());
  return handler.requests[0]?.origin;
}

describe.each(FRONTS)("$name", (front) => {
  describe("calls", () => {
    it.each<[string, BedrockRuntimeClientConfig, string]>([
      ["the public endpoint", {}, "https://bedrock-runtime.eu-central-1.amazonaws.com"],
      ["a FIPS endpoint", { useFipsEndpoint: true }, "https://bedrock-runtime-fips.eu-central-1.amazonaws.com"],
      ["a dual-stack endpoint", { useDualstackEndpoint: true }, "https://bedrock-runtime.eu-central-1.api.aws"],
      [
        "the FIPS endpoint of a pseudo-Region",
        { region: "fips-eu-central-1" },
        "https://bedrock-runtime-fips.eu-central-1.amazonaws.com",
      ],
      [
        "a Region from a provider",
        { region: async () => "eu-west-3" },
        "https://bedrock-runtime.eu-west-3.amazonaws.com",
      ],
      ["an endpoint", { endpoint: "https://vpce.example:8443" }, "https://vpce.example:8443"],
      ["an endpoint from a provider", { endpoint: async () => VPCE }, "https://vpce.example"],
      ["an endpoint in parts", { endpoint: VPCE }, "https://vpce.example"],
    ])("%s", async (_title, config, origin) => {
      expect(await originOf(front, config)).toBe(origin);
    });

    it.each([
      ["AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "https://env.example", "https://env.example"],
      ["AWS_USE_FIPS_ENDPOINT", "true", "https://bedrock-runtime-fips.eu-central-1.amazonaws.com"],
      ["AWS_USE_DUALSTACK_ENDPOINT", "true", "https://bedrock-runtime.eu-central-1.api.aws"],
    ])("what %s says", async (name, value, origin) => {
      vi.stubEnv(name, value);
      expect(await originOf(front)).toBe(origin);
    });

    it("the Region that AWS_REGION names", async () => {
      vi.stubEnv("AWS_REGION", "eu-west-1");
      const handler = new StubHandler();
      const client = front.make({ credentials: CREDENTIALS, requestHandler: handler });
      await client.send(hello());
      expect(handler.requests[0]).toMatchObject({ signedFor: "eu-west-1" });
      expect(await client.config.region()).toBe("eu-west-1");
    });
  });

  describe("asks for credentials", () => {
    it("once, however many requests it sends", async () => {
      let asked = 0;
      const credentials = async (): Promise<typeof CREDENTIALS> => {
        asked += 1;
        return CREDENTIALS;
      };
      const { client, handler } = make(front, { credentials });
      await Promise.all([1, 2, 3].map(() => client.send(hello())));
      await client.send(hello());
      expect(handler.requests).toHaveLength(4);
      expect(asked).toBe(1);
    });

    it("again when they are about to expire, once for all requests that wait for them", async () => {
      const issued: string[] = [];
      const credentials = async (): Promise<typeof CREDENTIALS & { expiration: Date }> => {
        const accessKeyId = `AKIA${issued.length}`;
        issued.push(accessKeyId);
        // The SDK renews what expires within five minutes.
        const expiration = new Date(Date.now() + (issued.length === 1 ? 60_000 : 3_600_000));
        return { ...CREDENTIALS, accessKeyId: accessKeyId as typeof CREDENTIALS.accessKeyId, expiration };
      };
      const { client, handler } = make(front, { credentials }, undefined, { sourceRegions: ["eu-west-1"] });
      await client.send(hello());
      await Promise.all([1, 2, 3, 4].map(() => client.send(hello())));
      expect(issued).toEqual(["AKIA0", "AKIA1"]);
      expect(handler.requests.at(-1)?.headers.authorization).toContain("AKIA1");
    });
  });

  describe("authenticates with a bearer token", () => {
    const simulator = { bearerTokens: { "key-1": "eu-central-1" } };
    const without = { credentials: () => Promise.reject(new Error("Credentials were asked for")) };

    it("from its config", async () => {
      await using wire = await openFront(front, { simulator });
      const endpoint = wire.simulator.endpoint("eu-central-1");
      for (const token of [{ token: "key-1" }, async () => ({ token: "key-1" })]) {
        const client = front.make({
          region: "eu-central-1",
          endpoint,
          token,
          authSchemePreference: ["httpBearerAuth"],
          ...without,
        });
        expect((await client.send(hello())).stopReason).toBe("end_turn");
        client.destroy();
      }
      expect(wire.simulator.requests().map(({ authentication }) => authentication)).toEqual(["bearer", "bearer"]);
    });

    it("from AWS_BEARER_TOKEN_BEDROCK", async () => {
      vi.stubEnv("AWS_BEARER_TOKEN_BEDROCK", "key-1");
      await using wire = await openFront(front, { simulator });
      const client = front.make({ region: "eu-central-1", endpoint: wire.simulator.endpoint("eu-central-1") });
      expect((await client.send(hello())).stopReason).toBe("end_turn");
      client.destroy();
      expect(wire.simulator.requests()).toMatchObject([{ authentication: "bearer", sourceRegion: "eu-central-1" }]);
    });
  });

  describe("names", () => {
    it.each([
      ["a string", "my-app/7", "my-app/7"],
      [
        "pairs",
        [
          ["my-app", "7"],
          ["md/plan", "x"],
        ] as [string, string][],
        "my-app/7 md/plan#x",
      ],
    ])("the caller's user agent, given as %s", async (_title, customUserAgent, expected) => {
      const { client, handler } = make(front, { customUserAgent });
      await client.send(hello());
      const own = front.routed ? / lib\/bedrock-routed-client#\d+\.\d+\.\d+$/ : /$/;
      expect(handler.requests[0]?.headers["user-agent"]?.replace(own, "")).toMatch(new RegExp(`${expected}$`));
    });

    it("the caller's application", async () => {
      const { client, handler } = make(front, { userAgentAppId: "billing" });
      await client.send(hello());
      expect(handler.requests[0]?.headers["user-agent"]).toContain("app/billing");
    });
  });

  describe("uses a request handler", () => {
    it("given as options", async () => {
      await using wire = await openFront(front, { config: { requestHandler: { requestTimeout: 20 } } });
      wire.simulator.enqueue({ kind: "hang" });
      expect(await rejectionOf(wire.client.send(hello()))).toMatchObject({ name: "TimeoutError" });
    });

    it("given as an instance, which it does not close if it routes: the one difference", async () => {
      const { client, handler } = make(front);
      await client.send(hello());
      client.destroy();
      expect(handler.destroyed).toBe(front.routed ? 0 : 1);
      expect((await client.send(hello())).stopReason).toBe("end_turn");
    });

    it("set by an extension, which runs once", async () => {
      const replacement = new StubHandler();
      let configured = 0;
      const extension = {
        configure(extended: { setHttpHandler(handler: StubHandler): void }): void {
          configured += 1;
          extended.setHttpHandler(replacement);
        },
      };
      const { client, handler } = make(front, { extensions: [extension as never] });
      await client.send(hello());
      await client.send(hello());
      expect([configured, handler.requests.length, replacement.requests.length]).toEqual([1, 0, 2]);
    });
  });

  it("tries as often as maxAttempts says", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    try {
      const { client, handler } = make(front, { maxAttempts: 2 }, () => throttledResponse());
      const failing = rejectionOf(client.send(hello()));
      await vi.runAllTimersAsync();
      for (let turn = 0; turn < 50; turn += 1) await vi.advanceTimersByTimeAsync(1_000);
      expect(await failing).toMatchObject({ name: "ThrottlingException", $metadata: { attempts: 2 } });
      expect(handler.requests).toHaveLength(2);
    } finally {
      vi.useRealTimers();
    }
  });

  it.each<[string, BedrockRuntimeClientConfig]>([
    ["no retries", { maxAttempts: 1 }],
    ["a retry strategy of the caller's", { maxAttempts: 1, retryStrategy: neverAgain() }],
    ["the adaptive retry mode", { maxAttempts: 1, retryMode: "adaptive" }],
  ])("does not multiply attempts with %s", async (_title, config) => {
    const { client, handler } = make(front, config, () => throttledResponse());
    const error = await rejectionOf(client.send(hello()));
    expect(error).toMatchObject({ name: "ThrottlingException", $metadata: { attempts: 1 } });
    expect(handler.requests).toHaveLength(1);
  });
});

describe("the two clients", () => {
  it("log the same lines", async () => {
    const [plain, routed] = await onBothFronts(async (front) => {
      const lines: unknown[] = [];
      const level = (name: string) => (line: unknown) => lines.push([name, line]);
      // At debug the SDK tells where it has looked for each setting; the retry mode is not left to the environment.
      const logger = { debug: () => {}, info: level("info"), warn: level("warn"), error: level("error") };
      const answer: StubbedAnswer = (_request, number) => (number === 1 ? converseResponse() : throttledResponse());
      const { client } = make(front, { logger, maxAttempts: 1 }, answer);
      await client.send(hello());
      await rejectionOf(client.send(hello()));
      return lines;
    });
    expect(plain).toHaveLength(2);
    expect(routed).toEqual(plain);
  });

  it("say the same in a config that the caller reads", async () => {
    const [plain, routed] = await onBothFronts(async (front) => {
      const { client } = make(front, { maxAttempts: 5, endpoint: "https://vpce.example" });
      const { config } = client;
      return {
        keys: Object.keys(config).sort(),
        region: await config.region(),
        maxAttempts: await config.maxAttempts(),
        endpoint: await config.endpoint?.(),
        serviceId: config.serviceId,
        apiVersion: config.apiVersion,
        fips: await config.useFipsEndpoint(),
      };
    });
    expect(routed).toEqual({ ...plain, keys: routed?.keys });
    expect(routed?.keys.filter((key) => !plain?.keys.includes(key))).toEqual([]);
  });
});

describe("the routed client", () => {
  const routed = FRONTS[1]!;

  it("asks for credentials once for all source Regions", async () => {
    let asked = 0;
    const credentials = async (): Promise<typeof CREDENTIALS> => {
      asked += 1;
      return CREDENTIALS;
    };
    const answer: StubbedAnswer = ({ signedFor }) =>
      signedFor === "eu-west-1" ? converseResponse() : throttledResponse();
    const routing = { sourceRegions: ["eu-west-1"], residency: "eu" } as const;
    const { client, handler } = make(routed, { credentials }, answer, routing);
    await client.send(converseCommand(SONNET));
    expect(handler.requests.map(({ signedFor }) => signedFor)).toEqual(["eu-central-1", "eu-west-1"]);
    expect(asked).toBe(1);
  });

  it("gives each source Region the token and the flags of the client, and asks for the token once", async () => {
    const answer: StubbedAnswer = (_request, number) => (number === 1 ? throttledResponse() : converseResponse());
    const routing = { sourceRegions: ["eu-west-1"], residency: "eu" } as const;
    let asked = 0;
    const token = async (): Promise<{ readonly token: string }> => {
      asked += 1;
      return { token: "key-1" };
    };
    const config = { token, authSchemePreference: ["httpBearerAuth"], useFipsEndpoint: true };
    const { client, handler } = make(routed, config, answer, routing);
    await client.send(converseCommand(SONNET));
    expect(handler.requests).toMatchObject([
      { origin: "https://bedrock-runtime-fips.eu-central-1.amazonaws.com", headers: { authorization: "Bearer key-1" } },
      { origin: "https://bedrock-runtime-fips.eu-west-1.amazonaws.com", headers: { authorization: "Bearer key-1" } },
    ]);
    expect(asked).toBe(1);
  });

  it("does not blame the caller's key for being bound to the home Region", async () => {
    await using wire = await openFront(routed, { simulator: { bearerTokens: { "key-1": "eu-central-1" } } });
    const { simulator } = wire;
    const sourceRegions = ["eu-central-1", "eu-west-1"];
    const endpoints = Object.fromEntries(sourceRegions.map((region) => [region, simulator.endpoint(region)]));
    const config = { token: { token: "key-1" }, authSchemePreference: ["httpBearerAuth"], maxAttempts: 2 };
    const routing = { sourceRegions, endpoints, residency: "eu" } as const;
    const bound = routed.make({ region: "eu-central-1", ...config }, routing);
    simulator.rule({ match: { sourceRegion: "eu-central-1" }, fault: { kind: "throttle" } });
    const error = await rejectionOf(bound.send(converseCommand(SONNET)));
    expect(error).toMatchObject({ name: "ThrottlingException", $metadata: { attempts: 2 } });
    expect(simulator.requests().map(({ authentication }) => authentication)).toEqual(["bearer", "refused"]);
    const astray = routed.make({ region: "eu-west-1", ...config }, routing);
    expect(await rejectionOf(astray.send(converseCommand(SONNET)))).toMatchObject({ $metadata: { attempts: 1 } });
    for (const client of [bound, astray]) client.destroy();
  });
});

/** A strategy that gives no second attempt. */
function neverAgain(): NonNullable<BedrockRuntimeClientConfig["retryStrategy"]> {
  const token = { getRetryCount: () => 0, getRetryDelay: () => 0 };
  return {
    acquireInitialRetryToken: async () => token,
    refreshRetryTokenForRetry: () => Promise.reject(new Error("No")),
    recordSuccess: () => {},
  } as never;
}
