import type { Plan } from "./plan.ts";
import type { Route } from "./route.ts";
import type { TokenPrice } from "./token-price.ts";
import type { TokenUsage } from "./token-usage.ts";

/**
 * Why a cost is not known:
 *
 * - `no-usage`: the answer does not tell its tokens, or was not read to its end;
 * - `no-price`: no price of the model is known for this route;
 * - `no-cache-price`: some of the tokens went through the prompt cache, and what that costs is not known;
 * - `not-standard`: the reserved tier or latency-optimized inference, which have prices of their own;
 * - `paid-by-hour`: a provisioned model, which has no price by the token.
 */
export type UnknownCost = "no-usage" | "no-price" | "no-cache-price" | "not-standard" | "paid-by-hour";

/** An estimate of what an answer costs, from its tokens and the price of the route; or why there is none. Never 0. */
export type Cost =
  | {
      readonly known: true;
      readonly usd: number;
      /** Of the standard tier. */
      readonly price: TokenPrice;
      /** What the service tier makes of the price, e.g. 0.5 for flex; absent for the standard tier. */
      readonly tierFactor?: number;
    }
  | { readonly known: false; readonly reason: UnknownCost };

/** What one request costs. */
export interface RequestCost {
  /** The answer that served the request. */
  readonly answer: Cost;
  /**
   * What the same tokens would have cost on the cheapest other candidate of the plan that reaches the model another way:
   * global in place of geographic, for example. Absent when the plan has none.
   */
  readonly alternative?: { readonly route: Route; readonly cost: Cost };
  /** Attempts beside it that may have been billed as well. Absent when there were none. */
  readonly extra?: ExtraCost;
}

/** Attempts that brought nothing: cut off because another was faster, or timed out. */
export interface ExtraCost {
  readonly attempts: number;
  /**
   * What they would cost if each were billed like the answer that served, input and output. AWS does not say what it bills
   * of a request that is cancelled half-way.
   */
  readonly ifBilled: { readonly known: true; readonly usd: number } | Extract<Cost, { readonly known: false }>;
}

/** Looks up the price of a route; `undefined` when it is not known. */
export type PriceLookup = (route: Route) => TokenPrice | undefined;

/** The cost of these tokens on a route. */
export function costOf(usage: TokenUsage | undefined, route: Route, priceOf: PriceLookup): Cost {
  const usd = usdOf(usage, route, priceOf);
  if (typeof usd === "string") return Object.freeze({ known: false, reason: usd });
  const tierFactor = tierFactorOf(usage?.serviceTier) ?? 1;
  const price = priceOf(route) as TokenPrice;
  return Object.freeze({ known: true, usd: roundUsd(usd), price, ...(tierFactor !== 1 && { tierFactor }) });
}

/** The cost of a request that a route served, with attempts in vain on other routes, or on the same. */
export function requestCost(
  served: Route,
  usage: TokenUsage | undefined,
  plan: Plan,
  extras: readonly Route[],
  priceOf: PriceLookup,
): RequestCost {
  const alternative = alternativeTo(served, plan, usage, priceOf)?.route;
  return Object.freeze({
    answer: costOf(usage, served, priceOf),
    ...(alternative === undefined
      ? {}
      : {
          alternative: Object.freeze({ route: alternative, cost: costOf(usage, alternative, priceOf) }),
        }),
    ...extraCost(extras, usage, priceOf),
  });
}

/** What attempts in vain on these routes may cost. */
export function extraCost(
  routes: readonly Route[],
  usage: TokenUsage | undefined,
  priceOf: PriceLookup,
): Pick<RequestCost, "extra"> {
  if (routes.length === 0) return {};
  return { extra: Object.freeze({ attempts: routes.length, ifBilled: sumOf(routes, usage, priceOf) }) };
}

/** Known if the cost of every one is. */
function sumOf(routes: readonly Route[], usage: TokenUsage | undefined, priceOf: PriceLookup): ExtraCost["ifBilled"] {
  let usd = 0;
  for (const route of routes) {
    const cost = usdOf(usage, route, priceOf);
    if (typeof cost === "string") return Object.freeze({ known: false, reason: cost });
    usd += cost;
  }
  return Object.freeze({ known: true, usd: roundUsd(usd) });
}

/** The same as a bare number of US dollars, or the reason why there is none. */
export function usdOf(usage: TokenUsage | undefined, route: Route, priceOf: PriceLookup): number | UnknownCost {
  if (route.kind === "provisioned") return "paid-by-hour";
  if (usage === undefined) return "no-usage";
  const tierFactor = tierFactorOf(usage.serviceTier);
  if (tierFactor === undefined || usage.latency !== undefined) return "not-standard";
  const price = priceOf(route);
  if (price === undefined) return "no-price";
  const { inputTokens, outputTokens, cacheReadInputTokens: read = 0, cacheWriteInputTokens: written = 0 } = usage;
  const longLived = Math.min(written, usage.cacheWrite1hInputTokens ?? 0);
  const cached =
    product(read, price.usdPerMillionCacheReadTokens) +
    product(written - longLived, price.usdPerMillionCacheWriteTokens) +
    product(longLived, price.usdPerMillionCacheWrite1hTokens);
  if (Number.isNaN(cached)) return "no-cache-price";
  const long = price.longContext;
  const isLong = long !== undefined && inputTokens + read + written > long.aboveInputTokens;
  const input = (inputTokens * price.usdPerMillionInputTokens + cached) * (isLong ? long.inputFactor : 1);
  const output = outputTokens * price.usdPerMillionOutputTokens * (isLong ? long.outputFactor : 1);
  return ((input + output) * tierFactor) / 1e6;
}

/**
 * What a service tier makes of the standard price; undefined where nothing tells. AWS names the factors on the card of one
 * model (Kimi K3, September 2026) and says of the others that priority costs more and flex less. They are the same on
 * every route, so that they rank none before another.
 * @see https://aws.amazon.com/bedrock/service-tiers/
 */
function tierFactorOf(serviceTier = "default"): number | undefined {
  return TIER_FACTORS.get(serviceTier);
}

const TIER_FACTORS: ReadonlyMap<string, number> = new Map([
  ["default", 1],
  ["priority", 1.75],
  ["flex", 0.5],
]);

/**
 * The candidate that reaches the model another way than `route` and would have cost least, and that cost. One whose cost
 * is not known is only named when none is.
 */
export function alternativeTo(
  route: Route,
  plan: Plan,
  usage: TokenUsage | undefined,
  priceOf: PriceLookup,
): { readonly route: Route; readonly usd: number | UnknownCost } | undefined {
  let best: { route: Route; usd: number | UnknownCost } | undefined;
  for (const candidate of plan.candidates) {
    const other = candidate.route;
    if (other.kind === route.kind && other.geography === route.geography) continue;
    const usd = usdOf(usage, other, priceOf);
    const better = typeof usd === "number" && (typeof best?.usd !== "number" || usd < best.usd);
    if (best === undefined || better) best = { route: other, usd };
  }
  return best;
}

/** Money without the dust of binary fractions. */
export function roundUsd(usd: number): number {
  const scaled = usd * 1e15;
  // Rounding is much cheaper than printing and reading, but beyond here it would not be exact.
  return scaled < Number.MAX_SAFE_INTEGER ? Math.round(scaled) / 1e15 : Number(usd.toPrecision(12));
}

/** Nothing of something without a price costs nothing; some of it makes the sum not-a-number. */
function product(tokens: number, price: number | undefined): number {
  return tokens === 0 ? 0 : tokens * (price ?? Number.NaN);
}
