import { knowsRegion } from "../profiles/catalog.ts";
import type { ModelRef } from "../profiles/model-ref.ts";
import type { Rejection } from "../types/plan.ts";
import { nearestModel } from "./did-you-mean.ts";
import type { ExistingRoutes } from "./existing-routes.ts";
import { routeViolations } from "./residency.ts";
import type { RouteQuery } from "./route-query.ts";

/** What a person should know about a plan beside its routes: one sentence each. */
export function remarksOf(
  request: RouteQuery,
  existing: ExistingRoutes,
  rejections: readonly Rejection[],
): readonly string[] {
  return Object.freeze([
    ...mantleOnly(request, existing),
    ...(existing.unlisted ? unlisted(request) : []),
    ...endOfLife(request, existing),
    ...boundary(request, rejections),
    ...guardrail(request, rejections),
    ...(request.route === "off"
      ? ["Routing is off: sent to the home Region as given, with the SDK's own retries."]
      : []),
  ]);
}

/**
 * A `maxTokens` that reserves far more of the quota than the answers use.
 * @param output - what the answers of the model have used, burndown included
 */
export function reservationRemark(maxTokens: number | undefined, output: OutputTokens | undefined): string | undefined {
  if (maxTokens === undefined || output === undefined || output.answers < ENOUGH_ANSWERS) return undefined;
  const used = output.mean * output.burndown;
  if (maxTokens < LARGE_RESERVATION || maxTokens < FAR_MORE * used) return undefined;
  const mean = Math.round(output.mean);
  const times = output.burndown === 1 ? "" : `, which count ${output.burndown} times`;
  return `maxTokens ${maxTokens} is reserved of the quota per minute by each request until it ends, and the answers have had ${mean} output tokens on average${times}: a lower one lets more requests in at once.`;
}

/** What a model has answered with. */
export interface OutputTokens {
  readonly answers: number;
  readonly mean: number;
  /** How many tokens of a quota each of them uses. */
  readonly burndown: number;
}

const ENOUGH_ANSWERS = 10;
const LARGE_RESERVATION = 2_048;
const FAR_MORE = 4;

function mantleOnly({ catalog }: RouteQuery, { model }: ExistingRoutes): readonly string[] {
  return catalog.isMantleOnly?.(model)
    ? [`${model} is served by bedrock-mantle only, as far as ${tableOf(catalog)} knows: the AWS SDK cannot call it.`]
    : [];
}

function unlisted({ ref, catalog, homeRegion, sourceRegions }: RouteQuery): readonly string[] {
  if (catalog.isMantleOnly?.("model" in ref ? ref.model : ref.modelId)) return [];
  if ("model" in ref && catalog.models().includes(ref.model) && !knowsRegion(catalog, homeRegion)) {
    return [
      `Region ${homeRegion} is not in ${tableOf(catalog)}: ${idOf(ref)} is sent there as given; with catalog: "live" AWS is asked what exists.`,
    ];
  }
  const known = `${idOf(ref)} is not in ${tableOf(catalog)} and is sent as given`;
  const others =
    ref.kind === "system-profile"
      ? catalog.profilesOf(ref.model).filter(({ destinations }) => sourceRegions.some((one) => one in destinations))
      : [];
  if (others.length > 0) {
    const ids = others.map(({ id }) => id).join(", ");
    return [`${known}; from ${sourceRegions.join(", ")} AWS offers ${ids}.`];
  }
  const guess = nearestModel(idOf(ref), catalog);
  return [
    guess === undefined
      ? `${known}; with catalog: "live" AWS is asked what exists.`
      : `${known}; did you mean ${JSON.stringify(guess)}?`,
  ];
}

/** Ends of life that have come, and those that are near enough to plan for. */
function endOfLife({ catalog, today }: RouteQuery, { model, routes }: ExistingRoutes): readonly string[] {
  const dates = new Set(routes.flatMap(({ route }) => catalog.endOfLife?.(model, route.sourceRegion) ?? []));
  return [...dates]
    .sort()
    .filter((date) => Date.parse(date) - Date.parse(today) <= NOTICE_MS)
    .map((date) =>
      date <= today
        ? `AWS announced the end of life of ${model} for ${date}: it may no longer answer.`
        : `${model} reaches its end of life on ${date}.`,
    );
}

/** Half a year, as long as AWS itself gives notice. */
const NOTICE_MS = 183 * 86_400_000;

function boundary({ ref, policy }: RouteQuery, rejections: readonly Rejection[]): readonly string[] {
  const left = rejections
    .filter(({ reason, route }) => reason === "boundary" && routeViolations(route, policy.residency).length === 0)
    .map(({ route }) => route.modelId);
  if (left.length === 0 || ref.kind !== "system-profile") return [];
  const ids = [...new Set(left)].join(", ");
  return [
    `${ref.profileId} is a boundary, which keeps out ${ids}: pass ${ref.model}, or set profileIds: "model", to allow what the residency allows.`,
  ];
}

function guardrail({ guardrail: used, policy }: RouteQuery, rejections: readonly Rejection[]): readonly string[] {
  if (used === undefined || used.reach !== undefined || rejections.some(({ reason }) => reason === "guardrail"))
    return [];
  return [
    `Nobody has said where guardrail ${used.id} is evaluated; AWS documents nothing for ${used.region} that leaves ${policy.residency.label}.`,
  ];
}

function idOf(ref: ModelRef): string {
  if (ref.kind === "system-profile") return ref.profileId;
  return ref.kind === "foundation-model" ? ref.model : ref.modelId.slice(0, LONGEST_SHOWN);
}

const LONGEST_SHOWN = 200;

function tableOf({ name, asOf }: RouteQuery["catalog"]): string {
  return `the table (${name}, ${asOf})`;
}
