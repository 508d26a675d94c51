import { BedrockRuntime, BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, it, vi } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import {
  assembleRoutedClient,
  createRoutedClient,
  RoutedBedrockRuntimeClient,
} from "../../src/client/create-routed-client.ts";
import type { RoutedClientConfig } from "../../src/options/options.ts";
import { InvalidOptionsError } from "../../src/types/errors.ts";
import { rejectionOf } from "../support/rejection.ts";
import { CREDENTIALS, converseCommand, EU_SONNET, GLOBAL_SONNET, SONNET } from "../support/requests.ts";
import { converseResponse, StubHandler, throttledResponse } from "../support/stub-handler.ts";
import { VIRTUAL_EPOCH, VirtualClock } from "../support/virtual-clock.ts";

function configOf(handler: StubHandler, rest: Partial<RoutedClientConfig> = {}): RoutedClientConfig {
  return {
    region: "eu-central-1",
    credentials: CREDENTIALS,
    requestHandler: handler,
    routing: { policy: "latency" },
    ...rest,
  };
}

describe("createRoutedClient()", () => {
  it("makes a client of the SDK that routes", async () => {
    const handler = new StubHandler((_request, number) => (number === 1 ? throttledResponse() : converseResponse()));
    const client = createRoutedClient(configOf(handler));
    expect(client).toBeInstanceOf(BedrockRuntime);
    expect((await client.send(converseCommand())).stopReason).toBe("end_turn");
    expect(handler.requests.map(({ path }) => decodeURIComponent(path))).toEqual([
      `/model/${EU_SONNET}/converse`,
      `/model/${GLOBAL_SONNET}/converse`,
    ]);
  });

  it("adds itself to the caller's user agent", async () => {
    const handler = new StubHandler();
    const own = `lib/bedrock-routed-client#${packageJson.version}`;
    await createRoutedClient(configOf(handler)).send(converseCommand());
    await createRoutedClient(configOf(handler, { customUserAgent: "my-app/7" })).send(converseCommand());
    const [without, withTheirs] = handler.requests.map(({ headers }) => headers["user-agent"]);
    expect(without).toMatch(new RegExp(`${own}$`));
    expect(withTheirs).toMatch(new RegExp(`my-app/7 ${own}$`));
  });

  it("does not change with the caller's config object, nor change it", async () => {
    const handler = new StubHandler();
    const config = configOf(handler);
    const before = { ...config };
    const client = createRoutedClient(config);
    expect(config).toEqual(before);
    Object.assign(config, { region: "us-east-1", routing: { policy: "nonsense" } });
    await client.send(converseCommand());
    expect(handler.requests[0]?.signedFor).toBe("eu-central-1");
  });

  it("keeps routing out of the SDK's config", () => {
    expect("routing" in createRoutedClient(configOf(new StubHandler())).config).toBe(false);
  });

  it("gives every client statistics of its own", async () => {
    const [first, second] = [new StubHandler(), new StubHandler()].map((handler) =>
      createRoutedClient(configOf(handler)),
    );
    await first?.send(converseCommand());
    expect(first?.routing.stats()).toHaveLength(1);
    expect(second?.routing.stats()).toEqual([]);
  });

  it.each([
    [
      "no config",
      undefined,
      'config must be an object such as { region, routing: { policy: "latency" } }, got undefined',
    ],
    ["null", null, /^config must be an object/],
    ["no routing", {}, /^routing must be false or an object with a policy/],
    [
      "no policy",
      { routing: {} },
      /^routing\.policy must be "latency", "cost", "throughput" or "residency", got undefined/,
    ],
    ["a misspelt option", { routing: { policy: "latency", sourceRegion: [] } }, /did you mean sourceRegions\?/],
    [
      "attempts that are none",
      { routing: { policy: "latency" }, maxAttempts: 0 },
      /^maxAttempts must be a whole number/,
    ],
    [
      "a home Region that is none",
      { region: "frankfurt", routing: { policy: "latency" } },
      /^region must be an AWS Region, got "frankfurt" \(did you mean "eu-central-1"\?\)$/,
    ],
    ["a home Region of JavaScript", { region: "constructor", routing: { policy: "latency" } }, /got "constructor"$/],
    ...[
      ["eusc-de-east-1", "eu-central-1", "aws-eusc"],
      ["us-iso-east-1", "us-east-1", "aws-iso"],
      ["us-isob-east-1", "us-iso-east-1", "aws-iso-b"],
      ["cn-north-1", "ap-northeast-1", "aws-cn"],
      ["us-gov-west-1", "us-east-1", "aws-us-gov"],
      ["us-east-1", "us-gov-west-1", "aws"],
      ["fips-us-east-1", "cn-north-1", "aws"],
    ].map(([region, source, partition]): [string, object, RegExp] => [
      `a source Region of another partition than that of ${region}`,
      { region, routing: { policy: "latency", sourceRegions: [source] } },
      new RegExp(`^routing\\.sourceRegions\\[0\\] must lie in the partition of the home Region .*\\(${partition}\\)`),
    ]),
    ["half an attempt", { routing: { policy: "latency" }, maxAttempts: 1.5 }, /got 1\.5$/],
  ])("refuses %s", (_title, config, message) => {
    const create = (): unknown => createRoutedClient(config as never);
    expect(create).toThrow(InvalidOptionsError);
    expect(create).toThrow(message);
  });

  it("refuses a home Region that is none when a provider gives it", async () => {
    for (const region of ["frankfurt", "constructor", "*"]) {
      const client = createRoutedClient(configOf(new StubHandler(), { region: async () => region }));
      const error = await rejectionOf(client.send(converseCommand()));
      expect(error).toMatchObject({ code: "INVALID_OPTIONS", path: "region" });
      await expect(client.routing.plan("anthropic.claude-sonnet-4-6")).rejects.toThrow(/^region must be an AWS Region/);
    }
  });

  it("calls a Region of another partition, and one that is newer than the table, as the home Region", async () => {
    for (const region of ["eusc-de-east-1", "us-iso-east-1", "cn-north-1", "eu-north-9", "fips-us-east-1"]) {
      const client = createRoutedClient(configOf(new StubHandler(), { region }));
      const plan = await client.routing.plan("eu.anthropic.claude-unheard-of-9");
      expect(plan.candidates.map(({ route }) => route.sourceRegion)).toEqual([region.replace("fips-", "")]);
    }
  });

  it("fails for an empty Region as the SDK does", () => {
    expect(() => createRoutedClient(configOf(new StubHandler(), { region: "" }))).toThrow("Region is missing");
  });
});

