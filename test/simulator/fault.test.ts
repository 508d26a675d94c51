import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { assertReply, type Fault, type Reply } from "../../src/simulator/fault.ts";
import { createSimulator, type Simulator } from "../../src/simulator/index.ts";
import { contentOf, converse, failureOf, type HttpVersion, readStream, runtimeClient } from "./sdk-clients.ts";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await createSimulator({ timeScale: 0 });
});
beforeEach(() => simulator.clearScript());
afterAll(() => simulator.close());

const versions: readonly HttpVersion[] = ["2", "1.1"];

interface Expected {
  readonly name: string;
  readonly status: number | undefined;
  readonly message: string | RegExp;
}

const answeredFaults: readonly (readonly [Fault, Expected])[] = [
  [
    { kind: "throttle" },
    { name: "ThrottlingException", status: 429, message: "Too many requests, please wait before trying again." },
  ],
  [
    { kind: "throttle", limit: "tokens" },
    { name: "ThrottlingException", status: 429, message: "Too many tokens, please wait before trying again." },
  ],
  [
    { kind: "throttle-per-day" },
    { name: "ThrottlingException", status: 429, message: "Too many tokens per day, please wait before trying again." },
  ],
  [
    { kind: "invalid-model-id" },
    { name: "ValidationException", status: 400, message: "The provided model identifier is invalid." },
  ],
  [
    { kind: "on-demand-unsupported" },
    {
      name: "ValidationException",
      status: 400,
      message:
        "Invocation of model ID eu.anthropic.claude-sonnet-4-6 with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model.",
    },
  ],
  [
    { kind: "access-denied" },
    {
      name: "AccessDeniedException",
      status: 403,
      message: "You don't have access to the model with the specified model ID.",
    },
  ],
  [
    {
      kind: "access-denied",
      by: "service-control-policy",
      resourceArn: "arn:aws:bedrock:::foundation-model/anthropic.claude-sonnet-4-6",
    },
    {
      name: "AccessDeniedException",
      status: 403,
      message:
        /is not authorized to perform: bedrock:InvokeModel(WithResponseStream)? on resource: arn:aws:bedrock:::foundation-model\/anthropic\.claude-sonnet-4-6 with an explicit deny in a service control policy: arn:aws:organizations::/,
    },
  ],
  [
    { kind: "access-denied", by: "no-identity-based-policy" },
    {
      name: "AccessDeniedException",
      status: 403,
      message:
        /on resource: arn:aws:bedrock:eu-central-1:111122223333:inference-profile\/eu\.anthropic\.claude-sonnet-4-6 because no identity-based policy allows the bedrock:InvokeModel(WithResponseStream)? action$/,
    },
  ],
  [
    { kind: "service-unavailable" },
    { name: "ServiceUnavailableException", status: 503, message: "Bedrock is unable to process your request." },
  ],
  [
    { kind: "internal-error" },
    {
      name: "InternalServerException",
      status: 500,
      message: "The system encountered an unexpected error during processing. Try your request again.",
    },
  ],
  [{ kind: "html-503" }, { name: "SyntaxError", status: 503, message: /not valid JSON/ }],
  [
    { kind: "empty-body", status: 502 },
    { name: "Unknown", status: 502, message: "UnknownError" },
  ],
  [
    { kind: "error", name: "ModelNotReadyException", status: 429, message: "The model is not ready for inference" },
    { name: "ModelNotReadyException", status: 429, message: "The model is not ready for inference" },
  ],
  [
    { kind: "respond", status: 418, headers: { "content-type": "application/json" }, body: '{"message":"teapot"}' },
    { name: "Unknown", status: 418, message: "teapot" },
  ],
];

