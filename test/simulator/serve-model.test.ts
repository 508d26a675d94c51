import {
  ConverseCommand,
  ConverseStreamCommand,
  type ConverseStreamOutput,
  CountTokensCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
  type Message,
} from "@aws-sdk/client-bedrock-runtime";
import { afterEach, describe, expect, it } from "vitest";
import {
  createSimulator,
  type LatencyRequest,
  type Simulator,
  type SimulatorOptions,
} from "../../src/simulator/index.ts";
import { converse, failureOf, hello, readStream, runtimeClient, type SdkError, sonnet } from "./sdk-clients.ts";
import { steppingClock } from "./stepping-clock.ts";

let simulator: Simulator | undefined;
afterEach(() => simulator?.close());

async function start(options: SimulatorOptions = {}): Promise<Simulator> {
  simulator = await createSimulator({ timeScale: 0, ...options });
  return simulator;
}

const anthropicBody = JSON.stringify({
  anthropic_version: "bedrock-2023-05-31",
  max_tokens: 100,
  messages: [{ role: "user", content: "Hi" }],
});

describe("the order in which Bedrock looks at a request", () => {
  it("is form, model, policy, conversation, quota", async () => {
    const running = await start({ quotas: [{ requestsPerMinute: 0 }] });
    const denial = running.denyDestinations({ destinationRegions: ["eu-north-1"] });
    const client = runtimeClient(running);
    const refusalOf = async (modelId: string, messages: Message[]): Promise<string> =>
      (await failureOf(client.send(new ConverseCommand({ modelId, messages })))).message;
    expect(await refusalOf("not an id", [])).toMatch(/at 'modelId' failed to satisfy constraint/);
    expect(await refusalOf("us.anthropic.claude-sonnet-4-6", [])).toBe("The provided model identifier is invalid.");
    expect(await refusalOf(sonnet, [])).toMatch(/with an explicit deny in a service control policy/);
    denial.remove();
    expect(await refusalOf(sonnet, [])).toMatch(/^A conversation must start with a user message\./);
    expect(await refusalOf(sonnet, hello)).toBe("Too many requests, please wait before trying again.");
  });

  it("refuses a body that is too large before anything else", async () => {
    const client = runtimeClient(await start(), { httpVersion: "1.1" });
    const body = Buffer.alloc(25_000_001, " ");
    const error = await failureOf(client.send(new InvokeModelCommand({ modelId: sonnet, body })));
    expect(error.message).toBe(
      "1 validation error detected: Value at 'body' failed to satisfy constraint: Member must have length less than or equal to 25000000",
    );
  });

  it("parses the body of Converse itself, and hands that of InvokeModel to the model", async () => {
    const running = await start({ bearerTokens: { key: "eu-central-1" } });
    const post = async (operation: string): Promise<unknown> => {
      const url = `${running.url}/model/${sonnet}/${operation}`;
      return (await fetch(url, { method: "POST", headers: { authorization: "Bearer key" }, body: "{" })).headers.get(
        "x-amzn-errortype",
      );
    };
    expect(await post("converse")).toMatch(/^SerializationException/);
    expect(await post("invoke")).toMatch(/^ValidationException/);
  });
});

