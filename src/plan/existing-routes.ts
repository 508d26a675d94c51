import { type InferenceProfile, knowsRegion } from "../profiles/catalog.ts";
import { geographyOf } from "../profiles/geography.ts";
import { canBeModelId, type ModelRef } from "../profiles/model-ref.ts";
import { UnknownModelError } from "../types/errors.ts";
import type { Rejection } from "../types/plan.ts";
import type { Route, RouteKind } from "../types/route.ts";
import { nearestModel } from "./did-you-mean.ts";
import { type ExistingRoute, makeRoute } from "./existing-route.ts";
import { mergeOwnRoutes, ownRoute } from "./own-routes.ts";
import type { RouteQuery } from "./route-query.ts";

/** Every route to one model from the given source Regions. */
export interface ExistingRoutes {
  readonly model: string;
  readonly routes: readonly ExistingRoute[];
  /** Profiles of the model that cannot be called from any of the source Regions. */
  readonly rejections: readonly Rejection[];
  /** True when the catalogue does not know what the caller named: it is sent as given. */
  readonly unlisted?: true;
}

/**
 * Lists every route to the model that a `modelId` names: its inference profiles and the model itself, from each source
 * Region that may call them. What the catalogue does not know is one route of its own, from the home Region or the one
 * that its ARN names, and goes there as it is: Bedrock may know it. So is anything, from a home Region of which the
 * catalogue knows nothing.
 * @throws {@link UnknownModelError} for text that cannot be a `modelId`
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html
 */
export function existingRoutes(request: RouteQuery): ExistingRoutes {
  const { ref, catalog } = request;
  if (ref.kind === "unknown") return anyId(ref.modelId, request);
  if (ref.kind !== "foundation-model" && ref.kind !== "system-profile") return single(ref, request);
  const model = ref.model;
  const named = ref.kind === "system-profile" ? ref : undefined;
  const listed = catalog.profilesOf(model);
  if (request.exact) return exactRoute(ref, request, listed);
  // A named profile of which the table knows at most the id may be newer than the table: it is tried exactly as named.
  const profiles = listed.filter((profile) => profile.id !== named?.profileId || hasSource(profile));
  const inRegion = catalog.inRegionRegions(model);
  const extras = request.extraRoutes.map((extra) => ownRoute(extra, model, catalog));
  const isPlaced = ({ route }: ExistingRoute): boolean => request.sourceRegions.includes(route.sourceRegion);
  const placed = extras.filter(isPlaced);
  const misplaced = extras.filter((extra) => !isPlaced(extra)).map(({ route }) => misplacedArn(route));
  if (ref.kind === "foundation-model" && profiles.length + inRegion.length + placed.length === 0) {
    const given = asGiven(ref, request);
    return { ...given, rejections: [...given.rejections, ...misplaced] };
  }
  const others = request.sourceRegions.flatMap((region) => [
    ...profiles.flatMap((profile) => profileRoute(profile, region, named?.profileId, request)),
    ...(inRegion.includes(region) ? [inRegionRoute(model, model, region, doubtInRegion(model, region, request))] : []),
  ]);
  const { routes, rejections } = mergeOwnRoutes(placed, others, model, catalog);
  const rejected = [...rejections, ...misplaced, ...uncallable(model, profiles, inRegion, request)];
  // Nothing that the table says of other Regions tells what a Region offers of which it says nothing at all.
  if (routes.length === 0 && !knowsRegion(catalog, request.homeRegion)) {
    const given =
      ref.kind === "system-profile"
        ? { routes: [{ ...undocumentedProfile(ref, request), note: SENT_AS_GIVEN }], rejections: [] }
        : asGiven(ref, request);
    const keys = given.routes.map(({ route }) => route.key);
    const others = [...given.rejections, ...rejected].filter(({ route }) => !keys.includes(route.key));
    return { model, routes: given.routes, rejections: others, unlisted: true };
  }
  const unlisted = named !== undefined && !profiles.some(({ id }) => id === named.profileId);
  return {
    model,
    routes: unlisted ? [undocumentedProfile(named, request), ...routes] : routes,
    rejections: rejected,
    ...(unlisted && { unlisted }),
  };
}

