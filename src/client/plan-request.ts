import type { RequestRoutingOptions } from "../options/options.ts";
import type { PlanRequest } from "../router/route-request.ts";
import type { Router } from "../router/router.ts";
import { serviceLevel } from "../types/service-level.ts";
import { type InputFindings, inspectInput } from "./inspect-input.ts";
import type { Operation } from "./operations.ts";

/** What the router has to know of a command's input with a `modelId`, whether it is sent or only planned. */
export function planRequestOf(
  input: Readonly<Record<string, unknown>>,
  operation: Operation,
  homeRegion: string,
  router: Router,
  overrides: RequestRoutingOptions | undefined,
  { pinnedBy, usesCache, features }: InputFindings = inspectInput(input),
): PlanRequest {
  return {
    // The SDK sends anything as text, so anything has to meet the residency.
    modelId: String(input.modelId),
    homeRegion,
    pinnedBy: router.options.sourceRegions.length === 0 ? undefined : pinnedBy,
    exact: operation.handling === "home-region" || router.isOff(overrides),
    streaming: operation.handling === "routed" && operation.stream !== undefined,
    mayProbe: !usesCache,
    ...serviceLevel(features.serviceTier, features.latency),
    overrides,
  };
}
