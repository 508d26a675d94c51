import { arnPartition } from "./arn.ts";
import type { ModelTarget } from "./model-target.ts";
import { iamAction, type OperationName } from "./operations.ts";
import { type DenyingPolicy, type Refusal, refuse } from "./refusal.ts";

/** Destination Regions that a policy of the caller's organisation forbids. */
export interface DestinationDenial {
  /**
   * Regions, or `"unspecified"`: what a policy sees of a request through a global profile instead of a destination
   * Region. A policy that allows a list of Regions and forgets it denies every global profile.
   */
  readonly destinationRegions: readonly string[];
  /** @defaultValue "service-control-policy" */
  readonly by?: Extract<DenyingPolicy, "service-control-policy" | "identity-based-policy">;
}

/** A denial in force. */
export interface DenialHandle {
  remove(): void;
  [Symbol.dispose](): void;
}

/**
 * The policies of the caller's organisation, as far as they deny destination Regions. One denied destination fails
 * every request through a geographic profile that has it, whichever Region would have served it.
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

  refusalOf(target: ModelTarget, operation: OperationName, sourceRegion: string): Refusal | undefined {
    const destinations = target.scope === "global" ? [unspecified] : target.destinationRegions;
    for (const { destinationRegions, by = "service-control-policy" } of this.#denials) {
      const denied = destinations.find((destination) => destinationRegions.includes(destination));
      if (denied === undefined) continue;
      const region = denied === unspecified ? "" : denied;
      const arn = `arn:${arnPartition(sourceRegion)}:bedrock:${region}::foundation-model/${target.model}`;
      return refuse.accessDenied(by, iamAction(operation), arn);
    }
    return undefined;
  }
}

const unspecified = "unspecified";
