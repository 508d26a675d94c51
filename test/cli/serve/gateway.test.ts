import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { connect } from "node:http2";
import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { afterEach, describe, expect, it } from "vitest";
import { accessLine } from "../../../src/cli/serve/access-log.ts";
import { type Access, type Gateway, type GatewayOptions, openGateway } from "../../../src/cli/serve/gateway.ts";
import { openWire, type Wire, type WireOptions } from "../../support/wire.ts";
import boto3 from "./fixtures/boto3.json";

const SONNET = "anthropic.claude-sonnet-4-6";
const MESSAGES = [{ role: "user" as const, content: [{ text: "a secret" }] }];
const TEXT = "One two three four five six.";

let opened: { readonly gateway: Gateway; readonly wire: Wire } | undefined;
afterEach(async () => {
  await opened?.gateway.close(0);
  await opened?.wire[Symbol.asyncDispose]();
  opened = undefined;
});

interface Served extends Wire {
  readonly gateway: Gateway;
  readonly accesses: readonly Access[];
}

async function serve(options: Partial<GatewayOptions> = {}, wireOptions: WireOptions = {}): Promise<Served> {
  const wire = await openWire({ simulator: { answer: () => TEXT }, ...wireOptions });
  const accesses: Access[] = [];
  const gateway = await openGateway({
    client: wire.client,
    port: 0,
    onAccess: (access) => accesses.push(access),
    ...options,
  });
  opened = { gateway, wire };
  return { ...wire, gateway, accesses };
}

/** Any AWS SDK: it signs with whatever credentials it finds, for the gateway's host. */
function sdkClient({ gateway }: Served, httpVersion: "1.1" | "2"): BedrockRuntimeClient {
  return new BedrockRuntimeClient({
    region: "us-west-2",
    endpoint: gateway.url,
    credentials: { accessKeyId: "any", secretAccessKey: "any" },
    maxAttempts: 1,
    ...(httpVersion === "1.1" ? { requestHandler: new NodeHttpHandler() } : {}),
  });
}

