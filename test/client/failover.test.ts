import {
  ApplyGuardrailCommand,
  ConverseCommand,
  ConverseStreamCommand,
  CountTokensCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
  ThrottlingException,
  ValidationException,
} from "@aws-sdk/client-bedrock-runtime";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { getRouting } from "../../src/router/reports.ts";
import type { Fault } from "../../src/simulator/index.ts";
import { TruncatedStreamError } from "../../src/types/errors.ts";
import type { AttemptEvent } from "../../src/types/events.ts";
import { rejectionOf } from "../support/rejection.ts";
import { converseCommand, EU_SONNET, GLOBAL_SONNET, HELLO, SONNET } from "../support/requests.ts";
import { HTTP_VERSIONS, openWire, untilWaiting, type Wire } from "../support/wire.ts";

const EU = `eu-central-1 ${EU_SONNET}`;
const GLOBAL = `eu-central-1 ${GLOBAL_SONNET}`;

const question = (): ConverseStreamCommand => new ConverseStreamCommand({ modelId: SONNET, messages: HELLO });

async function read<Event>(stream: AsyncIterable<Event> | undefined): Promise<Event[]> {
  const events: Event[] = [];
  for await (const event of stream ?? []) events.push(event);
  return events;
}

describe.each(HTTP_VERSIONS)("failover over HTTP/%s", (httpVersion) => {
  it.each<[string, Fault]>([
    ["is throttled", { kind: "throttle" }],
    ["has used up its tokens of the minute", { kind: "throttle", limit: "tokens" }],
    ["is not callable from here", { kind: "invalid-model-id" }],
    ["needs an inference profile", { kind: "on-demand-unsupported" }],
    ["is denied by an organisation's policy", { kind: "access-denied", by: "service-control-policy" }],
    ["is not open to the account", { kind: "access-denied" }],
    ["has no capacity", { kind: "service-unavailable" }],
    ["breaks down", { kind: "internal-error" }],
    ["stands behind a broken load balancer", { kind: "html-503" }],
    ["loses the connection", { kind: "reset" }],
  ])("goes on at once when the route %s, and avoids it the next time", async (_title, fault) => {
    await using wire = await openWire({ httpVersion });
    wire.simulator.rule({ match: { modelId: EU_SONNET }, fault });
    const output = await wire.client.send(converseCommand());
    expect(output.output?.message?.role).toBe("assistant");
    expect(wire.calls()).toEqual([EU, GLOBAL]);
    expect(output.$metadata).toMatchObject({ httpStatusCode: 200, attempts: 2 });
    expect(getRouting(output)?.route?.modelId).toBe(GLOBAL_SONNET);
    await wire.client.send(converseCommand());
    expect(wire.calls()).toEqual([EU, GLOBAL, GLOBAL]);
    expect(wire.clock.waiting).toBe(0);
  });

  it("costs one call when the request itself is wrong, and throws the SDK's own error", async () => {
    await using wire = await openWire({ httpVersion });
    const wrong = new ConverseCommand({
      modelId: SONNET,
      messages: [{ role: "assistant", content: [{ text: "Hi" }] }],
    });
    const error = await rejectionOf(wire.client.send(wrong));
    expect(error).toBeInstanceOf(ValidationException);
    expect(error).toMatchObject({ $fault: "client", $metadata: { httpStatusCode: 400, attempts: 1 } });
    expect(wire.calls()).toEqual([EU]);
    await wire.client.send(converseCommand());
    expect(wire.calls()).toEqual([EU, EU]);
  });

  it("ends with the SDK's own error when every route fails", async () => {
    await using wire = await openWire({ httpVersion, config: { maxAttempts: 2 } });
    wire.simulator.rule({ fault: { kind: "throttle" } });
    const error = await rejectionOf<ThrottlingException>(wire.client.send(converseCommand()));
    expect(error).toBeInstanceOf(ThrottlingException);
    expect(error.$metadata.attempts).toBe(2);
    expect(error.$response?.statusCode).toBe(429);
    expect(wire.calls()).toEqual([EU, GLOBAL]);
    expect(getRouting(error)?.attempts.map(({ outcome }) => outcome)).toEqual(["throttled", "throttled"]);
    expect(getRouting(error)?.route).toBeUndefined();
  });

  it("takes invalid routes everywhere for the caller's configuration, and remembers nothing", async () => {
    await using wire = await openWire({ httpVersion });
    const rule = wire.simulator.rule({ fault: { kind: "invalid-model-id" } });
    const error = await rejectionOf(wire.client.send(converseCommand()));
    expect(error.message).toBe("The provided model identifier is invalid.");
    expect(wire.calls()).toEqual([EU, GLOBAL]);
    rule.remove();
    await wire.client.send(converseCommand());
    expect(wire.calls()).toEqual([EU, GLOBAL, EU]);
  });

  it.each([
    ["a string", (text: string) => text],
    ["a Uint8Array", (text: string) => new TextEncoder().encode(text)],
    ["a Buffer", (text: string) => Buffer.from(text)],
  ])("sends the same InvokeModel body again that was %s", async (_title, bodyOf) => {
    await using wire = await openWire({ httpVersion });
    wire.simulator.enqueue({ kind: "throttle" });
    const json = {
      anthropic_version: "bedrock-2023-05-31",
      max_tokens: 9,
      messages: [{ role: "user", content: "Grüße" }],
    };
    const body = bodyOf(JSON.stringify(json));
    const output = await wire.client.send(
      new InvokeModelCommand({ modelId: SONNET, body, contentType: "application/json" }),
    );
    expect(JSON.parse(output.body.transformToString())).toMatchObject({ role: "assistant" });
    expect(wire.simulator.requests().map((request) => request.body)).toEqual([json, json]);
    expect(wire.calls()).toEqual([EU, GLOBAL]);
  });

  describe("of a stream", () => {
    it.each<[string, Fault]>([
      ["begins with an exception", { kind: "first-frame-exception" }],
      ["is refused", { kind: "throttle" }],
      ["ends before its content", { kind: "end-early" }],
      ["breaks before its content", { kind: "reset", afterContentEvents: 0 }],
    ])("goes on when it %s", async (_title, fault) => {
      await using wire = await openWire({ httpVersion });
      wire.simulator.enqueue(fault);
      const output = await wire.client.send(question());
      const events = await read(output.stream);
      expect(events.at(0)).toEqual({ messageStart: { role: "assistant" } });
      expect(events.filter((event) => event.messageStart !== undefined)).toHaveLength(1);
      expect(events.some((event) => event.messageStop !== undefined)).toBe(true);
      expect(wire.calls()).toEqual([EU, GLOBAL]);
      expect(getRouting(output)?.attempts).toMatchObject([
        { route: { modelId: EU_SONNET } },
        { route: { modelId: GLOBAL_SONNET }, outcome: "succeeded" },
      ]);
    });

    it("goes on for InvokeModelWithResponseStream too", async () => {
      await using wire = await openWire({ httpVersion });
      wire.simulator.enqueue({ kind: "first-frame-exception" });
      const body = JSON.stringify({
        anthropic_version: "bedrock-2023-05-31",
        max_tokens: 9,
        messages: [{ role: "user", content: "Hi" }],
      });
      const output = await wire.client.send(new InvokeModelWithResponseStreamCommand({ modelId: SONNET, body }));
      const chunks = (await read(output.body)).map(({ chunk }) => JSON.parse(new TextDecoder().decode(chunk?.bytes)));
      expect(chunks.map(({ type }) => type).filter((type) => type !== "content_block_delta")).toEqual([
        "message_start",
        "content_block_start",
        "content_block_stop",
        "message_delta",
        "message_stop",
      ]);
      expect(wire.calls()).toEqual([EU, GLOBAL]);
    });

    it("never follows content: the error within the answer is the caller's", async () => {
      await using wire = await openWire({ httpVersion });
      wire.simulator.enqueue({ kind: "mid-stream-exception", exception: "throttlingException", afterContentEvents: 2 });
      const output = await wire.client.send(question());
      const seen: unknown[] = [];
      const reading = (async () => {
        for await (const event of output.stream ?? []) if (event.contentBlockDelta !== undefined) seen.push(event);
      })();
      expect(await rejectionOf(reading)).toBeInstanceOf(ThrottlingException);
      expect(seen).toHaveLength(2);
      expect(wire.calls()).toEqual([EU]);
      expect(getRouting(output)).toMatchObject({ route: { modelId: EU_SONNET }, attempts: [{ outcome: "throttled" }] });
      await wire.client.send(converseCommand());
      expect(wire.calls()).toEqual([EU, GLOBAL]);
    });

    it("does not let an answer that was cut pass for a whole one", async () => {
      await using wire = await openWire({ httpVersion });
      wire.simulator.enqueue({ kind: "end-early", afterContentEvents: 2 });
      const output = await wire.client.send(question());
      expect(await rejectionOf(read(output.stream))).toBeInstanceOf(TruncatedStreamError);
      expect(wire.calls()).toEqual([EU]);
    });

    it("cancels the request of a reader who breaks off", async () => {
      await using wire = await openWire({ httpVersion, simulator: { answer: () => "word ".repeat(200_000) } });
      const output = await wire.client.send(question());
      for await (const event of output.stream ?? []) if (event.contentBlockDelta !== undefined) break;
      const [request] = wire.simulator.requests();
      expect((await request?.ended)?.clientCancelled).toBe(true);
      expect(getRouting(output)?.attempts).toMatchObject([{ outcome: "cancelled", family: "abandoned" }]);
      expect(wire.client.routing.stats()).toMatchObject([{ attempts: 1, successes: 0, failures: { cancelled: 1 } }]);
    });

    it("ends with the caller's abort while it is silent", async () => {
      await using wire = await openWire({ httpVersion });
      wire.simulator.enqueue({ kind: "stall" });
      const abort = new AbortController();
      const sending = rejectionOf(wire.client.send(question(), { abortSignal: abort.signal }));
      const request = await wire.simulator.takeRequest();
      abort.abort();
      expect(await sending).toMatchObject({ name: "AbortError" });
      expect((await request.ended).clientCancelled).toBe(true);
      expect(wire.calls()).toEqual([EU]);
    });
  });

  it("ends with the caller's abort while a call hangs", async () => {
    await using wire = await openWire({ httpVersion });
    wire.simulator.rule({ fault: { kind: "hang" } });
    const abort = new AbortController();
    const sending = rejectionOf(wire.client.send(converseCommand(), { abortSignal: abort.signal }));
    const request = await wire.simulator.takeRequest();
    abort.abort();
    const error = await sending;
    expect(error).toMatchObject({ name: "AbortError" });
    expect(getRouting(error)?.attempts).toMatchObject([{ outcome: "cancelled" }]);
    expect((await request.ended).clientCancelled).toBe(true);
    expect(wire.calls()).toEqual([EU]);
  });

  it.each([
    ["a call", converseCommand],
    ["a stream", question],
  ])("backs up %s that is silent, within the residency, and cuts the loser off", async (_title, command) => {
    const sourceRegions = ["us-east-1", "eu-west-1"];
    await using wire = await openWire({
      httpVersion,
      routing: { residency: "eu", sourceRegions, backupAfterMs: 4_000 },
    });
    wire.simulator.enqueue({ kind: "hang" });
    const sending = wire.client.send(command() as ConverseCommand);
    const silent = await wire.simulator.takeRequest();
    await wire.clock.advance(4_000);
    const output = await sending;
    expect((await silent.ended).clientCancelled).toBe(true);
    expect(wire.calls()).toEqual([EU, `eu-west-1 ${EU_SONNET}`]);
    expect(getRouting(output)?.route?.sourceRegion).toBe("eu-west-1");
    expect(output.$metadata.attempts).toBe(2);
  });

  it("signs for each source Region that it calls", async () => {
    await using wire = await openWire({ httpVersion, routing: { sourceRegions: ["eu-west-1", "eu-west-3"] } });
    const accepted: string[] = [];
    for (const sourceRegion of ["eu-central-1", "eu-west-3"]) {
      wire.simulator.rule({ match: { sourceRegion }, fault: { kind: "throttle-per-day" } });
    }
    const output = await wire.client.send(converseCommand());
    for (const { sourceRegion, authentication } of wire.simulator.requests())
      accepted.push(`${sourceRegion} ${authentication}`);
    expect(accepted.at(-1)).toBe("eu-west-1 signature");
    expect(new Set(accepted).size).toBe(3);
    expect(getRouting(output)?.route?.sourceRegion).toBe("eu-west-1");
  });
});

