/** `aws-sdk-client-mock`, which replaces `send` of a class or of one client. No request leaves the process. */
import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import {
  ApplyGuardrailCommand,
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  ThrottlingException,
  ValidationException,
} from "@aws-sdk/client-bedrock-runtime";
import { mockClient } from "aws-sdk-client-mock";
import { createRoutedClient, getRouting } from "bedrock-routed-client";
import { HELLO, MODEL, ROUTES, simulatedBedrock, textOf } from "../simulated-bedrock.mjs";

const ANSWER = Object.freeze({
  output: { message: { role: "assistant", content: [{ text: "mocked" }] } },
  stopReason: "end_turn",
  $metadata: {},
});
const question = () => new ConverseCommand({ modelId: MODEL, messages: HELLO });
const throttled = () =>
  new ThrottlingException({ message: "Too many requests, please wait before trying again.", $metadata: {} });

let mock;
afterEach(() => mock?.restore());

function client(routing = {}) {
  const credentials = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "secret" };
  // An endpoint that refuses: a request that is not mocked must not leave this machine.
  return createRoutedClient({
    ...{ region: "us-east-1", credentials, endpoint: "http://127.0.0.1:1", maxAttempts: 5 },
    routing: { policy: "latency", ...routing },
  });
}

/** Where the mock was called and with what, in order. */
function calls() {
  return Promise.all(
    mock.calls().map(async ({ thisValue, args }) => ({
      sourceRegion: await thisValue.config.region(),
      modelId: args[0].input.modelId,
    })),
  );
}

describe("mockClient(BedrockRuntimeClient)", () => {
  for (const when of ["before", "after"]) {
    test(`drives the routing when called ${when} the routed client is made`, async () => {
      const earlier = when === "after" ? client() : undefined;
      mock = mockClient(BedrockRuntimeClient);
      mock.on(ConverseCommand).resolves(ANSWER);
      const output = await (earlier ?? client()).send(question());
      assert.equal(output.output.message.content[0].text, "mocked");
      assert.deepEqual(await calls(), [ROUTES[0]]);
      assert.equal(mock.commandCalls(ConverseCommand, { messages: HELLO }).length, 1);
    });
  }

  test("sees both Regions of a failover", async () => {
    mock = mockClient(BedrockRuntimeClient);
    mock.on(ConverseCommand).rejectsOnce(throttled()).rejectsOnce(throttled()).resolves(ANSWER);
    const output = await client({ sourceRegions: ["us-west-2"] }).send(question());
    const seen = await calls();
    assert.equal(seen.length, 3);
    assert.deepEqual([...new Set(seen.map(({ sourceRegion }) => sourceRegion))].sort(), ["us-east-1", "us-west-2"]);
    assert.equal(new Set(seen.map((call) => JSON.stringify(call))).size, 3);
    assert.deepEqual(
      getRouting(output).attempts.map(({ outcome }) => outcome),
      ["throttled", "throttled", "succeeded"],
    );
  });

  test("answers each route for itself by the input of its command", async () => {
    mock = mockClient(BedrockRuntimeClient);
    mock.on(ConverseCommand, { modelId: ROUTES[0].modelId }).rejects(throttled());
    mock.on(ConverseCommand, { modelId: ROUTES[1].modelId }).resolves(ANSWER);
    await client().send(question());
    assert.deepEqual(await calls(), ROUTES);
  });

  test("rejects with its own error object when every route does", async () => {
    mock = mockClient(BedrockRuntimeClient);
    const error = throttled();
    mock.on(ConverseCommand).rejects(error);
    const limited = client();
    assert.equal(await limited.send(question()).catch((thrown) => thrown), error);
  });

  test("rejects once for a bad request", async () => {
    mock = mockClient(BedrockRuntimeClient);
    const error = new ValidationException({ message: "Input is too long for requested model.", $metadata: {} });
    mock.on(ConverseCommand).rejects(error);
    assert.equal(
      await client()
        .send(question())
        .catch((thrown) => thrown),
      error,
    );
    assert.equal(mock.calls().length, 1);
  });

  test("answers the same object again and again", async () => {
    mock = mockClient(BedrockRuntimeClient);
    mock.resolves(ANSWER);
    const routed = client();
    const [first, second] = [await routed.send(question()), await routed.send(question())];
    assert.deepEqual([first, second], [ANSWER, ANSWER]);
  });

  test("answers the same stream again and again", async () => {
    mock = mockClient(BedrockRuntimeClient);
    const events = [
      { messageStart: { role: "assistant" } },
      { contentBlockDelta: { contentBlockIndex: 0, delta: { text: "mocked" } } },
      { messageStop: { stopReason: "end_turn" } },
    ];
    const stream = { [Symbol.asyncIterator]: () => events[Symbol.iterator]() };
    const answer = { stream, $metadata: {} };
    mock.on(ConverseStreamCommand).resolves(answer);
    const routed = client();
    for (let round = 0; round < 2; round += 1) {
      const output = await routed.send(new ConverseStreamCommand({ modelId: MODEL, messages: HELLO }));
      assert.equal(await textOf(output.stream), "mocked");
    }
    assert.equal(answer.stream, stream, "the mock's own answer stays as it was");
  });

  test("answers aggregated methods, callbacks and what is passed through", async () => {
    mock = mockClient(BedrockRuntimeClient);
    mock.on(ConverseCommand).resolves(ANSWER);
    mock.on(ApplyGuardrailCommand).resolves({ action: "NONE", $metadata: {} });
    const routed = client();
    assert.equal((await routed.converse({ modelId: MODEL, messages: HELLO })).stopReason, "end_turn");
    const [error, output] = await new Promise((done) => routed.send(question(), (...args) => done(args)));
    assert.deepEqual([error, output.stopReason], [null, "end_turn"]);
    const guardrail = {
      guardrailIdentifier: "g",
      guardrailVersion: "1",
      source: "INPUT",
      content: [{ text: { text: "Hi" } }],
    };
    assert.equal((await routed.applyGuardrail(guardrail)).action, "NONE");
    assert.equal(mock.calls().length, 3);
  });

  test("forgets with reset and lets go with restore", async () => {
    const bedrock = await simulatedBedrock();
    const routed = bedrock.client();
    try {
      mock = mockClient(BedrockRuntimeClient);
      mock.on(ConverseCommand).resolves(ANSWER);
      await routed.send(question());
      assert.equal(mock.calls().length, 1);
      mock.reset();
      assert.equal(mock.calls().length, 0);
      assert.deepEqual(bedrock.calls(), []);
      mock.restore();
      mock = undefined;
      await routed.send(question());
      assert.deepEqual(bedrock.calls(), [ROUTES[0]]);
    } finally {
      await bedrock.close();
    }
  });
});

describe("mockClient(routed client)", () => {
  test("replaces the routing of that client alone", async () => {
    const bedrock = await simulatedBedrock();
    try {
      const [mocked, other] = [bedrock.client(), bedrock.client()];
      mock = mockClient(mocked);
      mock.on(ConverseCommand).resolves(ANSWER);
      const command = question();
      assert.equal(await mocked.send(command), ANSWER);
      assert.equal(await mocked.converse({ modelId: MODEL, messages: HELLO }), ANSWER);
      assert.equal(mock.call(0).args[0], command);
      assert.deepEqual(bedrock.calls(), []);
      await other.send(question());
      mock.restore();
      mock = undefined;
      await mocked.send(question());
      assert.deepEqual(bedrock.calls(), [ROUTES[0], ROUTES[0]]);
    } finally {
      await bedrock.close();
    }
  });
});
