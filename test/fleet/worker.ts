/** One process of the fleet: it sends a request every so often, and tells what became of it. */
import { setTimeout as delay } from "node:timers/promises";
import { ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { createRoutedClient } from "../../src/index.ts";
import { getRouting } from "../../src/router/reports.ts";
import { valkeyStore } from "../../src/store/index.ts";
import { RespClient } from "../support/resp-client.ts";
import type { Told, WorkerOptions } from "./told.ts";

const options = JSON.parse(process.env.WORKER ?? "{}") as WorkerOptions;
const redis = new RespClient(options.enginePort);
const client = createRoutedClient({
  ...options.config,
  maxAttempts: 4,
  routing: {
    policy: "latency",
    residency: "eu",
    sourceRegions: ["eu-west-1"],
    catalog: "bundled",
    store: valkeyStore({ namespace: "fleet", send: redis.send }),
  },
});
const underWay = new Set<Promise<void>>();
let isOver = false;
process.on("message", () => {
  isOver = true;
});
client.routing.on("store", ({ outcome, reason }) => tell({ kind: "store", outcome, reason: reason ?? "" }));

await client.routing.plan(options.modelId);
await client.routing.flush();
await delay(Math.random() * options.everyMs);
while (!isOver) {
  const next = delay(options.everyMs * (0.8 + 0.4 * Math.random()));
  underWay.add(ask());
  await next;
}
await Promise.all(underWay);
await client.routing.flush();
client.destroy();
redis.close();
process.disconnect();

async function ask(): Promise<void> {
  const startedAt = performance.now();
  const at = Date.now();
  const messages = [{ role: "user" as const, content: [{ text: "How do sea otters sleep?" }] }];
  try {
    const response = await client.send(new ConverseStreamCommand({ modelId: options.modelId, messages }));
    const tookMs = performance.now() - startedAt;
    for await (const _event of response.stream ?? []);
    const tried = getRouting(response)?.attempts.map(({ route }) => route.key) ?? [];
    tell({ kind: "request", at, tookMs, tried, error: undefined });
  } catch (error) {
    tell({ kind: "request", at, tookMs: performance.now() - startedAt, tried: [], error: String(error) });
  }
}

function tell(told: Told): void {
  process.send?.(told);
}
