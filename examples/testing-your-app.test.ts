/**
 * Testing an application's own failover against the simulator, with any test runner.
 *
 *   node --import tsx --test examples/testing-your-app.test.ts
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type BedrockRuntimeClient, ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
import { createRoutedClient } from "bedrock-routed-client";
import { createSimulator, type Simulator } from "bedrock-routed-client/simulator";

/** The application: it takes a client and knows nothing of routes. */
async function summarize(client: BedrockRuntimeClient, text: string): Promise<string> {
  const response = await client.send(
    new ConverseCommand({ modelId: "anthropic.claude-sonnet-4-6", messages: [{ role: "user", content: [{ text }] }] }),
  );
  return response.output?.message?.content?.[0]?.text ?? "";
}

let simulator: Simulator;
before(async () => {
  simulator = await createSimulator({ timeScale: 0, answer: () => "A summary." });
});
after(() => simulator.close());

test("the summary arrives although the first route is throttled", async () => {
  const client = createRoutedClient({
    ...simulator.clientConfig({ region: "eu-west-1" }),
    routing: { policy: "latency" },
  });
  simulator.enqueue({ kind: "throttle" });

  assert.equal(await summarize(client, "A long text"), "A summary.");
  assert.deepEqual(
    simulator.requests().map(({ modelId }) => modelId),
    ["eu.anthropic.claude-sonnet-4-6", "global.anthropic.claude-sonnet-4-6"],
  );
  client.destroy();
});