const ask = (
  gateway: Gateway,
  headers: Record<string, string> = {},
  path = `/model/${SONNET}/converse`,
): Promise<Response> =>
  fetch(`${gateway.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ messages: MESSAGES }),
  });

/** `fetch` does not let its caller say `Host`. */
async function statusWith(gateway: Gateway, headers: Record<string, string>): Promise<number | undefined> {
  const request = httpRequest(`${gateway.url}/model/${SONNET}/converse`, { method: "POST", headers });
  request.end("{}");
  const [response] = (await once(request, "response")) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}

describe("a gateway", () => {
  it.each(["1.1", "2"] as const)("serves an AWS SDK over HTTP/%s, and fails over for it", async (httpVersion) => {
    const served = await serve();
    const client = sdkClient(served, httpVersion);
    served.simulator.enqueue({ kind: "throttle" });
    const output = await client.send(new ConverseCommand({ modelId: SONNET, messages: MESSAGES }));
    expect(output.output?.message?.content?.[0]?.text).toBe(TEXT);
    expect(served.calls()).toEqual([`eu-central-1 eu.${SONNET}`, `eu-central-1 global.${SONNET}`]);
    const { stream } = await client.send(new ConverseStreamCommand({ modelId: SONNET, messages: MESSAGES }));
    let text = "";
    for await (const event of stream ?? []) text += event.contentBlockDelta?.delta?.text ?? "";
    expect(text).toBe(TEXT);
    client.destroy();
  });

  it("raises the SDK's own error when all routes are throttled, after one call each", async () => {
    const served = await serve();
    const client = sdkClient(served, "2");
    served.simulator.rule({ fault: { kind: "throttle" } });
    await expect(client.send(new ConverseCommand({ modelId: SONNET, messages: MESSAGES }))).rejects.toMatchObject({
      name: "ThrottlingException",
      message: "Too many requests, please wait before trying again.",
    });
    expect(served.calls()).toHaveLength(2);
    client.destroy();
  });

  it.each(["1.1", "2"] as const)("tells over HTTP/%s that a stream was cut off", async (httpVersion) => {
    const served = await serve();
    served.simulator.rule({ fault: { kind: "end-early", afterContentEvents: 1 } });
    const { path, url } = { path: `/model/${SONNET}/converse-stream`, url: served.gateway.url };
    const body = JSON.stringify({ messages: MESSAGES });
    const read = async (): Promise<void> => {
      if (httpVersion === "1.1") return void (await (await fetch(url + path, { method: "POST", body })).arrayBuffer());
      const session = connect(url);
      const stream = session.request({ ":method": "POST", ":path": path });
      stream.end(body);
      try {
        for await (const _ of stream);
      } finally {
        session.destroy();
      }
    };
    await expect(read()).rejects.toThrow();
    expect(served.accesses).toMatchObject([{ status: 200, end: "broken off" }]);
  });

  it("cancels upstream when its caller leaves", async () => {
    const served = await serve();
    served.simulator.rule({ fault: { kind: "hang" } });
    const controller = new AbortController();
    const response = fetch(`${served.gateway.url}/model/${SONNET}/converse`, {
      method: "POST",
      body: JSON.stringify({ messages: MESSAGES }),
      signal: controller.signal,
    });
    const request = await served.simulator.takeRequest();
    controller.abort();
    await expect(response).rejects.toThrow();
    expect((await request.ended).clientCancelled).toBe(true);
    await expect.poll(() => served.accesses).toMatchObject([{ end: "cancelled by the caller" }]);
  });

  it("answers 502 when Amazon Bedrock does not answer", async () => {
    const served = await serve();
    served.simulator.rule({ fault: { kind: "reset" } });
    const response = await ask(served.gateway);
    expect([response.status, response.headers.get("x-amzn-errortype")]).toEqual([502, "ServiceUnavailableException"]);
  });

  it("knows no other path", async () => {
    const { gateway, simulator } = await serve();
    const response = await fetch(`${gateway.url}/inference-profiles?type=SYSTEM_DEFINED`);
    expect(response.status).toBe(404);
    for (const path of ["//", "//x:y/z", `http://evil.example/model/${SONNET}/converse`, "*"]) {
      const request = httpRequest({ host: "127.0.0.1", port: gateway.port, path, method: "OPTIONS" }).end();
      const [answer] = (await once(request, "response")) as [IncomingMessage];
      answer.resume();
      expect([path, answer.statusCode]).toEqual([path, 404]);
    }
    expect(simulator.requests()).toEqual([]);
  });
});

