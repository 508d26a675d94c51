import type { RequestRoutingOptions, RoutingOptions } from "../../src/options/options.ts";
import type { Residency } from "../../src/plan/residency.ts";
import { inRegionByModel, profileById, profilesByModel } from "./facts.ts";
import { countryOf, geographyOf, liesIn } from "./places.ts";

/** What a generated `modelId` was made to mean; the judge does not parse ids. */
export type Naming =
  | { readonly as: "model"; readonly model: string; readonly written: string }
  | { readonly as: "profile"; readonly model: string; readonly geography: string; readonly arnRegion?: string }
  | { readonly as: "model-arn"; readonly model: string; readonly written: string; readonly arnRegion?: string }
  /** An ARN that stands for itself alone, and where it may run. */
  | { readonly as: "resource"; readonly arn: string; readonly arnRegion: string; readonly runsIn: readonly string[] }
  /** Text that AWS may know, and nobody here. */
  | { readonly as: "text"; readonly written: string }
  /** What can be no model id. */
  | { readonly as: "nothing" };

/** An application profile or provisioned model that the client was given for a model. */
export interface DeclaredRoute {
  readonly model: string;
  readonly modelId: string;
  readonly arnRegion: string;
  readonly runsIn: readonly string[];
}

/** Everything that decides where a request may be sent. */
export interface Question {
  readonly naming: Naming;
  readonly homeRegion: string;
  readonly sourceRegions: readonly string[];
  readonly pinned: boolean;
  readonly declared: readonly DeclaredRoute[];
  readonly clientOptions: Pick<RoutingOptions, "policy" | "residency" | "profileIds">;
  readonly overrides: RequestRoutingOptions | undefined;
}

/**
 * The keys of all routes that a request may take, told from the facts file and from what the documentation promises,
 * without a line of the planner. `undefined` when the `modelId` names nothing that is known.
 */
export function judge(question: Question): ReadonlySet<string> | undefined {
  const { naming, homeRegion, pinned } = question;
  const sources = [...new Set([homeRegion, ...question.sourceRegions])];
  const possible = possibleRoutes(naming, sources, question.declared);
  if (possible === undefined) return undefined;
  const isModel = naming.as === "profile" && question.clientOptions.profileIds === "model";
  const within = isModel ? () => true : boundary(naming, sources);
  const allowed = possible.filter(
    (route) =>
      (!pinned || route.source === homeRegion) &&
      within(route.source, route.runsIn, route.named) &&
      [question.clientOptions, question.overrides ?? {}].every((options) =>
        stays(residencyOf(options), route, homeRegion),
      ),
  );
  return new Set(allowed.map(({ source, modelId }) => `${source}|${modelId}`));
}

interface PossibleRoute {
  readonly source: string;
  readonly modelId: string;
  readonly runsIn: readonly string[];
  /** The prefix of a geographic profile. */
  readonly geography?: string;
  /** The very profile that the caller wrote. */
  readonly named: boolean;
}

/** AWS promises that a geographic profile stays in its geography, also where it does not name the Regions. */
function stays(residency: Residency, { source, runsIn, geography }: PossibleRoute, homeRegion: string): boolean {
  if (runsIn.every((region) => meets(residency, region, homeRegion))) return true;
  const names = residency === "home" ? [geographyOf(homeRegion)] : [residency].flat();
  const held = names.some(
    (name) => geography !== undefined && (name === geography || (name === "apac" && PARTS_OF_APAC.includes(geography))),
  );
  return held && runsIn.join() === "unknown" && meets(residency, source, homeRegion);
}

const PARTS_OF_APAC: readonly string[] = ["jp", "au", "in"];

