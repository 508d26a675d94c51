import {
  BedrockRuntime,
  type BedrockRuntimeClient,
  type BedrockRuntimeClientConfig,
  type ServiceInputTypes,
  type ServiceOutputTypes,
} from "@aws-sdk/client-bedrock-runtime";
import { type AttemptController, LightController } from "../dispatch/attempt-controller.ts";
import type { CallerSignal } from "../dispatch/link-abort.ts";
import type { AskedControlPlane } from "../router/asked-control-plane.ts";
import type { Guardrails } from "../router/guardrails.ts";
import type { LiveCatalog } from "../router/live-catalog.ts";
import { noRoute, type Router } from "../router/router.ts";
import { ClientRouting, type Observation, type Routing } from "../router/routing.ts";
import { unlessAborted } from "../router/unless-aborted.ts";
import { HomeRegionError } from "../types/errors.ts";
import type { Clock } from "../util/clock.ts";
import { sendFromHome } from "./home-request.ts";
import { inspectInput } from "./inspect-input.ts";
import { noteUsage, outputUsage } from "./invoke-usage.ts";
import { operationOf } from "./operations.ts";
import { pinOf, planRequestOf } from "./plan-request.ts";
import { refuseContentOutsideResidency } from "./refuse-content.ts";
import { RegionClients } from "./region-clients.ts";
import { retarget, type SdkCommand } from "./retarget.ts";
import { RetrySettings } from "./retry-settings.ts";
import type { CommandOf, RoutedOperations, SendOptions } from "./routed-operations.ts";
import { markAttemptSignal } from "./shown-signal.ts";

/** What a routed client is put together from. */
export interface RoutedClientParts {
  readonly router: Router;
  /** Throws for a home Region that is none, or that does not fit to the other options. */
  readonly checkHomeRegion: (region: string) => void;
  readonly observation: Observation;
  readonly endpoints: Readonly<Record<string, string>>;
  /** What asks the control plane, if anything does. */
  readonly catalog?: LiveCatalog | undefined;
  readonly guardrails?: Guardrails | undefined;
  readonly controlPlaneEndpoints?: Readonly<Record<string, string>>;
}

/** What another door to the same router works with: it plans, sends and counts as this client does. */
export interface DoorParts {
  readonly router: Router;
  homeRegion(): Promise<string>;
  /** Waits for the first listing of a live catalogue, if there is one. */
  ready(homeRegion: string, signal: CallerSignal | undefined): Promise<unknown>;
  /** The SDK client that sends to a source Region, once. */
  regionClient(sourceRegion: string): BedrockRuntimeClient;
  /** The endpoints that the caller has configured instead of those of AWS. */
  readonly endpoints: Readonly<Record<string, string>>;
  newController(): AttemptController;
  maxAttempts(): Promise<number>;
}

/** Where a routed client keeps its {@link DoorParts}: found by doors of the other module format as well. */
export const DOOR_PARTS: unique symbol = Symbol.for("bedrock-routed-client.DoorParts");

/** The SDK's aggregated client, whose methods hand every option on to `send`, `routing` too. */
const Aggregated: new (config: BedrockRuntimeClientConfig) => RoutedOperations & BedrockRuntime = BedrockRuntime;

/** The door of the SDK: what `RoutedBedrockRuntimeClient` does, put together from parts. */
export class RoutedClient extends Aggregated {
  /** Plans, live statistics and events of this client. */
  readonly routing: Routing;
  readonly #router: Router;
  readonly #checkHomeRegion: (region: string) => void;
  readonly #clock: Clock;
  readonly #fleet: Observation["fleet"];
  readonly #retries: RetrySettings;
  readonly #regionClients: RegionClients;
  readonly #endpoints: Readonly<Record<string, string>>;
  readonly #catalog: LiveCatalog | undefined;
  readonly #guardrails: Guardrails | undefined;
  readonly #ownsRequestHandler: boolean;
  readonly #newController: () => AttemptController;
  readonly #fixedRegion: { readonly provider: () => Promise<string>; value: string | undefined } | undefined;

