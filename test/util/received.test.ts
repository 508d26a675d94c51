import { describe, expect, it } from "vitest";
import { received } from "../../src/util/received.ts";

describe("received", () => {
  it.each([
    ["latency", '"latency"'],
    ["", '""'],
    ['say "hi"\n', '"say \\"hi\\"\\n"'],
    [-5, "-5"],
    [Number.NaN, "NaN"],
    [10n, "10"],
    [undefined, "undefined"],
    [null, "null"],
    [true, "true"],
    [Symbol("key"), "Symbol(key)"],
    [() => {}, "a function"],
    [[], "an empty array"],
    [["secret", "secret"], "an array of 2"],
    [{ prefer: "secret" }, 'an object with keys ["prefer"]'],
    [{}, "an object with keys []"],
    [Object.create(null), "an object with keys []"],
    [new Uint8Array(1_000), "an object with 1000 keys"],
  ])("shows %o as %s", (value, shown) => {
    expect(received(value)).toBe(shown);
  });

  it("cuts a long text", () => {
    expect(received("x".repeat(80))).toBe(`"${"x".repeat(80)}"`);
    expect(received("x".repeat(81))).toBe(`"${"x".repeat(77)}..."`);
  });
});
