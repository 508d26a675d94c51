import type { RouteKind } from "../types/route.ts";
import type { TokenPrice } from "../types/token-price.ts";
import { bundledPrices } from "./bundled-data.generated.ts";
import type { BundledPrices } from "./bundled-format.ts";
import { geographyOf, regionsInGeography } from "./geography.ts";

/** How a model is reached, as far as it decides the price. Every `Route` is one. */
export interface PricedAccess {
  readonly kind: RouteKind;
  readonly geography: string;
  readonly sourceRegion: string;
}

/**
 * The on-demand price of a model, or `undefined` when it is not known: never 0. AWS charges by the source Region and
 * adds nothing for routing, so a geographic profile and the model in-Region cost the same there. Of the prices that
 * apply, the one that names the source Region wins over a general one, and one for this kind of access over one for the
 * other. What the price list of us-east-1 says about global and regional access serves the other Regions of the
 * partition `aws` too, where nothing better is known: it agrees with every geographic price published for those models.
 * So does the in-Region list price of us-east-1 and us-west-2, with less reason, as other Regions may be dearer;
 * {@link TokenPrice.source} tells. An application profile is taken for a geographic one; a provisioned model has no price
 * by the token.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/cross-region-inference.html
 */
export function priceOf(model: string, access: PricedAccess): TokenPrice | undefined {
  let best: Price | undefined;
  let bestRank = 0;
  for (const price of pricesOf(model)) {
    const rank = rankOf(price, access);
    if (rank > bestRank) [best, bestRank] = [price, rank];
  }
  return best?.price;
}

/**
 * The price of a model relative to its global profile, which is 1; only for comparing routes to the same model.
 *
 * From known prices where there are any, with input and output tokens mixed 3 : 1. Where the global price is unknown or
 * there is no global profile, the cheapest known price stands for 1.10 of it. Where the price of this access is unknown,
 * by rule:
 * 1. GovCloud: 1.20, as for every Claude model with a known GovCloud price;
 * 2. global: 1;
 * 3. Claude up to Sonnet 4 and Opus 4.1: 1, as AWS introduced the regional premium with Claude 4.5;
 * 4. otherwise 1.10: AWS describes global inference as about 10 % cheaper, and every model of the price list since
 *    Claude 4.5 charges exactly 1.10 times the global rate for regional access.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/global-cross-region-inference.html
 */
export function relativePrice(model: string, access: PricedAccess): number {
  const price = priceOf(model, access);
  const global = price === undefined ? undefined : globalBlend(model);
  if (price === undefined || global === undefined) return ruleOf(model, access);
  return Math.round((blend(price) / global) * 10_000) / 10_000;
}

interface Price {
  /** `global`, `in-region`, `regional` (in-Region and every geographic profile) or the prefix of a geographic profile. */
  readonly scope: string;
  /** Source Regions that the price names; empty for a general one. */
  readonly sourceRegions: readonly string[];
  readonly price: TokenPrice;
}

let decoded: ReadonlyMap<string, readonly Price[]> | undefined;

function pricesOf(model: string): readonly Price[] {
  decoded ??= decode(JSON.parse(bundledPrices) as BundledPrices);
  return decoded.get(model) ?? [];
}

function decode(table: BundledPrices): ReadonlyMap<string, readonly Price[]> {
  const regions = table.regions.split(" ");
  const decodeRow = (
    place: number,
    [scope, input, output, provenance, ...sourceRegions]: BundledPrices["prices"][string][number],
  ): Price => {
    const [source, asOf] = table.provenances[provenance]!;
    return {
      scope,
      sourceRegions: sourceRegions.map((index) => regions[index]!),
      price: Object.freeze({
        usdPerMillionInputTokens: input,
        usdPerMillionOutputTokens: output,
        ...cachePrices(input, place, table),
        ...longContextOf(place, table),
        source,
        asOf,
      }),
    };
  };
  return new Map(
    Object.entries(table.prices).map(([model, rows], place) => [model, rows.map((row) => decodeRow(place, row))]),
  );
}