describe("the cap on attempts", () => {
  // Without backups, all that waits on the clock is the backoff.
  const routing = { backupAfterMs: false } as const;

  it("is reached with a backoff on the one route that is left", async () => {
    await using wire = await openWire({ routing });
    wire.simulator.rule({ fault: { kind: "throttle" } });
    const sending = rejectionOf<ThrottlingException>(wire.client.send(converseCommand(EU_SONNET)));
    for (const calls of [1, 2]) {
      await untilWaiting(wire.clock);
      expect(wire.calls()).toHaveLength(calls);
      await wire.clock.advance(60_000);
    }
    expect((await sending).$metadata.attempts).toBe(3);
    expect(wire.calls()).toEqual([EU, EU, EU]);
  });

  it("holds for many requests at once: none of them calls a route twice", async () => {
    await using wire = await openWire();
    wire.simulator.rule({ match: { modelId: EU_SONNET }, fault: { kind: "throttle" } });
    const outputs = await Promise.all(Array.from({ length: 20 }, () => wire.client.send(converseCommand())));
    for (const { $metadata } of outputs) expect($metadata.attempts).toBeLessThanOrEqual(2);
    expect(wire.calls().filter((call) => call === GLOBAL)).toHaveLength(20);
    expect(wire.clock.waiting).toBe(0);
  });

  it("can be waited for no longer than the caller wants", async () => {
    await using wire = await openWire({ routing });
    wire.simulator.rule({ fault: { kind: "throttle" } });
    const abort = new AbortController();
    const sending = rejectionOf(wire.client.send(converseCommand(EU_SONNET), { abortSignal: abort.signal }));
    await untilWaiting(wire.clock);
    abort.abort();
    expect(await sending).toMatchObject({ name: "AbortError" });
    expect(wire.calls()).toEqual([EU]);
    expect(wire.clock.waiting).toBe(0);
  });
});

