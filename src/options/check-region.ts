import { isRegionName, suggestRegion } from "../profiles/regions.ts";
import { InvalidOptionsError } from "../types/errors.ts";
import { received } from "../util/received.ts";

/**
 * Refuses what cannot be an AWS Region, with the one that it most likely means. A Region newer than the Region table, or
 * of another partition, passes.
 * @throws {@link InvalidOptionsError}
 */
export function checkRegion(value: unknown, path: string): void {
  if (typeof value === "string" && isRegionName(value)) return;
  const guess = typeof value === "string" ? suggestRegion(value) : undefined;
  throw new InvalidOptionsError(
    path,
    "must be an AWS Region",
    guess === undefined ? received(value) : `${received(value)} (did you mean ${JSON.stringify(guess)}?)`,
  );
}
