import { describe, expect, it } from "vitest";
import { bundledCatalog } from "../../src/profiles/bundled-catalog.ts";
import { geographyOf, knownGeographies } from "../../src/profiles/geography.ts";
import { type PricedAccess, priceOf, relativePrice } from "../../src/profiles/price-table.ts";
import { knownRegions } from "../../src/profiles/regions.ts";
import { facts } from "./cases/facts.ts";

const SONNET_46 = "anthropic.claude-sonnet-4-6";
const HAIKU_45 = "anthropic.claude-haiku-4-5-20251001-v1:0";
const OPUS_55 = "anthropic.claude-opus-5-5";

const global = (sourceRegion: string): PricedAccess => ({ kind: "global", geography: "global", sourceRegion });
const geographic = (geography: string, sourceRegion: string): PricedAccess => ({
  kind: "geographic",
  geography,
  sourceRegion,
});
const inRegion = (sourceRegion: string): PricedAccess => ({
  kind: "in-region",
  geography: geographyOf(sourceRegion),
  sourceRegion,
});
const rates = (model: string, access: PricedAccess): readonly number[] | undefined => {
  const price = priceOf(model, access);
  return price && [price.usdPerMillionInputTokens, price.usdPerMillionOutputTokens];
};

describe("priceOf", () => {
  it("gives the global price from every Region that may call the profile", () => {
    const sources = Object.keys(bundledCatalog().profile(`global.${SONNET_46}`)!.destinations);
    for (const source of sources) expect(rates(SONNET_46, global(source)), source).toEqual([3, 15]);
  });

  it("gives the geographic price by the prefix of the profile", () => {
    expect(rates(SONNET_46, geographic("eu", "eu-central-1"))).toEqual([3.3, 16.5]);
    expect(rates("amazon.nova-lite-v1:0", geographic("us", "us-east-1"))).toEqual([0.06, 0.24]);
    expect(rates("amazon.nova-lite-v1:0", geographic("eu", "eu-west-1"))).toEqual([0.069, 0.276]);
    expect(rates("amazon.nova-lite-v1:0", geographic("apac", "ap-south-1"))).toEqual([0.063, 0.252]);
  });

  it("prefers the price that names the source Region to a general one", () => {
    expect(priceOf(HAIKU_45, geographic("us", "us-east-1"))?.source).toBe("AWS Price List API (us-east-1)");
    expect(priceOf(HAIKU_45, geographic("eu", "eu-west-1"))?.source).toBe("LiteLLM price map");
    expect(rates("minimax.minimax-m2.5", inRegion("ap-southeast-2"))).toEqual([0.309, 1.236]);
    expect(rates("minimax.minimax-m2.5", inRegion("eu-west-2"))).toEqual([0.47, 1.86]);
    expect(rates("meta.llama3-70b-instruct-v1:0", inRegion("sa-east-1"))).toEqual([4.45, 5.88]);
  });

  it("falls back on the list price in-Region, and says that it is one", () => {
    expect(rates("qwen.qwen3-32b-v1:0", inRegion("eu-north-1"))).toEqual([0.15, 0.6]);
    expect(priceOf("qwen.qwen3-32b-v1:0", inRegion("eu-north-1"))?.source).toBe(
      "LiteLLM price map, list price of us-east-1 and us-west-2",
    );
  });

  it("prices in-Region as the geographic profile of the same source Region where no in-Region price is known", () => {
    expect(rates("amazon.nova-lite-v1:0", inRegion("eu-north-1"))).toEqual([0.069, 0.276]);
    expect(rates("amazon.nova-lite-v1:0", inRegion("ap-northeast-1"))).toEqual([0.063, 0.252]);
    expect(rates(SONNET_46, inRegion("eu-west-2"))).toEqual([3.3, 16.5]);
  });

  it("extends the price list of us-east-1 to other commercial Regions, for want of anything better", () => {
    expect(rates(OPUS_55, global("ap-northeast-1"))).toEqual([4, 20]);
    expect(rates(OPUS_55, geographic("jp", "ap-northeast-1"))).toEqual([4.4, 22]);
    expect(rates(OPUS_55, geographic("kr", "kr-central-1"))).toEqual([4.4, 22]);
  });

  it("never prices GovCloud by a commercial rate", () => {
    expect(rates(OPUS_55, geographic("us-gov", "us-gov-west-1"))).toBeUndefined();
    expect(rates(OPUS_55, inRegion("us-gov-west-1"))).toBeUndefined();
    expect(rates(SONNET_46, global("us-gov-west-1"))).toBeUndefined();
    expect(rates("qwen.qwen3-32b-v1:0", inRegion("us-gov-west-1"))).toBeUndefined();
    expect(rates("anthropic.claude-opus-5", geographic("us-gov", "us-gov-east-1"))).toEqual([6, 30]);
    expect(rates("xai.grok-4.6", geographic("us-gov", "us-gov-west-1"))).toEqual([2.64, 7.92]);
    expect(rates("xai.grok-4.6", geographic("us-gov", "us-east-1"))).toBeUndefined();
    expect(rates(HAIKU_45, geographic("us-gov", "us-gov-east-1"))).toEqual([1.2, 6]);
  });

  it("never takes the long-context surcharge for the base price", () => {
    expect(rates("openai.gpt-6-astra", global("us-east-1"))).toEqual([10, 50]);
    expect(rates("openai.gpt-6-astra", geographic("us", "us-west-2"))).toEqual([11, 55]);
    expect(rates("openai.gpt-5.6-terra", global("us-east-1"))).toEqual([2, 12]);
    expect(rates("anthropic.claude-haiku-5-5", geographic("jp", "ap-northeast-1"))).toEqual([0.11, 0.55]);
  });

  it.each([
    [SONNET_46, { usdPerMillionCacheReadTokens: 0.3, usdPerMillionCacheWriteTokens: 3.75 }, 6],
    ["anthropic.claude-fable-5", { usdPerMillionCacheReadTokens: 1, usdPerMillionCacheWriteTokens: 12.5 }, 20],
    ["anthropic.claude-fable-5-1", { usdPerMillionCacheReadTokens: 0.25, usdPerMillionCacheWriteTokens: 12.5 }, 20],
    [OPUS_55, { usdPerMillionCacheReadTokens: 0.2, usdPerMillionCacheWriteTokens: 5 }, 8],
    ["anthropic.claude-sonnet-5-5", { usdPerMillionCacheReadTokens: 0.1, usdPerMillionCacheWriteTokens: 2.5 }, 4],
    ["anthropic.claude-haiku-5-5", { usdPerMillionCacheReadTokens: 0.01, usdPerMillionCacheWriteTokens: 0.125 }, 0.2],
    ["amazon.nova-2-lite-v1:0", { usdPerMillionCacheReadTokens: 0.075, usdPerMillionCacheWriteTokens: 0.3 }, undefined],
    ["xai.grok-4.7", { usdPerMillionCacheReadTokens: 0.5 }, undefined],
    ["zai.glm-5.3", { usdPerMillionCacheReadTokens: 0.312, usdPerMillionCacheWriteTokens: 2.1 }, undefined],
  ])("knows what the prompt cache of %s costs by its vendor's fixed factors", (model, expected, hour) => {
    const price = priceOf(model, global("eu-west-1"))!;
    expect(price).toMatchObject(expected);
    expect(price.usdPerMillionCacheWrite1hTokens).toBe(hour);
    expect("usdPerMillionCacheWriteTokens" in price).toBe("usdPerMillionCacheWriteTokens" in expected);
  });

  it("knows the prompt cache of every model whose list price names it, wherever the model is priced", () => {
    expect(priceOf(OPUS_55, global("eu-west-1"))).toMatchObject({
      usdPerMillionCacheReadTokens: 0.2,
      usdPerMillionCacheWriteTokens: 5,
    });
    expect(priceOf(HAIKU_45, geographic("eu", "eu-west-1"))).toMatchObject({
      usdPerMillionCacheReadTokens: 0.11,
      usdPerMillionCacheWriteTokens: 1.375,
    });
    for (const fact of facts.prices.filter(({ cacheReadPerMTok }) => cacheReadPerMTok !== undefined)) {
      if (fact.context?.startsWith(">")) continue;
      const source = fact.sourceRegions?.[0] ?? "us-west-2";
      const access =
        fact.scope === "global" ? global(source) : fact.prefix ? geographic(fact.prefix, source) : inRegion(source);
      expect(priceOf(fact.model, access), `${fact.model} ${fact.scope}`).toMatchObject({
        usdPerMillionCacheReadTokens: fact.cacheReadPerMTok,
        usdPerMillionCacheWriteTokens: fact.cacheWritePerMTok,
      });
    }
  });

  it("knows the surcharge of a long prompt of every model that has one", () => {
    expect(priceOf("openai.gpt-6-astra", global("us-east-1"))?.longContext).toEqual({
      aboveInputTokens: 272_000,
      inputFactor: 2,
      outputFactor: 1.5,
    });
    expect(priceOf("anthropic.claude-haiku-5-5", geographic("eu", "eu-west-1"))?.longContext).toEqual({
      aboveInputTokens: 100_000,
      inputFactor: 5,
      outputFactor: 5,
    });
    expect(priceOf(OPUS_55, global("us-east-1"))).not.toHaveProperty("longContext");
    for (const { model, scope, prefix, above200k } of facts.prices) {
      if (above200k === undefined || scope === "in-region") continue;
      const price = priceOf(
        model,
        scope === "global"
          ? global("us-west-2")
          : geographic(prefix!, prefix === "us-gov" ? "us-gov-west-1" : "us-west-2"),
      );
      const long = price!.longContext!;
      expect(long.aboveInputTokens).toBe(200_000);
      expect(price!.usdPerMillionInputTokens * long.inputFactor).toBeCloseTo(above200k.inputPerMTok, 6);
      expect(price!.usdPerMillionOutputTokens * long.outputFactor).toBeCloseTo(above200k.outputPerMTok, 6);
    }
  });

  it("takes an application profile for what its geography says, and gives a provisioned model no price by the token", () => {
    expect(rates(SONNET_46, { kind: "application", geography: "eu", sourceRegion: "eu-west-1" })).toEqual([3.3, 16.5]);
    expect(rates(SONNET_46, { kind: "application", geography: "global", sourceRegion: "eu-west-1" })).toEqual([3, 15]);
    expect(rates(SONNET_46, { kind: "provisioned", geography: "eu", sourceRegion: "eu-west-1" })).toBeUndefined();
  });

  it.each(["cohere.embed-v4:0", "acme.model-1", "constructor", ""])("does not know the price of %j", (model) => {
    for (const access of [global("us-east-1"), geographic("us", "us-east-1"), inRegion("us-east-1")]) {
      expect(priceOf(model, access)).toBeUndefined();
    }
  });

  it("gives every known price back to the access that it was published for", () => {
    for (const fact of facts.prices.filter(({ context }) => !context?.startsWith(">"))) {
      const sources = fact.sourceRegions ?? ["us-west-2"];
      for (const source of sources) {
        if (fact.scope === "geographic" && fact.prefix === "us-gov" && !source.startsWith("us-gov")) continue;
        const access =
          fact.scope === "global" ? global(source) : fact.prefix ? geographic(fact.prefix, source) : inRegion(source);
        expect(rates(fact.model, access), `${fact.model} ${fact.scope} ${source}`).toEqual([
          fact.inputPerMTok,
          fact.outputPerMTok,
        ]);
      }
    }
  });

  it("never gives 0, and says who published each price and when", () => {
    for (const model of bundledCatalog().models()) {
      for (const region of knownRegions()) {
        for (const access of [global(region), inRegion(region), geographic(geographyOf(region), region)]) {
          const price = priceOf(model, access);
          if (price === undefined) continue;
          expect(price.usdPerMillionInputTokens).toBeGreaterThan(0);
          expect(price.usdPerMillionOutputTokens).toBeGreaterThan(0);
          expect(price.source).toMatch(/^(AWS|LiteLLM|pi-ai) /);
          expect(price.asOf).toMatch(/^2026-\d{2}(-\d{2})?(\/2026-\d{2})?$/);
          expect(Object.isFrozen(price)).toBe(true);
        }
      }
    }
  });
});

