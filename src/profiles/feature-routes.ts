import type { AskedFeature } from "../types/failure.ts";
import type { Route } from "../types/route.ts";

/** Where AWS offers a feature of which it says where. */
interface Offer {
  readonly feature: AskedFeature;
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
    feature: "system-tool=nova_grounding",
    models: /^amazon\.nova-/,
    through: ["us", "in-region"],
    sourceRegions: ["us-east-1", "us-east-2", "us-west-1", "us-west-2"],
  },
];

function latencyOptimized(models: RegExp, ...sourceRegions: readonly string[]): Offer {
  return { feature: "latency=optimized", models, through: ["us"], sourceRegions };
}

const NAMES: ReadonlyMap<AskedFeature, string> = new Map([
  ["latency=optimized", "latency-optimized inference"],
  ["system-tool=nova_grounding", "web grounding"],
]);

/** Those of the features that AWS offers on few routes, and says on which. */
export function rareFeatures(asked: readonly AskedFeature[]): readonly AskedFeature[] {
  return asked.length === 0 ? asked : asked.filter((feature) => NAMES.has(feature));
}

/**
 * The name of a feature that AWS offers on other routes of the model, and not on this one. Of a model that is not named,
 * nothing is known; nor of what stands behind the caller's own profiles.
 */
export function offeredElsewhere(asked: readonly AskedFeature[], route: Route): string | undefined {
  const feature = asked.find((one) => isElsewhere(one, route));
  return feature && NAMES.get(feature);
}

function isElsewhere(feature: AskedFeature, { kind, model, geography, sourceRegion }: Route): boolean {
  if (kind === "application" || kind === "provisioned") return false;
  const offers = OFFERS.filter((offer) => offer.feature === feature && offer.models.test(model));
  const through = kind === "in-region" ? kind : geography;
  return (
    offers.length > 0 &&
    !offers.some((offer) => offer.through.includes(through) && offer.sourceRegions.includes(sourceRegion))
  );
}
