import { parseModelRef } from "../../profiles/model-ref.ts";
import { partitionOf } from "../../profiles/regions.ts";
import { InvalidOptionsError } from "../../types/errors.ts";
import type { Route } from "../../types/route.ts";
import { type Account, modelArn, profileArn } from "./arn.ts";

/** What one statement allows: some resources, on some conditions. */
export interface Grant {
  readonly name: "InvokeProfiles" | "InvokeModelsThroughProfiles" | "InvokeModelsThroughGlobalProfiles" | "Invoke";
  readonly resources: readonly string[];
  /** Values of `bedrock:InferenceProfileArn`: the resources only through these profiles. Empty: no condition. */
  readonly throughProfiles: readonly string[];
  /** `aws:RequestedRegion` must be `unspecified`: what AWS sets where a global profile chooses the Region. */
  readonly unspecifiedRegion: boolean;
}

/**
 * What a caller must be allowed for one route, and nothing else. Bedrock authorises a request through a profile for
 * 1. the profile in the source Region, without `bedrock:InferenceProfileArn`;
 * 2. the foundation model in the source Region, with it;
 * 3. the foundation model in every destination Region, whichever runs the request; for a global profile the model
 *    without a Region instead, with `aws:RequestedRegion` = `unspecified`.
 *
 * An application profile stands for itself in `bedrock:InferenceProfileArn`; the profile it was copied from needs no
 * permission.
 * @throws {@link InvalidOptionsError} for a resource whose permissions depend on more than the route
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/geographic-cross-region-inference.html
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/global-cross-region-inference.html
 */
export function grantsOf(route: Route, account: Account): readonly Grant[] {
  const { kind, sourceRegion, modelId, model } = route;
  const partition = partitionOf(sourceRegion);
  switch (kind) {
    case "in-region":
      return [direct(modelId.startsWith("arn:") ? ownResource(modelId) : modelArn(partition, sourceRegion, model))];
    case "provisioned":
      return [direct(modelId)];
    case "application":
      return throughProfile(route, modelId);
    case "geographic":
    case "global":
      return throughProfile(route, profileArn(partition, sourceRegion, account, modelId));
    default:
      return kind satisfies never;
  }
}

function direct(resource: string): Grant {
  return { name: "Invoke", resources: [resource], throughProfiles: [], unspecifiedRegion: false };
}

function throughProfile({ sourceRegion, model, destinationRegions }: Route, profile: string): readonly Grant[] {
  const partition = partitionOf(sourceRegion);
  // Of an application profile that nobody described only the ARN is known. The condition keeps the wildcard to it.
  const name = model.startsWith("arn:") ? "*" : model;
  const regions = destinationRegions.includes("unknown")
    ? ["*"]
    : [...new Set([sourceRegion, ...destinationRegions])].filter((region) => region !== "*");
  const models: Grant = {
    name: "InvokeModelsThroughProfiles",
    resources: regions.map((region) => modelArn(partition, region, name)),
    throughProfiles: [profile],
    unspecifiedRegion: false,
  };
  const own: Grant = { ...direct(profile), name: "InvokeProfiles" };
  if (!destinationRegions.includes("*")) return [own, models];
  const anywhere: Grant = {
    name: "InvokeModelsThroughGlobalProfiles",
    resources: [modelArn(partition, "", name)],
    throughProfiles: [profile],
    unspecifiedRegion: true,
  };
  return [own, models, anywhere];
}

/** Custom and imported models are resources of the account, invoked by their own ARN. */
function ownResource(arn: string): string {
  const { kind } = parseModelRef(arn);
  if (kind !== "prompt" && kind !== "prompt-router" && kind !== "marketplace-endpoint") return arn;
  throw new InvalidOptionsError(
    "model",
    `must be a model or an inference profile: what a ${kind} may call is not told by its ARN, so its policy cannot be written from it`,
    JSON.stringify(arn),
  );
}
