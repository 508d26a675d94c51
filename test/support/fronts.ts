import { BedrockRuntime, type BedrockRuntimeClientConfig } from "@aws-sdk/client-bedrock-runtime";
import { createRoutedClient } from "../../src/client/create-routed-client.ts";
import type { RoutingOptions } from "../../src/options/options.ts";

/** One of the two clients that an application can hold. */
export interface Front {
  readonly name: string;
  readonly routed: boolean;
  make(config: BedrockRuntimeClientConfig, routing?: Partial<RoutingOptions>): BedrockRuntime;
}

/** The SDK's own client and ours: what is true of the one has to be true of the other. */
export const FRONTS: readonly Front[] = [
  { name: "the SDK's client", routed: false, make: (config) => new BedrockRuntime(config) },
  {
    name: "the routed client",
    routed: true,
    make: (config, routing = {}) => createRoutedClient({ ...config, routing: { policy: "latency", ...routing } }),
  },
];

/** What `use` gives with each of the two, the SDK's first. */
export function onBothFronts<Result>(use: (front: Front) => Promise<Result>): Promise<Result[]> {
  return Promise.all(FRONTS.map(use));
}
