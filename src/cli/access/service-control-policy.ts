import { partitionOf } from "../../profiles/regions.ts";
import type { Plan } from "../../types/plan.ts";
import type { Route } from "../../types/route.ts";
import { profileArn } from "./arn.ts";
import type { PolicyDocument, PolicyStatement } from "./policy-document.ts";

/**
 * The Regions that a Region-deny policy of the organisation must leave to Amazon Bedrock for the plans: all that are
 * called, all that may run inference, and `unspecified` where a global profile chooses. One missing destination fails
 * every request through the profile, whichever Region would have served it.
 */
export function regionsToAllow(plans: readonly Plan[]): readonly string[] {
  const regions = routesOf(plans).flatMap(({ sourceRegion, destinationRegions }) => [
    sourceRegion,
    ...destinationRegions
      .filter((region) => region !== "unknown")
      .map((region) => (region === "*" ? "unspecified" : region)),
  ]);
  return [...new Set(regions)].sort();
}

/** Routes whose destination Regions AWS does not document: no list of Regions can allow them. */
export function undocumentedRoutes(plans: readonly Plan[]): readonly Route[] {
  return routesOf(plans).filter(({ destinationRegions }) => destinationRegions.includes("unknown"));
}

/**
 * The statement for Amazon Bedrock beside a Region-deny policy that leaves `bedrock:*` out: Bedrock in these Regions only.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/global-cross-region-inference.html
 */
export function allowRegions(plans: readonly Plan[]): PolicyDocument {
  return document({
    Sid: "DenyBedrockOutsideRegions",
    Effect: "Deny",
    Action: ["bedrock:*"],
    Resource: ["*"],
    Condition: { StringNotEquals: { "aws:RequestedRegion": regionsToAllow(plans) } },
  });
}

/**
 * The tighter form: only the source Regions may be called, and other Regions may only run what these profiles send
 * there. It rests on `bedrock:InferenceProfileArn` being set where Bedrock checks the model in a destination Region, and
 * not where it checks the call itself.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/geographic-cross-region-inference.html
 */
export function allowProfiles(plans: readonly Plan[]): PolicyDocument {
  const routes = routesOf(plans);
  const sources = [...new Set(routes.map(({ sourceRegion }) => sourceRegion))].sort();
  const profiles = [...new Set(routes.flatMap(profileOf))].sort();
  return document({
    Sid: "DenyBedrockOutsideRegionsExceptProfiles",
    Effect: "Deny",
    Action: ["bedrock:*"],
    Resource: ["*"],
    Condition: {
      StringNotEquals: { "aws:RequestedRegion": sources },
      ...(profiles.length === 0 ? {} : { ArnNotLike: { "bedrock:InferenceProfileArn": profiles } }),
    },
  });
}

/**
 * Forbids global inference: through system-defined profiles as AWS documents it, and through application profiles that
 * were copied from one, whose ARN does not say so.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/global-cross-region-inference.html
 */
export function forbidGlobal(): PolicyDocument {
  return document(
    denyUnspecified("DenyGlobalInference", "arn:aws:bedrock:*:*:inference-profile/global.*"),
    denyUnspecified(
      "DenyGlobalInferenceThroughApplicationProfiles",
      "arn:aws:bedrock:*:*:application-inference-profile/*",
    ),
  );
}

function denyUnspecified(sid: string, profiles: string): PolicyStatement {
  return {
    Sid: sid,
    Effect: "Deny",
    Action: ["bedrock:*"],
    Resource: ["*"],
    Condition: {
      StringEquals: { "aws:RequestedRegion": ["unspecified"] },
      ArnLike: { "bedrock:InferenceProfileArn": [profiles] },
    },
  };
}

function document(...statements: readonly PolicyStatement[]): PolicyDocument {
  return { Version: "2012-10-17", Statement: statements };
}

function routesOf(plans: readonly Plan[]): readonly Route[] {
  return plans.flatMap(({ candidates }) => candidates.map(({ route }) => route));
}

/** Of any account: an organisation has several. */
function profileOf({ kind, sourceRegion, modelId }: Route): readonly string[] {
  if (kind === "application") return [modelId];
  if (kind !== "geographic" && kind !== "global") return [];
  return [profileArn(partitionOf(sourceRegion), sourceRegion, "*", modelId)];
}
