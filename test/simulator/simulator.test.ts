import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { ListInferenceProfilesCommand } from "@aws-sdk/client-bedrock";
import { ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
import { afterEach, describe, expect, it } from "vitest";
import { createSimulator, type Simulator, type SimulatorOptions } from "../../src/simulator/index.ts";
import {
  contentOf,
  controlClient,
  converse,
  converseStream,
  failureOf,
  hello,
  readStream,
  runtimeClient,
  sonnet,
} from "./sdk-clients.ts";
import { steppingClock } from "./stepping-clock.ts";
import { catalogOf } from "./worlds.ts";

let simulator: Simulator | undefined;
afterEach(() => simulator?.close());

async function start(options: SimulatorOptions = {}): Promise<Simulator> {
  simulator = await createSimulator({ timeScale: 0, ...options });
  return simulator;
}

describe.each(["2", "1.1"] as const)("the SDK's client over HTTP/%s", (httpVersion) => {
  it("converses", async () => {
    const client = runtimeClient(await start({ answer: ({ prompt }) => `You said: ${prompt}` }), { httpVersion });
    const response = await client.send(converse());
    expect(response.output?.message).toEqual({ role: "assistant", content: [{ text: "You said: Hello" }] });
    expect(response).toMatchObject({
      stopReason: "end_turn",
      usage: { inputTokens: 3, outputTokens: 4, totalTokens: 7 },
    });
    expect(response.$metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("streams, and the pieces are the answer", async () => {
    const running = await start();
    const { events, error } = await readStream(runtimeClient(running, { httpVersion }));
    expect(error).toBeUndefined();
    expect(events.map((event) => event.contentBlockDelta?.delta?.text ?? "").join("")).toMatch(
      /^This is a complete answer .* is in it\.$/,
    );
    expect(events.at(0)).toEqual({ messageStart: { role: "assistant" } });
    expect(events.at(-2)).toEqual({ messageStop: { stopReason: "end_turn" } });
    expect(events.at(-1)?.metadata?.usage?.totalTokens).toBeGreaterThan(10);
    expect(running.requests()[0]).toMatchObject({
      httpVersion,
      outcome: { status: 200, contentEvents: contentOf(events), clientCancelled: false },
    });
  });

  it("aborts a stream that it does not want to read to the end, which waits for it until then", async () => {
    const running = await start({ answer: () => "word ".repeat(200_000) });
    const abort = new AbortController();
    const client = runtimeClient(running, { httpVersion });
    const { stream } = await client.send(converseStream(), { abortSignal: abort.signal });
    for await (const event of stream!) if (event.contentBlockDelta !== undefined) break;
    const request = await running.takeRequest();
    expect(request.outcome).toBeUndefined();
    abort.abort();
    const outcome = await request.ended;
    expect(outcome.clientCancelled).toBe(true);
    expect(outcome.contentEvents).toBeGreaterThan(0);
    expect(outcome.contentEvents).toBeLessThan(60_000);
  });

  it("is not held by a simulator that closes", async () => {
    const running = await start();
    running.enqueue({ kind: "hang" });
    const call = failureOf(runtimeClient(running, { httpVersion }).send(converse()));
    const hanging = await running.takeRequest();
    await running.close();
    expect((await call).name).toBe("TimeoutError");
    expect(await hanging.ended).toMatchObject({ clientCancelled: false, reply: "hang" });
  });
});

describe("one endpoint", () => {
  it("is every Region at once", async () => {
    const running = await start();
    const regions = ["us-east-1", "eu-central-1", "ap-northeast-1", "ap-southeast-1"];
    const call = async (region: string): Promise<unknown> =>
      runtimeClient(running, { region }).send(converse("global.anthropic.claude-sonnet-4-6"));
    await Promise.all(regions.map(call));
    expect(
      running
        .requests({ kind: "global" })
        .map((request) => request.sourceRegion)
        .sort(),
    ).toEqual([...regions].sort());
  });

  it("is the control plane too, and what it lists can be called", async () => {
    const running = await start();
    const { ListInferenceProfilesCommand } = await import("@aws-sdk/client-bedrock");
    const region = "ap-northeast-1";
    const listed = await controlClient(running, region).send(new ListInferenceProfilesCommand({ maxResults: 1_000 }));
    const ids = (listed.inferenceProfileSummaries ?? []).map((summary) => summary.inferenceProfileId ?? "");
    const client = runtimeClient(running, { region });
    const callable = ids.filter((id) => id.includes(".anthropic."));
    expect(callable.length).toBeGreaterThan(3);
    for (const id of callable) await expect(client.send(converse(id))).resolves.toBeDefined();
    expect(ids).toContain("jp.anthropic.claude-sonnet-4-6");
    expect(ids).not.toContain("eu.anthropic.claude-sonnet-4-6");
  });

  it("has a config that is the user's to change", async () => {
    const running = await start();
    const config = running.clientConfig();
    expect(config).toMatchObject({ region: "us-east-1", endpoint: running.url });
    (config.credentials as { accessKeyId: string }).accessKeyId = "changed";
    expect(running.clientConfig().credentials.accessKeyId).toBe("AKIAIOSFODNN7EXAMPLE");
    expect(running.url).toBe(`http://127.0.0.1:${running.port}`);
  });
});

describe("a run with the same seed", () => {
  it("repeats, although requests run at the same time", async () => {
    const run = async (seed: number, reverse: boolean): Promise<readonly (readonly (readonly unknown[])[])[]> => {
      const running = await start({ seed });
      const ids = [sonnet, "global.anthropic.claude-sonnet-4-6", "eu.amazon.nova-2-lite-v1:0"];
      const clients = (reverse ? [...ids].reverse() : ids).map(async (id) => {
        const client = runtimeClient(running);
        for (let index = 0; index < 5; index++) await client.send(converse(id));
      });
      await Promise.all(clients);
      const drawn = ids.map((modelId) =>
        running.requests({ modelId }).map(({ outcome }) => [outcome?.latency, outcome?.destinationRegion]),
      );
      await running.close();
      return drawn;
    };
    const first = await run(1, false);
    expect(await run(1, true)).toEqual(first);
    expect(await run(2, false)).not.toEqual(first);
    expect(new Set(first.flat().map((pair) => pair[1])).size).toBeGreaterThan(3);
  });
});

describe("quotas and policies", () => {
  it("change while the simulator runs", async () => {
    const running = await start();
    const client = runtimeClient(running);
    running.setQuota({ sourceRegion: "eu-central-1", scope: "geographic", requestsPerMinute: 1 });
    await client.send(converse());
    expect((await failureOf(client.send(converse()))).message).toBe(
      "Too many requests, please wait before trying again.",
    );
    await expect(client.send(converse("global.anthropic.claude-sonnet-4-6"))).resolves.toBeDefined();
    running.setQuota({ requestsPerMinute: Number.POSITIVE_INFINITY });
    await expect(client.send(converse())).resolves.toBeDefined();
  });

  it("give back the tokens of an answer that is done", async () => {
    const clock = steppingClock();
    const running = await start({ clock, quotas: [{ tokensPerMinute: 1_000 }] });
    const client = runtimeClient(running);
    const ask = (maxTokens: number): Promise<unknown> =>
      client.send(new ConverseCommand({ modelId: sonnet, messages: hello, inferenceConfig: { maxTokens } }));
    await ask(900);
    await ask(800);
    expect((await failureOf(ask(900))).message).toBe("Too many tokens, please wait before trying again.");
  });

  it("deny destinations from the start, and until the denial is removed", async () => {
    const running = await start({ denials: [{ destinationRegions: ["unspecified"] }] });
    const client = runtimeClient(running);
    const error = await failureOf(client.send(converse("global.anthropic.claude-sonnet-4-6")));
    expect(error.message).toMatch(
      /arn:aws:bedrock:::foundation-model\/anthropic\.claude-sonnet-4-6 with an explicit deny/,
    );
    const denial = running.denyDestinations({ destinationRegions: ["eu-west-3"] });
    expect((await failureOf(client.send(converse()))).name).toBe("AccessDeniedException");
    denial.remove();
    await expect(client.send(converse())).resolves.toBeDefined();
  });
});

describe("what exists", () => {
  it("changes while the simulator runs, for both planes", async () => {
    const simulator = await start();
    const list = async (): Promise<number> => {
      const command = new ListInferenceProfilesCommand({ maxResults: 1_000 });
      return (await controlClient(simulator, "eu-central-1").send(command)).inferenceProfileSummaries?.length ?? 0;
    };
    expect(await list()).toBeGreaterThan(10);
    simulator.change({
      catalog: catalogOf([{ id: "eu.acme.model", destinations: { "eu-central-1": ["eu-west-1"] } }]),
    });
    expect(await list()).toBe(1);
    await expect(runtimeClient(simulator).send(converse())).rejects.toThrow(
      "The provided model identifier is invalid.",
    );
    const provisionedModels = [{ id: "abcdefghijkl", sourceRegion: "eu-central-1", model: "acme.model" }];
    simulator.change({ provisionedModels });
    const arn = "arn:aws:bedrock:eu-central-1:111122223333:provisioned-model/abcdefghijkl";
    await expect(runtimeClient(simulator).send(converse(arn))).resolves.toMatchObject({ stopReason: "end_turn" });
  });
});

describe("closing", () => {
  it("does not wait for idle connections, and may be repeated", async () => {
    const running = await start();
    const session = connectHttp2(running.url);
    await new Promise((resolve) => session.once("remoteSettings", resolve));
    const idle = connect(running.port, "127.0.0.1");
    await new Promise((resolve) => idle.once("connect", resolve));
    const gone = Promise.all([session, idle].map((end) => new Promise((resolve) => end.once("close", resolve))));
    await running.close();
    await gone;
    await running[Symbol.asyncDispose]();
  });
});
