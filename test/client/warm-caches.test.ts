import { setImmediate as nextTurn } from "node:timers/promises";
import { ConverseCommand, InvokeModelCommand } from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, it } from "vitest";
import { conversationOf } from "../../src/client/conversation.ts";
import { assembleRoutedClient } from "../../src/client/create-routed-client.ts";
import { getRouting } from "../../src/router/reports.ts";
import { CREDENTIALS, EU_SONNET, GLOBAL_SONNET, SONNET } from "../support/requests.ts";
import { StubHandler, throttledResponse } from "../support/stub-handler.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const MINUTE = 60_000;

describe("a conversation whose prompt is cached", () => {
  it("stays, after a failover, on the route that holds it, until the cache is gone", async () => {
    const { clock, turn, throttleOnce } = setUp(10_000);
    throttleOnce();
    expect(await turn("a")).toEqual([EU_SONNET, GLOBAL_SONNET]);
    await clock.advance(MINUTE);
    expect(await turn("a")).toEqual([GLOBAL_SONNET]);
    // Another one begins at home.
    expect(await turn("b")).toEqual([EU_SONNET]);
    await clock.advance(4 * MINUTE);
    expect(await turn("a")).toEqual([GLOBAL_SONNET]);
    await clock.advance(5 * MINUTE);
    expect(await turn("a")).toEqual([EU_SONNET]);
  });

  it("is no reason to stay when the service cached nothing", async () => {
    const { clock, turn, throttleOnce } = setUp(0);
    throttleOnce();
    await turn("a");
    await clock.advance(MINUTE);
    expect(await turn("a")).toEqual([EU_SONNET]);
  });

  it("is not kept on a route that is cooling", async () => {
    const { turn, throttleOnce } = setUp(10_000);
    expect(await turn("a")).toEqual([EU_SONNET]);
    throttleOnce();
    expect(await turn("a")).toEqual([EU_SONNET, GLOBAL_SONNET]);
    expect(await turn("a")).toEqual([GLOBAL_SONNET]);
  });

  it("is told from others by the head of its prompt, whatever is added at its end", () => {
    const say = (text: string) => ({ role: "user", content: [{ text }] });
    const system = [{ text: "You are terse." }];
    const first = conversationOf({ system, messages: [say("Hello")] });
    expect(conversationOf({ system, messages: [say("Hello"), say("And?")] })).toBe(first);
    expect(conversationOf({ system, messages: [say("Goodbye")] })).not.toBe(first);
    expect(conversationOf({ messages: [say("Hello")] })).not.toBe(first);
    const body = `{"system":"${"x".repeat(600)}","messages":[`;
    expect(conversationOf({ body: `${body}1]}` })).toBe(conversationOf({ body: Buffer.from(`${body}1,2]}`) }));
    expect(conversationOf({ body: new InvokeModelCommand({ modelId: SONNET, body: "" }).input.body })).toBeUndefined();
    expect(conversationOf({ messages: [{ role: "user", content: [{ image: {} }] }] })).toBeUndefined();
  });
});

/** A routed client of a service that reports so many cached tokens with every answer. */
function setUp(cached: number) {
  const clock = new VirtualClock();
  let throttles = 0;
  const handler = new StubHandler(async ({ options }) => {
    if (throttles > 0) {
      throttles -= 1;
      return throttledResponse();
    }
    await clock.delay(1_000, options.abortSignal as AbortSignal);
    return {
      body: {
        output: { message: { role: "assistant", content: [{ text: "Hello" }] } },
        stopReason: "end_turn",
        usage: { inputTokens: 100, outputTokens: 100, totalTokens: 200, cacheReadInputTokens: cached },
        metrics: { latencyMs: 1 },
      },
    };
  });
  const client = assembleRoutedClient(
    { region: "eu-central-1", credentials: CREDENTIALS, requestHandler: handler, routing: { policy: "latency" } },
    clock,
    () => 0.5,
  );
  const turn = async (conversation: string): Promise<readonly string[]> => {
    const messages = [{ role: "user" as const, content: [{ text: conversation }] }];
    const sending = client.send(new ConverseCommand({ modelId: SONNET, messages }));
    for (let turns = 0; turns < 30; turns += 1) await nextTurn();
    return getRouting(await clock.finish(sending))!.attempts.map(({ route }) => route.modelId);
  };
  return {
    clock,
    turn,
    throttleOnce: () => {
      throttles = 1;
    },
  };
}
