import { BedrockRuntimeClient, type BedrockRuntimeClientConfig } from "@aws-sdk/client-bedrock-runtime";
import { CarriedMiddleware } from "./middleware-stack.ts";

interface RegionClient {
  readonly client: BedrockRuntimeClient;
  readonly pristine: BedrockRuntimeClient["middlewareStack"];
  middlewareVersion: number;
}

/**
 * One plain SDK client per source Region, made on first use. A client signs for the Region that it was made for, so a
 * request can only change Region by changing client.
 *
 * The clients share the parent's credentials, token and request handler: credentials are resolved once, and connections
 * to all Regions are closed together.
 */
export class RegionClients {
  readonly #parent: BedrockRuntimeClient;
  readonly #config: BedrockRuntimeClientConfig;
  readonly #endpoints: Readonly<Record<string, string>>;
  readonly #middleware: CarriedMiddleware;
  readonly #clients: Map<string, RegionClient> = new Map();

  constructor(parent: BedrockRuntimeClient, config: BedrockRuntimeClientConfig, endpoints: Readonly<Record<string, string>>) {
    this.#parent = parent;
    this.#config = config;
    this.#endpoints = endpoints;
    this.#middleware = new CarriedMiddleware(parent);
  }

  /** The client of a source Region, with the caller's middleware as it stands now. */
  of(sourceRegion: string): BedrockRuntimeClient {
    const known = this.#clients.get(sourceRegion) ?? this.#make(sourceRegion);
    const version = this.#middleware.version;
    if (known.middlewareVersion !== version) {
      known.client.middlewareStack = this.#middleware.over(known.pristine);
      known.middlewareVersion = version;
    }
    return known.client;
  }

  #make(sourceRegion: string): RegionClient {
    const { retryStrategy: _, retryMode: __, ...config } = this.#config;
    const endpoint = this.#endpoints[sourceRegion];
    const client = new BedrockRuntimeClient({
      ...config,
      region: sourceRegion,
      // The dispatcher decides about every further attempt; retries inside would hide throttles from it and delay it.
      maxAttempts: 1,
      credentials: this.#parent.config.credentials,
      ...(this.#parent.config.token === undefined ? {} : { token: this.#parent.config.token }),
      requestHandler: this.#parent.config.requestHandler,
      ...(endpoint === undefined ? {} : { endpoint }),
    });
    const made: RegionClient = { client, pristine: client.middlewareStack, middlewareVersion: -1 };
    this.#clients.set(sourceRegion, made);
    return made;
  }
}
