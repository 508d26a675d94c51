import type { Catalog, InferenceProfile } from "../profiles/catalog.ts";
import { geographyOf } from "../profiles/geography.ts";
import type { ModelRef } from "../profiles/model-ref.ts";
import { UnknownModelError } from "../types/errors.ts";
import type { Rejection } from "../types/plan.ts";
import type { Route, RouteKind } from "../types/route.ts";
import { nearest } from "../util/nearest.ts";
import { type ExistingRoute, makeRoute } from "./existing-route.ts";
import { mergeOwnRoutes, ownRoute } from "./own-routes.ts";
import type { RouteQuery } from "./route-query.ts";

/** Every route to one model from the given source Regions. */
export interface ExistingRoutes {
  readonly model: string;
  readonly routes: readonly ExistingRoute[];
  /** Profiles of the model that cannot be called from any of the source Regions. */
  readonly rejections: readonly Rejection[];
}

/**
 * Lists every route to the model that a `modelId` names: its inference profiles and the model itself, from each source
 * Region that may call them.
 * @throws {@link UnknownModelError} when the catalogue has no route to the model in any Region
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html
 */
export function existingRoutes(request: RouteQuery): ExistingRoutes {
  const { ref } = request;
  if (ref.kind !== "foundation-model" && ref.kind !== "system-profile") return single(ref, request);
  const model = ref.model;
  const named = ref.kind === "system-profile" ? ref : undefined;
  const listed = request.catalog.profilesOf(model);
  if (request.exact) return exactRoute(ref, request, listed);
  // A named profile of which the table knows at most the id may be newer than the table: it is tried exactly as named.
  const profiles = listed.filter((profile) => profile.id !== named?.profileId || hasSource(profile));
  const inRegion = request.catalog.inRegionRegions(model);
  const doubtInRegion = (region: string): string | undefined =>
    request.catalog.inRegionIsDoubtful?.(model, region)
      ? "AWS lists the Region for the bedrock-mantle endpoint in the same row"
      : undefined;
  const extras = request.extraRoutes.map((extra) => ownRoute(extra, model, request.catalog));
  const isPlaced = ({ route }: ExistingRoute): boolean => request.sourceRegions.includes(route.sourceRegion);
  const others = request.sourceRegions.flatMap((region) => [
    ...profiles.flatMap((profile) => profileRoute(profile, region, named?.profileId)),
    ...(inRegion.includes(region) ? [inRegionRoute(model, model, region, doubtInRegion(region))] : []),
  ]);
  const { routes, rejections } = mergeOwnRoutes(extras.filter(isPlaced), others, model, request.catalog);
  const unlisted = named !== undefined && !profiles.some(({ id }) => id === named.profileId);
  if (!unlisted && profiles.length === 0 && inRegion.length === 0 && extras.length === 0) {
    throw unknownModel(ref.modelId, request.catalog);
  }
  const misplaced = extras.filter((extra) => !isPlaced(extra));
  return {
    model,
    routes: unlisted ? [undocumentedProfile(named, request), ...routes] : routes,
    rejections: [
      ...rejections,
      ...misplaced.map(({ route }) => misplacedArn(route)),
      ...uncallable(model, profiles, inRegion, request),
    ],
  };
}

function profileRoute(
  profile: InferenceProfile,
  sourceRegion: string,
  named: string | undefined,
): readonly ExistingRoute[] {
  const destinations = profile.destinations[sourceRegion];
  if (destinations === undefined) return [];
  return [
    {
      route: makeRoute({
        sourceRegion,
        modelId: profile.id,
        model: profile.model,
        kind: profile.geography === "global" ? "global" : "geographic",
        geography: profile.geography,
        destinationRegions: destinations,
      }),
      explicit: profile.id === named,
      ...doubted(doubtAbout(profile, sourceRegion)),
    },
  ];
}

function doubtAbout(profile: InferenceProfile, sourceRegion: string): string | undefined {
  if (profile.contradictedSourceRegions?.includes(sourceRegion)) return "AWS's own sources disagree about this Region";
  return profile.assumedSourceRegions?.includes(sourceRegion)
    ? "no source says from which Regions it can be called"
    : undefined;
}

function doubted(doubt: string | undefined): Pick<ExistingRoute, "doubt"> {
  return doubt === undefined ? {} : { doubt };
}

function hasSource(profile: InferenceProfile): boolean {
  return Object.keys(profile.destinations).length > 0;
}

function inRegionRoute(modelId: string, model: string, sourceRegion: string, doubt?: string): ExistingRoute {
  const geography = geographyOf(sourceRegion);
  const route = makeRoute({
    sourceRegion,
    modelId,
    model,
    kind: "in-region",
    geography,
    destinationRegions: [sourceRegion],
  });
  return { route, explicit: false, ...doubted(doubt) };
}

