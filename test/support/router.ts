import type { TraceAttempt } from "../../src/dispatch/attempt.ts";
import { Dispatcher } from "../../src/dispatch/dispatch.ts";
import { RouteHealth } from "../../src/health/route-health.ts";
import type { RoutingOptions } from "../../src/options/options.ts";
import { resolveOptions } from "../../src/options/resolve-options.ts";
import type { PlanRequest } from "../../src/router/route-request.ts";
import { Router } from "../../src/router/router.ts";
import { RoutingEmitter } from "../../src/router/routing-emitter.ts";
import { Tracers } from "../../src/router/tracers.ts";
import { SONNET } from "./requests.ts";
import { VirtualClock } from "./virtual-clock.ts";

/** A router on a virtual clock, and what a test has to reach of it. */
export interface RouterStage {
  readonly router: Router;
  readonly clock: VirtualClock;
  readonly health: RouteHealth;
  readonly dispatcher: Dispatcher;
  readonly emitter: RoutingEmitter;
  readonly emit: RoutingEmitter["emit"];
  readonly tracers: Tracers;
}

export function stageRouter(routing: Partial<RoutingOptions> = {}): RouterStage {
  const clock = new VirtualClock();
  const emitter = new RoutingEmitter();
  const emit: RoutingEmitter["emit"] = (name, event) => emitter.emit(name, event);
  const health = new RouteHealth(clock, () => 0.5, emit);
  const options = resolveOptions({ policy: "latency", ...routing });
  const tracers = new Tracers();
  const trace: TraceAttempt = (attempt, send) => tracers.attempt(attempt, send);
  const dispatcher = new Dispatcher({ clock, random: () => 0.5, health, emit, trace });
  const router = new Router(options, { clock, health, dispatcher, emit, tracers });
  return { router, clock, health, dispatcher, emitter, emit, tracers };
}

/** A streaming request for Claude Sonnet from eu-central-1, unless it says otherwise. */
export function planRequest(request: Partial<PlanRequest> = {}): PlanRequest {
  return {
    modelId: SONNET,
    homeRegion: "eu-central-1",
    pinnedBy: undefined,
    exact: false,
    streaming: true,
    mayProbe: true,
    overrides: undefined,
    ...request,
  };
}
