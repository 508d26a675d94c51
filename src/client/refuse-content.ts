import { NoRouteError } from "../errors.ts";
import type { RequestRoutingOptions } from "../options.ts";
import { residencyViolations } from "../plan/residency.ts";
import { geographyOf } from "../profiles/geography.ts";
import { routeKey } from "../route.ts";
import type { SdkCommand } from "./retarget.ts";
import type { Router } from "./router.ts";

/**
 * Refuses an operation that is passed through to the home Region, carries the caller's content and would break the
 * residency there: a promise about prompts holds for every operation that sends them.
 * @throws {@link NoRouteError}
 */
export function refuseContentOutsideResidency(
  command: SdkCommand,
  homeRegion: string,
  overrides: RequestRoutingOptions | undefined,
  router: Router,
): void {
  const policy = router.resolvePolicy(overrides, homeRegion);
  if (residencyViolations([homeRegion], policy.residency).length === 0) return;
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
  throw new NoRouteError({
    model: target,
    homeRegion,
    policy,
    candidates: [],
    rejections: [{ route, reason: "residency", detail }],
    catalog: "none",
  });
}
