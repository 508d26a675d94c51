import { Readable } from "node:stream";
import {
  ApplyGuardrailCommand,
  BedrockRuntimeClient,
  ConverseCommand,
  CountTokensCommand,
  GetAsyncInvokeCommand,
  InvokeModelCommand,
  InvokeModelWithBidirectionalStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { afterEach, describe, expect, it, vi } from "vitest";
import { assembleRoutedClient, type RoutedBedrockRuntimeClient } from "../../src/client/create-routed-client.ts";
import type { RoutedClientConfig, RoutingOptions } from "../../src/options/options.ts";
import { getRouting } from "../../src/router/reports.ts";
import { rejectionOf } from "../support/rejection.ts";
import { CREDENTIALS, converseCommand, EU_SONNET, GLOBAL_SONNET, HELLO, SONNET } from "../support/requests.ts";
import { unknownError } from "../support/service-errors.ts";
import {
  converseResponse,
  errorResponse,
  type StubbedAnswer,
  StubHandler,
  throttledResponse,
} from "../support/stub-handler.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

afterEach(() => vi.unstubAllEnvs());

interface Made {
  readonly client: RoutedBedrockRuntimeClient;
  readonly handler: StubHandler;
}

/** A routed client in eu-central-1 whose requests end in the process. */
function make(
  answer?: StubbedAnswer,
  routing: Partial<RoutingOptions> = {},
  config: Partial<RoutedClientConfig> = {},
): Made {
  const handler = new StubHandler(answer);
  const client = assembleRoutedClient(
    {
      region: "eu-central-1",
      credentials: CREDENTIALS,
      requestHandler: handler,
      ...config,
      routing: { policy: "latency", ...routing },
    },
    new VirtualClock(),
    () => 0.5,
  );
  return { client, handler };
}

/** The SDK warns about streams that it cannot send again. */
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

const throttledFirst: StubbedAnswer = (_request, number) => (number === 1 ? throttledResponse() : converseResponse());
const modelsOf = ({ requests }: StubHandler): (string | undefined)[] =>
  requests.map(({ path }) => /^\/model\/([^/]+)\//.exec(decodeURIComponent(path))?.[1]);

describe("a routed client", () => {
  it("is a client of the SDK whose send can be stubbed on the prototype", () => {
    const { client } = make();
    expect(client).toBeInstanceOf(BedrockRuntimeClient);
    expect(Object.hasOwn(client, "send")).toBe(false);
  });

  it("sends through what stands on the prototype of the SDK's client, as stubs and instrumentation expect", async () => {
    const { client, handler } = make();
    const original = Object.getOwnPropertyDescriptor(BedrockRuntimeClient.prototype, "send");
    const sent: unknown[] = [];
    const metadata = Object.freeze({ attempts: 0 });
    Object.defineProperty(BedrockRuntimeClient.prototype, "send", {
      configurable: true,
      async value(this: BedrockRuntimeClient, command: ConverseCommand) {
        sent.push([this.constructor.name, await this.config.region(), command.input.modelId]);
        return Object.freeze({ $metadata: metadata, stopReason: "end_turn" });
      },
    });
    try {
      const output = await client.send(converseCommand());
      expect(output).toEqual({ $metadata: metadata, stopReason: "end_turn" });
      expect(getRouting(output)?.route?.modelId).toBe(EU_SONNET);
      await client.send(new GetAsyncInvokeCommand({ invocationArn: "arn" }));
    } finally {
      if (original === undefined) Reflect.deleteProperty(BedrockRuntimeClient.prototype, "send");
      else Object.defineProperty(BedrockRuntimeClient.prototype, "send", original);
    }
    expect(sent).toEqual([
      ["BedrockRuntimeClient", "eu-central-1", EU_SONNET],
      [client.constructor.name, "eu-central-1", undefined],
    ]);
    expect(handler.requests).toEqual([]);
  });

  it("sends the request that was meant at the time, however often it has to try", async () => {
    const command = converseCommand();
    const { client, handler } = make((_request, number) => {
      command.input.messages = [{ role: "user", content: [{ text: "The next question" }] }];
      return number === 1 ? throttledResponse() : converseResponse();
    });
    await client.send(command);
    expect(modelsOf(handler)).toEqual([EU_SONNET, GLOBAL_SONNET]);
    const bodies = handler.requests.map(({ body }) => body);
    expect(bodies).toEqual(Array(2).fill(JSON.stringify({ messages: HELLO })));
  });

  it("routes a command of the caller's own class", async () => {
    class AskCommand extends ConverseCommand {
      constructor(question: string) {
        super({ modelId: SONNET, messages: [{ role: "user", content: [{ text: question }] }] });
      }
    }
    const { client, handler } = make(throttledFirst);
    const output = await client.send(new AskCommand("Why?"));
    expect(output.output?.message?.content).toEqual([{ text: "Hello" }]);
    expect(modelsOf(handler)).toEqual([EU_SONNET, GLOBAL_SONNET]);
    expect(handler.requests.map(({ body }) => JSON.parse(String(body)).messages)).toEqual(
      Array(2).fill([{ role: "user", content: [{ text: "Why?" }] }]),
    );
  });

  it("counts the attempts in the metadata of the output and of the error", async () => {
    const { client } = make(throttledFirst);
    expect((await client.send(converseCommand())).$metadata.attempts).toBe(2);
    const failing = make(() => throttledResponse(), {}, { maxAttempts: 2 }).client;
    expect(await rejectionOf(failing.send(converseCommand()))).toMatchObject({ $metadata: { attempts: 2 } });
  });

  it("keeps its own options away from the request handler", async () => {
    const { client, handler } = make(throttledFirst);
    const { signal } = new AbortController();
    await client.send(converseCommand(), { requestTimeout: 1_234, abortSignal: signal, routing: { workload: "chat" } });
    await client.send(new GetAsyncInvokeCommand({ invocationArn: "arn" }), { requestTimeout: 5, routing: {} });
    expect(handler.requests.map(({ options }) => options)).toMatchObject([
      { requestTimeout: 1_234, abortSignal: signal },
      { requestTimeout: 1_234, abortSignal: signal },
      { requestTimeout: 5 },
    ]);
    expect(handler.requests.some(({ options }) => "routing" in options)).toBe(false);
  });
});

describe("the signal of an attempt", () => {
  it("is a web one for a request handler of the caller's, which may give it to fetch", async () => {
    const { client, handler } = make(throttledFirst);
    await client.send(converseCommand());
    await client.send(converseCommand(), { abortSignal: new AbortController().signal });
    expect(handler.requests).toHaveLength(3);
    // Node.js 24 refuses everything else.
    for (const { options } of handler.requests) expect(options.abortSignal).toBeInstanceOf(AbortSignal);
  });
});

describe("the number of attempts", () => {
  it.each([
    ["0", 1],
    ["-3", 1],
    ["1", 1],
    ["2", 2],
  ])("is at most AWS_MAX_ATTEMPTS=%s, and at least one", async (value, attempts) => {
    vi.stubEnv("AWS_MAX_ATTEMPTS", value);
    const { client, handler } = make(() => throttledResponse());
    expect(await rejectionOf(client.send(converseCommand()))).toMatchObject({ name: "ThrottlingException" });
    expect(handler.requests).toHaveLength(attempts);
  });

  it("is one, and the error the SDK's, when a provider gives no number or fails", async () => {
    for (const maxAttempts of [async () => Number.NaN, () => Promise.reject(new Error("no such secret"))]) {
      const { client, handler } = make(() => throttledResponse(), {}, { maxAttempts });
      expect(await rejectionOf(client.send(converseCommand()))).toMatchObject({ name: "ThrottlingException" });
      expect(handler.requests).toHaveLength(1);
    }
  });

  it("is one for a body that can be read only once", async () => {
    const { client, handler } = make(() => throttledResponse(), {}, { logger: quiet });
    const body = Readable.from(["{}"]) as never;
    await rejectionOf(client.send(new InvokeModelCommand({ modelId: SONNET, body, contentType: "application/json" })));
    expect(handler.requests).toHaveLength(1);
  });
});

describe("residency", () => {
  it.each([
    ["an array", [GLOBAL_SONNET]],
    ["an object", { toString: () => GLOBAL_SONNET }],
    ["a String", new String(GLOBAL_SONNET)],
  ])("is met by whatever the SDK would send as modelId, even %s", async (_title, modelId) => {
    const { client, handler } = make(undefined, { residency: "eu" });
    await client.send(new ConverseCommand({ modelId: modelId as string, messages: HELLO }));
    expect(modelsOf(handler)).toEqual([EU_SONNET]);
  });

  it("is met by operations that this library does not know", async () => {
    class FutureCommand extends Unknown {}
    const { client, handler } = make(undefined, { residency: "eu" });
    const send = (input: object): Promise<unknown> => client.send(new FutureCommand(input) as never);
    for (const modelId of [GLOBAL_SONNET, `us.${SONNET}`]) {
      expect(await rejectionOf(send({ modelId }))).toMatchObject({ code: "NO_ROUTE" });
    }
    const overseas = make(undefined, { residency: "us" });
    expect(await rejectionOf(overseas.client.send(new FutureCommand({ text: "secret" }) as never))).toMatchObject({
      code: "NO_ROUTE",
    });
    expect([...handler.requests, ...overseas.handler.requests]).toEqual([]);
  });

  it("is met by the home-only operations, with the modelId as it is", async () => {
    const { client, handler } = make(undefined, { residency: "eu" });
    const count = (modelId: string): CountTokensCommand =>
      new CountTokensCommand({ modelId, input: { converse: { messages: HELLO } } });
    const speak = new InvokeModelWithBidirectionalStreamCommand({ modelId: GLOBAL_SONNET, body: silence() });
    expect(await rejectionOf(client.send(speak))).toMatchObject({ code: "NO_ROUTE" });
    const elsewhere = `arn:aws:bedrock:us-east-1::foundation-model/${SONNET}`;
    expect(await rejectionOf(client.send(count(elsewhere)))).toMatchObject({ code: "NO_ROUTE" });
    expect(handler.requests).toEqual([]);
    await client.send(count(SONNET));
    expect(modelsOf(handler)).toEqual([SONNET]);
  });

  it("is a refusal with a report, before any network call", async () => {
    const { client, handler } = make(undefined, { residency: "us" });
    const guardrail = { guardrailIdentifier: "gr-1", guardrailVersion: "1", source: "INPUT", content: [] } as const;
    for (const command of [converseCommand(), new ApplyGuardrailCommand({ ...guardrail, content: [] })]) {
      const error = await rejectionOf(client.send(command as ConverseCommand));
      expect(error).toMatchObject({ code: "NO_ROUTE", plan: { candidates: [] } });
      expect(getRouting(error)).toMatchObject({ attempts: [], plan: { policy: { residency: { label: "us" } } } });
      expect(getRouting(error)?.route).toBeUndefined();
    }
    await client.send(new GetAsyncInvokeCommand({ invocationArn: "arn" }));
    expect(handler.requests).toHaveLength(1);
  });
});

describe("a speech stream", () => {
  it("is sent once, to the home Region, with its modelId as it is", async () => {
    const { client, handler } = make(
      () => throttledResponse(),
      { sourceRegions: ["us-east-1"] },
      { maxAttempts: 1, logger: quiet },
    );
    const modelId = "amazon.nova-sonic-v1:0";
    const command = new InvokeModelWithBidirectionalStreamCommand({ modelId, body: silence() });
    const error = await rejectionOf(client.send(command));
    expect(error.name).toBe("ThrottlingException");
    expect(modelsOf(handler)).toEqual([modelId]);
    expect(handler.requests[0]?.signedFor).toBe("eu-central-1");
    expect(getRouting(error)?.attempts).toMatchObject([{ outcome: "throttled" }]);
  });
});

describe("the home Region", () => {
  it("is asked of a provider for every request, and once of a string", async () => {
    const regions = ["eu-central-1", "eu-west-1"];
    const moving = make(undefined, {}, { region: async () => regions[0] ?? "" });
    await moving.client.send(converseCommand());
    regions.shift();
    await moving.client.send(converseCommand());
    expect(moving.handler.requests.map(({ signedFor }) => signedFor)).toEqual(["eu-central-1", "eu-west-1"]);
  });

  it("follows whoever replaces config.region, and comes back with him", async () => {
    const { client, handler } = make();
    const original = client.config.region;
    await client.send(converseCommand());
    client.config.region = async () => "eu-west-1";
    await client.send(converseCommand());
    client.config.region = original;
    await client.send(converseCommand());
    expect(handler.requests.map(({ signedFor }) => signedFor)).toEqual(["eu-central-1", "eu-west-1", "eu-central-1"]);
  });

  it("follows an extension that sets it", async () => {
    let region = "eu-west-1";
    const extension = {
      configure: (extended: { setRegion(region: () => Promise<string>): void }) =>
        extended.setRegion(async () => region),
    };
    const { client, handler } = make(undefined, {}, { extensions: [extension as never] });
    await client.send(converseCommand());
    region = "eu-west-3";
    await client.send(converseCommand());
    expect(handler.requests.map(({ signedFor }) => signedFor)).toEqual(["eu-west-1", "eu-west-3"]);
  });

  it("must be known, and the error says how", async () => {
    for (const name of ["AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"]) vi.stubEnv(name, undefined);
    for (const name of ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"]) vi.stubEnv(name, "/dev/null");
    const handler = new StubHandler();
    const config = { credentials: CREDENTIALS, requestHandler: handler, routing: { policy: "latency" } } as const;
    const client = assembleRoutedClient(config, new VirtualClock(), () => 0.5);
    const error = await rejectionOf(client.send(converseCommand()));
    expect(error).toMatchObject({ name: "HomeRegionError", code: "HOME_REGION_UNRESOLVED" });
    expect(error.message).toContain("set AWS_REGION");
    expect(error.cause).toBeInstanceOf(Error);
    await expect(client.routing.plan(SONNET)).rejects.toMatchObject({ code: "HOME_REGION_UNRESOLVED" });
    expect(handler.requests).toEqual([]);
  });
});

describe("an endpoint of the home Region", () => {
  it("is called by every operation, not only by the routed ones", async () => {
    const { client, handler } = make(undefined, { endpoints: { "eu-central-1": "https://vpce.example" } });
    await client.send(converseCommand());
    await client.send(new CountTokensCommand({ modelId: SONNET, input: { converse: { messages: HELLO } } }));
    await client.send(new GetAsyncInvokeCommand({ invocationArn: "arn" }));
    expect(handler.requests.map(({ origin }) => origin)).toEqual(Array(3).fill("https://vpce.example"));
  });
});

describe("destroy()", () => {
  it("closes the request handler that the SDK made, and leaves the caller's open", async () => {
    const { client, handler } = make();
    client.destroy();
    expect(handler.destroyed).toBe(0);
    const own = make(undefined, {}, { requestHandler: { requestTimeout: 1_000 } }).client;
    const closed = vi.spyOn(own.config.requestHandler, "destroy");
    own.destroy();
    expect(closed).toHaveBeenCalledOnce();
  });
});

describe("an error that is not the service's", () => {
  it("reaches the caller as it was thrown", async () => {
    const strange = unknownError();
    const { client, handler } = make(() => {
      throw strange;
    });
    expect(await rejectionOf(client.send(converseCommand()))).toBe(strange);
    expect(handler.requests).toHaveLength(2);
  });

  it("is not a reason to try again when the caller's mistake is told by the SDK itself", async () => {
    const { client, handler } = make(() => errorResponse(400, "ValidationException", "Malformed input request."));
    expect(await rejectionOf(client.send(converseCommand()))).toMatchObject({ name: "ValidationException" });
    expect(handler.requests).toHaveLength(1);
  });
});

/** A command of an SDK that is newer than this library. */
class Unknown {
  readonly input: object;
  readonly middlewareStack: ConverseCommand["middlewareStack"] = new ConverseCommand({} as never).middlewareStack;

  constructor(input: object) {
    this.input = input;
  }

  resolveMiddleware(): never {
    throw new Error("It was sent");
  }
}

async function* silence(): AsyncGenerator<never> {}
