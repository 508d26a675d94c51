import { CountTokensCommand } from "@aws-sdk/client-bedrock-runtime";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createRoutedClient } from "../../src/client/create-routed-client.ts";
import type { RoutingOptions } from "../../src/options/options.ts";
import { getRouting } from "../../src/router/reports.ts";
import { rejectionOf } from "../support/rejection.ts";
import { CREDENTIALS, converseCommand, EU_SONNET, GLOBAL_SONNET, SONNET } from "../support/requests.ts";
import { openWire, untilWaiting } from "../support/wire.ts";

const US_SONNET = `us.${SONNET}`;
/** Callable in the Region itself as well as through profiles. */
const LITE = "amazon.nova-lite-v1:0";

describe("a request with routing off", () => {
  const off = { routing: { route: "off" } } as const;

  it("goes to the home Region as given, with the SDK's own retries, and is reported", async () => {
    await using wire = await openWire({ region: "us-east-1", routing: { sourceRegions: ["us-west-2"] } });
    wire.simulator.enqueue({ kind: "throttle" });
    const output = await wire.client.send(converseCommand(US_SONNET), off);
    expect(wire.calls()).toEqual([`us-east-1 ${US_SONNET}`, `us-east-1 ${US_SONNET}`]);
    expect(output.$metadata.attempts).toBe(2);
    const report = getRouting(output);
    expect(report?.route?.modelId).toBe(US_SONNET);
    expect(report?.plan.remarks.join()).toMatch(/Routing is off/);
    expect(wire.client.routing.stats()).toEqual([]);
  });

  it("ends with the SDK's error, where a routed one would have gone on", async () => {
    await using wire = await openWire({ config: { maxAttempts: 2 } });
    wire.simulator.rule({ match: { modelId: EU_SONNET }, fault: { kind: "throttle" } });
    const error = await rejectionOf(wire.client.send(converseCommand(EU_SONNET), off));
    expect(error).toMatchObject({ name: "ThrottlingException" });
    expect(wire.calls()).toEqual([`eu-central-1 ${EU_SONNET}`, `eu-central-1 ${EU_SONNET}`]);
    await wire.client.send(converseCommand());
    expect(wire.calls().at(-1)).toBe(`eu-central-1 ${GLOBAL_SONNET}`);
  });

  it("is refused when it would leave the residency, before any call", async () => {
    await using wire = await openWire({ routing: { residency: "eu" } });
    for (const [modelId, routing] of [
      [GLOBAL_SONNET, off.routing],
      [EU_SONNET, { route: "off", residency: { countries: ["DE"] } }],
      [`us.${SONNET}`, off.routing],
    ] as const) {
      const error = await rejectionOf(wire.client.send(converseCommand(modelId), { routing }));
      expect(error).toMatchObject({ code: "NO_ROUTE" });
      expect(getRouting(error)?.plan.rejections).toMatchObject([{ reason: "residency" }]);
    }
    expect(wire.calls()).toEqual([]);
    await wire.client.send(converseCommand(EU_SONNET), off);
  });

  it("can be looked at", async () => {
    await using wire = await openWire();
    const plan = await wire.client.routing.plan(GLOBAL_SONNET, { route: "off" });
    expect(plan.candidates.map(({ route }) => route.key)).toEqual([`eu-central-1|${GLOBAL_SONNET}`]);
  });
});

describe("a client with routing off", () => {
  const plain = { routing: false } as const;

  it("sends everything as the plain client does", async () => {
    await using wire = await openWire({ region: "us-east-1", ...plain });
    wire.simulator.enqueue({ kind: "throttle" });
    const output = await wire.client.send(converseCommand(GLOBAL_SONNET));
    await wire.client.send(converseCommand(LITE));
    expect(wire.calls()).toEqual([`us-east-1 ${GLOBAL_SONNET}`, `us-east-1 ${GLOBAL_SONNET}`, `us-east-1 ${LITE}`]);
    expect(output.$metadata.attempts).toBe(2);
    expect(getRouting(output)).toBeUndefined();
  });

  it("passes on what only AWS can judge", async () => {
    await using wire = await openWire(plain);
    const error = await rejectionOf(wire.client.send(converseCommand("no such model!")));
    expect(error).toMatchObject({ name: "ValidationException" });
    const counted = new CountTokensCommand({ modelId: SONNET, input: { converse: { messages: [] } } });
    await wire.client.send(counted);
    // The SDK may repeat the first by itself; nothing else is sent.
    const sent = new Set(wire.simulator.requests().map(({ operation }) => operation));
    expect([...sent]).toEqual(["Converse", "CountTokens"]);
  });

  it("answers by callback as well", async () => {
    await using wire = await openWire(plain);
    const output = await new Promise((resolve, reject) => {
      wire.client.send(converseCommand(EU_SONNET), (error, data) =>
        data === undefined ? reject(error) : resolve(data),
      );
    });
    expect(output).toHaveProperty("output.message");
  });

  it("still has its routing, which has nothing to tell", async () => {
    await using wire = await openWire(plain);
    wire.client.routing.on("plan", () => expect.fail("planned"));
    await wire.client.send(converseCommand(EU_SONNET));
    expect(wire.client.routing.stats()).toEqual([]);
    const plan = await wire.client.routing.plan(EU_SONNET);
    expect(plan.candidates.map(({ route }) => route.modelId)).toEqual([EU_SONNET]);
    expect(plan.remarks.join()).toMatch(/Routing is off/);
  });

  it("holds the residency that a request asks for", async () => {
    await using wire = await openWire(plain);
    const options = { routing: { residency: "eu" } };
    expect(await rejectionOf(wire.client.send(converseCommand(GLOBAL_SONNET), options))).toMatchObject({
      code: "NO_ROUTE",
    });
    expect(wire.calls()).toEqual([]);
    await wire.client.send(converseCommand(EU_SONNET), options);
    expect(wire.calls()).toEqual([`eu-central-1 ${EU_SONNET}`]);
  });
});