function undocumentedProfile(ref: ModelRef & { kind: "system-profile" }, request: RouteQuery): ExistingRoute {
  const global = ref.geography === "global";
  const elsewhere = ref.region !== undefined && request.sourceRegions.includes(ref.region) ? ref.region : undefined;
  const route = makeRoute({
    sourceRegion: elsewhere ?? request.homeRegion,
    modelId: ref.profileId,
    model: ref.model,
    kind: global ? "global" : "geographic",
    geography: ref.geography,
    destinationRegions: global ? ["*"] : ["unknown"],
  });
  return { route, explicit: true };
}

/** Operations that take the `modelId` as it is get one route: that id, from the home Region. */
function exactRoute(
  ref: ModelRef & { kind: "foundation-model" | "system-profile" },
  request: RouteQuery,
  profiles: readonly InferenceProfile[],
): ExistingRoutes {
  if (ref.kind === "foundation-model") {
    return { model: ref.model, routes: [inRegionRoute(ref.modelId, ref.model, request.homeRegion)], rejections: [] };
  }
  const profile = profiles.find(({ id }) => id === ref.profileId);
  const known = profile === undefined ? [] : profileRoute(profile, request.homeRegion, ref.profileId);
  return { model: ref.model, routes: known.length > 0 ? known : [undocumentedProfile(ref, request)], rejections: [] };
}

/** ARNs other than profiles and foundation models have exactly one route: themselves, in the Region that they name. */
function single(
  ref: Exclude<ModelRef, { kind: "foundation-model" | "system-profile" }>,
  request: RouteQuery,
): ExistingRoutes {
  if (ref.kind === "unknown") throw unknownModel(ref.modelId, request.catalog);
  const kind = kindOf(ref.kind);
  const facts = request.catalog.applicationProfile?.(ref.modelId);
  const declared = request.extraRoutes.find((extra) => extra.modelId === ref.modelId)?.destinationRegions;
  const model = facts?.model ?? request.arnModel ?? ref.modelId;
  const known = ref.kind !== "application-profile" && ref.kind !== "prompt" && ref.kind !== "prompt-router";
  const route = makeRoute({
    sourceRegion: ref.region,
    modelId: ref.modelId,
    model,
    kind,
    geography: facts?.destinationRegions.includes("*") ? "global" : geographyOf(ref.region),
    destinationRegions: facts?.destinationRegions ?? declared ?? (known ? [ref.region] : ["unknown"]),
  });
  if (!request.sourceRegions.includes(ref.region)) return { model, routes: [], rejections: [misplacedArn(route)] };
  const note = "named by its ARN: no other route takes its place";
  return { model, routes: [{ route, explicit: true, note }], rejections: [] };
}

function misplacedArn(route: Route): Rejection {
  const detail = `its ARN names ${route.sourceRegion}, which is neither the home Region nor one of the source Regions`;
  return Object.freeze({ route, reason: "not-a-source-region", detail });
}

function kindOf(kind: Exclude<ModelRef["kind"], "foundation-model" | "system-profile" | "unknown">): RouteKind {
  if (kind === "application-profile") return "application";
  return kind === "provisioned-model" ? "provisioned" : "in-region";
}

function uncallable(
  model: string,
  profiles: readonly InferenceProfile[],
  inRegion: readonly string[],
  request: RouteQuery,
): readonly Rejection[] {
  const missing = profiles
    .filter((profile) => !request.sourceRegions.some((region) => region in profile.destinations))
    .map((profile) => {
      const sources = Object.keys(profile.destinations);
      const route = makeRoute({
        sourceRegion: request.homeRegion,
        modelId: profile.id,
        model,
        kind: profile.geography === "global" ? "global" : "geographic",
        geography: profile.geography,
        destinationRegions: [...new Set(Object.values(profile.destinations).flat())].sort(),
      });
      return notCallable(route, sources);
    });
  if (inRegion.length === 0 || request.sourceRegions.some((region) => inRegion.includes(region))) return missing;
  return [...missing, notCallable(inRegionRoute(model, model, request.homeRegion).route, inRegion)];
}

function notCallable(route: Route, sources: readonly string[]): Rejection {
  const detail = sources.length === 0 ? "no source Region is documented" : `can be called from ${sources.join(", ")}`;
  return Object.freeze({ route, reason: "not-a-source-region", detail });
}

function unknownModel(modelId: string, catalog: Catalog): UnknownModelError {
  return new UnknownModelError(modelId, `${catalog.name}, ${catalog.asOf}`, nearest(modelId, catalog.models()));
}
