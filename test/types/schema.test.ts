import { describe, expect, it } from "vitest";
import {
  array,
  boolean,
  either,
  number,
  object,
  oneOf,
  optional,
  type Reader,
  record,
  text,
} from "../../src/types/schema.ts";

const point = object({ x: number({ least: 0 }), label: optional(text("a word", /^\w+$/, 5)) });

describe("what is read", () => {
  it.each<[string, Reader<unknown>, unknown]>([
    ["an object", point, { x: 1, label: "a" }],
    ["an object without what may be absent", point, { x: 1 }],
    ["an object whose other fields are nobody's business", object({ x: number() }, { open: true }), { x: 1 }],
    ["a list", array(point, { least: 1, most: 2 }), [{ x: 1 }, { x: 2 }]],
    ["a record", record(text("a word"), boolean, "an object"), { a: true, "b.c": false }],
    ["a number", number({ least: 1, most: 3, whole: true }), 3],
    ["one of some", oneOf("a", 2), 2],
    ["one of some, or something else", either([null], point), null],
    ["something else", either([null], point), { x: 0 }],
  ])("is %s", (_title, read, value) => {
    const taken = read(value, "at");
    expect(taken).toEqual(value);
    if (typeof taken === "object" && taken !== null) {
      expect(Object.isFrozen(taken)).toBe(true);
      expect(taken).not.toBe(value);
    }
  });

  it("has no fields that were undefined, nor any that nobody asked for", () => {
    expect(Object.keys(point({ x: 1, label: undefined }, "at"))).toEqual(["x"]);
    expect(object({}, { open: true })({ secret: 1 }, "at")).toEqual({});
  });
});

describe("what is refused", () => {
  it.each<[Reader<unknown>, unknown, string]>([
    [point, null, "at must be an object, got null"],
    [point, [], "at must be an object, got an empty array"],
    [point, {}, "at.x must be a number of at least 0, got undefined"],
    [point, { x: -1 }, "at.x must be a number of at least 0, got -1"],
    [point, { x: Number.NaN }, "at.x must be a number of at least 0, got NaN"],
    [point, { x: 1, label: "" }, 'at.label must be a word, got ""'],
    [point, { x: 1, label: "longer" }, 'at.label must be a word, got "longer"'],
    [point, { x: 1, labels: "a" }, "at.labels is not an option: did you mean label?"],
    [point, { x: 1, temperature: 1 }, "at.temperature is not an option; at takes x, label"],
    [point, { x: 1, constructor: 1 }, "at.constructor is not an option; at takes x, label"],
    [point, JSON.parse('{ "x": 1, "__proto__": 1 }'), "at.__proto__ is not an option; at takes x, label"],
    [object({ x: number() }, { aliases: { ex: "x" } }), { ex: 1 }, "at.ex is not an option: did you mean x?"],
    [object({}, { expected: "a point" }), 7, "at must be a point, got 7"],
    [array(point), {}, "at must be an array, got an object with keys []"],
    [array(point, { least: 1 }), [], "at must be a non-empty array, got an empty array"],
    [array(point, { most: 1 }), [1, 2], "at must be an array of at most 1, got an array of 2"],
    [array(point), [{ x: 1 }, { x: "1" }], 'at[1].x must be a number of at least 0, got "1"'],
    [array(number(), { distinct: true }), [1, 2, 1], "at[2] must not be given twice, got 1"],
    [record(oneOf("a"), boolean, "a set"), [], "at must be a set, got an empty array"],
    [record(oneOf("a"), boolean, "a set"), { a: 1 }, "at.a must be true or false, got 1"],
    [record(oneOf("a"), boolean, "a set"), { "b.c": true }, 'at["b.c"] must be "a", got "b.c"'],
    [number({ least: 1, most: 3 }), 4, "at must be a number from 1 to 3, got 4"],
    [number({ whole: true }), 1.5, "at must be a whole number, got 1.5"],
    [number({ whole: true }), 2 ** 60, `at must be a whole number, got ${2 ** 60}`],
    [oneOf("north", "south"), "North", 'at must be "north" or "south", got "North" (did you mean "north"?)'],
    [oneOf("north", "south", 3), 4, 'at must be "north", "south" or 3, got 4'],
    [either([false], number()), true, "at must be a number, got true"],
    [text("a word"), "x".repeat(3_000), `at must be a word, got "${"x".repeat(77)}..."`],
  ])("by its path, what was expected and what came (%#)", (read, value, message) => {
    expect(() => read(value, "at")).toThrow(
      expect.objectContaining({
        message,
        code: "INVALID_OPTIONS",
        path: message.slice(0, message.search(/ (?:must|is not)/)),
      }),
    );
  });
});