describe("RoutedBedrockRuntimeClient", () => {
  it("is the class of the clients, and makes one", async () => {
    const handler = new StubHandler();
    const client = new RoutedBedrockRuntimeClient(configOf(handler));
    expect(client).toBeInstanceOf(RoutedBedrockRuntimeClient);
    expect(client.constructor).toBe(createRoutedClient(configOf(handler)).constructor);
    await client.converse({ modelId: SONNET, messages: [] }, { routing: { workload: "chat" } });
    expect(client.routing.stats().map(({ workload }) => workload)).toEqual(["chat"]);
  });

  it("refuses what createRoutedClient refuses", () => {
    expect(() => new RoutedBedrockRuntimeClient({ routing: {} } as never)).toThrow(InvalidOptionsError);
  });

  it("can be extended, and a subclass has no instances but its own", async () => {
    class Tenant extends RoutedBedrockRuntimeClient {
      readonly sent: string[] = [];
      constructor(readonly name: string) {
        super(configOf(new StubHandler()));
      }
      override destroy(): void {
        this.sent.push("destroyed");
        super.destroy();
      }
    }
    const tenant = new Tenant("a");
    await tenant.send(converseCommand());
    tenant.destroy();
    expect(tenant.sent).toEqual(["destroyed"]);
    expect(tenant).toBeInstanceOf(Tenant);
    expect(tenant).toBeInstanceOf(RoutedBedrockRuntimeClient);
    expect(createRoutedClient(configOf(new StubHandler()))).not.toBeInstanceOf(Tenant);
  });

  it.each([undefined, null, 5, {}, () => {}, Object.create(null), new BedrockRuntimeClient({ region: "eu-west-1" })])(
    "has no other instances: %s",
    (value: unknown) => {
      expect(value instanceof (RoutedBedrockRuntimeClient as unknown as new () => object)).toBe(false);
    },
  );

  it("knows clients of another copy of the package", async () => {
    vi.resetModules();
    const copy = await import("../../src/client/create-routed-client.ts");
    expect(copy.RoutedBedrockRuntimeClient).not.toBe(RoutedBedrockRuntimeClient);
    expect(copy.createRoutedClient(configOf(new StubHandler()))).toBeInstanceOf(RoutedBedrockRuntimeClient);
  });
});

describe("assembleRoutedClient()", () => {
  it("takes all time and all chance from its arguments", async () => {
    const clock = new VirtualClock();
    const handler = new StubHandler(async (_request, number) => {
      await clock.advance(250);
      return number === 1 ? throttledResponse() : converseResponse();
    });
    let drawn = 0;
    const client = assembleRoutedClient(configOf(handler), clock, () => {
      drawn += 1;
      return 0;
    });
    const cooldowns: number[] = [];
    client.routing.on("cooldown", ({ until }) => cooldowns.push(until));
    await client.send(converseCommand(SONNET));
    expect(client.routing.stats().map(({ ttfb }) => ttfb.p50)).toEqual([0, 250]);
    expect(drawn).toBe(1);
    expect(cooldowns).toHaveLength(1);
    expect(cooldowns[0]).toBeGreaterThan(VIRTUAL_EPOCH);
    expect(cooldowns[0]).toBeLessThan(VIRTUAL_EPOCH + 3_600_000);
  });
});
