import type { BedrockRuntimeClientConfig } from "@aws-sdk/client-bedrock-runtime";
import type { RoutedBedrockRuntimeClient } from "../client/create-routed-client.ts";
import { createRoutedClient } from "../client/create-routed-client.ts";
import type { RoutingOptions } from "../options/options.ts";
import { createSimulator, type SimulatorOptions } from "../simulator/index.ts";

/** A routed client for the user's AWS account, or for a simulator of its own. */
export interface ConnectedClient {
  readonly client: RoutedBedrockRuntimeClient;
  /** The config of a plain SDK client that calls the same service in one Region. */
  plainConfig(region: string): BedrockRuntimeClientConfig;
  close(): Promise<void>;
}

/** The SDK's warning about versions of Node.js would stand in the middle of a command's output. */
export function silenceNodeVersions(): void {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
}

/** Connects to AWS as the SDK is configured, or to a simulator on loopback that needs no account. */
export async function connect(
  region: string | undefined,
  routing: RoutingOptions,
  simulate: boolean,
  simulation: SimulatorOptions = {},
): Promise<ConnectedClient> {
  silenceNodeVersions();
  if (!simulate) {
    const client = createRoutedClient({ ...(region === undefined ? {} : { region }), routing });
    return {
      client,
      // Credentials are resolved once for all Regions.
      plainConfig: (sourceRegion) => ({ region: sourceRegion, credentials: client.config.credentials }),
      close: async () => client.destroy(),
    };
  }
  const simulator = await createSimulator(simulation);
  try {
    const client = createRoutedClient({ ...simulator.clientConfig({ region: region ?? "us-east-1" }), routing });
    return {
      client,
      plainConfig: (sourceRegion) => simulator.clientConfig({ region: sourceRegion }),
      close: async () => {
        client.destroy();
        await simulator.close();
      },
    };
  } catch (error) {
    await simulator.close();
    throw error;
  }
}
