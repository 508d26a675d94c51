import { describe, expect, it } from "vitest";
import { knownGeographies } from "../../src/profiles/geography.ts";
import { isVendor } from "../../src/profiles/vendors.ts";
import { facts } from "./cases/facts.ts";

describe("isVendor", () => {
  it("knows the vendor of every model in the facts", () => {
    const models = [
      ...facts.profiles.map(({ model }) => model),
      ...facts.inRegionModels.map(({ modelId }) => modelId),
      ...facts.prices.map(({ model }) => model),
    ];
    const vendors = new Set(models.map((model) => model.slice(0, model.indexOf("."))));
    expect([...vendors].filter((vendor) => !isVendor(vendor))).toEqual([]);
  });

  it("takes no geography for a vendor", () => {
    expect([...knownGeographies(), "global", "", "kr"].filter(isVendor)).toEqual([]);
  });
});
