import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bearableRate } from "../../../src/health/fleet/fleet-capacity.ts";
import { countField, readCounts, sampleField, strikeField } from "../../../src/health/fleet/fleet-codec.ts";
import { SharedCounts } from "../../../src/health/fleet/shared-counts.ts";

const ROUTE = "route1";
const SLICE = "slice";
const FIELDS = [
  countField(ROUTE, "wanted", 0),
  countField(ROUTE, "answered", 1),
  strikeField(ROUTE),
  ...[500, 700, 900].map((ms) => sampleField(ROUTE, SLICE, "answer", ms)),
];
const routes = new Set([ROUTE]);

/** Each step: this process or another one adds to a field; now and then the store is read. */
const step = fc.record({
  isOwn: fc.boolean(),
  field: fc.constantFrom(...FIELDS),
  by: fc.integer({ min: 1, max: 5 }),
  isLost: fc.boolean(),
  reads: fc.boolean(),
});

describe("counts of a fleet", () => {
  it("of others are those of others, whatever this process has told and whatever of it arrived", () => {
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const counts = new SharedCounts();
        const store = new Map<string, number>();
        const others = new Map<string, number>();
        const news = { answered: 0, strikes: 0 };
        const read = (): void => {
          const hash = Object.fromEntries([...store].map(([field, count]) => [field, String(count)]));
          const learned = counts.learn(7, readCounts(hash, routes)).get(ROUTE);
          news.answered += learned?.answered ?? 0;
          news.strikes += learned?.strikes ?? 0;
        };
        let lost = false;
        for (const { isOwn, field, by, isLost, reads } of steps) {
          if (isOwn) counts.sent(7, field, by);
          else others.set(field, (others.get(field) ?? 0) + by);
          if (!isOwn || !isLost) store.set(field, (store.get(field) ?? 0) + by);
          else lost = true;
          if (reads) read();
        }
        read();
        const seen = counts.wanted(routes, 0).others;
        const of = (field: string): number => others.get(field) ?? 0;
        const samples = counts.samplesOfOthers(ROUTE, SLICE).flatMap((slice) => slice.samples);
        const sum = samples.reduce((all, [, count]) => all + count, 0);
        const expected = FIELDS.slice(3).reduce((all, field) => all + of(field), 0);
        // Never more than others have told, and all of it unless something of this process's own was lost.
        expect(seen).toBeLessThanOrEqual(of(FIELDS[0] ?? ""));
        expect(sum).toBeLessThanOrEqual(expected);
        if (lost) return;
        expect([seen, sum]).toEqual([of(FIELDS[0] ?? ""), expected]);
        expect(news).toEqual({ answered: of(FIELDS[1] ?? ""), strikes: of(FIELDS[2] ?? "") });
      }),
    );
  });

  it("of a process that is alone are none", () => {
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const counts = new SharedCounts();
        const store = new Map<string, number>();
        for (const { field, by, isLost } of steps) {
          counts.sent(7, field, by);
          if (!isLost) store.set(field, (store.get(field) ?? 0) + by);
        }
        counts.learn(7, readCounts(Object.fromEntries([...store].map(([name, by]) => [name, `${by}`])), routes));
        expect(counts.wanted(routes, 0).others).toBe(0);
        expect(counts.samplesOfOthers(ROUTE, SLICE)).toEqual([]);
      }),
    );
  });
});

describe("the rate that a route bears", () => {
  const steady = (answered: number, throttled: number) => Array.from({ length: 36 }, () => ({ answered, throttled }));

  it("is unlimited while there was no throttle", () => {
    expect(bearableRate(steady(100, 0), 5_000)).toBe(Number.POSITIVE_INFINITY);
  });

  it("is some part of what is answered while throttles go on, and grows when they end", () => {
    const throttled = bearableRate(steady(100, 3), 5_000);
    expect(throttled).toBeGreaterThanOrEqual(0.7 * 20);
    expect(throttled).toBeLessThan(20);
    const calm = Array.from({ length: 10 }, () => ({ answered: 70, throttled: 0 }));
    expect(bearableRate([...steady(100, 3), ...calm], 5_000)).toBeGreaterThan(throttled * 1.15);
  });

  it("falls with the first throttle, and not because five seconds have only begun", () => {
    const before = bearableRate(
      [...steady(100, 3), { answered: 70, throttled: 0 }, { answered: 0, throttled: 0 }],
      5_000,
    );
    const known = bearableRate([...steady(100, 3), { answered: 70, throttled: 0 }], 5_000);
    expect(bearableRate([...steady(100, 0), { answered: 10, throttled: 1 }], 5_000)).toBeCloseTo(17, 5);
    expect(before).toBeCloseTo(known * 1.02, 5);
  });
});
