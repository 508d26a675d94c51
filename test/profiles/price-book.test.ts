import { describe, expect, it } from "vitest";
import { type OwnPrice, priceBook } from "../../src/profiles/price-book.ts";
import { type PricedAccess, priceOf, relativePrice } from "../../src/profiles/price-table.ts";

const SONNET = "anthropic.claude-sonnet-4-6";
const own = (input: number, of: Omit<OwnPrice, "price"> = {}): OwnPrice => ({
  ...of,
  price: { usdPerMillionInputTokens: input, usdPerMillionOutputTokens: 5 * input, source: "routing.prices" },
});
const access = (kind: PricedAccess["kind"], geography: string, sourceRegion = "eu-central-1"): PricedAccess => ({
  kind,
  geography,
  sourceRegion,
});
const GLOBAL = access("global", "global");
const EU = access("geographic", "eu");

describe("the prices of a client", () => {
  it("are the bundled ones where the caller gave none", () => {
    const book = priceBook({ "acme.model-1": [own(1)] });
    expect(priceBook({}).priceOf(SONNET, EU)).toBe(priceOf(SONNET, EU));
    expect(book.priceOf(SONNET, EU)).toBe(priceOf(SONNET, EU));
    expect(book.relativePrice(SONNET, EU)).toBe(relativePrice(SONNET, EU));
    expect(book.priceOf("constructor", EU)).toBeUndefined();
  });

  it("are the caller's own where he gave some, the one that says most about the route", () => {
    const prices = [
      own(1),
      own(2, { kind: "geographic" }),
      own(3, { sourceRegions: ["us-east-1", "us-east-2"] }),
      own(4, { kind: "geographic", sourceRegions: ["us-east-1", "us-west-2"] }),
    ];
    const input = (of: PricedAccess): number | undefined =>
      priceBook({ [SONNET]: prices }).priceOf(SONNET, of)?.usdPerMillionInputTokens;
    expect(input(GLOBAL)).toBe(1);
    expect(input(EU)).toBe(2);
    expect(input(access("global", "global", "us-east-1"))).toBe(3);
    expect(input(access("geographic", "us", "us-west-2"))).toBe(4);
    // The source Region weighs more than the kind.
    expect(input(access("geographic", "us", "us-east-2"))).toBe(3);
  });

  it("fill up with the bundled ones what the caller left out", () => {
    const book = priceBook({ [SONNET]: [own(2.4, { kind: "global" })] });
    expect(book.priceOf(SONNET, GLOBAL)?.source).toBe("routing.prices");
    expect(book.priceOf(SONNET, EU)).toBe(priceOf(SONNET, EU));
    expect(book.relativePrice(SONNET, GLOBAL)).toBe(1);
    expect(book.relativePrice(SONNET, EU)).toBe(1.375);
  });

  it("take an application profile for what it was copied from, unless it has a price of its own", () => {
    const application = access("application", "eu");
    const prices = [own(1, { kind: "global" }), own(2, { kind: "geographic" })];
    const input = (list: readonly OwnPrice[], of: PricedAccess): number | undefined =>
      priceBook({ [SONNET]: list }).priceOf(SONNET, of)?.usdPerMillionInputTokens;
    expect(input(prices, application)).toBe(2);
    expect(input(prices, access("application", "global"))).toBe(1);
    expect(input([...prices, own(3, { kind: "application" })], application)).toBe(3);
  });

  it("never price a provisioned model by the token", () => {
    expect(priceBook({ [SONNET]: [own(1)] }).priceOf(SONNET, access("provisioned", "eu"))).toBeUndefined();
  });

  it("rank the routes of a model by what the caller really pays", () => {
    const cheaperHere = priceBook({ [SONNET]: [own(2.5, { kind: "geographic", sourceRegions: ["eu-central-1"] })] });
    expect(cheaperHere.relativePrice(SONNET, EU)).toBeLessThan(cheaperHere.relativePrice(SONNET, GLOBAL));
    const bySource = priceBook({
      [SONNET]: [own(4, { sourceRegions: ["eu-central-1"] }), own(2, { sourceRegions: ["us-east-1"] })],
    });
    expect(bySource.relativePrice(SONNET, GLOBAL)).toBe(2);
    expect(bySource.relativePrice(SONNET, access("global", "global", "us-east-1"))).toBe(1);
  });

  it("keep the ratio of a model that only the caller knows the price of", () => {
    const book = priceBook({ "acme.model-1": [own(2, { kind: "geographic" })] });
    expect(book.relativePrice("acme.model-1", EU)).toBe(1.1);
    expect(book.priceOf("acme.model-1", GLOBAL)).toBeUndefined();
    expect(book.relativePrice("acme.model-1", GLOBAL)).toBe(1);
  });
});