describe("residency on the wire", () => {
  it("holds whatever goes wrong within it", async () => {
    const fault = fc.constantFrom<Fault>(
      { kind: "throttle" },
      { kind: "throttle-per-day" },
      { kind: "invalid-model-id" },
      { kind: "access-denied" },
      { kind: "service-unavailable" },
      { kind: "html-503" },
      { kind: "reset" },
      { kind: "first-frame-exception" },
      { kind: "end-early" },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fault, { minLength: 1, maxLength: 12 }), fc.boolean(), async (faults, streaming) => {
        const routing = {
          residency: "eu",
          sourceRegions: ["us-east-1", "eu-west-1", "ap-northeast-1"],
        } as const;
        await using wire = await openWire({ routing });
        wire.simulator.enqueue(...faults);
        for (let request = 0; request < 4; request += 1) {
          const sending = streaming
            ? wire.client.send(question()).then(({ stream }) => read(stream))
            : wire.client.send(converseCommand());
          await settled(sending, wire);
        }
        const arrived = new Set(wire.simulator.requests().map(({ modelId }) => modelId));
        expect([...arrived]).toEqual([EU_SONNET]);
      }),
      { numRuns: 15 },
    );
  });

  it("is narrowed by a request and never widened", async () => {
    await using wire = await openWire({ routing: { residency: "eu" } });
    const send = (residency: "any" | "us" | "eu"): Promise<unknown> =>
      wire.client.send(converseCommand(), { routing: { residency } });
    wire.simulator.enqueue({ kind: "invalid-model-id" });
    await rejectionOf(send("any"));
    expect(wire.calls()).toEqual([EU]);
    expect(await rejectionOf(send("us"))).toMatchObject({ code: "NO_ROUTE" });
    await send("eu");
    expect(wire.calls()).toEqual([EU, EU]);
  });

  it("keeps content that is passed through at home, or refuses it", async () => {
    await using wire = await openWire({ routing: { residency: "us" } });
    const content = [{ text: { text: "secret" } }];
    const guardrail = { guardrailIdentifier: "gr1", guardrailVersion: "1", source: "INPUT", content } as const;
    const error = await rejectionOf(wire.client.send(new ApplyGuardrailCommand({ ...guardrail, content })));
    expect(error).toMatchObject({ code: "NO_ROUTE", plan: { rejections: [{ reason: "residency" }] } });
    expect(wire.simulator.requests()).toEqual([]);
  });

  it("leaves nothing where no route meets it, before any call", async () => {
    await using wire = await openWire({ region: "ap-southeast-1", routing: { policy: "residency" } });
    const error = await rejectionOf(wire.client.send(converseCommand()));
    expect(error).toMatchObject({ code: "NO_ROUTE" });
    expect(getRouting(error)).toMatchObject({ attempts: [], plan: { candidates: [] } });
    expect(wire.simulator.requests()).toEqual([]);
  });

  it("refuses source Regions outside the partition of the home Region, once that is known", async () => {
    await using wire = await openWire({
      routing: { sourceRegions: ["us-east-1"] },
      config: { region: async () => "us-gov-west-1" },
    });
    expect(await rejectionOf(wire.client.send(converseCommand()))).toMatchObject({
      code: "INVALID_OPTIONS",
      message: expect.stringContaining("(aws-us-gov)"),
    });
    expect(wire.simulator.requests()).toEqual([]);
  });
});

