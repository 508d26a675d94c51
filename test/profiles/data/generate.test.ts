import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type Facts, generateBundledData } from "../../../src/profiles/data/generate.ts";
import { facts } from "../cases/facts.ts";

const committed = readFileSync(new URL("../../../src/profiles/bundled-data.generated.ts", import.meta.url), "utf8");
const nothing: Facts = { asOf: "2026-01-01", sources: [], profiles: [], inRegionModels: [], prices: [] };

describe("generateBundledData", () => {
  it("gives the committed file: run `npx tsx src/profiles/data/generate.ts` after a change of the facts", () => {
    expect(generateBundledData(facts)).toBe(committed);
  });

  it("costs a user's bundle no more than 15 KB", () => {
    expect(gzipSync(committed).byteLength).toBeLessThanOrEqual(15_000);
  });

  it("leaves out a model that only bedrock-mantle serves", () => {
    const model = { modelId: "acme.model-1", regions: ["us-east-1"], endpoints: ["bedrock-mantle"] };
    expect(generateBundledData({ ...nothing, inRegionModels: [model] })).toBe(generateBundledData(nothing));
  });

  it("leaves out the surcharge for long context", () => {
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
    const long = { ...price, context: ">272000 input tokens (whole request)" };
    expect(generateBundledData({ ...nothing, prices: [long] })).toBe(generateBundledData(nothing));
    const short = { ...price, context: "<=272000 input tokens" };
    expect(generateBundledData({ ...nothing, prices: [short, long] })).toContain('"acme.model-1":[["global",1,2,0]]');
  });

  it("escapes what would end the string literal", () => {
    const price = {
      model: "acme.o'model\\",
      scope: "in-region",
      sourceRegions: null,
      inputPerMTok: 1,
      outputPerMTok: 2,
      source: "card",
      asOf: "2026-01",
    };
    const text = generateBundledData({ ...nothing, prices: [price] });
    const literal = /bundledPrices: string = ('.*');/.exec(text)![1]!;
    const parsed = JSON.parse(new Function(`return ${literal}`)() as string) as { prices: object };
    expect(Object.keys(parsed.prices)).toEqual([price.model]);
  });

  it("refuses a price whose scope it does not know", () => {
    const price = {
      model: "acme.model-1",
      scope: "lunar",
      sourceRegions: null,
      inputPerMTok: 1,
      outputPerMTok: 2,
      source: "card",
      asOf: "2026-01",
    };
    expect(() => generateBundledData({ ...nothing, prices: [price] })).toThrow(
      "acme.model-1 has no usable scope: lunar",
    );
  });
});
