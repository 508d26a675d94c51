/** `@langchain/aws` with a routed client in place of its own. */
import assert from "node:assert/strict";
import { after, beforeEach, describe, test } from "node:test";
import { ChatBedrockConverse } from "@langchain/aws";
import { tool } from "@langchain/core/tools";
import { getRouting } from "bedrock-routed-client";
import { MODEL, ROUTES, simulatedBedrock } from "../simulated-bedrock.mjs";

const bedrock = await simulatedBedrock({ answer: () => "A short answer." });
const { simulator } = bedrock;
after(() => bedrock.close());
beforeEach(() => {
  simulator.clearScript();
  bedrock.calls();
});

function chat(fields = {}, client = bedrock.client()) {
  return new ChatBedrockConverse({ client, region: "us-east-1", model: MODEL, maxRetries: 0, ...fields });
}

const weather = tool(async () => "sunny", {
  name: "get_weather",
  description: "The weather of a city",
  schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
});

describe("ChatBedrockConverse over a routed client", () => {
  test("invokes the model through the best route", async () => {
    const answer = await chat().invoke("Hello");
    assert.equal(answer.text, "A short answer.");
    assert.deepEqual(bedrock.calls(), [ROUTES[0]]);
  });

  test("streams", async () => {
    let text = "";
    let chunks = 0;
    for await (const chunk of await chat().stream("Hello")) {
      text += chunk.text;
      chunks += 1;
    }
    assert.equal(text, "A short answer.");
    assert.ok(chunks > 2, `${chunks} chunks`);
    assert.deepEqual(bedrock.calls(), [ROUTES[0]]);
  });

  test("gets its tool calls", async () => {
    const bound = chat().bindTools([weather], { tool_choice: "get_weather" });
    const answer = await bound.invoke("How is the weather?");
    assert.deepEqual(
      answer.tool_calls.map(({ name, args }) => [name, Object.keys(args)]),
      [["get_weather", ["city"]]],
    );
    const streamed = [];
    for await (const chunk of await bound.stream("How is the weather?"))
      streamed.push(...(chunk.tool_call_chunks ?? []));
    assert.equal(streamed[0]?.name, "get_weather");
    assert.deepEqual(Object.keys(JSON.parse(streamed.map(({ args }) => args ?? "").join(""))), ["city"]);
  });

  test("does not notice that a route is throttled", async () => {
    simulator.enqueue({ kind: "throttle" });
    assert.equal((await chat().invoke("Hello")).text, "A short answer.");
    assert.deepEqual(bedrock.calls(), ROUTES);
  });

  test("does not notice that a stream begins with an exception", async () => {
    simulator.enqueue({ kind: "first-frame-exception", exception: "throttlingException" });
    let text = "";
    for await (const chunk of await chat().stream("Hello")) text += chunk.text;
    assert.equal(text, "A short answer.");
    assert.deepEqual(bedrock.calls(), ROUTES);
  });

  test("gets the SDK's own error for a bad request, after one call", async () => {
    simulator.enqueue({
      kind: "error",
      name: "ValidationException",
      status: 400,
      message: "Input is too long for requested model.",
    });
    const error = await chat()
      .invoke("Hello")
      .catch((thrown) => thrown);
    assert.equal(error.name, "ValidationException");
    assert.equal(getRouting(error)?.attempts.length, 1);
    assert.deepEqual(bedrock.calls(), [ROUTES[0]]);
  });

  for (const [call, start] of [
    ["invoke", (model, signal) => model.invoke("Hello", { signal })],
    [
      "stream",
      async (model, signal) => {
        for await (const _ of await model.stream("Hello", { signal }));
      },
    ],
  ]) {
    test(`aborts ${call} in flight, without a failover`, async () => {
      simulator.rule({ fault: { kind: "hang" } });
      const abort = new AbortController();
      const outcome = start(chat(), abort.signal).then(
        () => "answered",
        (error) => error.name,
      );
      const request = await simulator.takeRequest({ where: ({ outcome }) => outcome === undefined });
      abort.abort();
      assert.equal(await outcome, "AbortError");
      assert.equal((await request.ended).clientCancelled, true);
      assert.deepEqual(bedrock.calls(), [ROUTES[0]]);
    });
  }

  test("sends its default headers on every attempt", async () => {
    simulator.enqueue({ kind: "throttle" });
    await chat({ defaultHeaders: { "x-team": "blue" } }).invoke("Hello");
    assert.deepEqual(
      simulator
        .requests()
        .slice(-2)
        .map(({ headers, modelId }) => [headers["x-team"], modelId]),
      ROUTES.map(({ modelId }) => ["blue", modelId]),
    );
  });
});
