import type { RequestRoutingOptions } from "../options/options.ts";
import { calledIn, guardrailRef } from "../plan/guardrail.ts";
import { parseModelRef } from "../profiles/model-ref.ts";
import type { PlanRequest } from "../router/route-request.ts";
import type { Router } from "../router/router.ts";
import type { AskedFeature } from "../types/failure.ts";
import { serviceLevel } from "../types/service-level.ts";
import { type InputFindings, inspectInput, type NamedGuardrail } from "./inspect-input.ts";
import type { Operation } from "./operations.ts";

/** What the router has to know of a command's input with a `modelId`, whether it is sent or only planned. */
export function planRequestOf(
  input: Readonly<Record<string, unknown>>,
  operation: Operation,
  homeRegion: string,
  router: Router,
  overrides: RequestRoutingOptions | undefined,
  findings: InputFindings = inspectInput(input),
): PlanRequest {
  const { pinnedBy, guardrail, usesCache, conversation, features, bytes, maxTokens } = findings;
  const isOff = router.isOff(overrides);
  // The SDK sends anything as text, so anything has to meet the residency.
  const given = String(input.modelId);
  const takesModelOnly = operation.handling === "home-region" && operation.takesModelOnly === true && !isOff;
  return {
    modelId: takesModelOnly ? modelBehind(given, router) : given,
    homeRegion,
    ...pinOf(pinnedBy, guardrail, homeRegion, router, overrides),
    features: askedFeatures(findings),
    exact: operation.handling === "home-region" || isOff,
    streaming: operation.handling === "routed" && operation.stream !== undefined,
    mayProbe: usesCache ? "while-slow" : true,
    conversation,
    inputBytes: bytes,
    maxTokens,
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

/** What is asked for that not every route has, as a refusal would name it. */
export function askedFeatures({
  features: { serviceTier, latency, betas, systemTools, toolChoice },
  guardrail,
  usesCache,
}: Pick<InputFindings, "features" | "guardrail" | "usesCache">): readonly AskedFeature[] {
  const asked: AskedFeature[] = systemTools.map((name) => `system-tool=${name}` as const);
  if (latency !== undefined) asked.push(`latency=${latency}`);
  if (serviceTier !== undefined) asked.push(`service-tier=${serviceTier}`);
  if (serviceTier === "reserved") asked.push("reservation=");
  // A refusal does not say which of them.
  if (betas.length > 0) asked.push(`beta-flag=${[...betas].sort().join()}`);
  if (toolChoice !== undefined) asked.push(`tool-choice=${toolChoice}`);
  if (guardrail !== undefined) asked.push(`guardrail=${guardrail.identifier}`);
  if (usesCache) asked.push("prompt-caching=");
  return asked.length === 0 ? NONE : asked;
}

const NONE: readonly AskedFeature[] = Object.freeze([]);

/** The foundation model behind an inference profile, as far as it is known; anything else as it is. */
export function modelBehind(modelId: string, router: Router): string {
  const ref = parseModelRef(modelId);
  if (ref.kind === "system-profile") return ref.model;
  return (ref.kind === "application-profile" ? router.modelOfArn(modelId) : undefined) ?? modelId;
}
