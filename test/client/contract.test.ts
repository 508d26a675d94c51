import { getEventListeners } from "node:events";
import {
  ApplyGuardrailCommand,
  type BedrockRuntime,
  BedrockRuntimeClient,
  BedrockRuntimeServiceException,
  ConverseCommand,
  type ConverseCommandOutput,
  ConverseStreamCommand,
  CountTokensCommand,
  GetAsyncInvokeCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
  ListAsyncInvokesCommand,
  paginateListAsyncInvokes,
  StartAsyncInvokeCommand,
  ThrottlingException,
  ValidationException,
} from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, it, vi } from "vitest";
import type { Fault, Simulator } from "../../src/simulator/index.ts";
import { openFront } from "../support/front-on-wire.ts";
import { FRONTS, onBothFronts } from "../support/fronts.ts";
import { rejectionOf } from "../support/rejection.ts";
import { converseCommand, EU_SONNET, HELLO, SONNET } from "../support/requests.ts";
import { HTTP_VERSIONS } from "../support/wire.ts";

// One set of expectations for the SDK's own client and for ours. The modelId is a profile that is the only route, so
// both clients have to make the same calls.

const hello = (): ConverseCommand => converseCommand(EU_SONNET);
const helloStream = (): ConverseStreamCommand => new ConverseStreamCommand({ modelId: EU_SONNET, messages: HELLO });
const anthropicBody = JSON.stringify({
  anthropic_version: "bedrock-2023-05-31",
  max_tokens: 50,
  messages: [{ role: "user", content: "Grüße" }],
});

const onEachWire = FRONTS.flatMap((front) => HTTP_VERSIONS.map((httpVersion) => ({ front, httpVersion })));

