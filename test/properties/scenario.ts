import type { DispatchRequest } from "../../src/dispatch/request.ts";
import type { RequestRoutingOptions, RoutingOptions } from "../../src/options/options.ts";
import type { Residency } from "../../src/plan/residency.ts";
import { Chance } from "../support/chance.ts";
import { models, sourceRegionsOf } from "./facts.ts";
import type { DeclaredRoute, Naming } from "./judge.ts";
import { declaredRoutes, type NamedModel, nameModel } from "./name-model.ts";
import { countries, countryOf, geographies, geographyOf, regions, samePartition } from "./places.ts";
import { randomWeather, type Weather } from "./weather.ts";

/** One client, and the requests that it gets. */
export interface Scenario {
  readonly homeRegion: string;
  readonly options: RoutingOptions;
  readonly declared: readonly DeclaredRoute[];
  readonly weather: Weather;
  readonly cases: readonly Case[];
}

/** One request: what is asked, what its caller does meanwhile, and how he reads the answer. */
export interface Case {
  readonly naming: Naming;
  readonly modelId: string;
  readonly stream: DispatchRequest["stream"];
  readonly overrides: RequestRoutingOptions | undefined;
  readonly pinned: boolean;
  readonly maxAttempts: AttemptLimit;
  /** False for a body that can be read only once. */
  readonly replayable: boolean;
  readonly mayProbe: boolean;
  readonly inputBytes: number;
  /** Whether the caller's own request handler sends it, which may expect a web `AbortSignal`. */
  readonly ownHandler: boolean;
  /** After the start of the scenario. */
  readonly startMs: number;
  readonly abort: CallerAbort | undefined;
  readonly reader: Reader;
}

/** The SDK's `maxAttempts`, which is a provider: it may take its time, and it may fail. */
export interface AttemptLimit {
  readonly value: number;
  readonly takesMs: number;
  readonly fails: boolean;
}

export interface CallerAbort {
  /** After the start of the request; below 0, before it. */
  readonly afterMs: number;
  readonly reason: "none" | "error" | "text";
  /** The older SDK type of signal, which has nothing but `onabort`. */
  readonly old: boolean;
}

/** How the caller reads a stream: to its end, pausing, up to some event, or not at all. */
export type Reader =
  | { readonly reads: "all"; readonly pauseMs: number }
  | { readonly reads: "some"; readonly events: number }
  | { readonly reads: "nothing" };

/** How many cases a scenario has; told without making it. */
export function caseCount(seed: number, index: number): number {
  return 1 + new Chance(seed, index, 1).below(24);
}

/** The scenario of that number. */
export function scenarioOf(seed: number, index: number): Scenario {
  const chance = new Chance(seed, index, 2);
  const model = chance.pick(models);
  const homeRegion = chance.pick(chance.happens(0.95) ? usable(model) : regions);
  const few = chance.happens(0.6)
    ? [model]
    : [model, chance.pick(chance.happens(0.8) ? callableFrom(homeRegion) : models)];
  const neighbours = samePartition(homeRegion);
  const near = neighbours.filter((region) => geographyOf(region) === geographyOf(homeRegion));
  const sourceRegions = chance.happens(0.4) ? [] : chance.some(chance.happens(0.5) ? near : neighbours, 0, 4);
  const declared = declaredRoutes(few, homeRegion, chance);
  const policy = randomPolicy(homeRegion, chance);
  let startMs = 0;
  const cases = Array.from({ length: caseCount(seed, index) }, () => {
    startMs += chance.pick(GAPS_MS) * chance.next();
    return randomCase(few, homeRegion, sourceRegions, declared, startMs, chance);
  });
  return {
    homeRegion,
    options: {
      ...policy,
      sourceRegions,
      routes: routesOption(declared),
      ...(chance.happens(0.2) && { workload: "batch" }),
      ...(chance.happens(0.2) && { profileIds: "model" as const }),
      ...(chance.happens(0.6) && { backupAfterMs: chance.pick([false, false, "adaptive", 20, 1_500, 20_000]) }),
      ...(chance.happens(0.4) && { hedgeAfterMs: chance.pick([false, "adaptive", 1, 800]) }),
    },
    declared,
    weather: randomWeather(chance),
    cases,
  };
}

/** Together, one after another, after a backoff, after a cooldown, after a quarantine. */
const GAPS_MS = [0, 0, 200, 3_000, 8_000, 90_000, 600_000, 90_000_000];

function usable(model: string): readonly string[] {
  const found = sourceRegionsOf(model).filter((region) => regions.includes(region));
  return found.length === 0 ? regions : found;
}

function callableFrom(region: string): readonly string[] {
  const found = models.filter((model) => sourceRegionsOf(model).includes(region));
  return found.length === 0 ? models : found;
}