describe("what a model answers", () => {
  it("uses the tool that it is forced to use, with its input in pieces", async () => {
    const client = runtimeClient(await start());
    const json = { type: "object", required: ["city"], properties: { city: { type: "string" } } };
    const toolConfig = { tools: [{ toolSpec: { name: "weather", inputSchema: { json } } }], toolChoice: { any: {} } };
    const { stream } = await client.send(new ConverseStreamCommand({ modelId: sonnet, messages: hello, toolConfig }));
    const events: ConverseStreamOutput[] = [];
    for await (const event of stream!) events.push(event);
    expect(events[1]?.contentBlockStart?.start?.toolUse).toMatchObject({
      name: "weather",
      toolUseId: expect.stringMatching(/^tooluse_/),
    });
    const input = events.map((event) => event.contentBlockDelta?.delta?.toolUse?.input ?? "").join("");
    expect(JSON.parse(input)).toEqual({ city: "example" });
    expect(events.at(-2)?.messageStop?.stopReason).toBe("tool_use");
  });

  it("reasons first when asked to think", async () => {
    const client = runtimeClient(await start());
    const additionalModelRequestFields = { thinking: { type: "enabled", budget_tokens: 2_000 } };
    const { output } = await client.send(
      new ConverseCommand({ modelId: sonnet, messages: hello, additionalModelRequestFields }),
    );
    expect(output?.message?.content?.[0]?.reasoningContent?.reasoningText?.signature).toEqual(expect.any(String));
    expect(output?.message?.content?.[1]?.text).toEqual(expect.any(String));
  });

  it("invokes with the vendor's body, and tells tokens and latency in headers", async () => {
    const client = runtimeClient(await start({ latency: () => ({ ttfbMs: 100, totalMs: 250.4 }) }));
    let headers: Record<string, string> = {};
    client.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        headers = (result.response as { headers: Record<string, string> }).headers;
        return result;
      },
      { step: "deserialize", priority: "low" },
    );
    const { body } = await client.send(new InvokeModelCommand({ modelId: sonnet, body: anthropicBody }));
    expect(JSON.parse(body.transformToString())).toMatchObject({ type: "message", role: "assistant" });
    expect(headers).toMatchObject({
      "x-amzn-bedrock-invocation-latency": "250",
      "x-amzn-bedrock-input-token-count": "2",
      "x-amzn-bedrock-output-token-count": "37",
    });
  });

  it("invokes with a stream whose last chunk has Bedrock's metrics", async () => {
    const client = runtimeClient(await start());
    const { body, contentType } = await client.send(
      new InvokeModelWithResponseStreamCommand({ modelId: sonnet, body: anthropicBody }),
    );
    const chunks: Record<string, unknown>[] = [];
    for await (const { chunk } of body!) chunks.push(JSON.parse(Buffer.from(chunk!.bytes!).toString()));
    expect(contentType).toBe("application/json");
    expect(chunks.at(0)?.type).toBe("message_start");
    expect(chunks.at(-1)).toMatchObject({
      type: "message_stop",
      "amazon-bedrock-invocationMetrics": { inputTokenCount: 2 },
    });
  });

  it("counts tokens", async () => {
    const client = runtimeClient(await start());
    const count = (modelId: string): Promise<{ inputTokens: number | undefined }> =>
      client.send(new CountTokensCommand({ modelId, input: { converse: { messages: hello } } }));
    expect((await count("anthropic.claude-sonnet-4-6")).inputTokens).toBe(3);
    expect((await failureOf(count(sonnet))).message).toBe("The provided model doesn't support counting tokens.");
  });

  it("does not converse with a model that embeds, nor streams its vectors", async () => {
    const client = runtimeClient(await start(), { region: "us-east-1" });
    const modelId = "cohere.embed-v4:0";
    expect((await failureOf(client.send(converse(`us.${modelId}`)))).message).toBe(
      "This action doesn't support the model that you provided. Try again with a supported text or chat model.",
    );
    const body = JSON.stringify({ texts: ["a"], input_type: "search_query" });
    const stream = new InvokeModelWithResponseStreamCommand({ modelId: `us.${modelId}`, body });
    expect((await failureOf(client.send(stream))).message).toBe("The model is unsupported for streaming.");
    await expect(client.send(new InvokeModelCommand({ modelId: `us.${modelId}`, body }))).resolves.toBeDefined();
  });

  it("says what a scripted answer says", async () => {
    const running = await start();
    running.enqueue({ kind: "answer", text: "scripted", ttfbMs: 5, totalMs: 10 });
    const { output } = await runtimeClient(running).send(converse());
    expect(output?.message?.content?.[0]?.text).toBe("scripted");
    expect(running.requests()[0]?.outcome).toMatchObject({ reply: "answer", latency: { ttfbMs: 5, totalMs: 10 } });
  });
});

