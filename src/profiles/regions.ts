import { nearest } from "../util/nearest.ts";

/** What is publicly known about one AWS Region. */
export interface RegionInfo {
  /** AWS's own name of the Region, e.g. `Europe (Frankfurt)`. */
  readonly name: string;
  /** ISO 3166-1 alpha-2 code of the country whose soil the Region stands on. */
  readonly country: string;
  /** The narrowest geography that holds the Region: Tokyo is `jp`, not `apac`. */
  readonly geography: string;
  /** Degrees north, to the city; AWS does not publish the sites of its data centers. */
  readonly latitude: number;
  /** Degrees east, to the city. */
  readonly longitude: number;
}

/**
 * What is known about a Region, or `undefined` for a Region newer than this table.
 * @see https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
 */
export function regionInfo(region: string): RegionInfo | undefined {
  return TABLE.get(region);
}

/**
 * Whether `text` can be the name of a Region of any partition, also of one newer than the table: `eu-north-2`,
 * `kr-central-1`, `eusc-de-east-1`, `us-isob-east-1`. The directions are AWS's own words, so that `eu-centrl-1` is none.
 */
export function isRegionName(text: string): boolean {
  return TABLE.has(text) || REGION_NAME.test(text);
}

/**
 * The partition of a Region, also of one newer than the table. Credentials, ARNs and profiles never cross partitions.
 * @see https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
 */
export function partitionOf(region: string): string {
  const [, name = "", letter = ""] = OTHER_PARTITION.exec(region) ?? [];
  if (name === "") return "aws";
  if (name === "cn" || name === "eusc") return `aws-${name}`;
  if (name === "us-gov") return "aws-us-gov";
  return letter === "" ? "aws-iso" : `aws-iso-${letter}`;
}

/** The Region that `text` most likely means: a misspelt name, or a place such as `frankfurt`, `Oregon`, `N. Virginia`. */
export function suggestRegion(text: string): string | undefined {
  const place = text.toLowerCase();
  if (place.length < 5) return undefined;
  return (
    nearest(text, REGIONS) ?? ROWS.find(([, name]) => name.slice(name.indexOf("(")).toLowerCase().includes(place))?.[0]
  );
}

/** Every Region of the table: all of the partition `aws`, and the two of `aws-us-gov`. */
export function knownRegions(): readonly string[] {
  return REGIONS;
}

/** ISO 3166-1 alpha-2 codes of the countries that hold a Region, sorted. */
export function knownCountries(): readonly string[] {
  return COUNTRIES;
}

type Row = readonly [
  region: string,
  name: string,
  country: string,
  geography: string,
  latitude: number,
  longitude: number,
];

const ROWS: readonly Row[] = [
  ["us-east-1", "US East (N. Virginia)", "US", "us", 39.04, -77.49],
  ["us-east-2", "US East (Ohio)", "US", "us", 39.96, -83.0],
  ["us-west-1", "US West (N. California)", "US", "us", 37.35, -121.96],
  ["us-west-2", "US West (Oregon)", "US", "us", 45.84, -119.7],
  ["ca-central-1", "Canada (Central)", "CA", "ca", 45.5, -73.57],
  ["ca-west-1", "Canada West (Calgary)", "CA", "ca", 51.05, -114.07],
  ["mx-central-1", "Mexico (Central)", "MX", "mx", 20.59, -100.39],
  ["sa-east-1", "South America (São Paulo)", "BR", "sa", -23.55, -46.63],
  ["sa-west-1", "South America (Chile)", "CL", "sa", -33.45, -70.67],
  ["eu-central-1", "Europe (Frankfurt)", "DE", "eu", 50.11, 8.68],
  ["eu-central-2", "Europe (Zurich)", "CH", "eu", 47.38, 8.54],
  ["eu-north-1", "Europe (Stockholm)", "SE", "eu", 59.33, 18.07],
  ["eu-south-1", "Europe (Milan)", "IT", "eu", 45.46, 9.19],
  ["eu-south-2", "Europe (Spain)", "ES", "eu", 41.65, -0.89],
  ["eu-west-1", "Europe (Ireland)", "IE", "eu", 53.35, -6.26],
  ["eu-west-2", "Europe (London)", "GB", "eu", 51.51, -0.13],
  ["eu-west-3", "Europe (Paris)", "FR", "eu", 48.86, 2.35],
  ["il-central-1", "Israel (Tel Aviv)", "IL", "il", 32.09, 34.78],
  ["me-central-1", "Middle East (UAE)", "AE", "me", 24.45, 54.38],
  ["me-south-1", "Middle East (Bahrain)", "BH", "me", 26.23, 50.59],
  ["me-west-1", "Middle East (Saudi Arabia)", "SA", "me", 24.71, 46.68],
  ["af-south-1", "Africa (Cape Town)", "ZA", "af", -33.92, 18.42],
  ["ap-east-1", "Asia Pacific (Hong Kong)", "HK", "apac", 22.32, 114.17],
  ["ap-east-2", "Asia Pacific (Taipei)", "TW", "apac", 25.03, 121.57],
  ["ap-northeast-1", "Asia Pacific (Tokyo)", "JP", "jp", 35.68, 139.69],
  ["ap-northeast-2", "Asia Pacific (Seoul)", "KR", "apac", 37.57, 126.98],
  ["ap-northeast-3", "Asia Pacific (Osaka)", "JP", "jp", 34.69, 135.5],
  ["ap-south-1", "Asia Pacific (Mumbai)", "IN", "in", 19.08, 72.88],
  ["ap-south-2", "Asia Pacific (Hyderabad)", "IN", "in", 17.39, 78.49],
  ["ap-southeast-1", "Asia Pacific (Singapore)", "SG", "apac", 1.35, 103.82],
  ["ap-southeast-2", "Asia Pacific (Sydney)", "AU", "au", -33.87, 151.21],
  ["ap-southeast-3", "Asia Pacific (Jakarta)", "ID", "apac", -6.21, 106.85],
  ["ap-southeast-4", "Asia Pacific (Melbourne)", "AU", "au", -37.81, 144.96],
  ["ap-southeast-5", "Asia Pacific (Malaysia)", "MY", "apac", 3.14, 101.69],
  ["ap-southeast-6", "Asia Pacific (New Zealand)", "NZ", "au", -36.85, 174.76],
  ["ap-southeast-7", "Asia Pacific (Thailand)", "TH", "apac", 13.76, 100.5],
  ["us-gov-east-1", "AWS GovCloud (US-East)", "US", "us-gov", 39.96, -83.0],
  ["us-gov-west-1", "AWS GovCloud (US-West)", "US", "us-gov", 45.84, -119.7],
];

const TABLE: ReadonlyMap<string, RegionInfo> = new Map(
  ROWS.map(([region, name, country, geography, latitude, longitude]) => [
    region,
    Object.freeze({
      name,
      country,
      geography,
      latitude,
      longitude,
    } satisfies RegionInfo),
  ]),
);
const REGIONS: readonly string[] = Object.freeze([...TABLE.keys()]);
const COUNTRIES: readonly string[] = Object.freeze([...new Set(ROWS.map((row) => row[2]))].sort());

const REGION_NAME =
  /^(?:[a-z]{2}(?:-gov|-iso[a-z]?)?|eusc-[a-z]{2})-(?:central|(?:north|south)?(?:east|west)|north|south)-[1-9]\d?$/;
const OTHER_PARTITION = /^(cn|eusc|us-gov|[a-z]{2}-iso([a-z]?))-/;
