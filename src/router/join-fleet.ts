import { FleetHealth } from "../health/fleet/fleet-health.ts";
import type { RouteHealth } from "../health/route-health.ts";
import type { RoutingStore } from "../types/store.ts";
import { FleetExchange, type FleetTools } from "./fleet-exchange.ts";

/** Lets a client share with others what it observes. A file of its own, loaded when there is a store. */
export function joinFleet(store: RoutingStore, health: RouteHealth, tools: FleetTools): FleetExchange {
  const exchange = new FleetExchange(store, tools);
  const fleet = new FleetHealth(store.namespace, tools.clock, tools.random, health, exchange);
  exchange.serve(fleet);
  health.join(fleet);
  return exchange;
}
