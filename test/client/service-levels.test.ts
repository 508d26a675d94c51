import { setImmediate as nextTurn } from "node:timers/promises";
import {
  ConverseCommand,
  type ConverseCommandInput,
  InvokeModelCommand,
  type InvokeModelCommandInput,
} from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, it } from "vitest";
import { assembleRoutedClient } from "../../src/client/create-routed-client.ts";
import { CREDENTIALS, EU_SONNET, GLOBAL_SONNET, HELLO, SONNET } from "../support/requests.ts";
import { converseResponse, errorResponse, type StubbedResponse, StubHandler } from "../support/stub-handler.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const QUICK = 1_000;
const SLOW = 40_000;

describe("requests of another service tier or latency mode", () => {
  it.each<[string, () => ConverseCommand | InvokeModelCommand]>([
    ["Converse", () => converse({ serviceTier: { type: "flex" } })],
    ["Converse, in the model's own fields", () => converse({ additionalModelRequestFields: { service_tier: "flex" } })],
    ["InvokeModel", () => invoke({ serviceTier: "flex" })],
    ["InvokeModel, in the body", () => invoke({ body: '{"messages":[],"service_tier": "flex"}' })],
  ])("leave flex alone and the standard statistics as they were, asked for with %s", async (_, flex) => {
    const { clock, client, sentTo, expects, finish } = setUp();
    const expected = async () => {
      for (let answer = 0; answer < 15; answer += 1) await finish(client.send(converse({})));
      return expects();
    };
    const before = await expected();
    sentTo.length = 0;
    await Promise.all(Array.from({ length: 20 }, () => finish(client.send(flex() as ConverseCommand))));
    expect(sentTo).toEqual(Array.from({ length: 20 }, () => EU_SONNET));
    expect(clock.waiting).toBe(0);
    expect(await expects()).toEqual(before);
    expect(client.routing.stats().map(({ serviceTier, attempts }) => [serviceTier, attempts])).toEqual([
      [undefined, 15],
      ["flex", 20],
    ]);
    expect(client.routing.histogram(`eu-central-1|${EU_SONNET}`, { streaming: false })?.totalCount).toBe(15);
  });

  it("give latency-optimized and priority answers statistics of their own", async () => {
    const { client, finish } = setUp();
    await finish(client.send(converse({ performanceConfig: { latency: "optimized" } })));
    await finish(client.send(converse({ serviceTier: { type: "priority" } })));
    await finish(
      client.send(converse({ performanceConfig: { latency: "standard" }, serviceTier: { type: "default" } })),
    );
    expect(client.routing.stats().map(({ serviceTier, latency }) => [serviceTier, latency])).toEqual([
      [undefined, "optimized"],
      ["priority", undefined],
      [undefined, undefined],
    ]);
  });

  it.each<[string, StubbedResponse, string, string]>([
    ["no room for flex", errorResponse(503, "ServiceUnavailableException", "Busy."), EU_SONNET, GLOBAL_SONNET],
    [
      "a used-up quota, which is shared",
      errorResponse(429, "ThrottlingException", "Too many tokens, please wait before trying again."),
      GLOBAL_SONNET,
      GLOBAL_SONNET,
    ],
  ])("postpone for others only what concerns them: %s", async (_, refusal, standardGoesTo, flexGoesTo) => {
    const { sentTo, begin, refuse } = setUp();
    const flex = (): ConverseCommand => converse({ serviceTier: { type: "flex" } });
    refuse(refusal);
    await begin(flex());
    expect(sentTo).toEqual([EU_SONNET, GLOBAL_SONNET]);
    await begin(flex());
    await begin(converse({}));
    expect(sentTo.slice(2)).toEqual([flexGoesTo, standardGoesTo]);
  });
});

/** A routed client of a service that takes a second for an answer, and forty on the flex tier. */
function setUp() {
  const clock = new VirtualClock();
  const sentTo: string[] = [];
  const refusals: StubbedResponse[] = [];
  const handler = new StubHandler(async ({ path, headers, body, options }) => {
    sentTo.push(decodeURIComponent(path.split("/")[2] ?? ""));
    const refusal = refusals.shift();
    if (refusal !== undefined) return refusal;
    const isFlex = headers["x-amzn-bedrock-service-tier"] === "flex" || String(body).includes('flex"');
    await clock.delay(isFlex ? SLOW : QUICK, options.abortSignal as AbortSignal);
    return converseResponse();
  });
  const client = assembleRoutedClient(
    { region: "eu-central-1", credentials: CREDENTIALS, requestHandler: handler, routing: { policy: "latency" } },
    clock,
    () => 0.5,
  );
  const expects = async () => {
    const [first] = (await client.routing.plan(converse({}))).candidates;
    return { ttfbMs: first?.ttfbMs, backupAfterMs: first?.backupAfterMs };
  };
  const finish = async (sending: Promise<unknown>): Promise<unknown> => {
    for (let turn = 0; turn < 20; turn += 1) await nextTurn();
    return clock.finish(sending);
  };
  const begin = async (command: ConverseCommand): Promise<void> => {
    void client.send(command);
    for (let turn = 0; turn < 20; turn += 1) await nextTurn();
  };
  return {
    clock,
    client,
    sentTo,
    expects,
    finish,
    begin,
    refuse: (refusal: StubbedResponse) => refusals.push(refusal),
  };
}

function converse(input: Partial<ConverseCommandInput>): ConverseCommand {
  return new ConverseCommand({ modelId: SONNET, messages: HELLO, ...input });
}

function invoke(input: Partial<InvokeModelCommandInput>): InvokeModelCommand {
  return new InvokeModelCommand({ modelId: SONNET, body: '{"messages":[]}', ...input });
}
