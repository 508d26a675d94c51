// The room client/: the door of the AWS SDK, and what sends to a Region. Its doors: `create-routed-client.ts`, where
// clock and chance come in, `routed-client.ts`, and `raw-call.ts` (bytes, for fetch/).

import type {
  BedrockRuntime,
  BedrockRuntimeClientConfig,
  ServiceInputTypes,
  ServiceOutputTypes,
} from "@aws-sdk/client-bedrock-runtime";
import { version } from "../../package.json";
import { Dispatcher } from "../dispatch/dispatch.ts";
import { RouteHealth } from "../health/route-health.ts";
import { checkRegion } from "../options/check-region.ts";
import type { RoutedClientConfig } from "../options/options.ts";
import { refuseForeignEndpoint } from "../options/resolve-endpoints.ts";
import { type ResolvedOptions, refuseForeignPartition, resolveOptions } from "../options/resolve-options.ts";
import { parseModelRef } from "../profiles/model-ref.ts";
import type { PriceBook } from "../profiles/price-book.ts";
import type { FleetTools } from "../router/fleet-exchange.ts";
import { Guardrails } from "../router/guardrails.ts";
import { LiveCatalog, type LiveCatalogDeps } from "../router/live-catalog.ts";
import { Router } from "../router/router.ts";
import type { FleetMembership, Routing } from "../router/routing.ts";
import { RoutingEmitter } from "../router/routing-emitter.ts";
import { Tracers } from "../router/tracers.ts";
import type { PriceLookup } from "../types/cost.ts";
import { InvalidOptionsError } from "../types/errors.ts";
import type { EmitRoutingEvent } from "../types/events.ts";
import type { Route } from "../types/route.ts";
import type { RoutingStore } from "../types/store.ts";
import type { TokenPrice } from "../types/token-price.ts";
import { type Clock, systemClock } from "../util/clock.ts";
import { received } from "../util/received.ts";
import { givenEndpoint } from "./given-endpoint.ts";
import { logFromEnvironment } from "./log-from-environment.ts";
import { RoutedClient, type RoutedClientParts } from "./routed-client.ts";
import type { CommandOf, RoutedOperations, SendOptions } from "./routed-operations.ts";
import { withUserAgent } from "./user-agent.ts";

/**
 * A `BedrockRuntimeClient` that sends each request to the best inference profile in the best source Region and moves on
 * when that route is throttled, invalid or silent. Made by {@link createRoutedClient}, or with `new`.
 *
 * Commands, outputs, errors, middleware, paginators and aggregated methods are the SDK's own.
 */
export interface RoutedBedrockRuntimeClient extends RoutedBedrockRuntime {
  /** Plans, live statistics and events of this client. */
  readonly routing: Routing;

  /** Sends a command of the SDK. `options.routing` narrows or changes the client's routing for this request. */
  send<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
    command: CommandOf<Input, Output>,
    options?: SendOptions,
  ): Promise<Output>;
  send<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
    command: CommandOf<Input, Output>,
    callback: (error: unknown, data?: Output) => void,
  ): void;
  send<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
    command: CommandOf<Input, Output>,
    options: SendOptions,
    callback: (error: unknown, data?: Output) => void,
  ): void;

  /** Closes the connections to all Regions. A request handler that the caller passed in is the caller's to close. */
  destroy(): void;
}

type RoutedBedrockRuntime = RoutedOperations & BedrockRuntime;

/** The class of routed clients: for `new`, `instanceof`, subclasses, mocks and dependency injection. */
export interface RoutedBedrockRuntimeClientConstructor {
  /**
   * The same as {@link createRoutedClient}.
   * @throws {@link InvalidOptionsError} for an option that is misspelt, out of range or contradicts another one
   */
  new (config: RoutedClientConfig): RoutedBedrockRuntimeClient;
  readonly prototype: RoutedBedrockRuntimeClient;
}

/** Routed clients of the other module format, or of another installed copy, are known by it. */
const BRAND = Symbol.for("bedrock-routed-client.RoutedBedrockRuntimeClient");

export const RoutedBedrockRuntimeClient: RoutedBedrockRuntimeClientConstructor = class RoutedBedrockRuntimeClient extends RoutedClient {
  static override readonly [Symbol.hasInstance]: (value: unknown) => boolean = isInstance;

  constructor(config: RoutedClientConfig) {
    super(...partsOf(config, systemClock, Math.random));
    Object.defineProperty(this, BRAND, { value: true });
  }
};

function isInstance(this: unknown, value: unknown): boolean {
  // A subclass has instances of its own.
  if (this !== RoutedBedrockRuntimeClient) return Function.prototype[Symbol.hasInstance].call(this, value);
  return typeof value === "object" && value !== null && BRAND in value;
}

/**
 * Makes a `BedrockRuntimeClient` that routes: for each request it decides which inference profile to call from which
 * source Region, and goes on to another one when that route is throttled, invalid or silent.
 *
 * @param config - every field of `BedrockRuntimeClientConfig`, resolved as the SDK does, and `routing`
 * @throws {@link InvalidOptionsError} for an option that is misspelt, out of range or contradicts another one
 * @example
 * ```ts
 * const client = createRoutedClient({ region: "eu-central-1", routing: { policy: "latency" } });
 * const response = await client.send(new ConverseStreamCommand({ modelId: "anthropic.claude-sonnet-4-6", messages }));
 * ```
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/cross-region-inference.html
 */
export function createRoutedClient(config: RoutedClientConfig): RoutedBedrockRuntimeClient {
  return new RoutedBedrockRuntimeClient(config);
}

/** {@link createRoutedClient} with time and randomness as arguments. */
export function assembleRoutedClient(
  config: RoutedClientConfig,
  clock: Clock,
  random: () => number,
): RoutedBedrockRuntimeClient {
  return new RoutedClient(...partsOf(config, clock, random));
}

