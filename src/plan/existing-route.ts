import { type Route, routeKey } from "../types/route.ts";

/** A route that exists according to the catalogue or to the caller. */
export interface ExistingRoute {
  readonly route: Route;
  /** Why it is tried after the routes about which there is no doubt. */
  readonly doubt?: string;
  /** True for the very profile that the caller named. */
  readonly explicit: boolean;
  /** What the plan's reasons say about it beside the numbers. */
  readonly note?: string;
}

/** A frozen route with its key. */
export function makeRoute(parts: Omit<Route, "key">): Route {
  return Object.freeze({
    key: routeKey(parts.sourceRegion, parts.modelId),
    ...parts,
    destinationRegions: Object.freeze([...parts.destinationRegions]),
  });
}
