import { InvalidOptionsError } from "../types/errors.ts";
import { nearest } from "../util/nearest.ts";

/**
 * Refuses keys that `object` must not have, with the nearest valid name: a misspelt option that is silently ignored is
 * a promise silently broken.
 * @throws {@link InvalidOptionsError}
 */
export function refuseUnknownKeys(object: object, known: readonly string[], path: string): void {
  for (const key of Object.keys(object)) {
    if (known.includes(key)) continue;
    const guess = nearest(key, known);
    throw new InvalidOptionsError(
      `${path}.${key}`,
      `is not an option${guess === undefined ? `; ${path} takes ${known.join(", ")}` : `: did you mean ${guess}?`}`,
    );
  }
}
