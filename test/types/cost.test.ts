import { describe, expect, it } from "vitest";
import { alternativeTo, type Cost, costOf, requestCost, roundUsd } from "../../src/types/cost.ts";
import type { TokenPrice } from "../../src/types/token-price.ts";
import type { TokenUsage } from "../../src/types/token-usage.ts";
import { planOf, routeOf } from "../support/routes.ts";

const GLOBAL: TokenPrice = {
  usdPerMillionInputTokens: 3,
  usdPerMillionOutputTokens: 15,
  usdPerMillionCacheReadTokens: 0.3,
  usdPerMillionCacheWriteTokens: 3.75,
  usdPerMillionCacheWrite1hTokens: 6,
  longContext: { aboveInputTokens: 200_000, inputFactor: 2, outputFactor: 1.5 },
  source: "test",
};
const REGIONAL: TokenPrice = { usdPerMillionInputTokens: 3.3, usdPerMillionOutputTokens: 16.5, source: "test" };
const prices = new Map([
  [routeOf("global"), GLOBAL],
  [routeOf("us"), REGIONAL],
  [routeOf("global@eu-west-1"), { ...GLOBAL, usdPerMillionInputTokens: 2 }],
  [routeOf("eu@eu-west-1"), { ...REGIONAL, usdPerMillionInputTokens: 4 }],
]);
const priceOf = (route: ReturnType<typeof routeOf>): TokenPrice | undefined => prices.get(route);
const tokens = (usage: Partial<TokenUsage> = {}): TokenUsage => ({ inputTokens: 1_000, outputTokens: 200, ...usage });
const usd = (usage: TokenUsage, route = "global"): number | string => {
  const cost = costOf(usage, routeOf(route), priceOf);
  return cost.known ? cost.usd : cost.reason;
};

describe("the cost of an answer", () => {
  it("is its tokens times the price of the route that served it", () => {
    expect(costOf(tokens(), routeOf("us"), priceOf)).toEqual({ known: true, usd: 0.0066, price: REGIONAL });
    expect(usd(tokens())).toBe(0.006);
  });

  it("counts what went through the prompt cache by its own prices", () => {
    expect(usd(tokens({ cacheReadInputTokens: 10_000 }))).toBe(0.009);
    expect(usd(tokens({ cacheWriteInputTokens: 10_000 }))).toBe(0.0435);
    expect(usd(tokens({ cacheWriteInputTokens: 10_000, cacheWrite1hInputTokens: 4_000 }))).toBe(0.0525);
  });

  it("follows the service tier that answered", () => {
    expect(usd(tokens({ serviceTier: "flex" }))).toBe(0.003);
    expect(costOf(tokens({ serviceTier: "priority" }), routeOf("global"), priceOf)).toMatchObject({
      usd: 0.0105,
      tierFactor: 1.75,
    });
  });

  it("adds the surcharge of a long prompt to the whole request, counting cached tokens", () => {
    expect(usd(tokens({ inputTokens: 200_000 }))).toBe(0.603);
    expect(usd(tokens({ inputTokens: 200_001 }))).toBe(1.204506);
    expect(usd(tokens({ inputTokens: 1, cacheReadInputTokens: 200_000 }))).toBe(0.124506);
  });

  it.each<[string, TokenUsage | undefined, string, string]>([
    ["tokens that nobody told", undefined, "global", "no-usage"],
    ["a model without a known price", tokens(), "jp", "no-price"],
    ["cached tokens without a known price", tokens({ cacheReadInputTokens: 1 }), "us", "no-cache-price"],
    ["cache writes without a known price", tokens({ cacheWriteInputTokens: 1 }), "us", "no-cache-price"],
    ["the reserved tier", tokens({ serviceTier: "reserved" }), "global", "not-standard"],
    ["a tier that nobody knows", tokens({ serviceTier: "constructor" }), "global", "not-standard"],
    ["latency-optimized inference", tokens({ latency: "optimized" }), "global", "not-standard"],
  ])("is unknown, and not 0, for %s", (_, usage, route, reason) => {
    expect(costOf(usage, routeOf(route), priceOf)).toEqual({ known: false, reason });
  });

  it("is known without a price of the cache when nothing went through it", () => {
    expect(usd(tokens({ cacheReadInputTokens: 0, cacheWriteInputTokens: 0 }), "us")).toBe(0.0066);
  });

  it("is paid by the hour on a provisioned model, whatever prices say", () => {
    const route = { ...routeOf("us"), kind: "provisioned" as const };
    expect(costOf(tokens(), route, () => REGIONAL)).toEqual({ known: false, reason: "paid-by-hour" });
  });
});

describe("the alternative", () => {
  it("is the cheapest candidate that reaches the model another way", () => {
    const plan = planOf("us", "global", "global@eu-west-1", "eu@eu-west-1");
    expect(alternativeTo(routeOf("us"), plan, tokens(), priceOf)).toEqual({
      route: routeOf("global@eu-west-1"),
      usd: 0.005,
    });
    // The other global route is no other way.
    expect(alternativeTo(routeOf("global"), plan, tokens(), priceOf)?.route).toBe(routeOf("us"));
  });

  it("is one without a known price only when there is no other", () => {
    const cost = (...names: string[]): unknown => alternativeTo(routeOf("us"), planOf(...names), tokens(), priceOf);
    expect(cost("us", "jp", "global")).toMatchObject({ route: routeOf("global") });
    expect(cost("us", "jp")).toEqual({ route: routeOf("jp"), usd: "no-price" });
    expect(cost("us")).toBeUndefined();
  });
});

describe("the cost of a request", () => {
  it("has the answer, its alternative and what went beside it in vain", () => {
    const extras = [routeOf("us"), routeOf("global")];
    const cost = requestCost(routeOf("global"), tokens(), planOf("global", "us"), extras, priceOf);
    expect(cost).toEqual({
      answer: { known: true, usd: 0.006, price: GLOBAL },
      alternative: { route: routeOf("us"), cost: { known: true, usd: 0.0066, price: REGIONAL } },
      extra: { attempts: 2, ifBilled: { known: true, usd: 0.0126 } },
    });
    expect([cost, cost.alternative, cost.extra, cost.answer].every((value) => Object.isFrozen(value))).toBe(true);
    expect(JSON.parse(JSON.stringify(cost))).toEqual(cost);
  });

  it("does not know what went beside it when it does not know one of them", () => {
    const { extra } = requestCost(routeOf("us"), tokens(), planOf("us"), [routeOf("us"), routeOf("jp")], priceOf);
    expect(extra).toEqual({ attempts: 2, ifBilled: { known: false, reason: "no-price" } });
  });

  it("says nothing of an alternative or of extra attempts when there were none", () => {
    const cost: { readonly answer: Cost } = requestCost(routeOf("us"), undefined, planOf("us"), [], priceOf);
    expect(cost).toEqual({ answer: { known: false, reason: "no-usage" } });
  });
});

describe("roundUsd", () => {
  it("removes what binary fractions add", () => {
    expect(roundUsd(0.1 + 0.2)).toBe(0.3);
    expect(roundUsd(0)).toBe(0);
  });
});
