import { isRegionName, suggestRegion } from "../profiles/regions.ts";
import { array, type Reader, refuse } from "../types/schema.ts";

/**
 * An AWS Region, also one newer than the Region table or of another partition.
 * @throws {@link InvalidOptionsError} with the one that is most likely meant
 */
export function checkRegion(value: unknown, path: string): string {
  if (typeof value === "string" && isRegionName(value)) return value;
  const guess = typeof value === "string" ? suggestRegion(value) : undefined;
  return refuse(path, "must be an AWS Region", value, guess && JSON.stringify(guess));
}

/** A list of AWS Regions, each of them once. */
export function regionList(least: number, expected: string): Reader<readonly string[]> {
  const read = array(checkRegion, { least, expected });
  return (value, path) => Object.freeze([...new Set(read(value, path))]);
}
