import type { GuardrailRef } from "../plan/guardrail.ts";
import type { ListedApplicationProfile, RegionListing } from "../profiles/region-listing.ts";
import type { CatalogProblem } from "./catalog-problem.ts";

/** What can be asked what exists. Free of the SDK's types: not everybody has the package that they come from. */
export interface AskedControlPlane {
  /** Lists what one source Region can call. Never rejects: a part that fails is absent, and a problem says why. */
  listRegion(region: string, abortSignal: AbortSignal): Promise<ListedRegion>;
  /** What is behind an application profile. Never rejects. */
  getProfile(arn: string, region: string, abortSignal: AbortSignal): Promise<ListedApplicationProfile | CatalogProblem>;
  /** The guardrail profile of a guardrail, if it has one. Never rejects. */
  getGuardrail(guardrail: GuardrailRef, abortSignal: AbortSignal): Promise<AskedGuardrail | CatalogProblem>;
  /** Closes the connections. */
  close(): void;
}

/** What the control plane says of a guardrail. */
export interface AskedGuardrail {
  /** Id of its guardrail profile, e.g. `us.guardrail.v1:0`. Undefined when it is evaluated in its own Region alone. */
  readonly profileId: string | undefined;
}

/** What the control plane of one source Region told, and what it did not. */
export interface ListedRegion {
  readonly parts: Pick<RegionListing, "profiles" | "inRegionModels" | "endOfLife" | "applicationProfiles">;
  readonly problems: readonly CatalogProblem[];
}
