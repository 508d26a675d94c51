/** `aws-xray-sdk-core`, whose middleware is added to the routed client and has to run on every attempt. */
import assert from "node:assert/strict";
import { after, beforeEach, describe, test } from "node:test";
import { ConverseCommand, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import xray from "aws-xray-sdk-core";
import { instrumentRouting } from "bedrock-routed-client/otel";
import { HELLO, MODEL, ROUTES, simulatedBedrock, textOf } from "../simulated-bedrock.mjs";

const bedrock = await simulatedBedrock();
const { simulator } = bedrock;
after(() => bedrock.close());
beforeEach(() => {
  simulator.clearScript();
  bedrock.calls();
});

const question = () => new ConverseCommand({ modelId: MODEL, messages: HELLO });

/** Runs `work` in a segment; resolves with the subsegments that it made. It stays open: X-Ray sends what is closed. */
async function traced(work) {
  const segment = new xray.Segment("application");
  await xray.getNamespace().runPromise(async () => {
    xray.setSegment(segment);
    await work();
  });
  return (segment.subsegments ?? []).map((subsegment) => JSON.parse(JSON.stringify(subsegment)));
}

describe("captureAWSv3Client(routed client)", () => {
  test("gives every attempt a subsegment", async () => {
    const client = xray.captureAWSv3Client(bedrock.client());
    simulator.enqueue({ kind: "throttle" });
    const subsegments = await traced(() => client.send(question()));
    assert.deepEqual(bedrock.calls(), ROUTES);
    assert.deepEqual(
      subsegments.map(({ name, namespace, throttle, in_progress, http }) => [
        ...[name, namespace, throttle, in_progress, http?.response.status],
      ]),
      [
        ["BedrockRuntime", "aws", true, undefined, 429],
        ["BedrockRuntime", "aws", undefined, undefined, 200],
      ],
    );
    assert.deepEqual(
      subsegments.map(({ aws }) => aws.operation),
      ["Converse", "Converse"],
    );
  });

  test("sends the trace header of its own subsegment with every attempt", async () => {
    const client = xray.captureAWSv3Client(bedrock.client());
    simulator.enqueue({ kind: "throttle" });
    const subsegments = await traced(() => client.send(question()));
    const headers = simulator
      .requests()
      .slice(-2)
      .map((request) => request.headers["x-amzn-trace-id"]);
    assert.deepEqual(
      headers.map((header) => /Parent=(\w+);Sampled=1/.exec(header)?.[1]),
      subsegments.map(({ id }) => id),
    );
  });

  test("is the same beside bedrock-routed-client/otel", async () => {
    const exporter = new InMemorySpanExporter();
    const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
    const client = xray.captureAWSv3Client(bedrock.client());
    instrumentRouting(client, { meter: false, tracer: provider.getTracer("test") });
    simulator.enqueue({ kind: "throttle" });
    const subsegments = await traced(() => client.send(question()));
    assert.deepEqual(
      subsegments.map(({ name, throttle }) => [name, throttle]),
      [
        ["BedrockRuntime", true],
        ["BedrockRuntime", undefined],
      ],
    );
    assert.deepEqual(
      exporter.getFinishedSpans().map(({ name }) => name),
      [...ROUTES.map(({ modelId }) => `attempt ${modelId}`), `chat ${MODEL}`],
    );
  });

  test("covers streams, and stays single when it is applied twice", async () => {
    const client = xray.captureAWSv3Client(xray.captureAWSv3Client(bedrock.client()));
    const subsegments = await traced(async () => {
      const output = await client.send(new ConverseStreamCommand({ modelId: MODEL, messages: HELLO }));
      await textOf(output.stream);
    });
    assert.deepEqual(
      subsegments.map(({ aws }) => aws.operation),
      ["ConverseStream"],
    );
  });

  test("tells why a request was rejected", async () => {
    const client = xray.captureAWSv3Client(bedrock.client());
    const message = "Input is too long for requested model.";
    simulator.enqueue({ kind: "error", name: "ValidationException", status: 400, message });
    const subsegments = await traced(() => assert.rejects(client.send(question()), { name: "ValidationException" }));
    assert.equal(subsegments.length, 1);
    assert.equal(subsegments[0].fault, true);
    assert.equal(subsegments[0].cause.exceptions[0].message, message);
  });

  test("known gap: names the Region of the routed client on every subsegment, not the one that was called", async () => {
    const client = xray.captureAWSv3Client(bedrock.client({ routing: { sourceRegions: ["us-west-2"] } }));
    simulator.enqueue({ kind: "throttle" }, { kind: "throttle" });
    const subsegments = await traced(() => client.send(question()));
    const called = bedrock.calls().map(({ sourceRegion }) => sourceRegion);
    assert.deepEqual(new Set(called), new Set(["us-east-1", "us-west-2"]));
    assert.deepEqual(
      subsegments.map(({ aws }) => aws.region),
      called.map(() => "us-east-1"),
    );
  });
});
