import { afterEach, describe, expect, it } from "vitest";
import { authenticate, endpointRegion, type Identities, operationPath } from "../../src/simulator/authenticate.ts";
import { createSimulator, type Simulator, type SimulatorOptions } from "../../src/simulator/index.ts";
import { refuse } from "../../src/simulator/refusal.ts";
import { type ClientOverrides, controlClient, converse, failureOf, hello, runtimeClient } from "./sdk-clients.ts";

let simulator: Simulator | undefined;
afterEach(() => simulator?.close());

async function start(options: SimulatorOptions = {}): Promise<Simulator> {
  simulator = await createSimulator({ timeScale: 0, ...options });
  return simulator;
}

describe("a signed request", () => {
  it.each(["2", "1.1"] as const)("belongs to the Region that it is signed for, over HTTP/%s", async (httpVersion) => {
    const running = await start();
    for (const region of ["eu-central-1", "eu-west-3"]) {
      await runtimeClient(running, { region, httpVersion }).send(converse());
    }
    const seen = running.requests().map(({ sourceRegion, authentication }) => ({ sourceRegion, authentication }));
    expect(seen).toEqual([
      { sourceRegion: "eu-central-1", authentication: "signature" },
      { sourceRegion: "eu-west-3", authentication: "signature" },
    ]);
  });

  it.each([
    [
      "with the wrong secret",
      { credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wrong" } },
      "InvalidSignatureException",
      /^The request signature we calculated does not match the signature you provided\./,
    ],
    [
      "with an unknown access key",
      { credentials: { accessKeyId: "AKIAUNKNOWN", secretAccessKey: "any" } },
      "UnrecognizedClientException",
      /^The security token included in the request is invalid\.$/,
    ],
    [
      "for a Region that does not exist",
      { region: "us-west-3" },
      "InvalidSignatureException",
      /^Credential should be scoped to a valid region\. $/,
    ],
  ] satisfies readonly (readonly [string, ClientOverrides, string, RegExp])[])(
    "%s is refused",
    async (_case, overrides, name, message) => {
      const running = await start();
      const error = await failureOf(runtimeClient(running, overrides).send(converse()));
      expect(error.name).toBe(name);
      expect(error.message).toMatch(message);
      expect(error.$metadata?.httpStatusCode).toBe(403);
      expect(running.requests()[0]).toMatchObject({ authentication: "refused", operation: "Converse" });
    },
  );

  it("is refused in an opt-in Region that the account has not enabled", async () => {
    const running = await start({ disabledRegions: ["eu-south-1"] });
    const error = await failureOf(runtimeClient(running, { region: "eu-south-1" }).send(converse()));
    expect(error.name).toBe("UnrecognizedClientException");
    await expect(runtimeClient(running, { region: "eu-west-1" }).send(converse())).resolves.toBeDefined();
  });

  it("is refused at another Region's endpoint", async () => {
    const running = await start();
    const endpoint = running.endpoint("eu-west-1");
    const error = await failureOf(runtimeClient(running, { endpoint, region: "eu-central-1" }).send(converse()));
    expect(error.message).toBe("Credential should be scoped to a valid region. ");
    await expect(runtimeClient(running, { endpoint, region: "eu-west-1" }).send(converse())).resolves.toBeDefined();
  });

  it("does not use up a scripted reply when it is refused", async () => {
    const running = await start();
    running.enqueue({ kind: "throttle" });
    await failureOf(runtimeClient(running, { region: "us-west-3" }).send(converse()));
    expect((await failureOf(runtimeClient(running).send(converse()))).name).toBe("ThrottlingException");
  });

  it("reaches the control plane with the same credentials", async () => {
    const running = await start();
    const { ListFoundationModelsCommand } = await import("@aws-sdk/client-bedrock");
    await expect(controlClient(running, "us-east-1").send(new ListFoundationModelsCommand({}))).resolves.toBeDefined();
  });
});

describe("a request with a Bedrock API key", () => {
  const bearerTokens = { "bound-key": "eu-central-1", "free-key": "*" };

  async function call(running: Simulator, token: string | undefined, base = running.url): Promise<Response> {
    return fetch(`${base}/model/eu.anthropic.claude-sonnet-4-6/converse`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ messages: hello }),
    });
  }

  it("belongs to the Region that the key is bound to", async () => {
    const running = await start({ bearerTokens });
    expect((await call(running, "bound-key")).status).toBe(200);
    expect(running.requests()[0]).toMatchObject({ sourceRegion: "eu-central-1", authentication: "bearer" });
  });

  it("belongs to the Region of the endpoint when the key works everywhere", async () => {
    const running = await start({ bearerTokens });
    expect((await call(running, "free-key", running.endpoint("eu-west-1"))).status).toBe(200);
    expect(running.requests()[0]).toMatchObject({ sourceRegion: "eu-west-1" });
  });

  it.each([
    ["an unknown key", "nobody", undefined],
    ["a name that every object has", "constructor", undefined],
    ["a key that is bound to another Region", "bound-key", "eu-west-1"],
  ])("is refused for %s without an error type", async (_case, token, region) => {
    const running = await start({ bearerTokens });
    const response = await call(running, token, region === undefined ? running.url : running.endpoint(region));
    expect(response.status).toBe(403);
    expect(response.headers.get("x-amzn-errortype")).toBeNull();
    expect(await response.json()).toEqual({
      Message: "Authentication failed: Please make sure your API Key is valid.",
    });
  });

  it("is refused without any credentials", async () => {
    const running = await start({ bearerTokens });
    const response = await call(running, undefined);
    expect(response.status).toBe(403);
    expect(await response.json()).toEqual({ Message: "Authorization header is missing" });
  });

  it("is what the SDK sends for a token", async () => {
    const running = await start({ bearerTokens });
    const { BedrockRuntimeClient } = await import("@aws-sdk/client-bedrock-runtime");
    const client = new BedrockRuntimeClient({
      region: "eu-central-1",
      endpoint: running.url,
      token: { token: "bound-key" },
      authSchemePreference: ["httpBearerAuth"],
    });
    await expect(client.send(converse())).resolves.toBeDefined();
    expect(running.requests()[0]).toMatchObject({ authentication: "bearer" });
  });
});

