import type { RequestRoutingOptions } from "../options/options.ts";
import { calledIn, guardrailRef } from "../plan/guardrail.ts";
import type { RareFeature } from "../profiles/feature-routes.ts";
import { parseModelRef } from "../profiles/model-ref.ts";
import type { PlanRequest } from "../router/route-request.ts";
import type { Router } from "../router/router.ts";
import { serviceLevel } from "../types/service-level.ts";
import { type InputFindings, inspectInput, type NamedGuardrail, type RequestedFeatures } from "./inspect-input.ts";
import type { Operation } from "./operations.ts";

/** What the router has to know of a command's input with a `modelId`, whether it is sent or only planned. */
export function planRequestOf(
  input: Readonly<Record<string, unknown>>,
  operation: Operation,
  homeRegion: string,
  router: Router,
  overrides: RequestRoutingOptions | undefined,
  { pinnedBy, guardrail: named, usesCache, features }: InputFindings = inspectInput(input),
): PlanRequest {
  const isOff = router.isOff(overrides);
  // The SDK sends anything as text, so anything has to meet the residency.
  const given = String(input.modelId);
  const takesModelOnly = operation.handling === "home-region" && operation.takesModelOnly === true && !isOff;
  return {
    modelId: takesModelOnly ? modelBehind(given, router) : given,
    homeRegion,
    ...pinOf(pinnedBy, named, homeRegion, router, overrides),
    features: rareFeatures(features),
    exact: operation.handling === "home-region" || isOff,
    streaming: operation.handling === "routed" && operation.stream !== undefined,
    mayProbe: !usesCache,
    ...serviceLevel(features.serviceTier, features.latency),
    overrides,
  };
}

/** What binds a request to a Region, and which one: a guardrail to its own, anything else to the home Region. */
export function pinOf(
  pinnedBy: string | undefined,
  named: NamedGuardrail | undefined,
  homeRegion: string,
  router: Router,
  overrides: RequestRoutingOptions | undefined,
): Pick<PlanRequest, "pinnedBy" | "pinnedTo" | "guardrail"> {
  const { sourceRegions } = router.options;
  const guardrail = named && guardrailRef(named.identifier, named.version, homeRegion);
  return {
    pinnedBy: sourceRegions.length === 0 ? undefined : pinnedBy,
    // Sent as the plain client would, it goes home.
    pinnedTo: router.isOff(overrides) ? undefined : guardrail && calledIn(guardrail, homeRegion, sourceRegions),
    guardrail,
  };
}

/** What is asked for that AWS offers on few routes. */
export function rareFeatures({ latency, systemTools }: RequestedFeatures): readonly RareFeature[] {
  const optimized = latency === "optimized";
  return systemTools.includes("nova_grounding") ? (optimized ? BOTH : GROUNDING) : optimized ? OPTIMIZED : NONE;
}

const NONE: readonly RareFeature[] = Object.freeze([]);
const OPTIMIZED: readonly RareFeature[] = Object.freeze(["latency-optimized inference"]);
const GROUNDING: readonly RareFeature[] = Object.freeze(["web grounding"]);
const BOTH: readonly RareFeature[] = Object.freeze([...OPTIMIZED, ...GROUNDING]);

/** The foundation model behind an inference profile, as far as it is known; anything else as it is. */
export function modelBehind(modelId: string, router: Router): string {
  const ref = parseModelRef(modelId);
  if (ref.kind === "system-profile") return ref.model;
  return (ref.kind === "application-profile" ? router.modelOfArn(modelId) : undefined) ?? modelId;
}
