import type { RequestRoutingOptions } from "../options/options.ts";
import { usesPromptCache } from "../router/prompt-cache.ts";
import type { PlanRequest } from "../router/route-request.ts";
import type { Router } from "../router/router.ts";
import type { Operation } from "./operations.ts";
import { regionBound } from "./region-bound.ts";
import type { SdkCommand } from "./retarget.ts";

/** What the router has to know of a command with a `modelId`, whether it is sent or only planned. */
export function planRequestOf(
  { input }: SdkCommand,
  operation: Operation,
  homeRegion: string,
  router: Router,
  overrides: RequestRoutingOptions | undefined,
): PlanRequest {
  return {
    // The SDK sends anything as text, so anything has to meet the residency.
    modelId: String(input.modelId),
    homeRegion,
    pinnedBy: router.options.sourceRegions.length === 0 ? undefined : regionBound(input),
    exact: operation.handling === "home-region" || router.isOff(overrides),
    streaming: operation.handling === "routed" && operation.stream !== undefined,
    mayProbe: !usesPromptCache(input),
    overrides,
  };
}
