import { FAMILY_TEXTS, type FailureFamily } from "../../types/failure-family.ts";
import type { Route } from "../../types/route.ts";

/**
 * The quota that a throttled route has hit, by its name in Service Quotas; `undefined` when the service did not say.
 * In-Region, geographic and global calls are counted apart, all of them in the source Region; those of a day together.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/quotas-runtime.html
 */
export function quotaName(family: FailureFamily, route: Route): string | undefined {
  const { quota } = FAMILY_TEXTS[family];
  if (quota === undefined) return undefined;
  if (family === "tokens-per-day") return `Amazon Bedrock, ${route.sourceRegion}: ${quota} for ${route.model}`;
  return `Amazon Bedrock, ${route.sourceRegion}: ${scopeOf(route)} ${quota} for ${route.model}`;
}

function scopeOf({ kind, destinationRegions }: Route): string {
  if (kind === "global" || destinationRegions.includes("*")) return "Global cross-region";
  return kind === "geographic" || kind === "application" ? "Cross-region" : "On-demand";
}
