import type { RequestInfo } from "../../src/types/events.ts";
import type { Candidate, Plan } from "../../src/types/plan.ts";
import { type Route, routeKey } from "../../src/types/route.ts";

const MODEL = "anthropic.claude-sonnet-4-6";
const HOME = "us-east-1";

/**
 * A route by its short name: `us` is the geographic profile called from us-east-1, `global@eu-west-1` the global one
 * called from eu-west-1. The same name gives the same object.
 */
export function routeOf(name: string): Route {
  const known = routes.get(name);
  if (known !== undefined) return known;
  const [geography = name, sourceRegion = HOME] = name.split("@");
  const modelId = `${geography}.${MODEL}`;
  const route: Route = Object.freeze({
    key: routeKey(sourceRegion, modelId),
    sourceRegion,
    modelId,
    model: MODEL,
    kind: geography === "global" ? "global" : "geographic",
    geography,
    destinationRegions: Object.freeze(geography === "global" ? ["*"] : [sourceRegion]),
  });
  routes.set(name, route);
  return route;
}

/** The short name of a route made by {@link routeOf}. */
export function nameOf({ geography, sourceRegion }: Route): string {
  return sourceRegion === HOME ? geography : `${geography}@${sourceRegion}`;
}

/** A plan with these routes as candidates, best first. */
export function planOf(...names: readonly string[]): Plan {
  return planWith({}, ...names);
}

/** The same, with facts that hold of every candidate. */
export function planWith(facts: Partial<Candidate>, ...names: readonly string[]): Plan {
  return {
    model: MODEL,
    homeRegion: HOME,
    policy: { prefer: "latency", priceWeight: 1, residency: { label: "any", regions: "any" } },
    candidates: names.map((name, index) => ({
      route: routeOf(name),
      reasons: [],
      ttfbMs: 500 + index,
      priorMs: 500 + index,
      samples: 0,
      relativePrice: 1,
      score: 500 + index,
      tier: 0,
      ...facts,
    })),
    rejections: [],
    remarks: [],
    catalog: "test",
  };
}

/** What observers are told of a request. */
export function requestInfo(plan: Plan, info: Partial<RequestInfo> = {}): RequestInfo {
  return { operation: "ConverseStream", workload: "default", streaming: true, startedAt: 0, plan, ...info };
}

const routes = new Map<string, Route>();
