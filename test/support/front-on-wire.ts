import type { BedrockRuntime, BedrockRuntimeClientConfig } from "@aws-sdk/client-bedrock-runtime";
import type { RoutingOptions } from "../../src/options/options.ts";
import { createSimulator, type Simulator, type SimulatorOptions } from "../../src/simulator/index.ts";
import type { Front } from "./fronts.ts";
import { type HttpVersion, handlerFor } from "./wire.ts";

export interface FrontOptions {
  readonly httpVersion?: HttpVersion;
  /** @defaultValue eu-central-1 */
  readonly region?: string;
  readonly routing?: Partial<RoutingOptions>;
  readonly simulator?: SimulatorOptions;
  readonly config?: BedrockRuntimeClientConfig;
}

/** One of the two clients and the simulated Bedrock that it calls over a socket. It tries everything once. */
export interface FrontOnWire extends AsyncDisposable {
  readonly client: BedrockRuntime;
  readonly simulator: Simulator;
}

export async function openFront(front: Front, options: FrontOptions = {}): Promise<FrontOnWire> {
  const simulator = await createSimulator({ timeScale: 0, ...options.simulator });
  const client = front.make(
    {
      ...simulator.clientConfig({ region: options.region ?? "eu-central-1" }),
      ...handlerFor(options.httpVersion ?? "2"),
      maxAttempts: 1,
      ...options.config,
    },
    options.routing,
  );
  return {
    client,
    simulator,
    async [Symbol.asyncDispose]() {
      client.destroy();
      await simulator.close();
    },
  };
}
