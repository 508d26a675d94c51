import { guardrailRefusal, type UsedGuardrail } from "../plan/guardrail.ts";
import { residencyViolations } from "../plan/residency.ts";
import { geographyOf } from "../profiles/geography.ts";
import type { PlanRequest } from "../router/route-request.ts";
import type { Router } from "../router/router.ts";
import type { Plan, Rejection, ResolvedResidency } from "../types/plan.ts";
import { routeKey } from "../types/route.ts";
import type { SdkCommand } from "./retarget.ts";

/** What is known of a request that is sent as it is. */
export type ContentRequest = Pick<PlanRequest, "homeRegion" | "overrides" | "guardrail" | "pinnedTo">;

/**
 * Refuses a request that is sent as it is, carries the caller's content and would break the residency where it goes, or
 * where its guardrail is evaluated: a promise about prompts holds for every operation that sends them.
 * @returns the plan without candidates that says why, or `undefined` when the request may be sent
 */
export function refuseContentOutsideResidency(
  command: SdkCommand,
  { homeRegion, overrides, guardrail, pinnedTo: region = homeRegion }: ContentRequest,
  router: Router,
): Plan | undefined {
  const policy = router.resolvePolicy(overrides, homeRegion);
  const refusal = refusalOf(region, guardrail && router.withReach(guardrail), policy.residency);
  if (refusal === undefined) return undefined;
  const { guardrailIdentifier } = command.input;
  const target = typeof guardrailIdentifier === "string" ? guardrailIdentifier : command.constructor.name;
  const route = Object.freeze({
    key: routeKey(region, target),
    sourceRegion: region,
    modelId: target,
    model: target,
    kind: "in-region" as const,
    geography: geographyOf(region),
    destinationRegions: Object.freeze([region]),
  });
  return Object.freeze({
    model: target,
    homeRegion,
    policy,
    candidates: Object.freeze([]),
    rejections: Object.freeze([Object.freeze({ route, ...refusal })]),
    remarks: Object.freeze([]),
    catalog: "none",
  });
}

function refusalOf(
  region: string,
  guardrail: UsedGuardrail | undefined,
  residency: ResolvedResidency,
): Omit<Rejection, "route"> | undefined {
  if (residencyViolations([region], residency).length > 0) {
    return { reason: "residency", detail: `runs in ${region}, outside ${residency.label}` };
  }
  const detail = guardrail && guardrailRefusal(guardrail, residency);
  return detail === undefined ? undefined : { reason: "guardrail", detail };
}