describe("a request that names its route", () => {
  it("takes a profile from the home Region, and no other, however often that fails", async () => {
    await using wire = await openWire({
      region: "us-east-1",
      routing: { sourceRegions: ["us-west-2"] },
      config: { maxAttempts: 2 },
    });
    wire.simulator.rule({ fault: { kind: "service-unavailable" } });
    const sending = rejectionOf(wire.client.send(converseCommand(), { routing: { route: US_SONNET } }));
    await untilWaiting(wire.clock);
    wire.clock.advance(60_000);
    const error = await sending;
    expect(error).toMatchObject({ name: "ServiceUnavailableException" });
    expect(wire.calls()).toEqual([`us-east-1 ${US_SONNET}`, `us-east-1 ${US_SONNET}`]);
    const plan = getRouting(error)?.plan;
    expect(plan?.candidates).toHaveLength(1);
    expect(new Set(plan?.rejections.map(({ reason }) => reason))).toContain("other-route");
  });

  it.each([
    ["the key of a route", `us-west-2|${US_SONNET}`, `us-west-2 ${US_SONNET}`],
    ["a profile", GLOBAL_SONNET, `us-east-1 ${GLOBAL_SONNET}`],
  ])("takes %s", async (_title, route, call) => {
    await using wire = await openWire({ region: "us-east-1", routing: { sourceRegions: ["us-west-2"] } });
    await wire.client.send(converseCommand(), { routing: { route } });
    expect(wire.calls()).toEqual([call]);
  });

  it("takes the model in its Region by its bare id", async () => {
    await using wire = await openWire({ region: "us-east-1" });
    await wire.client.send(converseCommand(LITE), { routing: { route: LITE } });
    expect(wire.calls()).toEqual([`us-east-1 ${LITE}`]);
  });

  it("takes a profile from the first source Region that can call it", async () => {
    await using wire = await openWire({ routing: { sourceRegions: ["ap-southeast-2", "us-west-2", "us-east-1"] } });
    await wire.client.send(converseCommand(), { routing: { route: US_SONNET } });
    expect(wire.calls()).toEqual([`us-west-2 ${US_SONNET}`]);
  });

  it("is refused when that route would leave the residency, or what an explicit id stands for", async () => {
    await using wire = await openWire({ routing: { residency: "eu" } });
    const outside = await rejectionOf(wire.client.send(converseCommand(), { routing: { route: GLOBAL_SONNET } }));
    expect(outside).toMatchObject({ code: "NO_ROUTE", message: expect.stringContaining("residency, may run in") });
    await using free = await openWire();
    const beyond = await rejectionOf(
      free.client.send(converseCommand(EU_SONNET), { routing: { route: GLOBAL_SONNET } }),
    );
    expect(beyond).toMatchObject({ code: "NO_ROUTE", message: expect.stringContaining("boundary") });
    expect([...wire.calls(), ...free.calls()]).toEqual([]);
  });

  it("is told which routes there are when it names none of them", async () => {
    await using wire = await openWire();
    const error = await rejectionOf(wire.client.send(converseCommand(), { routing: { route: `eu.${LITE}` } }));
    expect(error).toMatchObject({
      code: "INVALID_OPTIONS",
      path: "routing.route",
      message: expect.stringContaining(
        `a route of ${SONNET}: eu-central-1|${EU_SONNET}, eu-central-1|${GLOBAL_SONNET}`,
      ),
    });
  });

  it("is told from where its route can be called when that is not from here", async () => {
    await using wire = await openWire();
    const error = await rejectionOf(wire.client.send(converseCommand(), { routing: { route: US_SONNET } }));
    expect(error).toMatchObject({
      code: "NO_ROUTE",
      message: expect.stringMatching(/us\..*can be called from.*us-east-1/),
    });
  });

  it("shares its statistics with the requests that take the route by themselves", async () => {
    await using wire = await openWire();
    await wire.client.send(converseCommand(), { routing: { route: EU_SONNET } });
    await wire.client.send(converseCommand());
    expect(wire.client.routing.stats()).toMatchObject([{ attempts: 2, route: { modelId: EU_SONNET } }]);
  });
});