describe.each(onEachWire)("$front.name over HTTP/$httpVersion", ({ front, httpVersion }) => {
  const open = (): ReturnType<typeof openFront> => openFront(front, { httpVersion });

  describe("answers every operation", () => {
    it("Converse", async () => {
      await using wire = await open();
      const output = await wire.client.send(hello());
      expect(output.output?.message?.content?.[0]?.text).toMatch(/^This is a complete answer/);
      expect(output).toMatchObject({ stopReason: "end_turn", usage: { inputTokens: expect.any(Number) } });
      expect(output.$metadata).toEqual({
        httpStatusCode: 200,
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        extendedRequestId: undefined,
        cfId: undefined,
        attempts: 1,
        totalRetryDelay: 0,
      });
      expect(wire.simulator.requests()).toMatchObject([{ modelId: EU_SONNET, httpVersion, body: { messages: HELLO } }]);
    });

    it("ConverseStream", async () => {
      await using wire = await open();
      const output = await wire.client.send(helloStream());
      expect(Object.keys(output).sort()).toEqual(["$metadata", "stream"]);
      const events: string[] = [];
      for await (const event of output.stream ?? []) events.push(...Object.keys(event));
      expect([...new Set(events)]).toEqual([
        "messageStart",
        "contentBlockDelta",
        "contentBlockStop",
        "messageStop",
        "metadata",
      ]);
    });

    it.each([
      ["a string", anthropicBody],
      ["a Uint8Array", new TextEncoder().encode(anthropicBody)],
      ["a Buffer", Buffer.from(anthropicBody)],
    ])("InvokeModel with %s", async (_title, body) => {
      await using wire = await open();
      const output = await wire.client.send(new InvokeModelCommand({ modelId: EU_SONNET, body }));
      expect(JSON.parse(output.body.transformToString())).toMatchObject({ type: "message", role: "assistant" });
      expect(output.contentType).toBe("application/json");
      const [request] = wire.simulator.requests();
      expect(request?.body).toEqual(JSON.parse(anthropicBody));
      expect(request?.headers).toMatchObject({
        "content-type": "application/octet-stream",
        "content-length": String(Buffer.byteLength(anthropicBody)),
      });
    });

    it("InvokeModelWithResponseStream", async () => {
      await using wire = await open();
      const command = new InvokeModelWithResponseStreamCommand({ modelId: EU_SONNET, body: anthropicBody });
      const output = await wire.client.send(command);
      const types: string[] = [];
      for await (const { chunk } of output.body ?? [])
        types.push(JSON.parse(new TextDecoder().decode(chunk?.bytes)).type);
      expect(types.at(0)).toBe("message_start");
      expect(types.at(-1)).toBe("message_stop");
      expect(output.contentType).toBe("application/json");
    });

    it("CountTokens", async () => {
      await using wire = await open();
      const command = new CountTokensCommand({ modelId: SONNET, input: { converse: { messages: HELLO } } });
      expect((await wire.client.send(command)).inputTokens).toBeGreaterThan(0);
      expect(wire.simulator.requests()).toMatchObject([{ operation: "CountTokens", modelId: SONNET }]);
    });

    it("ApplyGuardrail", async () => {
      await using wire = await open();
      const content = [{ text: { text: "Hello" } }];
      const guardrail = { guardrailIdentifier: "gr1", guardrailVersion: "1", source: "INPUT", content } as const;
      const output = await wire.client.send(new ApplyGuardrailCommand({ ...guardrail, content }));
      expect(output.action).toBe("NONE");
      expect(wire.simulator.requests()).toMatchObject([{ operation: "ApplyGuardrail", sourceRegion: "eu-central-1" }]);
    });

    it("ListAsyncInvokes, also by its paginator", async () => {
      await using wire = await open();
      expect((await wire.client.send(new ListAsyncInvokesCommand({}))).asyncInvokeSummaries).toEqual([]);
      const pages: unknown[] = [];
      for await (const page of paginateListAsyncInvokes({ client: wire.client }, { maxResults: 5 })) pages.push(page);
      expect(pages).toHaveLength(1);
      expect(wire.simulator.requests({ operation: "ListAsyncInvokes" })).toHaveLength(2);
    });

    it.each([
      ["GetAsyncInvoke", new GetAsyncInvokeCommand({ invocationArn: "arn:aws:bedrock:eu-central-1:1:async-invoke/a" })],
      [
        "StartAsyncInvoke",
        new StartAsyncInvokeCommand({
          modelId: "amazon.nova-reel-v1:1",
          modelInput: { taskType: "TEXT_VIDEO" },
          outputDataConfig: { s3OutputDataConfig: { s3Uri: "s3://bucket" } },
        }),
      ],
    ])("%s, with the error of a service that lacks it", async (_operation, command) => {
      await using wire = await open();
      const error = await rejectionOf(wire.client.send(command as GetAsyncInvokeCommand));
      expect(error).toBeInstanceOf(BedrockRuntimeServiceException);
      expect(error).toMatchObject({ name: "UnknownOperationException", $metadata: { httpStatusCode: 404 } });
      expect(wire.simulator.requests()).toHaveLength(1);
    });
  });

  describe("takes a signal", () => {
    it.each([
      ["without a reason", undefined],
      ["with an Error", new Error("The user left")],
    ])("that fires %s while the request is under way", async (_title, reason) => {
      await using wire = await open();
      wire.simulator.enqueue({ kind: "hang" });
      const abort = new AbortController();
      const sending = rejectionOf(wire.client.send(hello(), { abortSignal: abort.signal }));
      const request = await wire.simulator.takeRequest();
      abort.abort(reason);
      expect(await sending).toMatchObject({ name: "AbortError", message: "Request aborted" });
      expect((await request.ended).clientCancelled).toBe(true);
      expect(wire.simulator.requests()).toHaveLength(1);
    });

    it("of the older SDK, which only has onabort", async () => {
      await using wire = await open();
      wire.simulator.enqueue({ kind: "hang" });
      const signal = { aborted: false, onabort: null as (() => void) | null };
      const sending = rejectionOf(wire.client.send(hello(), { abortSignal: signal as never }));
      const request = await wire.simulator.takeRequest();
      signal.aborted = true;
      signal.onabort?.();
      expect(await sending).toMatchObject({ name: "AbortError", message: "Request aborted" });
      expect((await request.ended).clientCancelled).toBe(true);
    });

    it("that has fired before, and then sends nothing", async () => {
      await using wire = await open();
      for (const command of [hello(), helloStream() as never, new ListAsyncInvokesCommand({}) as never]) {
        const sending = wire.client.send(command, { abortSignal: AbortSignal.abort() });
        expect(await rejectionOf(sending)).toMatchObject({ name: "AbortError", message: "Request aborted" });
      }
      expect(wire.simulator.requests()).toEqual([]);
    });

    it("that fires afterwards, to no effect", async () => {
      await using wire = await open();
      const abort = new AbortController();
      const output = await wire.client.send(hello(), { abortSignal: abort.signal });
      abort.abort();
      expect(output.stopReason).toBe("end_turn");
      expect((await wire.client.send(hello())).stopReason).toBe("end_turn");
    });

    it("that many requests share, and leaves no listener on it", async () => {
      await using wire = await open();
      const { signal } = new AbortController();
      for (let request = 0; request < 3; request += 1) {
        await wire.client.send(hello(), { abortSignal: signal });
        const { stream } = await wire.client.send(helloStream(), { abortSignal: signal });
        for await (const event of stream ?? []) void event;
        wire.simulator.enqueue({ kind: "throttle" });
        await rejectionOf(wire.client.send(hello(), { abortSignal: signal }));
      }
      // The SDK takes its own off when the connection is done with the request.
      await vi.waitFor(() => expect(getEventListeners(signal, "abort")).toEqual([]), { interval: 1 });
    });

    it("that ends a stream", async () => {
      await using wire = await open();
      wire.simulator.enqueue({ kind: "stall", afterContentEvents: 1 });
      const abort = new AbortController();
      const { stream } = await wire.client.send(helloStream(), { abortSignal: abort.signal });
      const request = await wire.simulator.takeRequest();
      const seen: string[] = [];
      const reading = (async () => {
        for await (const event of stream ?? []) {
          seen.push(...Object.keys(event));
          if (event.contentBlockDelta !== undefined) abort.abort();
        }
      })();
      // Over HTTP/2 the SDK ends the stream, over HTTP/1.1 it throws.
      await reading.catch(() => {});
      expect(seen).toEqual(["messageStart", "contentBlockDelta"]);
      expect((await request.ended).clientCancelled).toBe(true);
    });
  });

  it("can be used after destroy(), which leaves answers under way alone", async () => {
    await using wire = await open();
    const { stream } = await wire.client.send(helloStream());
    wire.client.destroy();
    wire.client.destroy();
    let stopped = false;
    for await (const event of stream ?? []) stopped ||= event.messageStop !== undefined;
    expect(stopped).toBe(true);
    expect((await wire.client.send(hello())).stopReason).toBe("end_turn");
  });
});

