import { BedrockRuntimeClient, type BedrockRuntimeClientConfig } from "@aws-sdk/client-bedrock-runtime";
import { afterEach, describe, expect, it, vi } from "vitest";
import { RegionClients } from "../../src/client/region-clients.ts";
import { CREDENTIALS, converseCommand, EU_SONNET } from "../support/requests.ts";
import { StubHandler, throttledResponse } from "../support/stub-handler.ts";

afterEach(() => vi.unstubAllEnvs());

interface Made {
  readonly parent: BedrockRuntimeClient;
  readonly clients: RegionClients;
  readonly handler: StubHandler;
}

function make(
  config: BedrockRuntimeClientConfig = {},
  endpoints: Readonly<Record<string, string>> = {},
  handler: StubHandler = new StubHandler(),
): Made {
  const full = { region: "eu-central-1", credentials: CREDENTIALS, requestHandler: handler, ...config };
  const parent = new BedrockRuntimeClient(full);
  return { parent, clients: new RegionClients(parent, full, endpoints), handler };
}

describe("the client of a source Region", () => {
  it("is the same for every request, another one for every Region, and always plain", () => {
    const { clients } = make();
    const client = clients.routed("eu-west-1");
    expect(clients.routed("eu-west-1")).toBe(client);
    expect(clients.routed("eu-west-3")).not.toBe(client);
    expect(client.constructor).toBe(BedrockRuntimeClient);
  });

  it("calls its own Region and signs for it", async () => {
    const { clients, handler } = make();
    for (const region of ["eu-central-1", "eu-west-1"]) await clients.routed(region).send(converseCommand());
    expect(handler.requests).toMatchObject([
      { origin: "https://bedrock-runtime.eu-central-1.amazonaws.com", signedFor: "eu-central-1" },
      { origin: "https://bedrock-runtime.eu-west-1.amazonaws.com", signedFor: "eu-west-1" },
    ]);
  });

  it("shares the parent's request handler", () => {
    const { parent, clients } = make({ requestHandler: { requestTimeout: 5 } });
    expect(clients.routed("eu-west-1").config.requestHandler).toBe(parent.config.requestHandler);
  });

  it("never retries, whatever the caller's config or the environment says", async () => {
    vi.stubEnv("AWS_RETRY_MODE", "adaptive");
    vi.stubEnv("AWS_MAX_ATTEMPTS", "5");
    const retryStrategy = { acquireInitialRetryToken: () => Promise.reject(new Error("used")) };
    const { clients, handler } = make({ maxAttempts: 7, retryStrategy: retryStrategy as never }, {}, throttling());
    const client = clients.routed("eu-west-1");
    await expect(client.send(converseCommand())).rejects.toMatchObject({ name: "ThrottlingException" });
    expect(handler.requests).toHaveLength(1);
    // The adaptive strategy would wait for its rate limiter before the next request.
    expect(await client.config.retryStrategy()).toMatchObject({ mode: "standard" });
  });

  it("calls the endpoint of its Region, or else the caller's, or else the public one", async () => {
    const named = make({ endpoint: "https://proxy.example" }, { "eu-west-1": "https://vpce.example" });
    await named.clients.routed("eu-west-1").send(converseCommand());
    await named.clients.routed("eu-west-3").send(converseCommand());
    const unnamed = make({}, { "eu-west-1": "https://vpce.example" });
    await unnamed.clients.routed("eu-west-3").send(converseCommand());
    expect([...named.handler.requests, ...unnamed.handler.requests].map(({ origin }) => origin)).toEqual([
      "https://vpce.example",
      "https://proxy.example",
      "https://bedrock-runtime.eu-west-3.amazonaws.com",
    ]);
  });

  it("calls FIPS endpoints when the home Region is a FIPS pseudo-Region", async () => {
    const { clients, handler } = make({ region: "fips-us-east-1" });
    await clients.routed("us-east-1").send(converseCommand());
    await clients.routed("us-west-2").send(converseCommand());
    expect(handler.requests.map(({ origin, signedFor }) => [origin, signedFor])).toEqual([
      ["https://bedrock-runtime-fips.us-east-1.amazonaws.com", "us-east-1"],
      ["https://bedrock-runtime-fips.us-west-2.amazonaws.com", "us-west-2"],
    ]);
  });

  it("takes over what an extension decided, but neither its Region nor its retries", async () => {
    const handler = throttling();
    let configured = 0;
    const extension = {
      configure(extended: Configurable): void {
        configured += 1;
        extended.setRegion(async () => "us-east-1");
        extended.setRetryStrategy({ mode: "forever" });
        extended.setHttpHandler(handler);
        extended.setCredentials(async () => ({ accessKeyId: "AKIDFROMEXTENSION", secretAccessKey: "s" }));
      },
    };
    const { clients } = make({ extensions: [extension as never] });
    await expect(clients.routed("eu-west-1").send(converseCommand())).rejects.toThrow();
    expect(configured).toBe(1);
    expect(handler.requests).toMatchObject([
      { origin: "https://bedrock-runtime.eu-west-1.amazonaws.com", signedFor: "eu-west-1" },
    ]);
    expect(handler.requests[0]?.headers.authorization).toContain("AKIDFROMEXTENSION");
  });

  it("authenticates as an extension decided", async () => {
    const sign = async <Signed extends { headers: Record<string, string> }>(request: Signed): Promise<Signed> => {
      request.headers.authorization = "Signed otherwise";
      return request;
    };
    const identityProvider = () => async () => ({});
    const schemes = {
      configure: (extended: Configurable) =>
        extended.setHttpAuthScheme({ schemeId: "otherwise", identityProvider, signer: { sign } }),
    };
    const preference = {
      configure: (extended: Configurable) => extended.setHttpAuthSchemeProvider(() => [{ schemeId: "otherwise" }]),
    };
    const { clients, handler } = make({ extensions: [schemes, preference] as never });
    await clients.routed("eu-west-1").send(converseCommand());
    expect(handler.requests[0]?.headers.authorization).toBe("Signed otherwise");
  });

  it("runs the caller's middleware as it stands at each request", async () => {
    const { parent, clients } = make();
    const log: string[] = [];
    const noting =
      (name: string) =>
      <Next>(next: Next): Next => {
        log.push(name);
        return next;
      };
    parent.middlewareStack.add(noting("first"), { name: "first" });
    await clients.routed("eu-west-1").send(converseCommand());
    parent.middlewareStack.add(noting("second"));
    await clients.routed("eu-west-1").send(converseCommand());
    parent.middlewareStack.remove("first");
    await clients.routed("eu-west-1").send(converseCommand());
    expect(log).toEqual(["first", "second", "first", "second"]);
  });
});

