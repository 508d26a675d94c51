import {
  BedrockRuntimeClient,
  type BedrockRuntimeClientConfig,
  ConverseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { createSimulator } from "../simulator/index.ts";
import { drawLatency } from "../simulator/latency.ts";
import { draw } from "../simulator/seeded-random.ts";
import { routeKey } from "../types/route.ts";
import { type Clock, systemClock } from "../util/clock.ts";
import type { SendOnRoute } from "./lab/measure.ts";
import type { LabOptions } from "./lab/options.ts";
import { stratified } from "./lab/stratified.ts";
import { skippingClock } from "./skipping-clock.ts";

/** What a lab calls, and by which clock it is timed. */
export interface LabTarget {
  readonly send: SendOnRoute;
  readonly clock: Clock;
  close(): Promise<void>;
}

/** AWS, as the SDK is configured: one plain client for each source Region, without retries. */
export function awsTarget(options: LabOptions): LabTarget {
  return { ...plainClients(options, (region) => ({ region })), clock: systemClock };
}

/**
 * A simulator on a clock that skips waiting, with its latencies spread evenly over the runs.
 * @param done - how many counted calls each route key has had before
 */
export async function simulatedTarget(
  options: LabOptions,
  seed: number,
  startedAt: number,
  done: ReadonlyMap<string, number>,
): Promise<LabTarget> {
  const clock = skippingClock(startedAt);
  const random = stratified(
    options.runs,
    options.warmups,
    (key) => done.get(key) ?? 0,
    (...keys) => draw(seed, ...keys),
  );
  const simulator = await createSimulator({
    clock,
    seed,
    // Nobody looks back at them.
    keepRequests: 1,
    latency: (request) =>
      drawLatency({ ...request, random: random.next(routeKey(request.sourceRegion, request.modelId)) }, true),
    ...(options.measuredFrom === null ? {} : { callerRegion: options.measuredFrom }),
  });
  const clients = plainClients(options, (region) => simulator.clientConfig({ region }));
  return {
    ...clients,
    clock,
    close: async () => {
      await clients.close();
      await simulator.close();
    },
  };
}

function plainClients(
  { prompt, maxTokens, temperature }: LabOptions,
  configOf: (region: string) => BedrockRuntimeClientConfig,
): Omit<LabTarget, "clock"> {
  const clients = new Map<string, BedrockRuntimeClient>();
  const clientOf = (region: string): BedrockRuntimeClient => {
    // A retry inside would pass for one slow call.
    const client = clients.get(region) ?? new BedrockRuntimeClient({ ...configOf(region), maxAttempts: 1 });
    clients.set(region, client);
    return client;
  };
  return {
    async send(route, abortSignal) {
      const command = new ConverseStreamCommand({
        modelId: route.modelId,
        messages: [{ role: "user", content: [{ text: prompt }] }],
        inferenceConfig: { maxTokens, temperature },
      });
      const { stream } = await clientOf(route.sourceRegion).send(command, { abortSignal });
      return stream ?? NO_EVENTS;
    },
    close: async () => {
      for (const client of clients.values()) client.destroy();
    },
  };
}

const NO_EVENTS: AsyncIterable<never> = { [Symbol.asyncIterator]: async function* () {} };