describe("an explicit profile id", () => {
  const routesOf = async (modelId: string, routing: Partial<RoutingOptions>): Promise<readonly string[]> => {
    await using wire = await openWire({ region: "us-east-1", routing });
    return (await wire.client.routing.plan(modelId)).candidates.map(({ route }) => route.key);
  };

  it("is a boundary, and the plan says what that costs and how to lift it", async () => {
    await using wire = await openWire({ region: "us-east-1" });
    const plan = await wire.client.routing.plan(US_SONNET);
    expect(plan.candidates.map(({ route }) => route.modelId)).toEqual([US_SONNET]);
    expect(plan.remarks.join()).toMatch(
      new RegExp(`keeps out ${GLOBAL_SONNET}: pass ${SONNET}, or set profileIds: "model"`),
    );
  });

  it("costs nothing where the residency would keep the others out anyway", async () => {
    await using wire = await openWire({ region: "us-east-1", routing: { residency: "us" } });
    expect((await wire.client.routing.plan(US_SONNET)).remarks).toEqual([]);
  });

  it("is just its model when the options say so, within the residency", async () => {
    const model = await routesOf(SONNET, {});
    expect(model).toContain(`us-east-1|${GLOBAL_SONNET}`);
    expect(await routesOf(US_SONNET, { profileIds: "model" })).toEqual(model);
    expect(await routesOf(EU_SONNET, { profileIds: "model" })).toEqual(model);
    expect(await routesOf(US_SONNET, { profileIds: "model", residency: "us" })).toEqual([`us-east-1|${US_SONNET}`]);
  });

  it("that the table does not know is tried as well", async () => {
    const routes = await routesOf(`kr.${SONNET}`, { profileIds: "model" });
    expect(routes).toContain(`us-east-1|kr.${SONNET}`);
    expect(routes).toContain(`us-east-1|${US_SONNET}`);
  });

  it("leaves the ARN of a foundation model a boundary", async () => {
    const arn = `arn:aws:bedrock:us-east-1::foundation-model/${LITE}`;
    expect(await routesOf(arn, { profileIds: "model" })).toEqual([`us-east-1|${LITE}`]);
  });
});

describe("the one endpoint of a client", () => {
  const US_EAST = "https://bedrock-runtime.us-east-1.amazonaws.com";
  const WEST = { "us-west-2": "https://vpce-1.bedrock-runtime.us-west-2.vpce.amazonaws.com" };
  const make = (config: object): unknown =>
    createRoutedClient({ region: "us-east-1", credentials: CREDENTIALS, routing: { policy: "latency" }, ...config });

  afterEach(() => vi.unstubAllEnvs());

  it.each([
    ["text", US_EAST],
    ["URL", new URL(US_EAST)],
    ["parts", { protocol: "https:", hostname: "bedrock-runtime.us-east-1.amazonaws.com", path: "/" }],
  ])("as %s must not take the requests for another Region", (_title, endpoint) => {
    expect(() => make({ endpoint })).not.toThrow();
    expect(() => make({ endpoint, region: "eu-central-1" })).toThrow(/^endpoint must not stand in us-east-1/);
    const routing = { policy: "latency", sourceRegions: ["us-west-2"] };
    expect(() => make({ endpoint, routing })).toThrow(/requests for us-west-2 go there too: name theirs under/);
    expect(() => make({ endpoint, routing: { ...routing, endpoints: WEST } })).not.toThrow();
    expect(() => make({ endpoint, region: "eu-central-1", routing: false })).not.toThrow();
  });

  it("may come from the environment", () => {
    vi.stubEnv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", US_EAST);
    expect(() => make({})).not.toThrow();
    expect(() => make({ region: "eu-central-1" })).toThrow(
      /^AWS_ENDPOINT_URL_BEDROCK_RUNTIME must not stand in us-east-1/,
    );
    expect(() => make({ region: "eu-central-1", endpoint: "http://localhost:1" })).not.toThrow();
  });

  it("is checked against the home Region that a provider gives, when it is used", async () => {
    const client = createRoutedClient({
      region: async () => "eu-central-1",
      endpoint: US_EAST,
      credentials: CREDENTIALS,
      routing: { policy: "latency" },
    });
    expect(await rejectionOf(client.send(converseCommand()))).toMatchObject({ path: "endpoint" });
  });
});
