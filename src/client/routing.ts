import { InvalidOptionsError } from "../errors.ts";
import type { RoutingEvents, RoutingListener } from "../events.ts";
import type { RequestRoutingOptions } from "../options.ts";
import type { Plan } from "../plan.ts";
import { received } from "../received.ts";
import type { RoutingEmitter } from "../routing-emitter.ts";
import type { RouteStats } from "../statistics.ts";
import { operationOf } from "./operations.ts";
import { usesPromptCache } from "./prompt-cache.ts";
import { regionBound } from "./region-bound.ts";
import type { SdkCommand } from "./retarget.ts";
import type { Router } from "./router.ts";

/** `client.routing`: what a routed client would do, what it has observed, and what it does. */
export class Routing {
  readonly #router: Router;
  readonly #emitter: RoutingEmitter;
  readonly #homeRegion: () => Promise<string>;

  constructor(router: Router, emitter: RoutingEmitter, homeRegion: () => Promise<string>) {
    this.#router = router;
    this.#emitter = emitter;
    this.#homeRegion = homeRegion;
  }

  /**
   * The plan for a model or a command as it stands now, without sending anything: what would be tried, in which order,
   * and what was rejected and why.
   * @param modelIdOrCommand - a `modelId` in any form, or a command with its input; a bare `modelId` is planned as a
   * streaming request
   * @throws {@link UnknownModelError} for a model that the profile table does not know
   * @throws {@link HomeRegionError} when the home Region cannot be resolved
   */
  async plan(modelIdOrCommand: string | { readonly input: object }, overrides?: RequestRoutingOptions): Promise<Plan> {
    const homeRegion = await this.#homeRegion();
    if (typeof modelIdOrCommand === "string") {
      return this.#router.preview({
        modelId: modelIdOrCommand,
        homeRegion,
        pinnedBy: undefined,
        exact: false,
        streaming: true,
        mayProbe: true,
        overrides,
      });
    }
    const input = (modelIdOrCommand as SdkCommand | undefined)?.input;
    if (typeof input?.modelId !== "string") {
      throw new InvalidOptionsError(
        "plan(modelIdOrCommand)",
        "must be a modelId or a command with one",
        received(modelIdOrCommand),
      );
    }
    const operation = operationOf(modelIdOrCommand);
    return this.#router.preview({
      modelId: input.modelId,
      homeRegion,
      pinnedBy: regionBound(input),
      exact: operation.handling === "home-region",
      streaming: operation.handling === "routed" && operation.stream !== undefined,
      mayProbe: !usesPromptCache(input),
      overrides,
    });
  }

  /** Live statistics of every route that has been tried, most recently used last. */
  stats(): RouteStats[] {
    return this.#router.tools.health.stats();
  }

  /** Observes an event. A listener cannot influence routing; what it throws becomes a process warning. */
  on<Name extends keyof RoutingEvents>(event: Name, listener: RoutingListener<Name>): void {
    this.#emitter.on(event, listener);
  }

  /** Stops observing an event. */
  off<Name extends keyof RoutingEvents>(event: Name, listener: RoutingListener<Name>): void {
    this.#emitter.off(event, listener);
  }
}
