import type { Residency } from "../plan/residency.ts";
import { isKnownGeography, knownGeographies } from "../profiles/geography.ts";
import { knownCountries } from "../profiles/regions.ts";
import { InvalidOptionsError } from "../types/errors.ts";
import type { RoutePreference } from "../types/plan.ts";
import { nearest } from "../util/nearest.ts";
import { received } from "../util/received.ts";
import { checkRegion } from "./check-region.ts";
import type { PolicyName, RoutingPolicy } from "./options.ts";
import { refuseUnknownKeys } from "./refuse-unknown-keys.ts";

/** A validated policy; its residency still waits for the home Region. */
export interface PolicyRule {
  readonly prefer: RoutePreference;
  readonly priceWeight: number;
  readonly residency: Residency;
}

const DEFAULTS: PolicyRule = Object.freeze({ prefer: "latency", priceWeight: 1, residency: "any" });
const NAMED: Readonly<Record<PolicyName, PolicyRule>> = Object.freeze({
  latency: DEFAULTS,
  cost: Object.freeze({ ...DEFAULTS, prefer: "cost" }),
  residency: Object.freeze({ ...DEFAULTS, residency: "home" }),
});
const PREFERENCES: readonly RoutePreference[] = ["latency", "cost", "throughput"];

/**
 * Validates a policy and fills in its defaults.
 * @param defaults - what an absent field means: the built-in defaults, or the client's policy for a single request
 * @throws {@link InvalidOptionsError}
 */
export function resolvePolicy(policy: unknown, path: string, defaults: PolicyRule = DEFAULTS): PolicyRule {
  if (typeof policy === "string") return namedPolicy(policy, path);
  if (typeof policy !== "object" || policy === null || Array.isArray(policy)) {
    throw new InvalidOptionsError(path, 'must be "latency", "cost", "residency" or a policy object', received(policy));
  }
  refuseUnknownKeys(policy, ["prefer", "residency", "priceWeight"], path);
  const { prefer, residency, priceWeight } = policy as Partial<RoutingPolicy>;
  const rule: PolicyRule = Object.freeze({
    prefer: prefer === undefined ? defaults.prefer : checkedPreference(prefer, `${path}.prefer`),
    priceWeight: priceWeight === undefined ? defaults.priceWeight : checkedWeight(priceWeight, `${path}.priceWeight`),
    residency: residency === undefined ? defaults.residency : checkedResidency(residency, `${path}.residency`),
  });
  if (rule.prefer === "cost" && priceWeight === 0) {
    throw new InvalidOptionsError(`${path}.priceWeight`, 'must not be 0 (latency alone) when prefer is "cost"', "0");
  }
  return rule;
}

function namedPolicy(name: string, path: string): PolicyRule {
  if (Object.hasOwn(NAMED, name)) return NAMED[name as PolicyName];
  const guess = nearest(name, Object.keys(NAMED));
  const hint = guess === undefined ? "" : ` (did you mean ${JSON.stringify(guess)}?)`;
  throw new InvalidOptionsError(
    path,
    `must be "latency", "cost", "residency" or a policy object`,
    received(name) + hint,
  );
}

function checkedPreference(value: unknown, path: string): RoutePreference {
  if ((PREFERENCES as readonly unknown[]).includes(value)) return value as RoutePreference;
  throw new InvalidOptionsError(path, 'must be "latency", "cost" or "throughput"', withGuess(value, PREFERENCES));
}

function checkedWeight(value: unknown, path: string): number {
  if (typeof value === "number" && Number.isFinite(value) && value >= 0 && value <= 100) return value;
  throw new InvalidOptionsError(path, "must be a number from 0 (latency alone) to 100", received(value));
}

function checkedResidency(value: unknown, path: string): Residency {
  if (value === "any" || value === "home") return value;
  if (typeof value === "string") return checkedGeography(value, path);
  if (Array.isArray(value)) {
    if (value.length === 0) throw new InvalidOptionsError(path, "must name at least one geography", received(value));
    return Object.freeze(value.map((item, index) => checkedGeography(item, `${path}[${index}]`)));
  }
  if (typeof value !== "object" || value === null) {
    throw new InvalidOptionsError(
      path,
      'must be "any", "home", a geography, { regions } or { countries }',
      received(value),
    );
  }
  refuseUnknownKeys(value, ["regions", "countries"], path);
  const { regions, countries } = value as { regions?: unknown; countries?: unknown };
  if (regions === undefined && countries === undefined) {
    throw new InvalidOptionsError(path, "must have regions or countries", received(value));
  }
  if (regions !== undefined && countries !== undefined) {
    throw new InvalidOptionsError(path, "must have either regions or countries, not both", received(value));
  }
  if (regions !== undefined) {
    const named = checkedNames(regions, "an AWS Region", `${path}.regions`);
    named.forEach((region, index) => {
      checkRegion(region, `${path}.regions[${index}]`);
    });
    return Object.freeze({ regions: named });
  }
  const what = "the ISO 3166-1 code of a country with an AWS Region";
  const named = checkedNames(countries, what, `${path}.countries`);
  named.forEach((name, index) => {
    if (knownCountries().includes(name)) return;
    throw new InvalidOptionsError(`${path}.countries[${index}]`, `must be ${what}`, withGuess(name, knownCountries()));
  });
  return Object.freeze({ countries: named });
}

function checkedGeography(value: unknown, path: string): string {
  if (typeof value === "string" && isKnownGeography(value)) return value;
  if (value === "global") {
    throw new InvalidOptionsError(
      path,
      'cannot be "global", which is no place: use "any" to allow global profiles',
      '"global"',
    );
  }
  if (value === "any" || value === "home") {
    throw new InvalidOptionsError(
      path,
      `cannot combine ${JSON.stringify(value)} with other geographies`,
      received(value),
    );
  }
  throw new InvalidOptionsError(
    path,
    `must be a geography (${knownGeographies().join(", ")})`,
    withGuess(value, knownGeographies()),
  );
}

function checkedNames(value: unknown, what: string, path: string): readonly string[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw new InvalidOptionsError(path, `must be a non-empty array, each ${what}`, received(value));
  }
  return Object.freeze([...value]);
}

function withGuess(value: unknown, names: readonly string[]): string {
  // The one country that people and ISO 3166-1 disagree about.
  const guess =
    value === "UK" && names.includes("GB") ? "GB" : typeof value === "string" ? nearest(value, names) : undefined;
  return guess === undefined ? received(value) : `${received(value)} (did you mean ${JSON.stringify(guess)}?)`;
}
