import type { Histogram } from "hdr-histogram-js";
import { InvalidOptionsError } from "../errors.ts";
import type { RoutingEvents, RoutingListener } from "../events.ts";
import { type HealthSnapshot, restoreSnapshot, takeSnapshot } from "../health/health-snapshot.ts";
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

/** Which histogram of a route. */
export interface HistogramSelection {
  /** @defaultValue `"ttfb"` */
  readonly of?: "ttfb" | "total";
  /** @defaultValue the client's workload */
  readonly workload?: string;
  /** @defaultValue `true` */
  readonly streaming?: boolean;
}

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
      pinnedBy: this.#router.options.sourceRegions.length === 0 ? undefined : regionBound(input),
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

  /**
   * A copy of the HDR histogram of a route, for percentiles of your own or for export in its standard encoding.
   * @param routeKey - `route.key` of a plan, a report or the statistics
   * @returns `undefined` when the route was never tried in that slice
   */
  histogram(
    routeKey: string,
    { of = "ttfb", workload, streaming = true }: HistogramSelection = {},
  ): Histogram | undefined {
    const slice = { workload: workload ?? this.#router.options.workload, streaming };
    return this.#router.tools.health.histogram(routeKey, slice, of);
  }

  /** Forgets the statistics. Cooldowns stay: they are about now. */
  reset(): void {
    this.#router.tools.health.reset();
  }

  /** What was observed, as plain data: keep it and hand it to the next process, which then need not start from nothing. */
  snapshot(): HealthSnapshot {
    const { health, clock } = this.#router.tools;
    return takeSnapshot(health, clock);
  }

  /**
   * Adds a snapshot to what is known. It may come from anywhere: it is checked before any of it is used.
   * @throws {@link InvalidOptionsError} naming what is wrong with it
   */
  restore(snapshot: HealthSnapshot): void {
    const { health, clock } = this.#router.tools;
    restoreSnapshot(snapshot, health, clock);
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