describe("the price list of us-east-1", () => {
  it("agrees with every geographic price published for its models, which is why it may stand in for other Regions", () => {
    const regional = facts.prices.filter(({ scope }) => scope === "geographic-or-in-region");
    const pairs = regional.flatMap((row) =>
      facts.prices
        .filter(({ model, scope, prefix }) => model === row.model && scope === "geographic" && prefix !== "us-gov")
        .map((other) => [row, other] as const),
    );
    expect(pairs.length).toBeGreaterThan(10);
    for (const [row, other] of pairs) {
      expect(other.inputPerMTok, `${row.model} ${other.prefix}`).toBe(row.inputPerMTok);
      expect(other.outputPerMTok, `${row.model} ${other.prefix}`).toBe(row.outputPerMTok);
    }
  });
});

describe("relativePrice", () => {
  it.each([
    [SONNET_46, geographic("eu", "eu-central-1")],
    [OPUS_55, geographic("jp", "ap-northeast-1")],
    ["amazon.nova-2-lite-v1:0", geographic("us", "us-east-1")],
    ["openai.gpt-6-luna", geographic("us", "us-east-1")],
    ["moonshotai.kimi-k3", geographic("us", "us-west-2")],
  ])("of %s through a geographic profile is 1.10, from known prices", (model, access) => {
    expect(priceOf(model, access)).toBeDefined();
    expect(relativePrice(model, access)).toBe(1.1);
    expect(relativePrice(model, global(access.sourceRegion))).toBe(1);
  });

  it("of an unknown price is 1.10, 1 for global and 1.20 in GovCloud, by rule", () => {
    const model = "cohere.embed-v4:0";
    expect(relativePrice(model, geographic("eu", "eu-west-1"))).toBe(1.1);
    expect(relativePrice(model, inRegion("eu-west-1"))).toBe(1.1);
    expect(relativePrice(model, { kind: "application", geography: "eu", sourceRegion: "eu-west-1" })).toBe(1.1);
    expect(relativePrice(model, { kind: "provisioned", geography: "eu", sourceRegion: "eu-west-1" })).toBe(1.1);
    expect(relativePrice(model, global("eu-west-1"))).toBe(1);
    expect(relativePrice(model, geographic("us-gov", "us-gov-west-1"))).toBe(1.2);
    expect(relativePrice(model, inRegion("us-gov-west-1"))).toBe(1.2);
  });

  it("of a profile with a prefix newer than the table is 1.10", () => {
    expect(relativePrice(SONNET_46, geographic("kr", "kr-central-1"))).toBe(1.1);
  });

  it.each([
    "anthropic.claude-sonnet-4-20250514-v1:0",
    "anthropic.claude-opus-4-20250514-v1:0",
    "anthropic.claude-opus-4-1-20250805-v1:0",
    "anthropic.claude-3-7-sonnet-20250219-v1:0",
    "anthropic.claude-3-haiku-20240307-v1:0",
    "anthropic.claude-v2:1",
    "anthropic.claude-instant-v1",
  ])("of %s is 1 everywhere: it is older than the regional premium", (model) => {
    expect(relativePrice(model, global("eu-west-1"))).toBe(1);
    expect(relativePrice(model, geographic("eu", "eu-west-1"))).toBe(1);
    expect(relativePrice(model, geographic("apac", "ap-south-1"))).toBe(1);
    expect(relativePrice(model, inRegion("us-west-2"))).toBe(1);
  });

  it.each(["anthropic.claude-sonnet-4-9", "anthropic.claude-opus-4-9", "anthropic.claude-opus-6", SONNET_46])(
    "of %s carries the premium: it is not older",
    (model) => {
      expect(priceOf(model, geographic("ca", "ca-west-1"))).toBeUndefined();
      expect(relativePrice(model, geographic("ca", "ca-west-1"))).toBe(1.1);
    },
  );

  it("keeps the ratio between Regions for a model without a global profile", () => {
    const model = "amazon.nova-lite-v1:0";
    expect(relativePrice(model, geographic("us", "us-east-1"))).toBe(1.1);
    expect(relativePrice(model, geographic("eu", "eu-west-1"))).toBeCloseTo((1.1 * 0.069) / 0.06, 4);
  });

  it("mixes input and output tokens 3 : 1", () => {
    const mixed = (3 * 0.78 + 1.86) / (3 * 0.5 + 1.2);
    expect(relativePrice("qwen.qwen3-coder-next", inRegion("eu-west-2"))).toBeCloseTo(1.1 * mixed, 4);
  });

  it("of Claude in GovCloud is 1.20, from known prices", () => {
    expect(priceOf("anthropic.claude-opus-5", geographic("us-gov", "us-gov-west-1"))).toBeDefined();
    expect(relativePrice("anthropic.claude-opus-5", geographic("us-gov", "us-gov-west-1"))).toBe(1.2);
    expect(relativePrice(HAIKU_45, inRegion("us-gov-east-1"))).toBe(1.2);
  });

  it("never makes a geographic route cheaper than the global one of the same model", () => {
    const catalog = bundledCatalog();
    for (const model of catalog.models()) {
      for (const geography of knownGeographies()) {
        for (const region of knownRegions().filter((name) => geographyOf(name) !== "us-gov")) {
          expect(relativePrice(model, global(region))).toBe(1);
          expect(relativePrice(model, geographic(geography, region)), `${geography}.${model}`).toBeGreaterThanOrEqual(
            1,
          );
        }
      }
    }
  });
});
