import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SortedValues } from "../../src/health/sorted-values.ts";

const value = fc.integer({ min: -20, max: 20 });

describe("SortedValues", () => {
  it("is what sorting would make of the same values", () => {
    fc.assert(
      fc.property(fc.array(value), fc.array(fc.record({ value, remove: fc.boolean() })), (first, changes) => {
        const sorted = new SortedValues(first);
        const expected = [...first];
        for (const change of changes) {
          const known = expected.indexOf(change.value);
          if (!change.remove) {
            sorted.add(change.value);
            expected.push(change.value);
          } else if (known >= 0) {
            sorted.remove(change.value);
            expected.splice(known, 1);
          }
        }
        expected.sort((a, b) => a - b);
        expect(sorted.length).toBe(expected.length);
        expect(sorted.slice()).toEqual(expected);
        const from = sorted.placeOf(0);
        expect(sorted.slice(from)).toEqual(expected.filter((each) => each >= 0));
        expect(sorted.quantile(0, from)).toBe(expected.find((each) => each >= 0) ?? 0);
        expect(sorted.quantile(1, from)).toBe(from < expected.length ? expected.at(-1) : 0);
      }),
    );
  });

  it("gives quantiles between the nearest two", () => {
    expect(new SortedValues([30, 10, 20, 40]).quantile(0.5)).toBe(25);
    expect(new SortedValues([-7, 30, 10]).quantile(0.5, 1)).toBe(20);
    expect(new SortedValues().quantile(0.5)).toBe(0);
  });
});
