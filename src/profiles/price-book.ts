import type { RouteKind } from "../types/route.ts";
import type { TokenPrice } from "../types/token-price.ts";
import { blend, globalBlend, type PricedAccess, premiumOf, priceOf, relativePrice } from "./price-table.ts";

/** A price that the caller gave, and which accesses it is for. */
export interface OwnPrice {
  /** Absent: every kind that is paid by the token. */
  readonly kind?: Exclude<RouteKind, "provisioned">;
  /** Absent: every source Region. */
  readonly sourceRegions?: readonly string[];
  readonly price: TokenPrice;
}

/** What models cost: the caller's own prices, and the bundled ones where none was given. */
export interface PriceBook {
  /** See `priceOf` of the price table. */
  priceOf(model: string, access: PricedAccess): TokenPrice | undefined;
  /** See `relativePrice` of the price table. */
  relativePrice(model: string, access: PricedAccess): number;
}

const BUNDLED: PriceBook = Object.freeze({ priceOf, relativePrice });

/** @param own - by foundation-model id */
export function priceBook(own: Readonly<Record<string, readonly OwnPrice[]>>): PriceBook {
  if (Object.keys(own).length === 0) return BUNDLED;
  const pricesOf = (model: string): readonly OwnPrice[] => (Object.hasOwn(own, model) ? (own[model] ?? []) : []);
  const priceFrom = (model: string, access: PricedAccess): TokenPrice | undefined =>
    bestOf(pricesOf(model), access)?.price ?? priceOf(model, access);
  return Object.freeze({
    priceOf: priceFrom,
    relativePrice: (model: string, access: PricedAccess): number => {
      const price = pricesOf(model).length === 0 ? undefined : priceFrom(model, access);
      if (price === undefined) return relativePrice(model, access);
      return Math.round((blend(price) / referenceOf(model, pricesOf(model))) * 10_000) / 10_000;
    },
  });
}

/**
 * The price of the model's global profile, blended; where nobody gave it, what the others imply. One for all accesses to
 * a model, or they could not be compared.
 */
function referenceOf(model: string, own: readonly OwnPrice[]): number {
  const cheapest = (prices: readonly OwnPrice[]): number => Math.min(...prices.map(({ price }) => blend(price)));
  const global = own.filter(({ kind }) => kind === undefined || kind === "global");
  if (global.length > 0) return cheapest(global);
  return globalBlend(model) ?? cheapest(own) / premiumOf(model);
}

/** The price that says most about the access: its source Region weighs more than its kind. */
function bestOf(own: readonly OwnPrice[], access: PricedAccess): OwnPrice | undefined {
  let best: OwnPrice | undefined;
  let bestRank = 0;
  for (const price of own) {
    const rank = rankOf(price, access);
    if (rank > bestRank) [best, bestRank] = [price, rank];
  }
  return best;
}

function rankOf({ kind, sourceRegions }: OwnPrice, access: PricedAccess): number {
  if (access.kind === "provisioned") return 0;
  if (sourceRegions !== undefined && !sourceRegions.includes(access.sourceRegion)) return 0;
  const region = sourceRegions === undefined ? 0 : 3;
  if (kind === undefined) return 1 + region;
  if (kind === access.kind) return 3 + region;
  // An application profile is a system-defined one under another name.
  const origin = access.geography === "global" ? "global" : "geographic";
  return access.kind === "application" && kind === origin ? 2 + region : 0;
}
