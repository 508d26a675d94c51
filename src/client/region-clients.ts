import { BedrockRuntimeClient, type BedrockRuntimeClientConfig } from "@aws-sdk/client-bedrock-runtime";
import { withKeptOrder } from "./kept-order.ts";
import { CarriedMiddleware } from "./middleware-stack.ts";

interface RegionClient {
  readonly client: BedrockRuntimeClient;
  /** The client's stack as the SDK made it. */
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
  readonly #sendingOnce: BedrockRuntimeClientConfig;
  readonly #endpoints: Readonly<Record<string, string>>;
  readonly #middleware: CarriedMiddleware;
  readonly #clients: Map<string, RegionClient> = new Map();

  constructor(
    parent: BedrockRuntimeClient,
    config: BedrockRuntimeClientConfig,
    endpoints: Readonly<Record<string, string>>,
  ) {
    this.#parent = parent;
    this.#config = config;
    // The dispatcher decides about every further attempt: retries inside would hide throttles from it and delay it. The
    // mode is named because AWS_RETRY_MODE may say `adaptive`, which waits for seconds before it sends.
    const { retryStrategy: _, ...rest } = config;
    this.#sendingOnce = { ...rest, maxAttempts: 1, retryMode: "standard" };
    this.#endpoints = endpoints;
    this.#middleware = new CarriedMiddleware(parent);
  }

  /** The client that sends routed requests to a source Region, with the caller's middleware as it stands now. */
  routed(sourceRegion: string): BedrockRuntimeClient {
    return this.#current(sourceRegion, () => this.#make(sourceRegion, this.#sendingOnce));
  }

  /**
   * The client for requests that are sent to a Region as they are, with the SDK's own retries. For the home Region that is
   * the routed client itself, unless `endpoints` names it: then this one, which calls that endpoint.
   */
  unrouted(region: string, homeRegion: string): BedrockRuntimeClient | undefined {
    if (region === homeRegion && this.#endpoints[region] === undefined) return undefined;
    return this.#current(`unrouted ${region}`, () => this.#make(region, this.#config));
  }

  #current(key: string, make: () => BedrockRuntimeClient): BedrockRuntimeClient {
    let known = this.#clients.get(key);
    if (known === undefined) {
      const client = make();
      known = { client, pristine: client.middlewareStack, middlewareVersion: -1 };
      this.#clients.set(key, known);
    }
    const version = this.#middleware.version;
    if (known.middlewareVersion !== version) {
      known.client.middlewareStack = withKeptOrder(this.#middleware.over(known.pristine));
      known.middlewareVersion = version;
    }
    return known.client;
  }

  #make(region: string, config: BedrockRuntimeClientConfig): BedrockRuntimeClient {
    const parent = this.#parent.config;
    const endpoint = this.#endpoints[region];
    const client = new BedrockRuntimeClient({
      ...config,
      region,
      credentials: parent.credentials,
      ...(parent.token === undefined ? {} : { token: parent.token }),
      requestHandler: parent.requestHandler,
      // `fips-us-east-1` is a home Region that asks for FIPS endpoints without being a Region.
      useFipsEndpoint: parent.useFipsEndpoint,
      // What extensions decided stands in the parent's config. Run again here, they could call another Region.
      extensions: [],
      httpAuthSchemes: parent.httpAuthSchemes,
      httpAuthSchemeProvider: parent.httpAuthSchemeProvider,
      ...(endpoint === undefined ? {} : { endpoint }),
    });
    // One machine has one clock. The SDK learns by a refused signature how far it is off: that once is enough.
    Object.defineProperty(client.config, "systemClockOffset", {
      configurable: true,
      enumerable: true,
      get: () => parent.systemClockOffset,
      set: (offsetMs: number) => {
        parent.systemClockOffset = offsetMs;
      },
    });
    return client;
  }
}
