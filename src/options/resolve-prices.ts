import type { OwnPrice } from "../profiles/price-book.ts";
import { InvalidOptionsError } from "../types/errors.ts";
import type { TokenPrice } from "../types/token-price.ts";
import { received } from "../util/received.ts";
import type { ModelPrice, UsdPerMillionTokens } from "./options.ts";
import { refuseUnknownKeys } from "./refuse-unknown-keys.ts";
import { resolveByModel } from "./resolve-by-model.ts";
import { checkRegions } from "./resolve-routes.ts";

const KINDS: readonly NonNullable<ModelPrice["kind"]>[] = ["in-region", "geographic", "global", "application"];
const RATES: Readonly<Record<keyof UsdPerMillionTokens, keyof TokenPrice>> = {
  input: "usdPerMillionInputTokens",
  output: "usdPerMillionOutputTokens",
  cacheRead: "usdPerMillionCacheReadTokens",
  cacheWrite: "usdPerMillionCacheWriteTokens",
  cacheWrite1h: "usdPerMillionCacheWrite1hTokens",
};

/**
 * Validates the caller's own prices.
 * @throws {@link InvalidOptionsError}
 */
export function resolvePrices(value: unknown, path: string): Readonly<Record<string, readonly OwnPrice[]>> {
  return resolveByModel(value, path, "prices", (list, at) => {
    if (!Array.isArray(list)) {
      throw new InvalidOptionsError(at, "must be an array of { usdPerMillionTokens }", received(list));
    }
    return Object.freeze(list.map((price, index) => resolvePrice(price, `${at}[${index}]`)));
  });
}

function resolvePrice(value: unknown, path: string): OwnPrice {
  if (typeof value !== "object" || value === null) {
    throw new InvalidOptionsError(path, "must be an object with usdPerMillionTokens", received(value));
  }
  refuseUnknownKeys(value, ["kind", "sourceRegions", "usdPerMillionTokens"], path);
  const { kind, sourceRegions, usdPerMillionTokens } = value as Partial<ModelPrice>;
  if (kind !== undefined && !KINDS.includes(kind)) {
    throw new InvalidOptionsError(`${path}.kind`, `must be one of ${KINDS.join(", ")}`, received(kind));
  }
  return Object.freeze({
    ...(kind === undefined ? {} : { kind }),
    ...(sourceRegions === undefined ? {} : { sourceRegions: checkRegions(sourceRegions, `${path}.sourceRegions`) }),
    price: resolveRates(usdPerMillionTokens, `${path}.usdPerMillionTokens`),
  });
}

function resolveRates(value: unknown, path: string): TokenPrice {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new InvalidOptionsError(path, "must be an object with input and output", received(value));
  }
  refuseUnknownKeys(value, Object.keys(RATES), path);
  const rates = { input: undefined, output: undefined, ...value };
  const price = Object.entries(RATES).flatMap(([name, field]) => {
    const rate: unknown = rates[name as keyof typeof rates];
    const isOptional = !(name in rates) || (rate === undefined && name.startsWith("cache"));
    return isOptional ? [] : [[field, checkRate(rate, `${path}.${name}`)] as const];
  });
  return Object.freeze({ ...Object.fromEntries(price), source: "routing.prices" }) as unknown as TokenPrice;
}

/** 0 would rank the route before every other and report its cost as nothing. */
function checkRate(value: unknown, path: string): number {
  if (typeof value === "number" && Number.isFinite(value) && value > 0) return value;
  throw new InvalidOptionsError(path, "must be a positive number of US dollars per million tokens", received(value));
}
