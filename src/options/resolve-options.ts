import type { PriorLookup } from "../plan/prior.ts";
import type { Catalog } from "../profiles/catalog.ts";
import { type PriceBook, priceBook } from "../profiles/price-book.ts";
import { partitionOf } from "../profiles/regions.ts";
import { InvalidOptionsError } from "../types/errors.ts";
import type { ExtraRoute } from "../types/route.ts";
import { received } from "../util/received.ts";
import { checkRegion } from "./check-region.ts";
import type { RequestRoutingOptions, RoutingOptions } from "./options.ts";
import { refuseUnknownKeys } from "./refuse-unknown-keys.ts";
import { type ResolvedLive, resolveCatalog } from "./resolve-catalog.ts";
import { resolveEndpoints } from "./resolve-endpoints.ts";
import { type FirstByteRules, resolveFirstByte } from "./resolve-first-byte.ts";
import { type PolicyRule, resolvePolicy } from "./resolve-policy.ts";
import { resolvePrices } from "./resolve-prices.ts";
import { resolvePriors } from "./resolve-priors.ts";
import { resolveRoutes } from "./resolve-routes.ts";

/** `RoutingOptions` with every default filled in; frozen. */
export interface ResolvedOptions {
  readonly policy: PolicyRule;
  /** Without the home Region. */
  readonly sourceRegions: readonly string[];
  readonly endpoints: Readonly<Record<string, string>>;
  readonly routes: Readonly<Record<string, readonly ExtraRoute[]>>;
  readonly prices: PriceBook;
  readonly catalog: () => Catalog;
  readonly live: ResolvedLive;
  readonly priorOf: PriorLookup;
  readonly workload: string;
  readonly firstByte: FirstByteRules;
}

/** Options of one request, resolved against the client's. */
export interface ResolvedRequestOptions {
  readonly policy: PolicyRule;
  readonly workload: string;
}

const DEFAULT_WORKLOAD = "default";
const OPTIONS: readonly (keyof RoutingOptions)[] = [
  "policy",
  "sourceRegions",
  "endpoints",
  "routes",
  "prices",
  "firstByteTimeoutMs",
  "hedge",
  "catalog",
  "priors",
  "workload",
];

/**
 * Validates `routing` and fills in its defaults.
 * @throws {@link InvalidOptionsError} naming the option, what was expected and what came
 */
export function resolveOptions(options: unknown, path = "routing"): ResolvedOptions {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new InvalidOptionsError(
      path,
      'must be an object with a policy, e.g. { policy: "latency" }',
      received(options),
    );
  }
  refuseUnknownKeys(options, OPTIONS, path);
  const {
    policy,
    sourceRegions = [],
    endpoints = {},
    routes = {},
    prices = {},
    catalog = "bundled",
    priors,
    workload = DEFAULT_WORKLOAD,
  } = options as Partial<RoutingOptions>;
  return Object.freeze({
    policy: resolvePolicy(policy, `${path}.policy`),
    sourceRegions: resolveSourceRegions(sourceRegions, `${path}.sourceRegions`),
    endpoints: resolveEndpoints(endpoints, `${path}.endpoints`),
    routes: resolveRoutes(routes, `${path}.routes`),
    prices: priceBook(resolvePrices(prices, `${path}.prices`)),
    ...resolveCatalog(catalog, `${path}.catalog`),
    priorOf: resolvePriors(priors, `${path}.priors`),
    workload: resolveWorkload(workload, `${path}.workload`),
    firstByte: resolveFirstByte(options, path),
  });
}

/**
 * Validates the options of one request.
 * @throws {@link InvalidOptionsError}
 */
export function resolveRequestOptions(
  options: unknown,
  client: ResolvedOptions,
  path = "routing",
): ResolvedRequestOptions {
  if (options === undefined) return client;
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new InvalidOptionsError(path, "must be an object with policy or workload", received(options));
  }
  refuseUnknownKeys(options, ["policy", "workload"], path);
  const { policy, workload } = options as RequestRoutingOptions;
  return Object.freeze({
    // An absent residency means "no further constraint", not "the client's": the client's always applies as well.
    policy:
      policy === undefined
        ? client.policy
        : resolvePolicy(policy, `${path}.policy`, { ...client.policy, residency: "any" }),
    workload: workload === undefined ? client.workload : resolveWorkload(workload, `${path}.workload`),
  });
}

/**
 * Refuses source Regions outside the partition of the home Region: credentials do not cross partitions.
 * @throws {@link InvalidOptionsError}
 */
export function refuseForeignPartition(homeRegion: string, sourceRegions: readonly string[]): void {
  const partition = partitionOf(homeRegion);
  for (const [index, region] of sourceRegions.entries()) {
    if (partitionOf(region) !== partition) {
      throw new InvalidOptionsError(
        `routing.sourceRegions[${index}]`,
        `must lie in the partition of the home Region ${homeRegion} (${partition})`,
        received(region),
      );
    }
  }
}

function resolveSourceRegions(value: unknown, path: string): readonly string[] {
  if (!Array.isArray(value)) throw new InvalidOptionsError(path, "must be an array of AWS Regions", received(value));
  value.forEach((region, index) => {
    checkRegion(region, `${path}[${index}]`);
  });
  return Object.freeze([...new Set<string>(value)]);
}

function resolveWorkload(value: unknown, path: string): string {
  if (typeof value === "string" && /^[\w.:/-]{1,64}$/.test(value)) return value;
  throw new InvalidOptionsError(path, "must be a label of 1 to 64 letters, digits or . : / _ -", received(value));
}