/** The prompt cache costs the same share of the input price wherever the model is priced. */
function cachePrices(input: number, place: number, { cache }: BundledPrices): Partial<TokenPrice> {
  const shares = cache.find(([, , , models]) => models.includes(place));
  if (shares === undefined) return {};
  const [read, write, write1h] = shares;
  return {
    usdPerMillionCacheReadTokens: rate(input * read),
    ...(write === null ? {} : { usdPerMillionCacheWriteTokens: rate(input * write) }),
    ...(write1h === null ? {} : { usdPerMillionCacheWrite1hTokens: rate(input * write1h) }),
  };
}

function longContextOf(place: number, { long }: BundledPrices): Partial<TokenPrice> {
  const rule = long.find(([, , , models]) => models.includes(place));
  if (rule === undefined) return {};
  const [aboveInputTokens, inputFactor, outputFactor] = rule;
  return { longContext: Object.freeze({ aboveInputTokens, inputFactor, outputFactor }) };
}

/** A product of two published figures without the dust of binary fractions. */
function rate(usd: number): number {
  return Math.round(usd * 1e6) / 1e6;
}

/**
 * How well a price fits: 0 not at all; 2 the price of another Region; 4 to 6 a general price; 7 to 9 one that names the
 * source Region. Within each, a price for this kind of access comes first.
 */
function rankOf({ scope, sourceRegions }: Price, access: PricedAccess): number {
  const { sourceRegion } = access;
  if (access.kind === "provisioned") return 0;
  if ((scope === "global") !== isGlobal(access)) return 0;
  const isGov = geographyOf(sourceRegion) === "us-gov" || access.geography === "us-gov";
  const isNamed = sourceRegions.includes(sourceRegion);
  const isGeneral = sourceRegions.length === 0;
  const isInRegion = access.kind === "in-region";
  switch (scope) {
    case "global":
      return isGov ? 0 : isNamed ? 9 : isGeneral ? 6 : 2;
    case "regional":
      return isGov ? 0 : isNamed ? 8 : 2;
    case "in-region":
      if (isNamed) return isInRegion ? 9 : 7;
      return isGeneral && isInRegion && !isGov ? 5 : 0;
    default:
      if (isInRegion) return regionsInGeography(scope).includes(sourceRegion) && (isGeneral || isNamed) ? 4 : 0;
      if (scope !== access.geography) return 0;
      return isNamed ? 9 : isGeneral ? 6 : 0;
  }
}

function isGlobal({ kind, geography }: PricedAccess): boolean {
  return kind === "global" || (kind === "application" && geography === "global");
}

/** The blended global price; where it is unknown, what the cheapest commercial price implies for it. */
export function globalBlend(model: string): number | undefined {
  const commercial = pricesOf(model).filter(
    ({ scope, sourceRegions }) => scope !== "us-gov" && !sourceRegions.some(isGovCloud),
  );
  const global = commercial.find(({ scope }) => scope === "global");
  if (global !== undefined) return blend(global.price);
  if (commercial.length === 0) return undefined;
  return Math.min(...commercial.map(({ price }) => blend(price))) / premiumOf(model);
}

function isGovCloud(region: string): boolean {
  return geographyOf(region) === "us-gov";
}

function ruleOf(model: string, access: PricedAccess): number {
  if (isGovCloud(access.sourceRegion) || access.geography === "us-gov") return 1.2;
  return isGlobal(access) ? 1 : premiumOf(model);
}

/** Price of a regional access over the global one, where only a rule tells it. */
export function premiumOf(model: string): number {
  return WITHOUT_PREMIUM.test(model) ? 1 : 1.1;
}

const WITHOUT_PREMIUM = /^anthropic\.claude-(?:instant|v\d|[1-3]|sonnet-4-2025|opus-4-2025|opus-4-1-)/;

/**
 * Input and output tokens mixed 3 : 1. What mixture a caller really has hardly matters: with few exceptions the routes to
 * a model differ by the same factor in both, and then it cancels out.
 */
export function blend(price: TokenPrice): number {
  return (3 * price.usdPerMillionInputTokens + price.usdPerMillionOutputTokens) / 4;
}
