import type { Dispatcher } from "../dispatch/dispatch.ts";
import { type HealthSnapshot, restoreSnapshot, takeSnapshot } from "../health/health-snapshot.ts";
import type { RouteHealth } from "../health/route-health.ts";
import type { RequestRoutingOptions } from "../options/options.ts";
import { InvalidOptionsError } from "../types/errors.ts";
import type { RoutingEvents, RoutingListener, RoutingTracer } from "../types/events.ts";
import type { Plan } from "../types/plan.ts";
import type { RouteHistogram, RouteStats, RoutingState } from "../types/statistics.ts";
import type { Clock } from "../util/clock.ts";
import { received } from "../util/received.ts";
import type { PlanRequest } from "./route-request.ts";
import type { Router } from "./router.ts";
import type { RoutingEmitter } from "./routing-emitter.ts";
import {
  AttemptWindow,
  type HistogramSelection,
  type RoutingWindow,
  selectedSlice,
  type WindowOptions,
} from "./routing-window.ts";
import type { Tracers } from "./tracers.ts";

/** How a door describes one of its own requests to the router. */
export type DescribeRequest = (
  request: { readonly input: object },
  homeRegion: string,
  overrides: RequestRoutingOptions | undefined,
) => PlanRequest;

/** `client.routing`: what a routed client would do, what it has observed, and what it does. */
export interface Routing {
  /**
   * The plan for a model or a command as it stands now, without sending anything: what would be tried, in which order,
   * and what was rejected and why.
   * @param modelIdOrCommand - a `modelId` in any form, or a command with its input; a bare `modelId` is planned as a
   * streaming request
   * @throws {@link UnknownModelError} for a model that the profile table does not know
   * @throws {@link HomeRegionError} when the home Region cannot be resolved
   */
  plan(modelIdOrCommand: string | { readonly input: object }, overrides?: RequestRoutingOptions): Promise<Plan>;

  /** Live statistics of every route that has been tried, most recently used last. */
  stats(): RouteStats[];

  /**
   * A copy of the histogram of a route, for percentiles of your own or for export as an HDR histogram.
   * @param routeKey - `route.key` of a plan, a report or the statistics
   * @returns `undefined` when the route was never tried in that slice
   */
  histogram(routeKey: string, selection?: HistogramSelection): RouteHistogram | undefined;

  /**
   * Opens a window on the attempts that end from now on: statistics of the last minutes, or between two looks.
   * @throws {@link InvalidOptionsError} for a `lastMs` below 1000
   */
  window(options?: WindowOptions): RoutingWindow;

  /** What holds requests back at this moment: cooldowns, and budgets that are running out. */
  state(): RoutingState;

  /** Forgets the statistics. Cooldowns stay: they are about now. */
  reset(): void;

  /** What was observed, as plain data: keep it and hand it to the next process, which then need not start from nothing. */
  snapshot(): HealthSnapshot;

  /**
   * Adds a snapshot to what is known. It may come from anywhere: it is checked before any of it is used.
   * @throws {@link InvalidOptionsError} naming what is wrong with it
   */
  restore(snapshot: HealthSnapshot): void;

  /**
   * Tells the fleet at once what was observed here, and hears what the others know; without a `store` it does nothing.
   * For handlers that are frozen when they return, as those of AWS Lambda are. It takes a second at most, and never
   * rejects.
   */
  flush(): Promise<void>;

  /** Observes an event. A listener cannot influence routing; what it throws becomes a process warning. */
  on<Name extends keyof RoutingEvents>(event: Name, listener: RoutingListener<Name>): void;

  /** Stops observing an event. */
  off<Name extends keyof RoutingEvents>(event: Name, listener: RoutingListener<Name>): void;

  /**
   * Runs requests and attempts inside a tracer, for instrumentation that makes its spans the active ones.
   * @returns what removes it again
   */
  trace(tracer: RoutingTracer): () => void;
}

/** What a client has observed, and who observes it. */
export interface Observation {
  readonly health: RouteHealth;
  readonly dispatcher: Dispatcher;
  readonly clock: Clock;
  readonly emitter: RoutingEmitter;
  readonly tracers: Tracers;
  /** Absent without a store. */
  readonly fleet?: FleetMembership | undefined;
}

/** What a client does about its fleet beside its requests. */
export interface FleetMembership {
  /** Settles when what there is to exchange was exchanged, or could not be. */
  flush(): Promise<void>;
  /** Nothing is exchanged from now on. */
  leave(): void;
}

/** {@link Routing} over a router. */
export class ClientRouting implements Routing {
  readonly #router: Router;
  readonly #observation: Observation;
  readonly #homeRegion: () => Promise<string>;
  readonly #describe: DescribeRequest;

  constructor(router: Router, observation: Observation, homeRegion: () => Promise<string>, describe: DescribeRequest) {
    this.#router = router;
    this.#observation = observation;
    this.#homeRegion = homeRegion;
    this.#describe = describe;
  }

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
    const input = (modelIdOrCommand as { readonly input?: { readonly modelId?: unknown } } | undefined)?.input;
    if (typeof input?.modelId !== "string") {
      throw new InvalidOptionsError(
        "plan(modelIdOrCommand)",
        "must be a modelId or a command with one",
        received(modelIdOrCommand),
      );
    }
    const request = this.#describe(modelIdOrCommand, homeRegion, overrides);
    await this.#router.ready(request);
    return this.#router.preview(request);
  }

  stats(): RouteStats[] {
    return this.#observation.health.stats();
  }

  window(options: WindowOptions = {}): RoutingWindow {
    const { emitter, clock } = this.#observation;
    return new AttemptWindow(options, emitter, clock, this.#router.options.workload);
  }

  state(): RoutingState {
    const { health, dispatcher } = this.#observation;
    return Object.freeze({
      cooldowns: Object.freeze(health.cooldowns.active()),
      budgets: dispatcher.budgetsLeft,
    });
  }

  histogram(routeKey: string, { of = "ttfb", ...selection }: HistogramSelection = {}): RouteHistogram | undefined {
    const slice = selectedSlice(selection, this.#router.options.workload);
    return this.#observation.health.histogram(routeKey, slice, of)?.copy();
  }

  reset(): void {
    this.#observation.health.reset();
  }

  snapshot(): HealthSnapshot {
    const { health, clock } = this.#observation;
    return takeSnapshot(health, clock);
  }

  restore(snapshot: HealthSnapshot): void {
    const { health, clock } = this.#observation;
    restoreSnapshot(snapshot, health, clock);
  }

  async flush(): Promise<void> {
    await this.#observation.fleet?.flush();
  }

  on<Name extends keyof RoutingEvents>(event: Name, listener: RoutingListener<Name>): void {
    this.#observation.emitter.on(event, listener);
  }

  trace(tracer: RoutingTracer): () => void {
    return this.#observation.tracers.add(tracer);
  }

  off<Name extends keyof RoutingEvents>(event: Name, listener: RoutingListener<Name>): void {
    this.#observation.emitter.off(event, listener);
  }
}
