import { request as httpRequest } from "node:http";
import { connect as connectHttp2 } from "node:http2";
import { StartAsyncInvokeCommand } from "@aws-sdk/client-bedrock-runtime";
import { afterEach, describe, expect, it } from "vitest";
import { createSimulator, type Simulator, type SimulatorOptions } from "../../src/simulator/index.ts";
import { converse, failureOf, hello, runtimeClient, sonnet } from "./sdk-clients.ts";
import { steppingClock } from "./stepping-clock.ts";

let simulator: Simulator | undefined;
afterEach(() => simulator?.close());

async function start(options: SimulatorOptions = {}): Promise<Simulator> {
  simulator = await createSimulator({ timeScale: 0, ...options });
  return simulator;
}

describe("what is kept of a request", () => {
  it("is what came and what became of it", async () => {
    const clock = steppingClock(1_000_000);
    const running = await start({ clock });
    await runtimeClient(running).send(converse());
    const request = await running.takeRequest();
    expect(request).toMatchObject({
      number: 1,
      operation: "Converse",
      sourceRegion: "eu-central-1",
      modelId: sonnet,
      model: "anthropic.claude-sonnet-4-6",
      kind: "geographic",
      method: "POST",
      path: `/model/${sonnet}/converse`,
      body: { messages: hello },
      httpVersion: "2",
      authentication: "signature",
      receivedAt: 1_000_000,
    });
    expect(request.headers["user-agent"]).toMatch(/^aws-sdk-js/);
    expect(await request.ended).toMatchObject({
      status: 200,
      contentEvents: 0,
      clientCancelled: false,
      endedAt: 1_000_000,
      latency: { ttfbMs: expect.any(Number), totalMs: expect.any(Number) },
      destinationRegion: expect.stringMatching(/^eu-/),
    });
  });

  it("tells a refused model from one that was called", async () => {
    const running = await start();
    await failureOf(runtimeClient(running).send(converse("us.anthropic.claude-sonnet-4-6")));
    const [request] = running.requests();
    expect(request).toMatchObject({
      modelId: "us.anthropic.claude-sonnet-4-6",
      outcome: { status: 400, exception: "ValidationException" },
    });
    expect(request?.model).toBeUndefined();
    expect(request?.kind).toBeUndefined();
  });

  it("can be waited for", async () => {
    const running = await start();
    const arriving = running.takeRequest({ sourceRegion: "eu-west-3" });
    await runtimeClient(running, { region: "eu-central-1" }).send(converse());
    await runtimeClient(running, { region: "eu-west-3" }).send(converse());
    expect((await arriving).number).toBe(2);
    await expect(
      running.takeRequest({ kind: "global" }, { signal: AbortSignal.abort(new Error("no")) }),
    ).rejects.toThrow("no");
  });
});

describe("a path that is no operation", () => {
  it("is answered as AWS does", async () => {
    const outputDataConfig = { s3OutputDataConfig: { s3Uri: "s3://bucket" } };
    const command = new StartAsyncInvokeCommand({ modelId: sonnet, modelInput: {}, outputDataConfig });
    const error = await failureOf(runtimeClient(await start()).send(command));
    expect(error).toMatchObject({ name: "UnknownOperationException", $metadata: { httpStatusCode: 404 } });
    expect(simulator?.requests()[0]).toMatchObject({ authentication: "refused", outcome: { status: 404 } });
  });

  it("is answered before its body ends, which a bidirectional stream never does", async () => {
    const running = await start();
    const session = connectHttp2(running.url);
    const stream = session.request(
      { ":method": "POST", ":path": "/model/x.y/invoke-with-bidirectional-stream" },
      { endStream: false },
    );
    const status = await new Promise((resolve) => stream.once("response", (headers) => resolve(headers[":status"])));
    expect(status).toBe(404);
    session.destroy();
  });
});

describe("a client that leaves while it still sends", () => {
  it("leaves no trace", async () => {
    const running = await start();
    const request = httpRequest(`${running.url}/model/x.y/converse`, {
      method: "POST",
      headers: { "content-length": "100" },
    });
    request.on("error", () => undefined);
    request.write("half");
    await new Promise((resolve) => request.once("socket", (socket) => socket.once("connect", resolve)));
    request.destroy();
    await runtimeClient(running).send(converse());
    expect(running.requests()).toHaveLength(1);
  });
});

describe("a callback of the user that throws", () => {
  it("is told instead of hanging", async () => {
    const running = await start({
      answer: () => {
        throw new Error("my mistake");
      },
    });
    const error = await failureOf(runtimeClient(running).send(converse()));
    expect(error).toMatchObject({
      name: "InternalServerException",
      message: "The simulator failed: Error: my mistake",
    });
    expect(running.requests()[0]?.outcome?.status).toBe(500);
  });
});

describe("a rule", () => {
  it("stands for an outage until it is removed", async () => {
    const running = await start();
    const outage = running.rule({ match: { sourceRegion: "eu-central-1" }, fault: { kind: "service-unavailable" } });
    const home = runtimeClient(running);
    const away = runtimeClient(running, { region: "eu-west-3" });
    expect((await failureOf(home.send(converse()))).name).toBe("ServiceUnavailableException");
    await expect(away.send(converse())).resolves.toBeDefined();
    outage.remove();
    await expect(home.send(converse())).resolves.toBeDefined();
    expect(running.requests({ where: ({ outcome }) => outcome?.reply === "service-unavailable" })).toHaveLength(1);
  });
});