describe("authenticate", () => {
  const identities: Identities = {
    accessKeyId: "AKID",
    secretAccessKey: "secret",
    bearerTokens: {},
    disabledRegions: new Set(),
  };
  const request = { method: "POST", path: "/", body: new Uint8Array() };
  const header = (scope: string): string => `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=00`;

  it("wants the service bedrock in the scope", () => {
    const headers = { authorization: header("AKID/20260101/us-east-1/bedrock-runtime/aws4_request") };
    expect(authenticate({ ...request, headers }, undefined, identities)).toEqual(
      refuse.invalidSignature("Credential should be scoped to correct service: 'bedrock'. "),
    );
  });

  it("refuses a header that is incomplete", () => {
    const headers = { authorization: "AWS4-HMAC-SHA256 Credential=AKID" };
    expect(authenticate({ ...request, headers }, undefined, identities)).toMatchObject({
      name: "InvalidSignatureException",
    });
  });
});

describe("endpointRegion", () => {
  it.each([
    ["/regions/eu-west-1/model/x/converse", "127.0.0.1:80", "eu-west-1"],
    ["/model/x/converse", "bedrock-runtime.eu-west-1.amazonaws.com", "eu-west-1"],
    ["/model/x/converse", "bedrock-runtime-fips.us-east-1.amazonaws.com:443", "us-east-1"],
    ["/model/x/converse", "bedrock.us-east-1.api.aws", "us-east-1"],
    ["/model/x/converse", "127.0.0.1:80", undefined],
    ["/model/x/converse", undefined, undefined],
  ])("reads %s at %s", (path, host, region) => {
    expect(endpointRegion(path, host)).toBe(region);
  });

  it("is not part of the operation's path", () => {
    expect(operationPath("/regions/eu-west-1/model/x/converse?a=1")).toBe("/model/x/converse?a=1");
    expect(operationPath("/model/x/converse")).toBe("/model/x/converse");
  });
});
