import { InvalidOptionsError } from "../types/errors.ts";
import { received } from "../util/received.ts";
import { checkRegion } from "./check-region.ts";

/**
 * Validates endpoints by source Region.
 * @throws {@link InvalidOptionsError}
 */
export function resolveEndpoints(value: unknown, path: string): Readonly<Record<string, string>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new InvalidOptionsError(path, "must be an object from source Region to endpoint URL", received(value));
  }
  for (const [region, endpoint] of Object.entries(value)) {
    checkRegion(region, `${path}.${region}`);
    if (typeof endpoint !== "string" || !isWebUrl(endpoint)) {
      throw new InvalidOptionsError(`${path}.${region}`, "must be an http or https URL", received(endpoint));
    }
  }
  return Object.freeze({ ...(value as Record<string, string>) });
}

/** `localhost:8080` is a URL too, with the scheme `localhost:`. */
function isWebUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