describe("what a caller says about where to go", () => {
  it("is a boundary when it is a profile id", async () => {
    await using wire = await openWire({ routing: { sourceRegions: ["us-east-1"] }, config: { maxAttempts: 1 } });
    wire.simulator.rule({ fault: { kind: "throttle" } });
    await rejectionOf(wire.client.send(converseCommand(EU_SONNET)));
    const plan = await wire.client.routing.plan(EU_SONNET);
    expect(plan.candidates.map(({ route }) => route.key)).toEqual([`eu-central-1|${EU_SONNET}`]);
    expect(wire.calls()).toEqual([EU]);
  });

  it("sends a profile of another Region to where it can be called", async () => {
    await using wire = await openWire({ routing: { sourceRegions: ["us-east-1"] } });
    await wire.client.send(converseCommand(`us.${SONNET}`));
    expect(wire.calls()).toEqual([`us-east-1 us.${SONNET}`]);
  });

  it("keeps a request with a guardrail in the home Region", async () => {
    await using wire = await openWire({ routing: { sourceRegions: ["eu-west-1"] }, config: { maxAttempts: 2 } });
    wire.simulator.rule({ fault: { kind: "throttle" } });
    const guardrailConfig = { guardrailIdentifier: "gr1", guardrailVersion: "1" };
    await rejectionOf(wire.client.send(new ConverseCommand({ modelId: SONNET, messages: HELLO, guardrailConfig })));
    expect(wire.calls()).toEqual([EU, GLOBAL]);
  });

  it("is left as it is for operations of the home Region alone", async () => {
    await using wire = await openWire({ routing: { sourceRegions: ["us-east-1"] } });
    const output = await wire.client.send(
      new CountTokensCommand({ modelId: SONNET, input: { converse: { messages: HELLO } } }),
    );
    expect(output.inputTokens).toBeGreaterThan(0);
    expect(wire.calls()).toEqual([`eu-central-1 ${SONNET}`]);
    expect(getRouting(output)?.attempts).toMatchObject([{ outcome: "succeeded", route: { modelId: SONNET } }]);
    expect(wire.client.routing.stats()).toEqual([]);
  });

  it("counts tokens with the model behind a profile, which AWS does not take there", async () => {
    await using wire = await openWire();
    const input = { converse: { messages: HELLO } };
    for (const modelId of [
      EU_SONNET,
      GLOBAL_SONNET,
      `arn:aws:bedrock:eu-central-1:111122223333:inference-profile/${EU_SONNET}`,
    ]) {
      const command = new CountTokensCommand({ modelId, input });
      const { inputTokens } = await wire.client.send(command);
      expect(inputTokens).toBeGreaterThan(0);
      expect(command.input.modelId).toBe(modelId);
    }
    expect(wire.calls()).toEqual(Array(3).fill(`eu-central-1 ${SONNET}`));
    const unlisted = new CountTokensCommand({ modelId: "eu.anthropic.claude-next-9", input });
    const plan = await wire.client.routing.plan(unlisted);
    expect(plan.candidates.map(({ route }) => route.modelId)).toEqual(["anthropic.claude-next-9"]);
  });

  it("never reaches the wire as an option of ours", async () => {
    await using wire = await openWire();
    wire.simulator.enqueue({ kind: "throttle" });
    await wire.client.send(converseCommand(), { routing: { policy: "cost", workload: "nightly-batch" } });
    for (const { headers, body, path } of wire.simulator.requests()) {
      const { "user-agent": _, "x-amz-user-agent": __, ...rest } = headers;
      expect(JSON.stringify([rest, body, path])).not.toMatch(/routing|nightly-batch|policy/);
      expect(body).toEqual({ messages: HELLO });
    }
    expect(wire.client.routing.stats().map(({ workload }) => workload)).toEqual(["nightly-batch", "nightly-batch"]);
  });
});

