import { describe, expect, it } from "vitest";
import { knownRegions } from "../../src/profiles/regions.ts";
import { facts } from "./cases/facts.ts";

const geographiesOf = (model: string): ReadonlySet<string> =>
  new Set(facts.profiles.filter((profile) => profile.model === model).map(({ geography }) => geography));
const inRegion = new Set(facts.inRegionModels.map(({ modelId }) => modelId));
const cited = (value: unknown): readonly string[] => String(value).split(",");

describe("the facts file", () => {
  it("prices nothing by a scope that the model has no profile of", () => {
    const unreachable = facts.prices.filter(({ model, scope, prefix }) => {
      const geographies = geographiesOf(model);
      if (scope === "global") return !geographies.has("global");
      if (scope === "geographic") return !geographies.has(prefix ?? "");
      return scope !== "in-region" && !inRegion.has(model) && ![...geographies].some((name) => name !== "global");
    });
    expect(unreachable.map(({ model, scope, prefix }) => `${model} ${scope} ${prefix ?? ""}`)).toEqual([]);
  });

  it("uses every source that it lists, and lists every source that it uses", () => {
    const used = [
      ...facts.profiles.flatMap(({ sources }) => sources),
      ...[...facts.inRegionModels, ...facts.mantleOnlyModels, ...facts.guardrailProfiles].flatMap(({ source }) =>
        cited(source),
      ),
      ...[...facts.endOfLife, ...facts.prices, ...facts.cachePrices].flatMap(({ source }) => cited(source)),
      ...facts.globalFacts.source,
      ...facts.conflicts.flatMap(({ keptFrom, otherFrom }) => [...cited(keptFrom), ...cited(otherFrom)]),
    ];
    expect(new Set(used)).toEqual(new Set(facts.sources.map(({ id }) => id)));
  });

  it("names every profile after its geography and model, once", () => {
    const ids = facts.profiles.map(({ id }) => id);
    expect(facts.profiles.map(({ geography, model }) => `${geography}.${model}`)).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("has no profile without a source Region", () => {
    const none = facts.profiles.filter(({ destinations }) => Object.keys(destinations).length === 0);
    expect(none.map(({ id }) => id)).toEqual([]);
  });

  it("ends no life on an impossible day or in an unknown Region, and each but once", () => {
    const models = facts.endOfLife.map(({ model }) => model);
    expect(new Set(models).size).toBe(models.length);
    for (const { model, endOfLife, regions } of facts.endOfLife) {
      expect(new Date(`${endOfLife}T00:00:00Z`).toISOString().slice(0, 10), model).toBe(endOfLife);
      expect(knownRegions(), model).toEqual(expect.arrayContaining([...(regions ?? [])]));
      expect(regions, model).not.toEqual([]);
    }
  });

  it("calls no model mantle-only that it has a way to reach", () => {
    const models = facts.mantleOnlyModels.map(({ modelId }) => modelId);
    expect(models.filter((model) => inRegion.has(model) || geographiesOf(model).size > 0)).toEqual([]);
  });
});