  constructor(config: BedrockRuntimeClientConfig, parts: RoutedClientParts) {
    const { router, checkHomeRegion, observation, endpoints, catalog, guardrails, controlPlaneEndpoints = {} } = parts;
    super(config);
    this.#router = router;
    this.#checkHomeRegion = checkHomeRegion;
    this.#clock = observation.clock;
    this.#fleet = observation.fleet;
    this.#retries = new RetrySettings(config, this.config);
    this.#catalog = catalog;
    this.#guardrails = guardrails;
    const planes = { dataPlane: endpoints, controlPlane: controlPlaneEndpoints };
    let controlPlane: Promise<AskedControlPlane> | undefined;
    const connect = (): Promise<AskedControlPlane> => {
      controlPlane ??= import("./connect-control-plane.ts").then(({ connectControlPlane }) =>
        connectControlPlane(this, config, planes),
      );
      return controlPlane;
    };
    catalog?.connect(connect);
    guardrails?.connect(connect);
    this.#regionClients = new RegionClients(this, config, endpoints);
    this.#endpoints = endpoints;
    this.#ownsRequestHandler = this.config.requestHandler !== config.requestHandler;
    this.#newController = isNodeHandler(this.config.requestHandler)
      ? () => new LightController()
      : () => new AbortController();
    // A Region given as a string stays what it is, if no extension replaced it; asking the SDK each time would cost a
    // turn of the event loop.
    const fixed = typeof config.region === "string" && !config.extensions?.length;
    this.#fixedRegion = fixed ? { provider: this.config.region, value: undefined } : undefined;
    Object.defineProperty(this, DOOR_PARTS, { value: this.#doorParts() });
    this.routing = new ClientRouting(
      router,
      observation,
      async () => {
        const homeRegion = await this.#homeRegion();
        await catalog?.ready(homeRegion);
        return homeRegion;
      },
      (command, homeRegion, overrides) =>
        planRequestOf((command as SdkCommand).input, operationOf(command), homeRegion, router, overrides),
    );
  }

  #doorParts(): DoorParts {
    return {
      router: this.#router,
      endpoints: this.#endpoints,
      homeRegion: async () => this.#knownHomeRegion() ?? (await this.#homeRegion()),
      ready: async (homeRegion, signal) => {
        const listing = this.#catalog?.ready(homeRegion);
        if (listing !== undefined) await unlessAborted(listing, signal);
      },
      regionClient: (sourceRegion) => this.#regionClients.routed(sourceRegion),
      newController: this.#newController,
      maxAttempts: () => this.#retries.maxAttempts(),
    };
  }

  override send<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
    command: CommandOf<Input, Output>,
    options?: SendOptions,
  ): Promise<Output>;
  override send<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
    command: CommandOf<Input, Output>,
    callback: (error: unknown, data?: Output) => void,
  ): void;
  override send<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
    command: CommandOf<Input, Output>,
    options: SendOptions,
    callback: (error: unknown, data?: Output) => void,
  ): void;
  override send(command: unknown, optionsOrCallback?: unknown, callback?: unknown): Promise<object> | undefined {
    const notify = typeof optionsOrCallback === "function" ? optionsOrCallback : callback;
    const options = typeof optionsOrCallback === "function" ? undefined : optionsOrCallback;
    const answer = this.#send(command as SdkCommand, options as SendOptions | undefined);
    if (typeof notify !== "function") return answer;
    answer
      .then(
        (output) => notify(null, output),
        (error: unknown) => notify(error),
      )
      // As the SDK does: what a callback throws is nobody's promise.
      .catch(() => {});
    return undefined;
  }

  /** Closes the connections to all Regions. A request handler that the caller passed in is the caller's to close. */
  override destroy(): void {
    this.#catalog?.close();
    this.#guardrails?.close();
    this.#fleet?.leave();
    if (this.#ownsRequestHandler) super.destroy();
  }

  async #send(command: SdkCommand, sendOptions: SendOptions | undefined): Promise<object> {
    const { routing: overrides, ...options } = sendOptions ?? {};
    // The kill switch: nothing of ours runs. A residency of this one request holds all the same.
    if (this.#router.options.off && overrides === undefined) {
      return super.send(command as never, sendOptions as never) as Promise<object>;
    }
    const callerSignal = options.abortSignal as CallerSignal | undefined;
    const operation = operationOf(command);
    // As it is now: the caller may prepare the next request in the same object while this one tries another route.
    const input = { ...command.input };
    const homeRegion = this.#knownHomeRegion() ?? (await this.#homeRegion());
    const sendAsGiven = (sent = command, region = homeRegion): Promise<object> => {
      const given = [sent, sendOptions && options] as unknown as Parameters<BedrockRuntimeClient["send"]>;
      const client = this.#regionClients.unrouted(region, homeRegion);
      return (client === undefined ? super.send(...given) : client.send(...given)) as unknown as Promise<object>;
    };
    const { modelId } = input;
    if (operation.handling === "passed-through" || modelId === undefined || modelId === null) {
      if (operation.handling === "passed-through" && !operation.carriesContent) return sendAsGiven();
      const { guardrail: named } = inspectInput(input);
      const request = { homeRegion, overrides, ...pinOf(undefined, named, homeRegion, this.#router, overrides) };
      const asked = this.#router.ready(request, callerSignal);
      if (asked !== undefined) await asked;
      const refusal = refuseContentOutsideResidency(command, request, this.#router);
      if (refusal !== undefined) throw noRoute(refusal);
      return sendAsGiven(command, request.pinnedTo);
    }
    const listing = this.#catalog?.ready(homeRegion);
    if (listing !== undefined) await unlessAborted(listing, callerSignal);
    const findings = inspectInput(input);
    const replayable = !findings.oneShot;
    const request = planRequestOf(input, operation, homeRegion, this.#router, overrides, findings);
    const asked = this.#router.ready(request, callerSignal);
    if (asked !== undefined) await asked;
    if (operation.handling === "home-region" || request.exact) {
      const { plan } = this.#router.planToSend(request);
      const isAsGiven = request.modelId === String(modelId);
      const sent = isAsGiven ? command : retarget(command, input, request.modelId);
      return sendFromHome(plan, () => sendAsGiven(sent), callerSignal, this.#clock);
    }
    const result = await this.#router.send({
      operation: operation.name,
      inputBytes: findings.bytes,
      stream: operation.stream,
      replayable,
      callerSignal,
      newController: this.#newController,
      usageOf: outputUsage,
      maxAttempts: async () => (replayable ? this.#retries.maxAttempts() : 1),
      ...(this.#retries.waitMs && { waitMs: this.#retries.waitMs }),
      send: (route, abortSignal) => {
        const client = this.#regionClients.routed(route.sourceRegion);
        const copy = retarget(command, input, route.modelId);
        if (operation.usageInHeaders) noteUsage(copy);
        markAttemptSignal(abortSignal, callerSignal);
        return client.send(copy as never, {
          ...options,
          abortSignal: abortSignal as AbortSignal,
        }) as Promise<object>;
      },
      // Last: V8 takes some microseconds for each property that is added to the copy of such an object.
      ...request,
    });
    const answer = result.succeeded ? result.output : result.error;
    countAttempts(answer, result.log.attempts);
    if (!result.succeeded) throw answer;
    return result.output;
  }

  /** The home Region without waiting, if it cannot have changed: instrumentation may replace `config.region`. */
  #knownHomeRegion(): string | undefined {
    return this.#fixedRegion?.provider === this.config.region ? this.#fixedRegion.value : undefined;
  }

  async #homeRegion(): Promise<string> {
    const provider = this.config.region;
    let region: string;
    try {
      region = await provider();
    } catch (error) {
      throw new HomeRegionError(error);
    }
    if (!this.#router.options.off) this.#checkHomeRegion(region);
    if (this.#fixedRegion?.provider === provider) this.#fixedRegion.value = region;
    return region;
  }
}

/** `$metadata.attempts` counts every attempt, as it does for a plain client that retried. */
function countAttempts(outputOrError: unknown, attempts: number): void {
  const metadata = (outputOrError as { $metadata?: { attempts?: number } } | undefined)?.$metadata;
  if (typeof metadata === "object" && metadata !== null && Object.isExtensible(metadata)) metadata.attempts = attempts;
}

/**
 * Whether the handler is one of the SDK's for Node.js, which ask of a signal only that it can be listened to. Any other
 * may hand it to `fetch` or undici, and those insist on a web `AbortSignal`.
 */
function isNodeHandler(handler: object): boolean {
  return ["NodeHttpHandler", "NodeHttp2Handler"].includes(handler.constructor.name);
}