describe("several source Regions", () => {
  it("each have the endpoint that the caller named", async () => {
    await using wire = await openWire();
    const { simulator } = wire;
    const regions = ["eu-central-1", "eu-west-1"];
    const endpoints = Object.fromEntries(regions.map((region) => [region, simulator.endpoint(region)]));
    await using other = await openWire({
      routing: { sourceRegions: ["eu-west-1"], endpoints },
      config: { endpoint: "http://127.0.0.1:1", credentials: simulator.clientConfig().credentials },
    });
    simulator.rule({ match: { sourceRegion: "eu-central-1" }, fault: { kind: "throttle-per-day" } });
    await other.client.send(converseCommand());
    expect(simulator.requests().map(({ path }) => path.split("/")[2])).toEqual(["eu-central-1", "eu-west-1"]);
  });

  it("may hold one that the account has not enabled", async () => {
    await using wire = await openWire({
      region: "eu-south-1",
      routing: { residency: "eu", sourceRegions: ["eu-south-2", "eu-central-1"] },
      simulator: { disabledRegions: ["eu-south-2"] },
    });
    wire.simulator.rule({ match: { sourceRegion: "eu-south-1" }, fault: { kind: "throttle" } });
    for (let request = 0; request < 3; request += 1) await wire.client.send(converseCommand());
    const refused = wire.simulator.requests().filter(({ authentication }) => authentication === "refused");
    expect(refused.length).toBeLessThanOrEqual(1);
    expect(wire.calls().at(-1)).toBe(`eu-central-1 ${EU_SONNET}`);
  });
});