describe("who may call a gateway", () => {
  it("is not who reached it by another name: DNS rebinding", async () => {
    const { gateway, simulator } = await serve();
    expect(await statusWith(gateway, { host: "evil.example" })).toBe(403);
    expect(await statusWith(gateway, { host: `evil.example:${gateway.port}` })).toBe(403);
    expect(await statusWith(gateway, { host: "127.0.0.1" })).toBe(403);
    expect(simulator.requests()).toEqual([]);
    expect(await statusWith(gateway, { host: `localhost:${gateway.port}` })).toBe(400);
    expect(await statusWith(gateway, { host: `[::1]:${gateway.port}` })).toBe(400);
  });

  it("is no web page", async () => {
    const { gateway, simulator } = await serve();
    expect((await ask(gateway, { origin: "https://evil.example" })).status).toBe(403);
    expect((await ask(gateway, { origin: "null" })).status).toBe(403);
    expect((await ask(gateway, { origin: `http://localhost:${gateway.port + 1}` })).status).toBe(403);
    expect((await ask(gateway, { "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect(simulator.requests()).toEqual([]);
    expect((await ask(gateway, { origin: gateway.url, "sec-fetch-site": "same-origin" })).status).toBe(200);
  });

  it("shows the token, if there is one", async () => {
    const { gateway, simulator } = await serve({ token: "open sesame" });
    for (const headers of [
      {},
      { authorization: "Bearer open" },
      { authorization: "open sesame" },
      { "x-api-key": "x" },
    ]) {
      expect((await ask(gateway, headers as Record<string, string>)).status).toBe(401);
    }
    expect((await ask(gateway, {}, `/model/${SONNET}/converse?token=open%20sesame`)).status).toBe(401);
    expect(simulator.requests()).toEqual([]);
    expect((await ask(gateway, { authorization: "Bearer open sesame" })).status).toBe(200);
    expect((await ask(gateway, { "x-api-key": "open sesame" })).status).toBe(200);
  });

  it("is refused in the form that its library reads", async () => {
    const { gateway } = await serve({ token: "t" });
    expect(await (await ask(gateway, {}, "/anthropic/v1/messages")).json()).toMatchObject({ type: "error" });
    expect(await (await ask(gateway, {}, "/openai/v1/responses")).json()).toMatchObject({ error: { code: "gateway" } });
    expect(await (await ask(gateway)).json()).toMatchObject({ message: expect.stringContaining("token") });
  });
});

describe("the access log", () => {
  it("has a line for each request, with nothing of its content", async () => {
    const served = await serve({ token: "t0ken" });
    await (await ask(served.gateway, { "x-api-key": "t0ken" })).text();
    await (await ask(served.gateway, { "x-api-key": "wrong" }, `/model/${SONNET}/converse?token=t0ken`)).text();
    await expect.poll(() => served.accesses.length).toBe(2);
    const lines = served.accesses.map(accessLine);
    expect(lines[0]).toMatch(
      /^\d{4}-\d\d-\d\dT[\d:.]+Z {2}POST \/model\/anthropic\.claude-sonnet-4-6\/converse {2}200 {2}eu-central-1\|eu\.anthropic\.claude-sonnet-4-6 {2}1 attempt {2}first byte \d+ ms {2}\d+ ms\n$/,
    );
    expect(lines[1]).toMatch(/ {2}401 {2}gateway {2}/);
    expect(lines.join("")).not.toMatch(/secret|t0ken|wrong|One two/);
  });
});

describe("a gateway that is stopped", () => {
  it("lets the requests under way finish, and takes no more", async () => {
    const { gateway } = await serve();
    let release: () => void = () => {};
    let entered = false;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    opened?.wire.client.middlewareStack.add(
      (next) => async (args) => {
        entered = true;
        await held;
        return next(args);
      },
      { step: "build" },
    );
    const response = ask(gateway);
    await expect.poll(() => entered).toBe(true);
    const closed = gateway.close(60_000);
    await expect(ask(gateway)).rejects.toThrow();
    release();
    expect((await response).status).toBe(200);
    await (await response).text();
    await closed;
  });

  it("waits no longer than it may", async () => {
    const { gateway, simulator } = await serve();
    simulator.rule({ fault: { kind: "hang" } });
    const response = ask(gateway);
    response.catch(() => {});
    await simulator.takeRequest();
    await gateway.close(1);
    await expect(response).rejects.toThrow();
  });
});

describe("what boto3 sends", () => {
  it.each(boto3.requests.map((request) => [request.path, request] as const))("is answered: %s", async (_, recorded) => {
    const { gateway, calls } = await serve();
    const request = httpRequest(`${gateway.url}${recorded.path}`, { method: recorded.method, setHost: false });
    for (let at = 0; at < recorded.headers.length; at += 2) {
      const name = recorded.headers[at] ?? "";
      request.setHeader(name, name === "Host" ? `127.0.0.1:${gateway.port}` : (recorded.headers[at + 1] ?? ""));
    }
    request.end(recorded.body);
    const [response] = (await once(request, "response")) as [IncomingMessage];
    let bytes = 0;
    for await (const chunk of response) bytes += (chunk as Buffer).length;
    expect(response.statusCode).toBe(200);
    expect(bytes).toBeGreaterThan(100);
    expect(calls()).toEqual([`eu-central-1 eu.${SONNET}`]);
  });
});
