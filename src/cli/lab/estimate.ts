import { priorOf } from "../../plan/prior.ts";
import { priceOf } from "../../profiles/price-table.ts";
import type { Route } from "../../types/route.ts";
import type { LabOptions } from "./options.ts";
import type { ScheduledCall } from "./schedule.ts";

/** What a lab is going to take. */
export interface Estimate {
  readonly calls: number;
  /** From what is expected of each route, and the pauses. */
  readonly durationMs: number;
  /** At most: every answer as long as it may be. Of the routes whose price is known. */
  readonly usd: number;
  /** Models without a known price: their calls cost something too. */
  readonly unpriced: readonly string[];
  /** When the newest of the prices was read. */
  readonly pricesAsOf: string | undefined;
}

/** Estimates the calls that are still to be made. */
export function estimate(calls: readonly ScheduledCall[], routes: readonly Route[], options: LabOptions): Estimate {
  const inputTokens = INPUT_OVERHEAD + Math.ceil(options.prompt.length / CHARACTERS_PER_TOKEN);
  const facts = routes.map((route) => {
    const price = priceOf(route.model, route);
    return {
      price,
      usd: price === undefined ? 0 : usdOf(price, inputTokens, options.maxTokens),
      durationMs: priorOf(route, options.measuredFrom ?? route.sourceRegion, false).ttfbMs + options.intervalMs,
    };
  });
  const sum = (of: (fact: (typeof facts)[number]) => number): number =>
    calls.reduce((total, { cell }) => total + of(facts[cell]!), 0);
  const dates = facts.flatMap(({ price }) => (price === undefined ? [] : [price.asOf]));
  return Object.freeze({
    calls: calls.length,
    durationMs: sum(({ durationMs }) => durationMs),
    usd: sum(({ usd }) => usd),
    unpriced: [...new Set(routes.filter((_, cell) => facts[cell]?.price === undefined).map(({ model }) => model))],
    pricesAsOf: dates.sort().at(-1),
  });
}

/** What a number of tokens costs in US dollars. */
export function usdOf(
  price: { readonly usdPerMillionInputTokens: number; readonly usdPerMillionOutputTokens: number },
  inputTokens: number,
  outputTokens: number,
): number {
  return (inputTokens * price.usdPerMillionInputTokens + outputTokens * price.usdPerMillionOutputTokens) / 1_000_000;
}

/** Tokenisers differ; of English prose they make about one token of four characters. */
const CHARACTERS_PER_TOKEN = 4;
/** What models add to a message: a few tokens of markup. */
const INPUT_OVERHEAD = 10;
