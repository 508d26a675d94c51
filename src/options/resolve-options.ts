// The room options/: what callers write. Its doors: `options.ts` (the types), `resolve-options.ts` (checked, with
// defaults), `check-region.ts`, `catalog-from.ts` and `lab-format.ts` (files).

import type { FirstByteRule } from "../plan/first-byte-deadline.ts";
import type { PriorLookup } from "../plan/prior.ts";
import { priorOf } from "../plan/prior.ts";
import type { Residency } from "../plan/residency.ts";
import type { Catalog } from "../profiles/catalog.ts";
import { type PriceBook, priceBook } from "../profiles/price-book.ts";
import { partitionOf } from "../profiles/regions.ts";
import type { RoutePreference } from "../types/plan.ts";
import type { ExtraRoute } from "../types/route.ts";
import { anyOf, either, guessOf, number, object, oneOf, optional, type Reader, refuse, text } from "../types/schema.ts";
import { isNamespace, NAMESPACE_EXPECTED, type RoutingStore } from "../types/store.ts";
import { regionList } from "./check-region.ts";
import type { RequestRoutingOptions, RoutingOptions } from "./options.ts";
import { resolvePrices, resolveRoutes } from "./resolve-by-model.ts";
import { type ResolvedLive, resolveCatalog } from "./resolve-catalog.ts";
import { resolveEndpoints } from "./resolve-endpoints.ts";
import { type ResolvedGuardrails, resolveGuardrails } from "./resolve-guardrails.ts";
import { resolvePriors } from "./resolve-priors.ts";
import { resolveResidencyOption, showResidency, suggestResidency } from "./resolve-residency.ts";

/** A validated policy; its residency still waits for the home Region. */
export interface PolicyRule {
  readonly prefer: RoutePreference;
  readonly priceWeight: number;
  readonly residency: Residency;
}

/** When further attempts are started, for streaming and for unary calls. */
export interface FirstByteRules {
  readonly streaming: FirstByteRule;
  readonly unary: FirstByteRule;
}

/** `RoutingOptions` with every default filled in; frozen. */
export interface ResolvedOptions {
  /** `routing: false`: every request is sent as the plain client would. */
  readonly off: boolean;
  readonly policy: PolicyRule;
  /** What an explicit profile id means: a boundary, or only its model. */
  readonly profileIds: "boundary" | "model";
  /** Without the home Region. */
  readonly sourceRegions: readonly string[];
  readonly endpoints: Readonly<Record<string, string>>;
  readonly routes: Readonly<Record<string, readonly ExtraRoute[]>>;
  readonly guardrails: ResolvedGuardrails;
  readonly prices: PriceBook;
  readonly catalog: () => Catalog;
  readonly live: ResolvedLive;
  readonly priorOf: PriorLookup;
  readonly workload: string;
  readonly firstByte: FirstByteRules;
  readonly store: RoutingStore | undefined;
}

/** Options of one request, resolved against the client's. */
export interface ResolvedRequestOptions {
  readonly policy: PolicyRule;
  readonly workload: string;
  /** `"off"`, or the one route that may be taken. */
  readonly route?: string;
}

type Policy = RoutingOptions["policy"];
const POLICIES: readonly Policy[] = ["latency", "cost", "throughput", "residency"];

function readPolicy(value: unknown, path: string): Policy {
  if ((POLICIES as readonly unknown[]).includes(value)) return value as Policy;
  const expectation = `must be ${anyOf(POLICIES)}`;
  if (typeof value === "object" && value !== null) {
    refuse(path, `${expectation}; residency and priceWeight stand beside it`, value);
  }
  const guess = guessOf(value, POLICIES);
  const residency = guess === undefined ? suggestResidency(value) : undefined;
  return refuse(
    path,
    expectation,
    value,
    residency === undefined ? guess : `policy: "latency", residency: ${showResidency(residency)}`,
  );
}

