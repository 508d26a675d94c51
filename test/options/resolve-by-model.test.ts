import { describe, expect, it } from "vitest";
import { resolveByModel } from "../../src/options/resolve-by-model.ts";

const MODEL = "anthropic.claude-sonnet-4-6";

describe("lists by foundation model", () => {
  it("are validated one by one, each under its own path", () => {
    const paths: string[] = [];
    const lists = resolveByModel({ [MODEL]: [1, 2] }, "routing.prices", "prices", (list, path) => {
      paths.push(path);
      return list as number[];
    });
    expect(lists).toEqual({ [MODEL]: [1, 2] });
    expect(Object.isFrozen(lists)).toBe(true);
    expect(paths).toEqual([`routing.prices["${MODEL}"]`]);
  });

  it("stand under the id of the model: no other name is looked up", () => {
    expect(() => resolveByModel({ [`eu.${MODEL}`]: [] }, "routing.routes", "routes", () => [])).toThrow(
      `routing.routes["eu.${MODEL}"] must be named by a foundation-model id: did you mean "${MODEL}"?`,
    );
  });

  it.each([[[]], [null], ["eu"]])("are no %j", (value) => {
    expect(() => resolveByModel(value, "routing.routes", "routes", () => [])).toThrow(
      "routing.routes must be an object from foundation-model id to a list of routes, got",
    );
  });
});
