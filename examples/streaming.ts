/**
 * Streaming with failover: the first route breaks before its first content, the answer comes from the next one.
 *
 *   npx tsx examples/streaming.ts
 */
import { ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { createRoutedClient, getRouting } from "bedrock-routed-client";
import { createSimulator } from "bedrock-routed-client/simulator";

const simulator = await createSimulator({ timeScale: 0.1 });
const client = createRoutedClient({
  ...simulator.clientConfig({ region: "ap-northeast-1" }),
  routing: { policy: "latency" },
});

simulator.enqueue({ kind: "first-frame-exception", exception: "throttlingException" });

const response = await client.send(
  new ConverseStreamCommand({
    modelId: "anthropic.claude-sonnet-4-6",
    messages: [{ role: "user", content: [{ text: "Explain inference profiles in two sentences." }] }],
  }),
);
for await (const event of response.stream ?? []) process.stdout.write(event.contentBlockDelta?.delta?.text ?? "");
process.stdout.write("\n");

for (const { route, outcome, ttfbMs } of getRouting(response)?.attempts ?? []) {
  console.log(
    `${route.modelId}: ${outcome}${ttfbMs === undefined ? "" : `, first byte after ${Math.round(ttfbMs)} ms`}`,
  );
}

client.destroy();
await simulator.close();