describe("what observers see", () => {
  it("is each plan, attempt, failover and cooldown once", async () => {
    await using wire = await openWire();
    const heard: string[] = [];
    const attempts: AttemptEvent[] = [];
    const { routing } = wire.client;
    routing.on("plan", ({ plan }) => heard.push(`plan ${plan.candidates.length}`));
    routing.on("failover", ({ from, to, family }) => heard.push(`${from.geography} -> ${to.geography}: ${family}`));
    routing.on("cooldown", ({ route, scope }) => heard.push(`cooldown of ${route.geography} (${scope})`));
    routing.on("attempt", (event) => {
      attempts.push(event);
      heard.push(`${event.route.geography} ${event.outcome}`);
    });
    wire.simulator.enqueue({ kind: "throttle" });
    const output = await wire.client.send(question());
    heard.push("answered");
    await read(output.stream);
    expect(heard).toEqual([
      "plan 2",
      "eu throttled",
      "cooldown of eu (route)",
      "eu -> global: requests-per-minute",
      "answered",
      "global succeeded",
    ]);
    expect(attempts).toMatchObject([{ errorName: "ThrottlingException", streaming: true }, { workload: "default" }]);
    expect(JSON.stringify(attempts)).not.toContain("Hello");
  });

  it("is told in the statistics and in the report", async () => {
    await using wire = await openWire();
    wire.simulator.enqueue({ kind: "throttle" });
    const output = await wire.client.send(converseCommand());
    expect(wire.client.routing.stats()).toMatchObject([
      { route: { modelId: EU_SONNET }, attempts: 1, successes: 0, failures: { throttled: 1 } },
      { route: { modelId: GLOBAL_SONNET }, attempts: 1, successes: 1, ttfb: { count: 1 } },
    ]);
    expect(getRouting(output)).toMatchObject({
      route: { modelId: GLOBAL_SONNET },
      attempts: [
        { outcome: "throttled", family: "requests-per-minute", error: { name: "ThrottlingException" } },
        { outcome: "succeeded", cause: "failover" },
      ],
    });
    expect(Object.keys(output).sort()).toEqual(["$metadata", "metrics", "output", "stopReason", "usage"]);
  });
});

/** Lets the virtual clock run whenever something waits on it, until the work has settled. */
async function settled(work: Promise<unknown>, { clock }: Wire): Promise<void> {
  let done = false;
  work
    .catch(() => {})
    .finally(() => {
      done = true;
    });
  while (!done) {
    if (clock.waiting > 0) await clock.advance(60_000);
    else await new Promise((resolve) => setImmediate(resolve));
  }
}
