import { partitionOf } from "../profiles/regions.ts";
import type { ModelTarget } from "./model-target.ts";
import { iamAction, type OperationCall } from "./operations.ts";
import { type DenyingPolicy, type Refusal, refuse } from "./refusal.ts";

/** Regions that a policy of the caller's organisation keeps from Amazon Bedrock. */
export interface DestinationDenial {
  /**
   * Regions, or `"unspecified"`: what a policy sees of a request through a global profile instead of a destination
   * Region. A policy that allows a list of Regions and forgets it denies every global profile.
   */
  readonly destinationRegions: readonly string[];
  /**
   * Which policy denies, or, as `"no-identity-based-policy"`, fails to allow.
   * @defaultValue "service-control-policy"
   */
  readonly by?: Extract<DenyingPolicy, "service-control-policy" | "identity-based-policy" | "no-identity-based-policy">;
}

/** A denial in force. */
export interface DenialHandle {
  remove(): void;
  [Symbol.dispose](): void;
}

/**
 * The policies of the caller's organisation, as far as they deny Regions. Bedrock asks for the profile in the source
 * Region, then for the model in the source Region and in every destination Region: one denied destination fails every
 * request through a geographic profile that has it, whichever Region would have served it, and a denied source Region
 * fails every request that is sent there.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/geographic-cross-region-inference.html
 */
export class Denials {
  #denials: readonly DestinationDenial[] = [];

  deny(denial: DestinationDenial): DenialHandle {
    this.#denials = [...this.#denials, denial];
    const remove = (): void => {
      this.#denials = this.#denials.filter((other) => other !== denial);
    };
    return { remove, [Symbol.dispose]: remove };
  }

  refusalOf(
    target: ModelTarget,
    { operation, streams }: Pick<OperationCall, "operation" | "streams">,
    sourceRegion: string,
  ): Refusal | undefined {
    const destinations = target.scope === "global" ? [unspecified] : target.destinationRegions;
    for (const { destinationRegions, by = "service-control-policy" } of this.#denials) {
      const denied = [sourceRegion, ...destinations].find((region) => destinationRegions.includes(region));
      if (denied === undefined) continue;
      const region = denied === unspecified ? "" : denied;
      const model = `arn:${partitionOf(sourceRegion)}:bedrock:${region}::foundation-model/${target.model}`;
      return refuse.accessDenied(
        by,
        iamAction(operation, streams),
        denied === sourceRegion ? target.resourceArn : model,
      );
    }
    return undefined;
  }
}

const unspecified = "unspecified";
