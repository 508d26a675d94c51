import type { Catalog } from "../../profiles/catalog.ts";
import { geographyOf } from "../../profiles/geography.ts";
import { type Route, routeKey } from "../../types/route.ts";
import type { LabKind, LabOptions } from "./options.ts";

/** A kind of route that a source Region does not have for a model. */
export interface MissingRoute {
  readonly model: string;
  readonly sourceRegion: string;
  readonly kind: LabKind;
}

/** What a lab calls, and what it would have called if it existed. */
export interface LabRoutes {
  /** By source Region, within it by model, the global profile first: the order of every round. */
  readonly routes: readonly Route[];
  readonly missing: readonly MissingRoute[];
}

/** The routes of every model from every source Region, one exact `modelId` each: a lab never fails over. */
export function labRoutes(
  options: Pick<LabOptions, "models" | "sourceRegions" | "kinds">,
  catalog: Catalog,
): LabRoutes {
  const routes: Route[] = [];
  const missing: MissingRoute[] = [];
  for (const sourceRegion of options.sourceRegions) {
    for (const model of options.models) {
      for (const kind of ORDER.filter((one) => options.kinds.includes(one))) {
        const found = routesOfKind(model, sourceRegion, kind, catalog);
        routes.push(...found);
        if (found.length === 0) missing.push(Object.freeze({ model, sourceRegion, kind }));
      }
    }
  }
  return Object.freeze({ routes: Object.freeze(routes), missing: Object.freeze(missing) });
}

const ORDER: readonly LabKind[] = ["global", "geographic", "in-region"];

function routesOfKind(model: string, sourceRegion: string, kind: LabKind, catalog: Catalog): readonly Route[] {
  if (kind === "in-region") {
    if (!catalog.inRegionRegions(model).includes(sourceRegion)) return [];
    return [route(sourceRegion, model, model, kind, geographyOf(sourceRegion), [sourceRegion])];
  }
  return catalog.profilesOf(model).flatMap(({ id, geography, destinations }) => {
    const where = destinations[sourceRegion];
    if (where === undefined || (geography === "global") !== (kind === "global")) return [];
    return [route(sourceRegion, id, model, kind, geography, where)];
  });
}

function route(
  sourceRegion: string,
  modelId: string,
  model: string,
  kind: LabKind,
  geography: string,
  destinationRegions: readonly string[],
): Route {
  return Object.freeze({
    key: routeKey(sourceRegion, modelId),
    sourceRegion,
    modelId,
    model,
    kind,
    geography,
    destinationRegions,
  });
}