describe.each(FRONTS)("$name", (front) => {
  describe("can be called", () => {
    it("with a promise, with a callback, and with options and a callback", async () => {
      await using wire = await openFront(front);
      const { client } = wire;
      const byCallback = await new Promise<ConverseCommandOutput | undefined>((resolve, reject) => {
        const returned = client.send(hello(), (error: unknown, output) => (error ? reject(error) : resolve(output)));
        expect(returned).toBeUndefined();
      });
      const byBoth = await new Promise<ConverseCommandOutput | undefined>((resolve, reject) => {
        const returned = client.send(hello(), { requestTimeout: 5_000 }, (error: unknown, output) =>
          error ? reject(error) : resolve(output),
        );
        expect(returned).toBeUndefined();
      });
      const { output } = await client.send(hello());
      expect(byCallback?.output).toEqual(output);
      expect(byBoth?.output).toEqual(output);
    });

    it("with a callback that gets the error, and nothing else", async () => {
      await using wire = await openFront(front);
      wire.simulator.enqueue({ kind: "throttle" });
      const args = await new Promise<unknown[]>((resolve) => {
        wire.client.send(hello(), (...given: unknown[]) => resolve(given));
      });
      expect(args).toHaveLength(1);
      expect(args[0]).toBeInstanceOf(ThrottlingException);
    });

    it("with a callback that throws, which is nobody's problem", async () => {
      await using wire = await openFront(front);
      const unhandled: unknown[] = [];
      const note = (error: unknown): unknown => unhandled.push(error);
      process.on("unhandledRejection", note);
      await new Promise<void>((resolve) => {
        wire.client.send(hello(), () => {
          setImmediate(() => setImmediate(resolve));
          throw new Error("In the callback");
        });
      });
      process.off("unhandledRejection", note);
      expect(unhandled).toEqual([]);
    });

    it("by the methods of the aggregated client", async () => {
      await using wire = await openFront(front);
      const { client } = wire;
      expect((await client.converse({ modelId: EU_SONNET, messages: HELLO })).stopReason).toBe("end_turn");
      expect(
        (await client.converse({ modelId: EU_SONNET, messages: HELLO }, { requestTimeout: 5_000 })).stopReason,
      ).toBe("end_turn");
      const { stream } = await client.converseStream({ modelId: EU_SONNET, messages: HELLO });
      for await (const event of stream ?? []) expect(Object.keys(event)).toHaveLength(1);
      const invoked = await client.invokeModel({ modelId: EU_SONNET, body: anthropicBody });
      expect(invoked.body.transformToString()).toContain("assistant");
      const counted = await client.countTokens({ modelId: SONNET, input: { converse: { messages: HELLO } } });
      expect(counted.inputTokens).toBeGreaterThan(0);
      await new Promise<void>((resolve) => {
        client.converse({ modelId: EU_SONNET, messages: HELLO }, (_error: unknown, output) => {
          expect(output?.stopReason).toBe("end_turn");
          resolve();
        });
      });
    });

    it("as an instance of the SDK's client", async () => {
      await using wire = await openFront(front);
      expect(wire.client).toBeInstanceOf(BedrockRuntimeClient);
      expect(await wire.client.config.region()).toBe("eu-central-1");
      expect((await wire.client.config.credentials()).accessKeyId).toBe("AKIAIOSFODNN7EXAMPLE");
    });
  });

  describe("takes a command", () => {
    it("as often as it is sent, also at the same time, and leaves it as it was", async () => {
      await using wire = await openFront(front);
      const command = Object.freeze(new ConverseCommand(Object.freeze({ modelId: EU_SONNET, messages: HELLO })));
      await wire.client.send(command);
      await Promise.all([1, 2, 3].map(() => wire.client.send(command)));
      expect(command.input).toEqual({ modelId: EU_SONNET, messages: HELLO });
      expect(wire.simulator.requests().map(({ body }) => body)).toEqual(Array(4).fill({ messages: HELLO }));
    });

    it("with the input that it has when it is sent", async () => {
      await using wire = await openFront(front);
      const command = new ConverseCommand({ modelId: "nonsense", messages: [] });
      Object.assign(command.input, { modelId: EU_SONNET, messages: HELLO });
      await wire.client.send(command);
      expect(wire.simulator.requests()).toMatchObject([{ modelId: EU_SONNET, body: { messages: HELLO } }]);
    });

    it("after another client has sent it", async () => {
      await using first = await openFront(FRONTS[0]!, { region: "us-east-1" });
      await using wire = await openFront(front);
      const command = converseCommand(`global.${SONNET}`);
      await first.client.send(command);
      await wire.client.send(command);
      expect(wire.simulator.requests()).toMatchObject([{ sourceRegion: "eu-central-1" }]);
    });

    it("without a modelId with the SDK's complaint", async () => {
      await using wire = await openFront(front);
      const error = await rejectionOf(wire.client.send(new ConverseCommand({ messages: HELLO } as never)));
      expect(error.message).toBe("No value provided for input HTTP label: modelId.");
    });
  });

  it("gives up after requestTimeout", async () => {
    await using wire = await openFront(front);
    wire.simulator.enqueue({ kind: "hang" });
    const error = await rejectionOf(wire.client.send(hello(), { requestTimeout: 20 }));
    expect(error).toMatchObject({ name: "TimeoutError", message: expect.stringContaining("20 ms") });
    expect(wire.simulator.requests()).toHaveLength(1);
  });
});

