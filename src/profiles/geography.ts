import { knownRegions, regionInfo } from "./regions.ts";

/**
 * A part of the world whose Regions a residency may name: the prefix of a geographic inference profile, or the prefix of
 * a Region where AWS has no such profile. `jp`, `au` and `in` are parts of `apac`. A future one is any other string.
 */
export type Geography = KnownGeography | (string & {});

type KnownGeography = "us" | "eu" | "apac" | "jp" | "au" | "ca" | "in" | "us-gov" | "sa" | "mx" | "af" | "me" | "il";

const GEOGRAPHIES: readonly KnownGeography[] = Object.freeze([
  "us",
  "eu",
  "apac",
  "jp",
  "au",
  "ca",
  "in",
  "us-gov",
  "sa",
  "mx",
  "af",
  "me",
  "il",
]);

/**
 * The narrowest geography that holds a Region. A Region newer than this library belongs to the geography of its prefix:
 * `eu-north-2` to `eu`, `ap-southeast-9` to `apac`, `kr-central-1` to `kr`. Text that is not shaped like a Region, such
 * as the destination `*`, is `unknown` and so in no geography.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/geographic-cross-region-inference.html
 */
export function geographyOf(region: string): string {
  const known = regionInfo(region);
  if (known !== undefined) return known.geography;
  const prefix = REGION_SHAPE.exec(region)?.[1];
  if (prefix === undefined) return "unknown";
  return prefix === "ap" ? "apac" : prefix;
}

/**
 * The known Regions of a geography. `apac` contains the Regions of `jp`, `au` and `in`; `us` contains neither Canada,
 * whose Regions may call `us.` profiles, nor GovCloud. Empty for a name that is not a geography, `global` included.
 */
export function regionsInGeography(geography: string): readonly string[] {
  const narrower = geography === "apac" ? WITHIN_APAC : [];
  const holds = (region: string): boolean => {
    const own = geographyOf(region);
    return own === geography || narrower.includes(own);
  };
  return Object.freeze(knownRegions().filter(holds));
}

/** Whether one geography lies within another or is the same: `jp` within `apac`. Never for a name that is none. */
export function isWithin(geography: string, other: string): boolean {
  if (!isKnownGeography(geography)) return false;
  return geography === other || (other === "apac" && WITHIN_APAC.includes(geography));
}

/** Whether `name` is a geography of this table. `global` is not: it is no place. */
export function isKnownGeography(name: string): boolean {
  return (GEOGRAPHIES as readonly string[]).includes(name);
}

/** Every geography that has a Region. */
export function knownGeographies(): readonly string[] {
  return GEOGRAPHIES;
}

const WITHIN_APAC: readonly string[] = Object.freeze(["jp", "au", "in"]);

// Everything before `-<direction>-<number>`, so that `us-gov-…` or `us-iso-…` never counts as `us`.
const REGION_SHAPE = /^([a-z]+(?:-[a-z]+)*)-[a-z]+-\d+$/;
