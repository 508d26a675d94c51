import { makeBudgets } from "../../src/dispatch/token-budget.ts";
import { RouteHealth } from "../../src/health/route-health.ts";
import type { RoutingOptions } from "../../src/options/options.ts";
import { resolveOptions } from "../../src/options/resolve-options.ts";
import type { PlanRequest } from "../../src/router/route-request.ts";
import { Router } from "../../src/router/router.ts";
import { RoutingEmitter } from "../../src/router/routing-emitter.ts";
import { SONNET } from "./requests.ts";
import { VirtualClock } from "./virtual-clock.ts";

/** A router on a virtual clock, and what a test has to reach of it. */
export interface RouterStage {
  readonly router: Router;
  readonly clock: VirtualClock;
  readonly health: RouteHealth;
  readonly emitter: RoutingEmitter;
}

export function stageRouter(routing: Partial<RoutingOptions> = {}): RouterStage {
  const clock = new VirtualClock();
  const emitter = new RoutingEmitter();
  const emit: RoutingEmitter["emit"] = (name, event) => emitter.emit(name, event);
  const health = new RouteHealth(clock, () => 0.5, emit);
  const options = resolveOptions({ policy: "latency", ...routing });
  const router = new Router(options, { clock, random: () => 0.5, health, budgets: makeBudgets(), emit });
  return { router, clock, health, emitter };
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