describe("the errors of the two clients", () => {
  const faults: readonly (readonly [string, Fault])[] = [
    ["a throttled request", { kind: "throttle" }],
    ["a used-up day", { kind: "throttle-per-day" }],
    ["an invalid modelId", { kind: "invalid-model-id" }],
    ["a denied request", { kind: "access-denied", by: "identity-based-policy" }],
    ["a service without capacity", { kind: "service-unavailable" }],
    ["a breakdown", { kind: "internal-error" }],
    ["an HTML page", { kind: "html-503" }],
    ["an empty body", { kind: "empty-body" }],
    ["an unknown exception", { kind: "error", name: "TeapotException", status: 418, message: "Short and stout" }],
    ["an expired token", { kind: "error", name: "ExpiredTokenException", status: 403, message: "Expired" }],
    ["a lost connection", { kind: "reset" }],
  ];

  it.each(faults)("are equal for %s", async (_title, fault) => {
    const [plain, routed] = await failures((client, simulator) => {
      simulator.enqueue(fault);
      return client.send(hello());
    });
    expect(routed).toEqual(plain);
  });

  it.each<[string, Fault]>([
    ["its first frame", { kind: "first-frame-exception", exception: "modelStreamErrorException" }],
    ["its middle", { kind: "mid-stream-exception", exception: "throttlingException", afterContentEvents: 1 }],
    ["a broken frame", { kind: "corrupt-frame", afterContentEvents: 1 }],
  ])("are equal for a stream with an exception in %s", async (_title, fault) => {
    const [plain, routed] = await failures(async (client, simulator) => {
      simulator.enqueue(fault);
      const { stream } = await client.send(helloStream());
      for await (const event of stream ?? []) void event;
    });
    expect(routed).toEqual(plain);
  });

  it("are equal for a mistake of the caller", async () => {
    const wrong = new ConverseCommand({
      modelId: EU_SONNET,
      messages: [{ role: "assistant", content: [{ text: "Hi" }] }],
    });
    const [plain, routed] = await failures((client) => client.send(wrong));
    expect(plain).toMatchObject({ type: ValidationException, metadata: { httpStatusCode: 400, attempts: 1 } });
    expect(routed).toEqual(plain);
  });

  it.each([
    ["fail", () => Promise.reject(new Error("No credentials today"))],
    ["are wrong", async () => ({ accessKeyId: "AKIAWRONG", secretAccessKey: "wrong" })],
  ])("are equal for credentials that %s", async (_title, credentials) => {
    const [plain, routed] = await onBothFronts(async (front) => {
      await using wire = await openFront(front, { config: { credentials } });
      return portraitOf(await rejectionOf(wire.client.send(hello())));
    });
    expect(routed).toEqual(plain);
  });
});

/** What the failure of the same request looks like to the two clients. */
function failures(
  use: (client: BedrockRuntime, simulator: Simulator) => Promise<unknown>,
): Promise<readonly Record<string, unknown>[]> {
  return onBothFronts(async (front) => {
    await using wire = await openFront(front);
    return portraitOf(await rejectionOf(use(wire.client, wire.simulator)));
  });
}

/** All that a caller can see of an error, except what differs from request to request. */
function portraitOf(error: Error): Record<string, unknown> {
  const { $metadata, $response, $fault, $retryable, code } = error as Error & Record<string, never>;
  const { requestId: _, ...metadata } = ($metadata ?? {}) as { requestId?: string };
  return {
    type: error.constructor,
    name: error.name,
    message: error.message.replace(/127\.0\.0\.1:\d+/, "the simulator"),
    keys: Object.keys(error),
    fault: $fault,
    retryable: $retryable,
    code,
    metadata,
    responseStatus: ($response as { statusCode?: number } | undefined)?.statusCode,
  };
}
