/** One process of the fleet, as a pod or a function would be. `main.ts` starts three of them. */
import { ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { createRoutedClient, getRouting } from "bedrock-routed-client";
import { valkeyStore } from "bedrock-routed-client/store";
import { sendTo } from "./send-to.ts";

const modelId = "anthropic.claude-sonnet-4-6";
const { ENGINE_PORT, SIMULATOR_CONFIG = "{}" } = process.env;
const engine = sendTo(Number(ENGINE_PORT));

const client = createRoutedClient({
  ...JSON.parse(SIMULATOR_CONFIG),
  routing: { policy: "latency", catalog: "bundled", store: valkeyStore({ namespace: "example", send: engine.send }) },
});
client.routing.on("cooldown", ({ route, family, learned }) =>
  process.send?.({ tells: `${route.modelId}: ${family}, ${learned ? "heard from another process" : "met here"}` }),
);

/** Sends a request and tells which routes it has tried. */
async function ask(): Promise<void> {
  const messages = [{ role: "user" as const, content: [{ text: "How do sea otters sleep?" }] }];
  const response = await client.send(new ConverseStreamCommand({ modelId, messages }));
  for await (const _event of response.stream ?? []);
  process.send?.({ tried: getRouting(response)?.attempts.map(({ route, outcome }) => `${route.modelId} ${outcome}`) });
}

process.on("message", async (request: "ask" | "stop") => {
  if (request === "ask") {
    await ask();
    return;
  }
  engine.close();
  client.destroy();
  process.disconnect();
});

await client.routing.plan(modelId);
await client.routing.flush();
process.send?.({ ready: true });
