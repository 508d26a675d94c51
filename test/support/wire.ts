import { setImmediate as nextTurn } from "node:timers/promises";
import type { BedrockRuntimeClientConfig } from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { RoutedBedrockRuntimeClient } from "../../src/client/create-routed-client.ts";
import { assembleRoutedClient } from "../../src/client/create-routed-client.ts";
import type { RoutedClientConfig, RoutingOptions } from "../../src/options/options.ts";
import { createSimulator, type Simulator, type SimulatorOptions } from "../../src/simulator/index.ts";
import { VirtualClock } from "./virtual-clock.ts";

/** Both protocols that Bedrock speaks; the SDK's own choice is 2. */
export const HTTP_VERSIONS = ["2", "1.1"] as const;
export type HttpVersion = (typeof HTTP_VERSIONS)[number];

export interface WireOptions {
  readonly httpVersion?: HttpVersion;
  /** @defaultValue eu-central-1 */
  readonly region?: string;
  readonly routing?: Partial<RoutingOptions> | false;
  readonly simulator?: SimulatorOptions;
  readonly config?: Partial<RoutedClientConfig>;
}

/** A routed client and the simulated Bedrock that it calls over a socket. */
export interface Wire extends AsyncDisposable {
  readonly simulator: Simulator;
  readonly client: RoutedBedrockRuntimeClient;
  /** The client's clock. It stands still, so a request that waited for anything would never end. */
  readonly clock: VirtualClock;
  /** What arrived at Bedrock, oldest first: `eu-central-1 eu.anthropic.claude-sonnet-4-6`. */
  calls(): readonly string[];
}

export async function openWire(options: WireOptions = {}): Promise<Wire> {
  const simulator = await createSimulator({ timeScale: 0, ...options.simulator });
  const clock = new VirtualClock();
  const config = {
    ...simulator.clientConfig({ region: options.region ?? "eu-central-1" }),
    ...handlerFor(options.httpVersion ?? "2"),
    ...options.config,
    routing: options.routing === false ? options.routing : { policy: "latency" as const, ...options.routing },
  };
  const client = assembleRoutedClient(config, clock, () => 0.5);
  return {
    simulator,
    client,
    clock,
    calls: () => simulator.requests().map(({ sourceRegion, modelId }) => `${sourceRegion} ${modelId}`),
    async [Symbol.asyncDispose]() {
      client.destroy();
      await simulator.close();
    },
  };
}

/** The SDK's own request handler speaks HTTP/2. */
export function handlerFor(httpVersion: HttpVersion): Pick<BedrockRuntimeClientConfig, "requestHandler"> {
  return httpVersion === "2" ? {} : { requestHandler: new NodeHttpHandler() };
}

/** Resolves once something waits on the clock. */
export async function untilWaiting(clock: VirtualClock): Promise<void> {
  while (clock.waiting === 0) await nextTurn();
}