describe.each(versions)("a fault over HTTP/%s", (httpVersion) => {
  it.each(answeredFaults)("gives the SDK %o", async (fault, expected) => {
    const client = runtimeClient(simulator, { httpVersion });
    simulator.enqueue(fault, fault);

    const unary = await failureOf(client.send(converse()));
    const streamed = await readStream(client);

    for (const error of [unary, streamed.error]) {
      expect(error?.name).toBe(expected.name);
      expect(error?.$metadata?.httpStatusCode).toBe(expected.status);
      expect(error?.message).toMatch(expected.message);
    }
    expect(streamed.fromSend).toBe(true);
  });

  it("leaves a hanging request unanswered until its caller gives up", async () => {
    const client = runtimeClient(simulator, { httpVersion });
    simulator.enqueue({ kind: "hang" });
    const abort = new AbortController();
    const call = failureOf(client.send(converse(), { abortSignal: abort.signal }));
    const hanging = await simulator.takeRequest({ where: (request) => request.outcome === undefined });

    abort.abort();

    expect((await call).name).toBe("AbortError");
    const outcome = await hanging.ended;
    expect(outcome).toMatchObject({ reply: "hang", clientCancelled: true, contentEvents: 0 });
    expect(outcome.status).toBeUndefined();
  });

  it.each(["tcp-reset", "tcp-close"] as const)("breaks the connection before any response by %s", async (how) => {
    const client = runtimeClient(simulator, { httpVersion });
    simulator.enqueue({ kind: "reset", how });

    const error = await failureOf(client.send(converse()));

    expect(error.name).toBe("TimeoutError");
    const text = how === "tcp-reset" ? "read ECONNRESET" : "socket hang up";
    expect(error.message).toBe(httpVersion === "2" ? "Unexpected error: http2 request did not get a response" : text);
    await expect(client.send(converse())).resolves.toBeDefined();
  });

  it("ends a stream early and cleanly after some content", async () => {
    const client = runtimeClient(simulator, { httpVersion });
    simulator.enqueue({ kind: "end-early", afterContentEvents: 2 });

    const { events, error } = await readStream(client);

    expect(error).toBeUndefined();
    expect(events.map((event) => Object.keys(event)[0])).toEqual([
      "messageStart",
      "contentBlockDelta",
      "contentBlockDelta",
    ]);
  });

  it("ends a stream before its first event", async () => {
    const client = runtimeClient(simulator, { httpVersion });
    simulator.enqueue({ kind: "end-early" });

    expect(await readStream(client)).toEqual({ events: [], error: undefined, fromSend: false });
  });

  it("ends a stream after all content and before messageStop when asked for more content than there is", async () => {
    const client = runtimeClient(simulator, { httpVersion });
    simulator.enqueue({ kind: "end-early", afterContentEvents: 1_000 });

    const { events } = await readStream(client);

    expect(Object.keys(events.at(-1) ?? {})).toEqual(["contentBlockDelta"]);
    expect(contentOf(events)).toBeGreaterThan(3);
  });

  it("sends an exception as the first frame of a stream", async () => {
    const client = runtimeClient(simulator, { httpVersion });
    simulator.enqueue({ kind: "first-frame-exception" });

    const { events, error, fromSend } = await readStream(client);

    expect(events).toEqual([]);
    expect(fromSend).toBe(true);
    expect(error?.name).toBe("ThrottlingException");
    expect(error?.$metadata?.httpStatusCode).toBeUndefined();
    expect(error?.message).toBe(
      "Too many requests, please wait before trying again. You have sent too many requests.  Wait before trying again.",
    );
  });

  it("sends the stream exception that is asked for", async () => {
    const client = runtimeClient(simulator, { httpVersion });
    simulator.enqueue({
      kind: "first-frame-exception",
      exception: "validationException",
      message: "Input is too long for requested model.",
    });

    const { error } = await readStream(client);

    expect(error).toMatchObject({ name: "ValidationException", message: "Input is too long for requested model." });
  });

  it("sends an exception after some content", async () => {
    const client = runtimeClient(simulator, { httpVersion });
    simulator.enqueue({ kind: "mid-stream-exception", exception: "internalServerException", afterContentEvents: 3 });

    const { events, error, fromSend } = await readStream(client);

    expect(contentOf(events)).toBe(3);
    expect(fromSend).toBe(false);
    expect(error?.name).toBe("InternalServerException");
  });

  it("says the same as an error where an operation does not stream", async () => {
    const client = runtimeClient(simulator, { httpVersion });
    simulator.enqueue({ kind: "mid-stream-exception", exception: "modelTimeoutException" });

    const error = await failureOf(client.send(converse()));

    expect(error).toMatchObject({ name: "ModelTimeoutException", $metadata: { httpStatusCode: 408 } });
  });

  it("sends a frame with a wrong checksum", async () => {
    const client = runtimeClient(simulator, { httpVersion });
    simulator.enqueue({ kind: "corrupt-frame", afterContentEvents: 1 });

    const { events, error } = await readStream(client);

    expect(contentOf(events)).toBe(1);
    expect(error?.message).toMatch(/^The message checksum \(\d+\) did not match the expected value of \d+$/);
  });

  it("cuts a frame off", async () => {
    const client = runtimeClient(simulator, { httpVersion });
    simulator.enqueue({ kind: "corrupt-frame", how: "truncated", afterContentEvents: 1 });

    const { events, error } = await readStream(client);

    expect(contentOf(events)).toBe(1);
    expect(error?.message).toBe("Truncated event message received.");
  });

  it("stalls after some content until the caller gives up", async () => {
    const client = runtimeClient(simulator, { httpVersion });
    const abort = new AbortController();
    simulator.enqueue({ kind: "stall", afterContentEvents: 2 });
    const { stream } = await client.send(
      new (await import("@aws-sdk/client-bedrock-runtime")).ConverseStreamCommand(converse().input),
      {
        abortSignal: abort.signal,
      },
    );
    const iterator = stream![Symbol.asyncIterator]();
    await iterator.next();
    await iterator.next();
    const second = await iterator.next();
    const [stalled] = simulator.requests({ where: (request) => request.outcome === undefined });
    expect(second.value?.contentBlockDelta).toBeDefined();

    const further = iterator.next().catch((error: unknown) => error);
    abort.abort();
    await further;

    expect(await stalled?.ended).toMatchObject({
      reply: "stall",
      contentEvents: 2,
      clientCancelled: true,
      status: 200,
    });
  });

  it("breaks off the body of an operation that does not stream", async () => {
    const client = runtimeClient(simulator, { httpVersion });
    simulator.enqueue({ kind: "end-early" });

    const error = await failureOf(client.send(converse()));

    expect(error.name).toBe("SyntaxError");
    expect(error.$metadata?.httpStatusCode).toBe(200);
  });
});

