import type { Residency } from "../plan/residency.ts";
import { isKnownGeography, knownGeographies } from "../profiles/geography.ts";
import { isRegionName, knownCountries, suggestRegion } from "../profiles/regions.ts";
import { array, guessOf, object, optional, type Reader, refuse } from "../types/schema.ts";
import { nearest } from "../util/nearest.ts";
import { checkRegion } from "./check-region.ts";

/** Writes a residency as the caller would. */
export type ShowResidency = (residency: Residency) => string;

/**
 * Reads where inference may run. What people write instead (`"EU"`, `"Germany"`, `"frankfurt"`, `"UK"`) is refused with
 * what they mean, never guessed: it decides where prompts go.
 */
export function residencyReader(show: ShowResidency): Reader<Residency> {
  return (value, path) => {
    if (value === "any" || value === "home") return value;
    if (typeof value === "string") return geography(value, path, show);
    if (Array.isArray(value)) return geographies(value, path, show);
    if (typeof value === "object" && value !== null) return places(value, path);
    return refuse(path, 'must be "any", "home", a geography, { regions } or { countries }', value);
  };
}

/** As it is written in the options. */
export function showResidency(residency: Residency): string {
  if (typeof residency === "string" || Array.isArray(residency)) return JSON.stringify(residency);
  const [[kind, names] = []] = Object.entries(residency);
  return `{ ${kind}: ${JSON.stringify(names)} }`;
}

export const resolveResidencyOption: Reader<Residency> = residencyReader(showResidency);

function geography(value: unknown, path: string, show: ShowResidency): string {
  if (typeof value === "string" && isKnownGeography(value)) return value;
  if (value === "global") {
    refuse(path, `cannot be "global", which is no place: use ${show("any")} to allow global profiles`, value);
  }
  const guess = suggestResidency(value);
  return refuse(path, `must be a geography (${knownGeographies().join(", ")})`, value, guess && show(guess));
}

function geographies(list: readonly unknown[], path: string, show: ShowResidency): readonly string[] {
  if (list.length === 0) refuse(path, "must name at least one geography", list);
  const meant = list.map((item) => (isGeography(item) ? item : suggestResidency(item)));
  // Countries and Regions do not stand in a list of geographies, but beside each other.
  for (const kind of ["countries", "regions"] as const) {
    const names = meant.flatMap((one) => namesOf(one, kind));
    if (names.length < list.length) continue;
    const instead = (kind === "countries" ? { countries: names } : { regions: names }) satisfies Residency;
    refuse(path, "must be geographies", list, show(instead));
  }
  return Object.freeze(
    list.map((item, index) => {
      if (item !== "any" && item !== "home") return geography(item, `${path}[${index}]`, show);
      return refuse(`${path}[${index}]`, `cannot combine ${JSON.stringify(item)} with other geographies`, item);
    }),
  );
}

function isGeography(item: unknown): item is string {
  return typeof item === "string" && isKnownGeography(item);
}

function namesOf(residency: Residency | undefined, kind: "countries" | "regions"): readonly string[] {
  if (typeof residency !== "object" || !(kind in residency)) return [];
  return (residency as Readonly<Record<string, readonly string[]>>)[kind] ?? [];
}

function places(value: object, path: string): Residency {
  const { regions, countries } = readPlaces(value, path);
  if (regions !== undefined && countries === undefined) return Object.freeze({ regions });
  if (countries !== undefined && regions === undefined) return Object.freeze({ countries });
  return refuse(
    path,
    regions === undefined ? "must have regions or countries" : "must have either regions or countries, not both",
    value,
  );
}

function country(value: unknown, path: string): string {
  if (typeof value === "string" && knownCountries().includes(value)) return value;
  const code = typeof value === "string" ? countryCode(value.trim().toLowerCase()) : undefined;
  const guess = code === undefined ? guessOf(value, knownCountries()) : JSON.stringify(code);
  return refuse(path, "must be the ISO 3166-1 code of a country with an AWS Region", value, guess);
}

const readPlaces = object({
  regions: optional(array(checkRegion, { least: 1, expected: "a non-empty array, each an AWS Region" })),
  countries: optional(
    array(country, {
      least: 1,
      expected: "a non-empty array, each the ISO 3166-1 code of a country with an AWS Region",
    }),
  ),
});

/** What people call a geography. */
const GEOGRAPHY_NAMES: Readonly<Record<string, string>> = {
  europe: "eu",
  "european union": "eu",
  eea: "eu",
  emea: "eu",
  usa: "us",
  "united states": "us",
  america: "us",
  "north america": "us",
  asia: "apac",
  "asia pacific": "apac",
  ap: "apac",
  apj: "apac",
  govcloud: "us-gov",
  worldwide: "any",
  anywhere: "any",
  local: "home",
};

/** What a text most likely means as a residency; `undefined` when that cannot be told. */
export function suggestResidency(value: unknown): Residency | undefined {
  if (typeof value !== "string" || value.length > 60) return undefined;
  const text = value.trim().toLowerCase();
  const named = Object.hasOwn(GEOGRAPHY_NAMES, text) ? GEOGRAPHY_NAMES[text] : undefined;
  if (named !== undefined) return named;
  if (isKnownGeography(text) || text === "any" || text === "home") return text;
  const code = countryCode(text);
  if (code !== undefined) return { countries: [code] };
  const region = isRegionName(text) ? text : suggestRegion(text);
  if (region !== undefined) return { regions: [region] };
  const guess = nearest(text, Object.keys(GEOGRAPHY_NAMES));
  return guess === undefined ? undefined : GEOGRAPHY_NAMES[guess];
}

/** The code of a country by its code or its English name. ISO 3166-1 and the British disagree about theirs. */
function countryCode(text: string): string | undefined {
  if (["uk", "great britain", "england"].includes(text)) return "GB";
  const names = new Intl.DisplayNames("en", { type: "region" });
  return knownCountries().find((code) => code.toLowerCase() === text || names.of(code)?.toLowerCase() === text);
}
