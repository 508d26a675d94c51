import { describe, expect, it } from "vitest";
import { asArray, asNumber, asString, member } from "../../src/simulator/json.ts";

describe("reading JSON of unknown shape", () => {
  it("finds members by path and nothing where there are none", () => {
    const value = { a: [{ b: 1 }], n: null };
    expect(member(value, "a", 0, "b")).toBe(1);
    for (const path of [["x"], ["a", 1, "b"], ["n", "x"], ["a", 0, "b", "c"]])
      expect(member(value, ...path)).toBeUndefined();
  });

  it("does not find what objects inherit", () => {
    expect(member({}, "constructor")).toBeUndefined();
    expect(member([1], "length")).toBe(1);
  });

  it("narrows", () => {
    expect([asArray([1]), asArray("x"), asString("x"), asString(1), asNumber(1), asNumber("1")]).toEqual([
      [1],
      [],
      "x",
      undefined,
      1,
      undefined,
    ]);
  });
});
