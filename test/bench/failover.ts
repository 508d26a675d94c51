import { BedrockRuntimeClient, ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
import { createRoutedClient } from "../../src/client/create-routed-client.ts";
import { createSimulator } from "../../src/simulator/index.ts";
import { medianOf } from "./median.ts";

const MODEL = "anthropic.claude-sonnet-4-6";
const HOME_PROFILE = `eu.${MODEL}`;
const REQUESTS = 9;

/** What a throttled geographic profile costs a request. */
export interface FailoverFigures {
  /** The plain client, as it comes: three attempts on the same profile. */
  readonly plain: { readonly addedWaitMs: number; readonly calls: number; readonly answered: number };
  readonly routed: { readonly addedWaitMs: number; readonly calls: number; readonly answered: number };
}

/**
 * Lets the geographic profile throttle while the global one answers, and compares how long a request has to wait for its
 * end, above the wait without any throttle. Each request has a client of its own, so that no cooldown helps.
 */
export async function measureFailover(): Promise<FailoverFigures> {
  const simulator = await createSimulator({ latency: () => ({ ttfbMs: 20, totalMs: 20 }) });
  try {
    const config = simulator.clientConfig({ region: "eu-central-1" });
    const clients = {
      plain: () => new BedrockRuntimeClient(config),
      routed: () => createRoutedClient({ ...config, routing: { policy: "latency" } }),
    };
    const measure = async (make: () => BedrockRuntimeClient, modelId: string) => {
      const waits: number[] = [];
      let answered = 0;
      const callsBefore = simulator.requests().length;
      for (let request = 0; request < REQUESTS; request += 1) {
        const client = make();
        const startedAt = performance.now();
        const messages = [{ role: "user" as const, content: [{ text: "What is an inference profile?" }] }];
        const end = await client.send(new ConverseCommand({ modelId, messages })).then(
          () => "answered",
          () => "failed",
        );
        waits.push(performance.now() - startedAt);
        if (end === "answered") answered += 1;
        client.destroy();
      }
      return {
        waitMs: medianOf(waits),
        calls: (simulator.requests().length - callsBefore) / REQUESTS,
        answered: answered / REQUESTS,
      };
    };
    await measure(clients.plain, HOME_PROFILE);
    await measure(clients.routed, MODEL);
    const calm = { plain: await measure(clients.plain, HOME_PROFILE), routed: await measure(clients.routed, MODEL) };
    simulator.rule({ fault: { kind: "throttle" }, match: { modelId: HOME_PROFILE } });
    const throttled = {
      plain: await measure(clients.plain, HOME_PROFILE),
      routed: await measure(clients.routed, MODEL),
    };
    const added = (name: "plain" | "routed") => ({
      addedWaitMs: throttled[name].waitMs - calm[name].waitMs,
      calls: throttled[name].calls,
      answered: throttled[name].answered,
    });
    return { plain: added("plain"), routed: added("routed") };
  } finally {
    await simulator.close();
  }
}
