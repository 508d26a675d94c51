import { knownRegions, regionInfo } from "../profiles/regions.ts";
import { InvalidOptionsError } from "../types/errors.ts";
import { nearest } from "../util/nearest.ts";
import { received } from "../util/received.ts";

/**
 * Refuses what is not an AWS Region, with the nearest one.
 * @throws {@link InvalidOptionsError}
 */
export function checkRegion(value: unknown, path: string): void {
  if (typeof value === "string" && regionInfo(value) !== undefined) return;
  const guess = typeof value === "string" ? nearest(value, knownRegions()) : undefined;
  throw new InvalidOptionsError(
    path,
    "must be an AWS Region",
    guess === undefined ? received(value) : `${received(value)} (did you mean ${JSON.stringify(guess)}?)`,
  );
}