function possibleRoutes(
  naming: Naming,
  sources: readonly string[],
  declared: readonly DeclaredRoute[],
): readonly PossibleRoute[] | undefined {
  if (naming.as === "nothing") return undefined;
  if (naming.as === "text") {
    return [{ source: sources[0] ?? "", modelId: naming.written, runsIn: ["unknown"], named: true }];
  }
  if (naming.as === "resource") {
    const { arn, arnRegion, runsIn } = naming;
    return sources.includes(arnRegion) ? [{ source: arnRegion, modelId: arn, runsIn, named: true }] : [];
  }
  const { model } = naming;
  const own = declared.filter((route) => route.model === model);
  const named = naming.as === "profile" ? `${naming.geography}.${model}` : undefined;
  const listed = profilesByModel.get(model) ?? [];
  const inRegion = inRegionByModel.get(model) ?? [];
  const routes: PossibleRoute[] = own
    .filter(({ arnRegion }) => sources.includes(arnRegion))
    .map(({ arnRegion, modelId, runsIn }) => ({ source: arnRegion, modelId, runsIn, named: false }));
  for (const source of sources) {
    for (const { id, destinations } of listed) {
      if (source in destinations)
        routes.push({ source, modelId: id, runsIn: runsIn(id, source), named: id === named, ...geographyIn(id) });
    }
    if (inRegion.includes(source)) routes.push({ source, modelId: model, runsIn: [source], named: false });
  }
  for (const { modelId, arnRegion, runsIn: reached } of own) replaceCopied(routes, modelId, arnRegion, reached);
  if (naming.as === "profile" && named !== undefined && !isDocumented(named)) {
    const { arnRegion } = naming;
    const source = arnRegion !== undefined && sources.includes(arnRegion) ? arnRegion : (sources[0] ?? "");
    const reached = [naming.geography === "global" ? "*" : "unknown"];
    routes.push({ source, modelId: named, runsIn: reached, named: true, ...geographyIn(named) });
  }
  // What nobody knows goes as it was written to where it was meant to go, and runs there.
  const unknown = listed.length + inRegion.length === 0 && routes.length === 0;
  if (unknown && (naming.as === "model" || naming.as === "model-arn")) {
    const source = (naming.as === "model-arn" ? naming.arnRegion : undefined) ?? sources[0] ?? "";
    if (sources.includes(source)) routes.push({ source, modelId: naming.written, runsIn: [source], named: true });
  }
  return routes;
}

function geographyIn(id: string): Pick<PossibleRoute, "geography"> {
  const geography = id.slice(0, id.indexOf("."));
  return PREFIXES.includes(geography) ? { geography } : {};
}

/** Those that geographic profiles have today. */
const PREFIXES: readonly string[] = ["us", "eu", "apac", "jp", "au", "in", "ca", "us-gov"];

/** An application profile is used instead of what it copies. */
function replaceCopied(routes: PossibleRoute[], modelId: string, arnRegion: string, reached: readonly string[]): void {
  if (!modelId.includes(":application-inference-profile/") || reached.includes("unknown")) return;
  const same = (route: PossibleRoute): boolean =>
    !route.modelId.startsWith("arn:") &&
    route.source === arnRegion &&
    [...new Set(route.runsIn)].sort().join() === [...new Set(reached)].sort().join();
  const isProfile = ({ modelId: id }: PossibleRoute): boolean => profileById.has(id);
  const index = routes.findIndex((route) => same(route) && isProfile(route));
  const copied = index >= 0 ? index : routes.findIndex(same);
  if (copied >= 0) routes.splice(copied, 1);
}

/** What an explicit id allows, as a test of one route. */
function boundary(
  naming: Naming,
  sources: readonly string[],
): (source: string, runsIn: readonly string[], named: boolean) => boolean {
  if (naming.as === "model-arn" && naming.arnRegion !== undefined) {
    return (_source, runsIn) => runsIn.every((region) => region === naming.arnRegion);
  }
  if (naming.as !== "profile" || naming.geography === "global") return () => true;
  const id = `${naming.geography}.${naming.model}`;
  if (!isDocumented(id)) return (_source, _runsIn, named) => named;
  const callable = (naming.arnRegion === undefined ? sources : [naming.arnRegion]).filter(
    (region) => region in (profileById.get(id)?.destinations ?? {}),
  );
  const seenFrom = callable.includes(sources[0] ?? "") ? [sources[0] ?? ""] : callable;
  const inside = new Set(seenFrom.flatMap((source) => runsIn(id, source)).filter((region) => region !== "unknown"));
  return (source, reached, named) =>
    (named && seenFrom.includes(source)) || reached.every((region) => inside.has(region));
}

/** Whether AWS says from where the profile can be called. A withdrawn profile is as good as undocumented. */
function isDocumented(id: string): boolean {
  return Object.keys(profileById.get(id)?.destinations ?? {}).length > 0;
}

/** Where a profile may run what it receives in a source Region: all that any AWS page says. */
function runsIn(id: string, source: string): readonly string[] {
  const profile = profileById.get(id);
  const destinations = profile?.destinations[source];
  if (destinations === undefined || destinations === null) return ["unknown"];
  return [...destinations, ...(profile?.otherDestinations?.[source] ?? [])];
}

function residencyOf({ policy, residency }: RequestRoutingOptions): Residency {
  return residency ?? (policy === "residency" ? "home" : "any");
}

function meets(residency: Residency, region: string, homeRegion: string): boolean {
  if (residency === "any") return true;
  if (geographyOf(region) === undefined) return false;
  if (residency === "home") return liesIn(region, geographyOf(homeRegion) ?? "");
  if (typeof residency === "string") return liesIn(region, residency);
  if (Array.isArray(residency)) return residency.some((geography: string) => liesIn(region, geography));
  const parts = residency as { readonly regions?: readonly string[]; readonly countries?: readonly string[] };
  return parts.regions?.includes(region) ?? parts.countries?.includes(countryOf(region) ?? "") ?? false;
}
