/**
 * Reading live statistics and events.
 *
 *   npx tsx examples/statistics.ts
 */
import { ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { createRoutedClient } from "bedrock-routed-client";
import { createSimulator } from "bedrock-routed-client/simulator";

const simulator = await createSimulator({ timeScale: 0.02, tails: false });
const client = createRoutedClient({
  ...simulator.clientConfig({ region: "us-east-1" }),
  routing: { policy: "latency", workload: "chat" },
});

client.routing.on("failover", ({ from, to, kind }) =>
  console.log(`failover: ${from.modelId} was ${kind}, now ${to.modelId}`),
);
client.routing.on("cooldown", ({ route, forMs }) =>
  console.log(`cooldown: ${route.modelId} for ${Math.round(forMs / 1000)} s`),
);

for (let request = 0; request < 20; request += 1) {
  if (request === 15) simulator.enqueue({ kind: "throttle" });
  const response = await client.send(
    new ConverseStreamCommand({
      modelId: "amazon.nova-2-lite-v1:0",
      messages: [{ role: "user", content: [{ text: "Hi" }] }],
    }),
  );
  for await (const _event of response.stream ?? []);
}

for (const { route, workload, attempts, failures, ttfb } of client.routing.stats()) {
  console.log(
    `${route.modelId} [${workload}]: ${attempts} attempts, ${failures.throttled} throttled, TTFB p50 ${ttfb.p50} ms, p99 ${ttfb.p99} ms`,
  );
}

client.destroy();
await simulator.close();
