/**
 * Drop-in swap: the constructor changes, the rest of the application does not.
 *
 *   npx tsx examples/drop-in.ts
 */
import { type BedrockRuntimeClient, ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
import { createRoutedClient } from "bedrock-routed-client";
import { createSimulator } from "bedrock-routed-client/simulator";

// Stands in for AWS, so that the example runs without an account. Your application leaves it out.
const simulator = await createSimulator({ timeScale: 0.1 });

// before: const client = new BedrockRuntimeClient({ region: "eu-central-1" });
const client: BedrockRuntimeClient = createRoutedClient({
  ...simulator.clientConfig({ region: "eu-central-1" }),
  routing: { policy: "latency" },
});

const response = await client.send(
  new ConverseCommand({
    modelId: "anthropic.claude-sonnet-4-6",
    messages: [{ role: "user", content: [{ text: "What is cross-Region inference?" }] }],
  }),
);

console.log(response.output?.message?.content?.[0]?.text);
console.log("stop reason:", response.stopReason, "| attempts:", response.$metadata.attempts);

client.destroy();
await simulator.close();