describe("a fault that only HTTP/2 has", () => {
  it("resets one stream and spares the others of its connection", async () => {
    const client = runtimeClient(simulator);
    simulator.enqueue({ kind: "hang" }, { kind: "reset", how: "rst-stream" });
    const abort = new AbortController();
    const other = failureOf(client.send(converse(), { abortSignal: abort.signal }));
    await simulator.takeRequest({ where: (request) => request.outcome === undefined });

    const error = await failureOf(client.send(converse()));

    expect(error.message).toBe("Stream closed with error code NGHTTP2_INTERNAL_ERROR");
    expect(error.code).toBe("ERR_HTTP2_STREAM_ERROR");
    abort.abort();
    expect((await other).name).toBe("AbortError");
  });

  it("sends GOAWAY with the given code", async () => {
    const client = runtimeClient(simulator);
    simulator.enqueue({ kind: "reset", how: "goaway", code: 11 });

    const error = await failureOf(client.send(converse()));

    expect(error.message).toBe("Session closed with error code 11");
    expect(error.code).toBe("ERR_HTTP2_SESSION_ERROR");
  });

  it("resets a stream after some content", async () => {
    simulator.enqueue({ kind: "reset", how: "rst-stream", afterContentEvents: 2 });

    const { events, error } = await readStream(runtimeClient(simulator));

    expect(contentOf(events)).toBe(2);
    expect(error?.code).toBe("ERR_HTTP2_STREAM_ERROR");
  });

  it("lets a lost connection look like the end of the stream once content has arrived, as the SDK does", async () => {
    simulator.enqueue({ kind: "reset", how: "tcp-close", afterContentEvents: 2 });

    const { events, error } = await readStream(runtimeClient(simulator));

    expect(error).toBeUndefined();
    expect(contentOf(events)).toBe(2);
  });
});

describe("assertReply", () => {
  it("refuses a kind that does not exist and names those that do", () => {
    const misspelt = { kind: "throtle" } as unknown as Reply;
    expect(() => assertReply(misspelt, "rule.fault")).toThrow(
      /^rule\.fault\.kind must be one of answer, throttle, .*, got "throtle"$/,
    );
  });
});

describe("the error fault", () => {
  it("passes headers on, such as Retry-After", async () => {
    simulator.enqueue({
      kind: "error",
      name: "ThrottlingException",
      status: 429,
      message: "Slow down",
      headers: { "retry-after": "7" },
    });

    const error = await failureOf(runtimeClient(simulator).send(converse()));

    const { $response } = error as unknown as { $response: { headers: Record<string, string> } };
    expect($response.headers["retry-after"]).toBe("7");
  });

  it("does not send Retry-After with a throttle, as Bedrock does not", async () => {
    simulator.enqueue({ kind: "throttle" });

    const error = await failureOf(runtimeClient(simulator).send(converse()));

    const { $response } = error as unknown as { $response: { headers: Record<string, string> } };
    expect($response.headers["x-amzn-errortype"]).toMatch(/^ThrottlingException/);
    expect($response.headers["retry-after"]).toBeUndefined();
  });
});
