/**
 * Where the Regions stand, written down a second time: the judge must not ask the table that it judges.
 * @see https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
 */
const COUNTRY_OF: Readonly<Record<string, string>> = {
  "us-east-1": "US",
  "us-east-2": "US",
  "us-west-1": "US",
  "us-west-2": "US",
  "us-gov-east-1": "US",
  "us-gov-west-1": "US",
  "ca-central-1": "CA",
  "ca-west-1": "CA",
  "mx-central-1": "MX",
  "sa-east-1": "BR",
  "sa-west-1": "CL",
  "eu-central-1": "DE",
  "eu-central-2": "CH",
  "eu-north-1": "SE",
  "eu-south-1": "IT",
  "eu-south-2": "ES",
  "eu-west-1": "IE",
  "eu-west-2": "GB",
  "eu-west-3": "FR",
  "il-central-1": "IL",
  "me-central-1": "AE",
  "me-south-1": "BH",
  "me-west-1": "SA",
  "af-south-1": "ZA",
  "ap-east-1": "HK",
  "ap-east-2": "TW",
  "ap-northeast-1": "JP",
  "ap-northeast-2": "KR",
  "ap-northeast-3": "JP",
  "ap-south-1": "IN",
  "ap-south-2": "IN",
  "ap-southeast-1": "SG",
  "ap-southeast-2": "AU",
  "ap-southeast-3": "ID",
  "ap-southeast-4": "AU",
  "ap-southeast-5": "MY",
  "ap-southeast-6": "NZ",
  "ap-southeast-7": "TH",
};

/** Every Region of the two partitions. */
export const regions: readonly string[] = Object.keys(COUNTRY_OF);

/** ISO 3166-1 code of the country. `undefined` for what is no Region, such as `*`. */
export function countryOf(region: string): string | undefined {
  return COUNTRY_OF[region];
}

/** Every country with a Region. */
export const countries: readonly string[] = [...new Set(Object.values(COUNTRY_OF))];

/** Every name that a residency may give to a part of the world. */
export const geographies: readonly string[] = [
  ...["us", "eu", "apac", "jp", "au", "ca", "in", "us-gov", "sa", "mx", "af", "me", "il"],
];

/** The narrowest geography of a Region. `undefined` for what is no Region. */
export function geographyOf(region: string): string | undefined {
  if (COUNTRY_OF[region] === undefined) return undefined;
  if (region.startsWith("us-gov-")) return "us-gov";
  const prefix = region.slice(0, 2);
  if (prefix !== "ap") return prefix;
  if (["ap-northeast-1", "ap-northeast-3"].includes(region)) return "jp";
  if (["ap-south-1", "ap-south-2"].includes(region)) return "in";
  if (["ap-southeast-2", "ap-southeast-4", "ap-southeast-6"].includes(region)) return "au";
  return "apac";
}

/** Whether the Region lies in the geography: Japan, Australia with New Zealand and India are parts of `apac`. */
export function liesIn(region: string, geography: string): boolean {
  const own = geographyOf(region);
  return own === geography || (geography === "apac" && (own === "jp" || own === "au" || own === "in"));
}

/** Credentials do not cross partitions. */
export function samePartition(region: string): readonly string[] {
  const gov = region.startsWith("us-gov-");
  return regions.filter((other) => other.startsWith("us-gov-") === gov);
}