/** 24 days. A timer that is set to more goes off at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const positiveMs = number({
  least: Number.MIN_VALUE,
  expected: '"adaptive", false or a positive number of milliseconds',
});
const readDelay = either(["adaptive", false], (value, path) => Math.min(positiveMs(value, path), LONGEST_TIMER_MS));

function readStore(value: unknown, path: string): RoutingStore {
  const { namespace, exchange } = (value ?? {}) as Partial<RoutingStore>;
  if (typeof exchange !== "function") {
    refuse(path, "must be a RoutingStore, e.g. valkeyStore({ send, namespace })", value);
  }
  if (!isNamespace(namespace)) refuse(`${path}.namespace`, NAMESPACE_EXPECTED, namespace);
  return value as RoutingStore;
}

const RULE = {
  residency: optional(resolveResidencyOption),
  priceWeight: optional(number({ least: 0, most: 100, expected: "a number from 0 (latency alone) to 100" })),
  workload: optional(text("a label of 1 to 64 letters, digits or . : / _ -", /^[\w.:/-]{1,64}$/)),
};

const readRouting = object(
  {
    policy: readPolicy,
    ...RULE,
    profileIds: optional(oneOf("boundary", "model")),
    sourceRegions: optional(regionList(0, "an array of AWS Regions")),
    endpoints: optional(resolveEndpoints),
    routes: optional(resolveRoutes),
    guardrails: optional(resolveGuardrails),
    prices: optional(resolvePrices),
    backupAfterMs: optional(readDelay),
    hedgeAfterMs: optional(readDelay),
    catalog: optional(resolveCatalog),
    priors: optional(resolvePriors),
    store: optional(readStore),
  } satisfies Record<keyof RoutingOptions, Reader<unknown>>,
  {
    expected: 'false or an object with a policy, e.g. { policy: "latency" }',
    aliases: { prefer: "policy", regions: "sourceRegions", geography: "residency", hedge: "hedgeAfterMs" },
  },
);

const readRequest = object(
  {
    policy: optional(readPolicy),
    ...RULE,
    route: optional(text('"off", a profile id or the key of a route')),
  } satisfies Record<keyof RequestRoutingOptions, Reader<unknown>>,
  { expected: "an object with policy, residency, priceWeight, workload or route" },
);

const DEFAULTS: PolicyRule = Object.freeze({ prefer: "latency", priceWeight: 1, residency: "any" });
const NO_GUARDRAILS: ResolvedGuardrails = Object.freeze({ byName: Object.freeze({}) });
const OFF: RoutingOptions = { policy: "latency", catalog: "bundled" };

/**
 * Validates `routing` and fills in its defaults.
 * @throws {@link InvalidOptionsError} naming the option, what was expected and what came
 */
export function resolveOptions(options: unknown, path = "routing"): ResolvedOptions {
  const given = readRouting(options === false ? OFF : options, path);
  const { backupAfterMs = "adaptive", hedgeAfterMs = false } = given;
  const rule = { backupAfterMs, hedgeAfterMs };
  return Object.freeze({
    off: options === false,
    policy: policyRule(given, DEFAULTS, path),
    profileIds: given.profileIds ?? "boundary",
    sourceRegions: given.sourceRegions ?? [],
    endpoints: given.endpoints ?? {},
    routes: given.routes ?? {},
    guardrails: given.guardrails ?? NO_GUARDRAILS,
    prices: priceBook(given.prices ?? {}),
    ...(given.catalog ?? resolveCatalog("auto", path)),
    priorOf: given.priors ?? priorOf,
    workload: given.workload ?? "default",
    store: given.store,
    firstByte: Object.freeze({
      streaming: Object.freeze({ ...rule, streaming: true }),
      unary: Object.freeze({ ...rule, streaming: false }),
    }),
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
  const given = readRequest(options, path);
  const { policy, residency, priceWeight, workload = client.workload, route } = given;
  const isOfClient = policy === undefined && residency === undefined && priceWeight === undefined;
  return Object.freeze({
    // An absent residency means "no further constraint", not "the client's": the client's always applies as well.
    policy: isOfClient ? client.policy : policyRule(given, { ...client.policy, residency: "any" }, path),
    workload,
    ...(route !== undefined && { route }),
  });
}

/** @param defaults - what an absent field means */
function policyRule(
  { policy, residency, priceWeight }: Partial<Pick<RoutingOptions, "policy" | "residency" | "priceWeight">>,
  defaults: PolicyRule,
  path: string,
): PolicyRule {
  const prefer = policy === "residency" ? "latency" : (policy ?? defaults.prefer);
  if (prefer === "cost" && priceWeight === 0) {
    refuse(`${path}.priceWeight`, 'must not be 0 (latency alone) when the policy is "cost"', priceWeight);
  }
  if (policy === "residency" && residency === "any") {
    refuse(`${path}.residency`, 'must not be "any" when the policy is "residency"', residency);
  }
  return Object.freeze({
    prefer,
    priceWeight: priceWeight ?? defaults.priceWeight,
    residency: residency ?? (policy === "residency" ? "home" : defaults.residency),
  });
}

/**
 * Refuses source Regions outside the partition of the home Region: credentials do not cross partitions.
 * @throws {@link InvalidOptionsError}
 */
export function refuseForeignPartition(homeRegion: string, sourceRegions: readonly string[]): void {
  const partition = partitionOf(homeRegion);
  const index = sourceRegions.findIndex((region) => partitionOf(region) !== partition);
  if (index < 0) return;
  const expectation = `must lie in the partition of the home Region ${homeRegion} (${partition})`;
  refuse(`routing.sourceRegions[${index}]`, expectation, sourceRegions[index]);
}