function partsOf(
  config: RoutedClientConfig,
  clock: Clock,
  random: () => number,
): [BedrockRuntimeClientConfig, RoutedClientParts] {
  if (typeof config !== "object" || config === null) {
    throw new InvalidOptionsError(
      "config",
      'must be an object such as { region, routing: { policy: "latency" } }',
      received(config),
    );
  }
  const { routing, ...sdkConfig } = config;
  const options = resolveOptions(routing);
  const checkHomeRegion = homeRegionCheck(sdkConfig, options);
  if (!options.off) checkGivenRegion(sdkConfig.region, checkHomeRegion);
  checkMaxAttempts(sdkConfig.maxAttempts);
  const emitter = new RoutingEmitter();
  logFromEnvironment(emitter, clock);
  const emit: EmitRoutingEvent = (name, event) => emitter.emit(name, event);
  const health = new RouteHealth(clock, random, emit);
  const priceOf = pricesByRoute(options.prices);
  const catalog = liveCatalogFor(options, { clock, random, emit });
  const guardrails = guardrailsFor(options, clock, emit);
  const tracers = new Tracers();
  const dispatcher = new Dispatcher({
    clock,
    random,
    health,
    emit,
    priceOf,
    trace: (attempt, send) => tracers.attempt(attempt, send),
  });
  const router = new Router(catalog === undefined ? options : { ...options, catalog: () => catalog.catalog }, {
    clock,
    health,
    dispatcher,
    emit,
    tracers,
    missed: catalog && ((modelId, homeRegion) => catalog.missed(modelId, homeRegion)),
    guardrails,
  });
  const fleet = options.store && joinFleetOf(options.store, health, { clock, random, emit });
  const observation = { health, dispatcher, clock, emitter, tracers, fleet };
  return [
    { ...sdkConfig, customUserAgent: withUserAgent(sdkConfig.customUserAgent, version) },
    {
      router,
      checkHomeRegion,
      observation,
      endpoints: options.endpoints,
      catalog,
      // The caller's own table, and the bundled one alone, mean that AWS is not asked.
      guardrails: options.live.auto || options.live.listing ? guardrails : undefined,
      controlPlaneEndpoints: options.live.endpoints,
    },
  ];
}

/** The code for fleets is loaded for those who have one; requests do not wait for it. */
function joinFleetOf(store: RoutingStore, health: RouteHealth, tools: FleetTools): FleetMembership {
  const joined = import("../router/join-fleet.ts").then(
    ({ joinFleet }) => joinFleet(store, health, tools),
    () => {
      // A bundle without that file: as without a store, but not silently.
      tools.emit("store", () => ({ outcome: "lost", namespace: store.namespace, reason: "error" }));
    },
  );
  return {
    flush: async () => (await joined)?.flush(),
    leave: () => void joined.then((fleet) => fleet?.leave()),
  };
}

/** Prices are asked for with every answer, of the same few routes. */
function pricesByRoute(prices: PriceBook): PriceLookup {
  const known = new WeakMap<Route, { readonly price: TokenPrice | undefined }>();
  return (route) => {
    let entry = known.get(route);
    if (entry === undefined) {
      entry = { price: prices.priceOf(route.model, route) };
      known.set(route, entry);
    }
    return entry.price;
  };
}

/** A catalogue that asks the control plane, if there is anything to ask. */
function liveCatalogFor(options: ResolvedOptions, tools: LiveCatalogDeps): LiveCatalog | undefined {
  const { live, routes, sourceRegions, catalog: base } = options;
  const arns = Object.values(routes)
    .flat()
    .filter(({ modelId, destinationRegions }) => destinationRegions === undefined && isApplicationProfile(modelId))
    .map(({ modelId }) => modelId);
  if (!live.listing && !live.auto && arns.length === 0) return undefined;
  return new LiveCatalog({ ...live, base, arns, sourceRegions }, tools);
}

function guardrailsFor(
  { live, guardrails: declared }: ResolvedOptions,
  clock: Clock,
  emit: EmitRoutingEvent,
): Guardrails {
  const { refreshMs, firstWaitMs } = live;
  return new Guardrails({ declared, refreshMs, firstWaitMs }, clock, emit);
}

function isApplicationProfile(modelId: string): boolean {
  return parseModelRef(modelId).kind === "application-profile";
}

/** What makes a home Region fit, asked once for each. */
function homeRegionCheck(config: BedrockRuntimeClientConfig, options: ResolvedOptions): (region: string) => void {
  let checked: string | undefined;
  return (region) => {
    if (region === checked) return;
    checkRegion(region, "region");
    refuseForeignPartition(region, options.sourceRegions);
    const endpoint = givenEndpoint(config);
    if (endpoint !== undefined) refuseForeignEndpoint(endpoint.host, endpoint.path, region, options);
    checked = region;
  };
}

/** A Region given as text is known now; one from a provider, the environment or a file is checked when it is used. */
function checkGivenRegion(region: unknown, check: (region: string) => void): void {
  // The SDK refuses an empty one.
  if (typeof region !== "string" || region === "") return;
  // As the SDK reads the pseudo-Regions that ask for FIPS endpoints.
  const home = /^(?:fips-aws-global|aws-fips)$/.test(region)
    ? "us-east-1"
    : region.replace(/fips-(?:dkr-|prod-)?|-fips/, "");
  check(home);
}

/** The SDK takes any number; as a cap on the attempts over all routes, only a whole one makes sense. */
function checkMaxAttempts(value: unknown): void {
  if (typeof value !== "number" || (Number.isInteger(value) && value >= 1)) return;
  throw new InvalidOptionsError("maxAttempts", "must be a whole number of at least 1", received(value));
}