describe("the client of unrouted requests", () => {
  it("is the routed client itself while the home Region has no endpoint of its own", () => {
    const { clients } = make({}, { "eu-west-1": "https://vpce.example" });
    expect(clients.unrouted("eu-central-1", "eu-central-1")).toBeUndefined();
  });

  it("calls the endpoint of the home Region, with the caller's own retries and middleware", async () => {
    const config = { maxAttempts: 2, retryStrategy: immediate() };
    const { parent, clients, handler } = make(config, { "eu-central-1": "https://vpce.example" }, throttling());
    const seen: string[] = [];
    parent.middlewareStack.add((next, context) => {
      seen.push(context.commandName ?? "");
      return next;
    });
    const client = clients.unrouted("eu-central-1", "eu-central-1");
    expect(clients.unrouted("eu-central-1", "eu-central-1")).toBe(client);
    expect(clients.routed("eu-central-1")).not.toBe(client);
    await expect(client?.send(converseCommand(EU_SONNET))).rejects.toMatchObject({ $metadata: { attempts: 2 } });
    expect(handler.requests.map(({ origin }) => origin)).toEqual(["https://vpce.example", "https://vpce.example"]);
    expect(seen).toEqual(["ConverseCommand"]);
  });
});

interface Configurable {
  setRegion(region: () => Promise<string>): void;
  setRetryStrategy(strategy: object): void;
  setHttpHandler(handler: StubHandler): void;
  setHttpAuthScheme(scheme: object): void;
  setHttpAuthSchemeProvider(provider: () => object[]): void;
  setCredentials(provider: () => Promise<object>): void;
}

function throttling(): StubHandler {
  return new StubHandler(() => throttledResponse());
}

/** A strategy of the caller that retries once, at once. */
function immediate(): NonNullable<BedrockRuntimeClientConfig["retryStrategy"]> {
  const token = (count: number): object => ({ getRetryCount: () => count, getRetryDelay: () => 0 });
  return {
    acquireInitialRetryToken: async () => token(0),
    refreshRetryTokenForRetry: async ({ getRetryCount }: { getRetryCount(): number }) => {
      if (getRetryCount() > 0) throw new Error("Enough");
      return token(1);
    },
    recordSuccess: () => {},
  } as never;
}
