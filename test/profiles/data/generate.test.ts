import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type Facts, generateBundledData } from "../../../src/profiles/data/generate.ts";
import { facts } from "../cases/facts.ts";

const committed = readFileSync(new URL("../../../src/profiles/bundled-data.generated.ts", import.meta.url), "utf8");
const nothing: Facts = {
  asOf: "2026-01-01",
  sources: [],
  globalFacts: { source: [] },
  conflicts: [],
  profiles: [],
  inRegionModels: [],
  mantleOnlyModels: [],
  endOfLife: [],
  guardrailProfiles: [],
  prices: [],
  cachePrices: [],
};
const price = {
  model: "acme.model-1",
  scope: "global",
  prefix: "global",
  sourceRegions: null,
  inputPerMTok: 1,
  outputPerMTok: 2,
  source: "card",
  asOf: "2026-01",
};

describe("generateBundledData", () => {
  it("gives the committed file: run `npx tsx src/profiles/data/generate.ts` after a change of the facts", () => {
    expect(generateBundledData(facts)).toBe(committed);
  });

  it("costs a user's bundle no more than 15 KB", () => {
    expect(gzipSync(committed).byteLength).toBeLessThanOrEqual(15_000);
  });

  it("leaves out a model that only bedrock-mantle serves", () => {
    const model = { modelId: "acme.model-1", regions: ["us-east-1"], endpoints: ["bedrock-mantle"], source: "card" };
    expect(generateBundledData({ ...nothing, inRegionModels: [model] })).toBe(generateBundledData(nothing));
  });

  it("leaves out the surcharge for long context", () => {
    const long = { ...price, context: ">272000 input tokens (whole request)" };
    expect(generateBundledData({ ...nothing, prices: [long] })).toBe(generateBundledData(nothing));
    const short = { ...price, context: "<=272000 input tokens" };
    expect(generateBundledData({ ...nothing, prices: [short, long] })).toContain('"acme.model-1":[["global",1,2,0]]');
  });

  it("escapes what would end the string literal", () => {
    const odd = { ...price, model: "acme.o'model\\" };
    const text = generateBundledData({ ...nothing, prices: [odd] });
    const literal = /bundledPrices: string = ('.*');/.exec(text)![1]!;
    const parsed = JSON.parse(new Function(`return ${literal}`)() as string) as { prices: object };
    expect(Object.keys(parsed.prices)).toEqual([odd.model]);
  });

  it("refuses a price whose scope it does not know", () => {
    expect(() => generateBundledData({ ...nothing, prices: [{ ...price, scope: "lunar" }] })).toThrow(
      "acme.model-1 has no usable scope: lunar",
    );
  });

  it("fills in what a vendor charges for the prompt cache: the longest name counts, and a model's own price wins", () => {
    const cachePrices = [
      { models: "acme.", read: 0.5, source: "card" },
      { models: "acme.model-", read: 0.1, write: 1.25, write1h: 2, source: "card" },
      { models: "acme.model-2", read: 0.05, write: 1.25, write1h: 2, source: "card" },
      { models: "acme.other-", read: 0.25, source: "card" },
    ];
    const prices = ["model-1", "model-2", "model-2-5", "other-1", "third"].map((name) => ({
      ...price,
      model: `acme.${name}`,
    }));
    const text = generateBundledData({ ...nothing, prices, cachePrices });
    expect(text).toContain('"cache":[[0.1,1.25,2,[0,2]],[0.05,1.25,2,[1]],[0.25,null,null,[3]]]');
  });

  it("refuses a cache price that contradicts the fixed factors of the vendor", () => {
    const cachePrices = [{ models: "acme.model-", read: 0.1, write: 1.25, source: "card" }];
    const told = { ...price, cacheReadPerMTok: 0.2, cacheWritePerMTok: 1.25 };
    expect(() => generateBundledData({ ...nothing, prices: [told], cachePrices })).toThrow(
      "The cache prices of acme.model-1 do not share 0.2,1.25: 0.1,1.25",
    );
  });
});