/** A foundation model that nobody knows: a bare id runs where it is called. */
function asGiven(ref: ModelRef & { kind: "foundation-model" }, request: RouteQuery): ExistingRoutes {
  const { modelId, model, region = request.homeRegion } = ref;
  const known = inRegionRoute(modelId, model, region, endDoubt(model, region, request));
  if (!request.sourceRegions.includes(region)) {
    return { model, routes: [], rejections: [misplacedArn(known.route)], unlisted: true };
  }
  return { model, routes: [{ ...known, explicit: true, note: SENT_AS_GIVEN }], rejections: [], unlisted: true };
}

/** Text whose form says nothing, such as a new kind of ARN. Where it runs is anybody's guess. */
function anyId(modelId: string, request: RouteQuery): ExistingRoutes {
  if (!canBeModelId(modelId)) throw new UnknownModelError(modelId, nearestModel(modelId, request.catalog));
  const sourceRegion = request.homeRegion;
  const route = makeRoute({
    sourceRegion,
    modelId,
    model: modelId,
    kind: "in-region",
    geography: geographyOf(sourceRegion),
    destinationRegions: ["unknown"],
  });
  return { model: modelId, routes: [{ route, explicit: true, note: SENT_AS_GIVEN }], rejections: [], unlisted: true };
}

const SENT_AS_GIVEN = "not in the table: sent as given";

function profileRoute(
  profile: InferenceProfile,
  sourceRegion: string,
  named: string | undefined,
  request: RouteQuery,
): readonly ExistingRoute[] {
  const destinations = Object.hasOwn(profile.destinations, sourceRegion)
    ? profile.destinations[sourceRegion]
    : undefined;
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
      ...doubted(doubtAbout(profile, sourceRegion) ?? endDoubt(profile.model, sourceRegion, request)),
    },
  ];
}

function doubtAbout(profile: InferenceProfile, sourceRegion: string): string | undefined {
  if (profile.contradictedSourceRegions?.includes(sourceRegion)) return "AWS's own sources disagree about this Region";
  return profile.assumedSourceRegions?.includes(sourceRegion)
    ? "no source says from which Regions it can be called"
    : undefined;
}

function doubtInRegion(model: string, sourceRegion: string, request: RouteQuery): string | undefined {
  return request.catalog.inRegionIsDoubtful?.(model, sourceRegion)
    ? "AWS lists the Region for the bedrock-mantle endpoint in the same row"
    : endDoubt(model, sourceRegion, request);
}

/** Some may still call a model after its end of life: by an arrangement with its provider, or because AWS is late. */
function endDoubt(model: string, sourceRegion: string, { catalog, today }: RouteQuery): string | undefined {
  const date = catalog.endOfLife?.(model, sourceRegion);
  return date !== undefined && date <= today ? `AWS announced the model's end of life for ${date}` : undefined;
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

/**
 * Operations that take the `modelId` as it is get one route: that id, from the home Region. An ARN of another Region is
 * sent there, too, and Bedrock refuses it; a residency goes by the Region that the ARN names.
 */
function exactRoute(
  ref: ModelRef & { kind: "foundation-model" | "system-profile" },
  request: RouteQuery,
  profiles: readonly InferenceProfile[],
): ExistingRoutes {
  const { homeRegion } = request;
  const runsIn = ref.region ?? homeRegion;
  if (ref.kind === "foundation-model") {
    const { route, ...rest } = inRegionRoute(ref.modelId, ref.model, homeRegion);
    const routes = [{ ...rest, route: makeRoute({ ...route, destinationRegions: [runsIn] }) }];
    return { model: ref.model, routes, rejections: [] };
  }
  const profile = profiles.find(({ id }) => id === ref.profileId);
  const [known] = profile === undefined ? [] : profileRoute(profile, runsIn, ref.profileId, request);
  if (known === undefined) return { model: ref.model, routes: [undocumentedProfile(ref, request)], rejections: [] };
  const route = makeRoute({ ...known.route, sourceRegion: homeRegion });
  return { model: ref.model, routes: [{ ...known, route }], rejections: [] };
}

/** ARNs other than profiles and foundation models have exactly one route: themselves, in the Region that they name. */
function single(
  ref: Exclude<ModelRef, { kind: "foundation-model" | "system-profile" | "unknown" }>,
  request: RouteQuery,
): ExistingRoutes {
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