describe("the Region that runs the inference", () => {
  async function inferenceRegion(
    running: Simulator,
    modelId: string,
    region: string,
    operation = "converse",
  ): Promise<string | null> {
    const url = `${running.endpoint(region)}/model/${encodeURIComponent(modelId)}/${operation}`;
    const response = await fetch(url, {
      method: "POST",
      headers: { authorization: "Bearer key" },
      body: JSON.stringify({ messages: hello }),
    });
    await response.arrayBuffer();
    return response.headers.get("x-amzn-bedrock-inference-region");
  }

  it("is told in a header of an answer that crossed Regions, but not of a stream", async () => {
    const running = await start({ bearerTokens: { key: "*" } });
    const seen = new Set<string | null>();
    for (let index = 0; index < 20; index++)
      seen.add(await inferenceRegion(running, "jp.anthropic.claude-sonnet-4-6", "ap-northeast-1"));
    expect([...seen].sort()).toEqual(["ap-northeast-1", "ap-northeast-3"]);
    expect(
      await inferenceRegion(running, "jp.anthropic.claude-sonnet-4-6", "ap-northeast-1", "converse-stream"),
    ).toBeNull();
    expect(running.requests().at(-1)?.outcome?.destinationRegion).toMatch(/^ap-northeast-/);
  });

  it("is one of those that offer the model, through a global profile", async () => {
    const running = await start({ bearerTokens: { key: "*" } });
    const seen = new Set<string | null>();
    for (let index = 0; index < 40; index++)
      seen.add(await inferenceRegion(running, "global.anthropic.claude-sonnet-4-6", "ap-southeast-1"));
    expect(seen.size).toBeGreaterThan(10);
    expect(seen).not.toContain("*");
  });
});

describe("how long an answer takes", () => {
  const fixed = (): { ttfbMs: number; totalMs: number } => ({ ttfbMs: 1_000, totalMs: 3_000 });

  it("is what the clock was asked to wait, scaled", async () => {
    const clock = steppingClock();
    const running = await start({ clock, timeScale: 0.1, latency: fixed });
    await runtimeClient(running).send(converse());
    expect(clock.delays).toEqual([300]);
    await readStream(runtimeClient(running));
    expect(clock.now()).toBeCloseTo(600);
    expect(clock.delays[1]).toBeCloseTo(100);
  });

  it("grows by the network between the caller and the source Region", async () => {
    const clock = steppingClock();
    const running = await start({ clock, timeScale: 1, latency: fixed, callerRegion: "eu-central-1" });
    await runtimeClient(running).send(converse());
    expect(clock.now()).toBe(3_000);
    await runtimeClient(running, { region: "us-east-1" }).send(converse("us.anthropic.claude-sonnet-4-6"));
    expect(clock.now() - 3_000).toBeGreaterThan(3_070);
    expect(clock.now() - 3_000).toBeLessThan(3_110);
  });

  it("grows by a fault that slows it down", async () => {
    const running = await start({ latency: fixed });
    running.enqueue({ kind: "slow", factor: 3, addMs: 500 });
    await runtimeClient(running).send(converse());
    expect(running.requests()[0]?.outcome?.latency).toEqual({ ttfbMs: 3_500, totalMs: 9_500 });
  });

  it("never ends before it starts", async () => {
    const running = await start({ latency: () => ({ ttfbMs: 1_000, totalMs: 10 }) });
    await runtimeClient(running).send(converse());
    expect(running.requests()[0]?.outcome?.latency).toEqual({ ttfbMs: 1_000, totalMs: 1_000 });
  });

  it("is asked with what it may depend on", async () => {
    const asked: LatencyRequest[] = [];
    const latency = (request: LatencyRequest): { ttfbMs: number; totalMs: number } => {
      asked.push(request);
      return fixed();
    };
    await runtimeClient(await start({ latency })).send(converse());
    expect(asked).toMatchObject([
      {
        operation: "Converse",
        sourceRegion: "eu-central-1",
        modelId: sonnet,
        model: "anthropic.claude-sonnet-4-6",
        scope: "geographic",
        inputTokens: 3,
      },
    ]);
    expect(asked[0]?.random()).not.toBe(asked[0]?.random());
  });
});

describe("an application profile of the account", () => {
  it("is called by its ARN, from its Region", async () => {
    const applicationProfiles = [{ id: "v8gtbe8pryd4", sourceRegion: "eu-central-1", copyFrom: sonnet }];
    const running = await start({ applicationProfiles });
    const arn = "arn:aws:bedrock:eu-central-1:111122223333:application-inference-profile/v8gtbe8pryd4";
    for (const httpVersion of ["2", "1.1"] as const) {
      await expect(runtimeClient(running, { httpVersion }).send(converse(arn))).resolves.toBeDefined();
    }
    expect(running.requests()[0]).toMatchObject({
      modelId: arn,
      kind: "application",
      model: "anthropic.claude-sonnet-4-6",
    });
    const error: SdkError = await failureOf(runtimeClient(running, { region: "eu-west-1" }).send(converse(arn)));
    expect(error.message).toBe("The provided model identifier is invalid.");
  });
});
