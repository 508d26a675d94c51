import { isWithin } from "../profiles/geography.ts";
import { documentedReach } from "../profiles/guardrail-profiles.ts";
import type { ResolvedResidency } from "../types/plan.ts";
import { residencyViolations } from "./residency.ts";

/** A guardrail as a request names it, and where it lives. */
export interface GuardrailRef {
  /** Its id, without what stands around it in an ARN. */
  readonly id: string;
  readonly version: string | undefined;
  /** The Region of its ARN, or else the home Region: guardrails are not shared between Regions. */
  readonly region: string;
}

/** Where AWS may evaluate a guardrail, beside its own Region. */
export interface GuardrailReach {
  /** `undefined` when AWS does not document the destination Regions of its profile. */
  readonly regions: readonly string[] | undefined;
  /** The geography that its profile does not leave, for that case. */
  readonly geography?: string;
}

/** The guardrail of a request, with what is known of it. */
export interface UsedGuardrail extends GuardrailRef {
  /** `undefined` when nobody has said whether it has a guardrail profile. */
  readonly reach: GuardrailReach | undefined;
}

/**
 * Reads what a request calls its guardrail.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_GuardrailConfiguration.html
 */
export function guardrailRef(identifier: string, version: string | undefined, homeRegion: string): GuardrailRef {
  const [, region = homeRegion, id = identifier] = GUARDRAIL_ARN.exec(identifier) ?? [];
  return { id, version, region };
}

const GUARDRAIL_ARN = /^arn:aws(?:-[a-z]+)*:bedrock:([a-z0-9-]+):\d*:guardrail\/([^/]+)$/;

/**
 * The Region whose endpoint a request with the guardrail is sent to: its own, or the home Region when that one may not be
 * called. Bedrock refuses it there.
 */
export function calledIn({ region }: GuardrailRef, homeRegion: string, sourceRegions: readonly string[]): string {
  return sourceRegions.includes(region) ? region : homeRegion;
}

/**
 * Why the guardrail breaks the residency; `undefined` when it does not. A guardrail with a guardrail profile is evaluated
 * in other Regions, with the whole prompt and answer. What nobody has said is settled by what AWS promises: it stays
 * within the geography, and uses no profile but those that AWS documents for its Region.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-cross-region.html
 */
export function guardrailRefusal(
  { id, region, reach }: UsedGuardrail,
  residency: ResolvedResidency,
): string | undefined {
  if (residency.regions === "any") return undefined;
  const geographies = residency.geographies ?? [];
  const isInside = (regions: readonly string[]): boolean => residencyViolations(regions, residency).length === 0;
  const staysWithin = (geography: string): boolean =>
    isInside([region]) && geographies.some((allowed) => isWithin(geography, allowed));
  if (reach?.regions !== undefined) {
    const outside = residencyViolations([...new Set([region, ...reach.regions])], residency);
    return outside.length === 0
      ? undefined
      : `guardrail ${id} may be evaluated in ${outside.join(", ")}, outside ${residency.label}`;
  }
  if (reach?.geography !== undefined) {
    return staysWithin(reach.geography)
      ? undefined
      : `AWS does not document where guardrail ${id} is evaluated within ${reach.geography}`;
  }
  const documented = documentedReach(region);
  if (documented === undefined ? geographies.length > 0 && isInside([region]) : isInside([region, ...documented])) {
    return undefined;
  }
  return `it is not known where guardrail ${id} is evaluated`;
}
