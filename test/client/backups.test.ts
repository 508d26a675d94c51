import { setImmediate as nextTurn } from "node:timers/promises";
import { ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, it } from "vitest";
import { assembleRoutedClient } from "../../src/client/create-routed-client.ts";
import type { RoutingOptions } from "../../src/options/options.ts";
import { getRouting } from "../../src/router/reports.ts";
import { CREDENTIALS, converseCommand, EU_SONNET, GLOBAL_SONNET, SONNET } from "../support/requests.ts";
import { converseResponse, StubHandler } from "../support/stub-handler.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const SECOND = 1_000;
const LONG = 200_000;

describe("a routed client whose route is silent", () => {
  it("sends a second request elsewhere and gives the first one up", async () => {
    const { clock, send, handler, sentAt, hang } = setUp();
    hang(EU_SONNET);
    const output = await send(converseCommand());
    // Nothing is known of unary calls yet.
    expect(sentAt).toEqual([
      [0, EU_SONNET],
      [30 * SECOND, GLOBAL_SONNET],
    ]);
    const signals = handler.requests.map(({ options }) => options.abortSignal as AbortSignal);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    expect(output.$metadata.attempts).toBe(2);
    expect(getRouting(output)).toMatchObject({
      route: { modelId: GLOBAL_SONNET },
      attempts: [
        { outcome: "cancelled", family: "lost-race", cause: "first" },
        { outcome: "succeeded", cause: "backup" },
      ],
    });
    expect(clock.waiting).toBe(0);
  });

  it.each<[string, Partial<RoutingOptions>, number]>([
    ["by what the caller has fixed", { backupAfterMs: 4_000 }, 4_000],
    ["by a hedge", { hedgeAfterMs: 3_500 }, 3_500],
  ])("waits for it %s, however long the prompt", async (_, routing, waitedMs) => {
    const { clock, send, sentAt, hang, talk } = setUp(routing);
    await talk();
    const from = clock.now();
    hang(EU_SONNET);
    await send(prompt(LONG));
    expect(sentAt.at(-1)).toEqual([from + waitedMs, GLOBAL_SONNET]);
  });

  it("waits longer for a long prompt, once it knows how long those take", async () => {
    const { clock, send, sentAt, hang, talk } = setUp();
    await talk();
    hang(EU_SONNET);
    const waited = async (bytes: number): Promise<number> => {
      const from = clock.now();
      await send(prompt(bytes));
      return sentAt.at(-1)![0] - from;
    };
    // Three times the second that three in four prompts take.
    expect(await waited(10)).toBeCloseTo(3 * SECOND, -2);
    // After a lost race it is early, and still longer than such a prompt takes.
    expect(await waited(LONG)).toBeGreaterThan(4 * SECOND);
  });

  it("waits for it without end when backups are switched off", async () => {
    const { send, sentAt } = setUp({ backupAfterMs: false }, 600 * SECOND);
    await send(converseCommand());
    expect(sentAt).toHaveLength(1);
  });
});

/** A routed client of a service that answers in a second, and takes three for a long prompt. */
function setUp(routing: Partial<RoutingOptions> = {}, answersInMs = SECOND) {
  const clock = new VirtualClock();
  const sentAt: [number, string][] = [];
  const hanging = new Set<string>();
  const handler = new StubHandler(async ({ path, body, options }) => {
    const modelId = decodeURIComponent(path.split("/")[2] ?? "");
    sentAt.push([clock.now(), modelId]);
    const takesMs = hanging.has(modelId)
      ? Number.POSITIVE_INFINITY
      : String(body).length > LONG
        ? 3 * answersInMs
        : answersInMs;
    await clock.delay(takesMs, options.abortSignal as AbortSignal);
    return converseResponse();
  });
  const client = assembleRoutedClient(
    {
      region: "eu-central-1",
      credentials: CREDENTIALS,
      requestHandler: handler,
      routing: { policy: "latency", ...routing },
    },
    clock,
    () => 0.5,
  );
  const send = async (command: ConverseCommand) => {
    const before = sentAt.length;
    const sending = client.send(command);
    while (sentAt.length === before) await nextTurn();
    return clock.finish(sending);
  };
  const talk = async (): Promise<void> => {
    // Enough of them to earn the backups that the long ones have in vain.
    for (const bytes of [...Array<number>(100).fill(10), ...Array<number>(5).fill(LONG)]) {
      await send(prompt(bytes));
    }
  };
  return { clock, send, handler, sentAt, hang: (modelId: string) => hanging.add(modelId), talk };
}

function prompt(bytes: number): ConverseCommand {
  return new ConverseCommand({ modelId: SONNET, messages: [{ role: "user", content: [{ text: "x".repeat(bytes) }] }] });
}
