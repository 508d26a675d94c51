import type { Catalog } from "../profiles/catalog.ts";
import { sameRegions } from "../profiles/compare-catalogs.ts";
import { geographyOf } from "../profiles/geography.ts";
import { parseModelRef } from "../profiles/model-ref.ts";
import type { Rejection } from "../types/plan.ts";
import type { ExtraRoute, RouteKind } from "../types/route.ts";
import { type ExistingRoute, makeRoute } from "./existing-route.ts";

/** The caller's own routes to a model among all the others. */
export interface MergedRoutes {
  /** The caller's own first. */
  readonly routes: readonly ExistingRoute[];
  readonly rejections: readonly Rejection[];
}

/** A route through an ARN of the caller's own, with what is known of its destination Regions. */
export function ownRoute(extra: ExtraRoute, model: string, catalog: Catalog): ExistingRoute {
  const ref = parseModelRef(extra.modelId);
  const region = ("region" in ref ? ref.region : undefined) ?? "";
  const provisioned = ref.kind === "provisioned-model";
  // What AWS says outweighs what the caller wrote, who may have left a Region out.
  const known = catalog.applicationProfile?.(extra.modelId)?.destinationRegions ?? extra.destinationRegions;
  const destinationRegions = known ?? (provisioned ? [region] : ["unknown"]);
  const kind: RouteKind = provisioned ? "provisioned" : "application";
  const geography = destinationRegions.includes("*") ? "global" : geographyOf(region);
  const route = makeRoute({
    sourceRegion: region,
    modelId: extra.modelId,
    model,
    kind,
    geography,
    destinationRegions,
  });
  const note = provisioned
    ? "your provisioned model: tried before the others, which take what it throttles"
    : "your application profile: tried before the others";
  return { route, explicit: false, note };
}

/**
 * Puts the caller's own routes before the others. An application profile takes the place of what it copies, which is the
 * route from the same source Region with the same destination Regions: it would share its quota, and lose the tags.
 */
export function mergeOwnRoutes(
  own: readonly ExistingRoute[],
  others: readonly ExistingRoute[],
  model: string,
  catalog: Catalog,
): MergedRoutes {
  const rejections: Rejection[] = [];
  const replaced = new Set<ExistingRoute>();
  const kept = own.flatMap((entry): readonly ExistingRoute[] => {
    const { route } = entry;
    const behind = catalog.applicationProfile?.(route.modelId)?.model;
    if (behind !== undefined && behind !== model) {
      rejections.push(Object.freeze({ route, reason: "other-model", detail: `it serves ${behind}` }));
      return [];
    }
    const copied = route.kind === "application" ? copiedBy(entry, others) : undefined;
    if (copied === undefined) return [entry];
    if (!replaced.has(copied)) {
      replaced.add(copied);
      const detail = `${route.modelId} copies it and is used instead: same destination Regions, same quota`;
      rejections.push(Object.freeze({ route: copied.route, reason: "replaced", detail }));
    }
    const note = `your application profile: used instead of ${copied.route.modelId}, whose quota it shares`;
    return [{ ...entry, route: makeRoute({ ...route, geography: copied.route.geography }), note }];
  });
  return { routes: [...kept, ...others.filter((other) => !replaced.has(other))], rejections };
}

/** A profile rather than the model in-Region, should both run in the source Region alone. */
function copiedBy({ route }: ExistingRoute, others: readonly ExistingRoute[]): ExistingRoute | undefined {
  const copies = others.filter(
    (other) =>
      other.route.sourceRegion === route.sourceRegion &&
      !route.destinationRegions.includes("unknown") &&
      sameRegions(other.route.destinationRegions, route.destinationRegions),
  );
  return copies.find((copy) => copy.route.kind !== "in-region") ?? copies[0];
}
