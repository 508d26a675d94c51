import {
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { afterAll, describe, expect, it } from "vitest";
import { outputUsage } from "../../src/client/invoke-usage.ts";
import { getRouting } from "../../src/router/reports.ts";
import { openWire } from "../support/wire.ts";

const modelId = "anthropic.claude-sonnet-4-6";
const messages = [{ role: "user" as const, content: [{ text: "What is an inference profile?" }] }];
const body = JSON.stringify({
  anthropic_version: "bedrock-2023-05-31",
  max_tokens: 100,
  messages: [{ role: "user", content: "What is an inference profile?" }],
});

const wire = await openWire({ routing: { policy: "latency", residency: "eu" } });
afterAll(() => wire[Symbol.asyncDispose]());

describe("the tokens of an answer over the wire", () => {
  it("are the same however the model was asked", async () => {
    const { client } = wire;
    const invoked = await client.send(new InvokeModelCommand({ modelId, body }));
    const { usage } = JSON.parse(Buffer.from(invoked.body).toString());
    const told = { inputTokens: usage.input_tokens, outputTokens: usage.output_tokens };
    expect(told.outputTokens).toBeGreaterThan(0);

    const converse = await client.send(new ConverseCommand({ modelId, messages }));
    const converseStream = await client.send(new ConverseStreamCommand({ modelId, messages }));
    for await (const _ of converseStream.stream ?? []);
    const invokedStream = await client.send(new InvokeModelWithResponseStreamCommand({ modelId, body }));
    for await (const _ of invokedStream.body ?? []);

    for (const output of [invoked, converse, converseStream, invokedStream]) {
      const [attempt] = getRouting(output)?.attempts ?? [];
      expect(attempt?.usage).toEqual({ ...told, cacheReadInputTokens: 0, cacheWriteInputTokens: 0 });
      expect(getRouting(output)?.cost?.answer).toMatchObject({
        known: true,
        price: { usdPerMillionInputTokens: 3.3, usdPerMillionOutputTokens: 16.5, source: "LiteLLM price map" },
      });
    }
    for (const { cost, tokens } of client.routing.stats()) {
      expect(tokens).toMatchObject({ answers: 2, input: 2 * told.inputTokens, output: 2 * told.outputTokens });
      const usd = (told.inputTokens * 3.3 + told.outputTokens * 16.5) / 1e6;
      expect(cost).toMatchObject({ pricedAnswers: 2, unpricedAnswers: 0 });
      expect(cost?.usd).toBeCloseTo(2 * usd, 10);
    }
  });

  it("do not change the command, which can be sent again", async () => {
    const command = new InvokeModelCommand({ modelId, body });
    const before = command.middlewareStack.identify();
    await wire.client.send(command);
    expect(command.middlewareStack.identify()).toEqual(before);
    expect(getRouting(await wire.client.send(command))?.attempts[0]?.usage).toBeDefined();
  });

  it("are unknown when a middleware answers without a response", async () => {
    const command = new InvokeModelCommand({ modelId, body });
    command.middlewareStack.add(
      () => async () =>
        ({ response: undefined, output: { $metadata: {}, body: new Uint8Array(), contentType: "" } }) as never,
      { step: "initialize" },
    );
    const output = await wire.client.send(command);
    expect(getRouting(output)?.cost?.answer).toEqual({ known: false, reason: "no-usage" });
  });

  it.each([undefined, null, "text", {}])("are unknown in %j, as stubs answer", (output) => {
    expect(outputUsage(output as object)).toBeUndefined();
  });
});

describe("the caller's own prices", () => {
  it("decide the estimate, and which route is the cheapest", async () => {
    const usdPerMillionTokens = { input: 1, output: 2 };
    await using own = await openWire({
      routing: { policy: "cost", prices: { [modelId]: [{ kind: "geographic", usdPerMillionTokens }] } },
    });
    const output = await own.client.send(new ConverseCommand({ modelId, messages }));
    const report = getRouting(output);
    expect(report?.route?.geography).toBe("eu");
    const { inputTokens = 0, outputTokens = 0 } = output.usage ?? {};
    const cost = report?.cost;
    expect(cost?.answer).toMatchObject({ known: true, price: { source: "routing.prices" } });
    expect(cost?.answer.known === true && cost.answer.usd).toBeCloseTo((inputTokens + 2 * outputTokens) / 1e6, 12);
    expect(cost?.alternative).toMatchObject({ route: { kind: "global" }, cost: { known: true } });
  });
});
