import type { Route } from "../types/route.ts";

/** What a request may ask for that AWS offers on few routes, and says on which. */
export type RareFeature = "latency-optimized inference" | "web grounding";

/** Where AWS offers a feature. */
interface Offer {
  readonly feature: RareFeature;
  readonly models: RegExp;
  /** Prefixes of the profiles; `in-region` for the model itself. */
  readonly through: readonly string[];
  readonly sourceRegions: readonly string[];
}

/**
 * Latency-optimized inference: the user guide, and for Nova Pro a measurement of 2026-03-24 that found it through `us.`
 * profiles alone. Web grounding: "available only in US Regions", with examples that call `us.` profiles; whether a global
 * profile has it when it is called from there is not known.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/latency-optimized-inference.html
 * @see https://docs.aws.amazon.com/nova/latest/nova2-userguide/web-grounding.html
 */
const OFFERS: readonly Offer[] = [
  latencyOptimized(/^amazon\.nova-pro-v1:0$/, "us-east-1", "us-east-2", "us-west-2"),
  latencyOptimized(/^anthropic\.claude-3-5-haiku-20241022-v1:0$/, "us-east-2", "us-west-2"),
  latencyOptimized(/^meta\.llama3-1-405b-instruct-v1:0$/, "us-east-2"),
  latencyOptimized(/^meta\.llama3-1-70b-instruct-v1:0$/, "us-east-2", "us-west-2"),
  {
    feature: "web grounding",
    models: /^amazon\.nova-/,
    through: ["us", "in-region"],
    sourceRegions: ["us-east-1", "us-east-2", "us-west-1", "us-west-2"],
  },
];

function latencyOptimized(models: RegExp, ...sourceRegions: readonly string[]): Offer {
  return { feature: "latency-optimized inference", models, through: ["us"], sourceRegions };
}

/**
 * Whether AWS offers the feature on other routes of the model, and not on this one. Of a model that is not named, nothing
 * is known; nor of what stands behind the caller's own profiles.
 */
export function isElsewhere(feature: RareFeature, route: Route): boolean {
  const { kind, model, geography, sourceRegion } = route;
  if (kind === "application" || kind === "provisioned") return false;
  const offers = OFFERS.filter((offer) => offer.feature === feature && offer.models.test(model));
  const through = kind === "in-region" ? kind : geography;
  return (
    offers.length > 0 &&
    !offers.some((offer) => offer.through.includes(through) && offer.sourceRegions.includes(sourceRegion))
  );
}
