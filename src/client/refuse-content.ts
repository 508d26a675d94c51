import type { RequestRoutingOptions } from "../options/options.ts";
import { residencyViolations } from "../plan/residency.ts";
import { geographyOf } from "../profiles/geography.ts";
import type { Router } from "../router/router.ts";
import type { Plan } from "../types/plan.ts";
import { routeKey } from "../types/route.ts";
import type { SdkCommand } from "./retarget.ts";

/**
 * Refuses a request that goes to the home Region as it is, carries the caller's content and would break the residency
 * there: a promise about prompts holds for every operation that sends them.
 * @returns the plan without candidates that says why, or `undefined` when the request may be sent
 */
export function refuseContentOutsideResidency(
  command: SdkCommand,
  homeRegion: string,
  overrides: RequestRoutingOptions | undefined,
  router: Router,
): Plan | undefined {
  const policy = router.resolvePolicy(overrides, homeRegion);
  if (residencyViolations([homeRegion], policy.residency).length === 0) return undefined;
  const { guardrailIdentifier } = command.input;
  const target = typeof guardrailIdentifier === "string" ? guardrailIdentifier : command.constructor.name;
  const route = Object.freeze({
    key: routeKey(homeRegion, target),
    sourceRegion: homeRegion,
    modelId: target,
    model: target,
    kind: "in-region" as const,
    geography: geographyOf(homeRegion),
    destinationRegions: Object.freeze([homeRegion]),
  });
  const detail = `runs in ${homeRegion}, outside ${policy.residency.label}`;
  return Object.freeze({
    model: target,
    homeRegion,
    policy,
    candidates: Object.freeze([]),
    rejections: Object.freeze([Object.freeze({ route, reason: "residency" as const, detail })]),
    remarks: Object.freeze([]),
    catalog: "none",
  });
}