function randomCase(
  few: readonly string[],
  homeRegion: string,
  sourceRegions: readonly string[],
  declared: readonly DeclaredRoute[],
  startMs: number,
  chance: Chance,
): Case {
  const { naming, modelId }: NamedModel = nameModel(chance.pick(few), homeRegion, sourceRegions, declared, chance);
  return {
    naming,
    modelId,
    stream: chance.pick(STREAMS),
    overrides: randomOverrides(homeRegion, chance),
    pinned: chance.happens(0.1),
    maxAttempts: {
      value: 1 + chance.below(5),
      takesMs: chance.happens(0.1) ? chance.pick([1, 500, 5_000]) : 0,
      fails: chance.happens(0.02),
    },
    replayable: chance.happens(0.9),
    mayProbe: chance.happens(0.8),
    inputBytes: chance.pick([200, 200, 30_000, 200_000, 2_000_000]),
    ownHandler: chance.happens(0.3),
    startMs,
    abort: chance.happens(0.3) ? randomAbort(chance) : undefined,
    reader: randomReader(chance),
  };
}

const STREAMS: readonly DispatchRequest["stream"][] = [
  undefined,
  undefined,
  { field: "stream", format: "converse" },
  { field: "body", format: "invoke-model" },
];

function randomAbort(chance: Chance): CallerAbort {
  const afterMs = chance.pick([-1, 0, 50, 2_000, 2_000, 30_000, 70_000]);
  return {
    afterMs: afterMs > 0 ? afterMs * chance.next() : afterMs,
    reason: chance.pick(["none", "error", "text"]),
    old: chance.happens(0.2),
  };
}

function randomReader(chance: Chance): Reader {
  if (chance.happens(0.02)) return { reads: "nothing" };
  if (chance.happens(0.2)) return { reads: "some", events: 1 + chance.below(6) };
  return { reads: "all", pauseMs: chance.pick([0, 0, 0, 20, 1_000]) };
}

function randomOverrides(homeRegion: string, chance: Chance): RequestRoutingOptions | undefined {
  if (chance.happens(0.7)) return undefined;
  const { policy, ...rule } = randomPolicy(homeRegion, chance);
  return {
    ...rule,
    ...(chance.happens(0.5) && { policy }),
    ...(chance.happens(0.4) && { workload: chance.pick(["chat", "batch", "default"]) }),
  };
}

function randomPolicy(homeRegion: string, chance: Chance): Policy {
  if (chance.happens(0.5))
    return { policy: chance.pick(["latency", "latency", "latency", "cost", "cost", "residency"]) };
  return {
    policy: chance.pick(["latency", "latency", "cost", "throughput"]),
    ...(chance.happens(0.6) && { residency: randomResidency(homeRegion, chance) }),
    ...(chance.happens(0.3) && { priceWeight: chance.pick([0.5, 1, 2, 100]) }),
  };
}

type Policy = Pick<RoutingOptions, "policy" | "residency" | "priceWeight">;

/** Mostly one that leaves something: the interesting refusals are those at the edge. */
function randomResidency(homeRegion: string, chance: Chance): Residency {
  const own = geographyOf(homeRegion) ?? "us";
  switch (chance.below(8)) {
    case 0:
      return "any";
    case 1:
      return "home";
    case 2:
      return own === "jp" || own === "au" || own === "in" ? "apac" : own;
    case 3:
      return chance.pick(geographies);
    case 4:
      return [...new Set([own, ...chance.some(geographies, 0, 3)])];
    case 5: {
      const near = regions.filter((region) => geographyOf(region) === own);
      return {
        regions: [...new Set([homeRegion, ...chance.some(near, 0, near.length), ...chance.some(regions, 0, 4)])],
      };
    }
    case 6:
      return { regions: chance.some(regions, 1, 30) };
    default: {
      const home = chance.happens(0.8) ? [countryOf(homeRegion) ?? "US"] : [];
      return { countries: [...new Set([...home, ...chance.some(countries, 1, 8)])] };
    }
  }
}

function routesOption(declared: readonly DeclaredRoute[]): NonNullable<RoutingOptions["routes"]> {
  const routes: Record<string, { modelId: string; destinationRegions?: readonly string[] }[]> = {};
  for (const { model, modelId, runsIn, arnRegion } of declared) {
    const assumed =
      runsIn.includes("unknown") || (modelId.includes("provisioned") && runsIn.length === 1 && runsIn[0] === arnRegion);
    const route = assumed ? { modelId } : { modelId, destinationRegions: runsIn };
    routes[model] = [...(routes[model] ?? []), route];
  }
  return routes;
}
