import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RecentSamples } from "../../src/health/recent-samples.ts";

const TEN_MINUTES = 600_000;

describe("RecentSamples", () => {
  it("knows nothing at first", () => {
    expect(new RecentSamples().read(0)).toEqual({ samples: 0, p50Ms: 0, fewSamples: [] });
  });

  it("hands over the samples themselves, ascending, while they are few", () => {
    const recent = filled([300, 100, 200]);
    expect(recent.read(3)).toEqual({ samples: 3, p50Ms: 200, fewSamples: [100, 200, 300] });
  });

  it("hands over the median alone from ten samples on", () => {
    expect(filled([1, 2, 3, 4, 5, 6, 7, 8, 9]).read(10).fewSamples).toHaveLength(9);
    expect(filled([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]).read(10)).toEqual({ samples: 10, p50Ms: 5.5, fewSamples: [] });
  });

  it("refuses not-a-number", () => {
    const recent = new RecentSamples();
    expect(recent.add(Number.NaN, 0)).toBe(false);
    expect(recent.read(0).samples).toBe(0);
  });

  it("forgets a sample after ten minutes, although nothing happens", () => {
    const recent = filled([100, 300], TEN_MINUTES / 2);
    expect(recent.read(TEN_MINUTES)).toMatchObject({ samples: 2, p50Ms: 200 });
    expect(recent.read(TEN_MINUTES + 1)).toMatchObject({ samples: 1, p50Ms: 300 });
    expect(recent.read(2 * TEN_MINUTES)).toMatchObject({ samples: 0, p50Ms: 0 });
  });

  it("keeps the newest 32 samples", () => {
    const recent = filled([...Array.from({ length: 32 }, () => 9_000), ...Array.from({ length: 32 }, () => 100)]);
    expect(recent.read(64)).toEqual({ samples: 32, p50Ms: 100, fewSamples: [] });
  });

  it("tells of every sample while they are few, and then only of a median that moves", () => {
    const recent = new RecentSamples();
    const changed = (value: number): boolean => recent.add(value, 0);
    expect(Array.from({ length: 9 }, () => changed(100))).not.toContain(false);
    expect(Array.from({ length: 23 }, () => changed(101))).not.toContain(true);
    expect(Array.from({ length: 32 }, () => changed(200)).filter(Boolean)).toHaveLength(2);
  });

  it("reads the exact median of what is recent, at most seven samples late", () => {
    const step = fc.record({
      value: fc.integer({ min: 1, max: TEN_MINUTES }),
      gapMs: fc.oneof({ weight: 9, arbitrary: fc.nat(1_000) }, { weight: 1, arbitrary: fc.nat(TEN_MINUTES) }),
      read: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const recent = new RecentSamples();
        const all: { value: number; at: number }[] = [];
        let now = 0;
        for (const { value, gapMs, read } of steps) {
          now += gapMs;
          recent.add(value, now);
          all.push({ value, at: now });
          if (!read) continue;
          const reading = recent.read(now);
          const possible = [0, 1, 2, 3, 4, 5, 6, 7].map((late) =>
            exact(all.slice(0, Math.max(0, all.length - late)), now),
          );
          expect(possible).toContainEqual({ samples: reading.samples, p50Ms: reading.p50Ms });
          if (reading.samples < 10) expect(possible[0]).toEqual({ samples: reading.samples, p50Ms: reading.p50Ms });
        }
      }),
      { numRuns: 500 },
    );
  });
});

function filled(values: readonly number[], gapMs = 1): RecentSamples {
  const recent = new RecentSamples();
  for (const [index, value] of values.entries()) recent.add(value, index * gapMs);
  return recent;
}

function exact(all: readonly { value: number; at: number }[], now: number): { samples: number; p50Ms: number } {
  const fresh = all
    .slice(-32)
    .filter(({ at }) => now - at <= TEN_MINUTES)
    .map(({ value }) => value)
    .sort((a, b) => a - b);
  const half = fresh.length / 2;
  const middle = fresh.slice(Math.ceil(half) - 1, Math.floor(half) + 1);
  return {
    samples: fresh.length,
    p50Ms: fresh.length === 0 ? 0 : middle.reduce((sum, value) => sum + value, 0) / middle.length,
  };
}
