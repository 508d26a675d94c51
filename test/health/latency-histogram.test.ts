import fc from "fast-check";
import { build, type Histogram } from "hdr-histogram-js";
import { describe, expect, it } from "vitest";
import { LatencyHistogram } from "../../src/health/latency-histogram.ts";

const TEN_MINUTES = 600_000;

/** Latencies spread over orders of magnitude, so the exponent is what is drawn. */
const duration = fc
  .double({ min: 0, max: Math.log10(TEN_MINUTES), noNaN: true })
  .map((exponent) => Math.max(1, Math.round(10 ** exponent)));

function hdrOf(durations: readonly number[]): Histogram {
  const hdr = build({ bitBucketSize: 32, highestTrackableValue: TEN_MINUTES, numberOfSignificantValueDigits: 2 });
  for (const ms of durations) hdr.recordValue(ms);
  return hdr;
}

describe("LatencyHistogram", () => {
  it("is all zero before the first duration", () => {
    expect(new LatencyHistogram().percentiles()).toEqual({
      count: 0,
      min: 0,
      mean: 0,
      p50: 0,
      p90: 0,
      p95: 0,
      p99: 0,
      max: 0,
    });
  });

  it("refuses not-a-number, which would corrupt every later percentile", () => {
    const histogram = new LatencyHistogram();
    histogram.record(Number.NaN);
    expect(histogram.percentiles().count).toBe(0);
    histogram.record(300);
    histogram.record(Number.NaN);
    expect(histogram.percentiles()).toMatchObject({ count: 1, min: 300, p99: 300, max: 300 });
  });

  it.each([
    [Number.POSITIVE_INFINITY, TEN_MINUTES],
    [Number.MAX_VALUE, TEN_MINUTES],
    [TEN_MINUTES + 1, TEN_MINUTES],
    [Number.NEGATIVE_INFINITY, 1],
    [-5, 1],
    [0, 1],
    [0.2, 1],
    [1.6, 2],
  ])("takes %d ms for %d ms", (duration, recorded) => {
    const histogram = new LatencyHistogram();
    histogram.record(duration);
    expect(histogram.percentiles()).toMatchObject({ count: 1, min: recorded, max: recorded });
  });

  it("gives the one duration it knows for every percentile", () => {
    const histogram = new LatencyHistogram();
    histogram.record(1_001);
    expect(histogram.percentiles()).toMatchObject({ min: 1_001, p50: 1_001, p90: 1_001, p99: 1_001, max: 1_001 });
  });

  it("stays within one per cent of the exact percentiles", () => {
    fc.assert(
      fc.property(fc.array(duration, { minLength: 1, maxLength: 200 }), (durations) => {
        const histogram = new LatencyHistogram();
        for (const ms of durations) histogram.record(ms);
        const sorted = [...durations].sort((a, b) => a - b);
        const percentiles = histogram.percentiles();
        for (const [percent, found] of [
          [50, percentiles.p50],
          [90, percentiles.p90],
          [95, percentiles.p95],
          [99, percentiles.p99],
        ] as const) {
          const exact = sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? 0;
          expect(Math.abs(found - exact)).toBeLessThanOrEqual(exact * 0.01);
        }
        const mean = durations.reduce((sum, ms) => sum + ms, 0) / durations.length;
        expect(Math.abs(percentiles.mean - mean)).toBeLessThanOrEqual(mean * 0.01 + 0.05);
        expect(percentiles).toMatchObject({ count: durations.length, min: sorted[0], max: sorted.at(-1) });
        expect(percentiles.p50).toBeLessThanOrEqual(percentiles.p90);
        expect(percentiles.p99).toBeLessThanOrEqual(percentiles.max);
      }),
      { numRuns: 500 },
    );
  });

  it("says what hdr-histogram-js says of the same durations, and becomes one of its histograms", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(duration, { minLength: 1, maxLength: 300 }), async (durations) => {
        const histogram = new LatencyHistogram();
        for (const ms of durations) histogram.record(ms);
        const expected = hdrOf(durations);
        const percentile = (percent: number) => Math.min(expected.maxValue, expected.getValueAtPercentile(percent));
        expect(histogram.percentiles()).toEqual({
          count: durations.length,
          min: expected.minNonZeroValue,
          mean: Math.round(expected.mean * 10) / 10,
          p50: percentile(50),
          p90: percentile(90),
          p95: percentile(95),
          p99: percentile(99),
          max: expected.maxValue,
        });
        for (const percent of [0.1, 12.5, 99.9, 99.99, 100, 120]) {
          expect(histogram.getValueAtPercentile(percent)).toBe(percentile(percent));
        }
        const hdr = await histogram.toHdr();
        expect(hdr.toJSON()).toEqual(expected.toJSON());
        expect([hdr.minNonZeroValue, hdr.maxValue, hdr.totalCount]).toEqual([
          expected.minNonZeroValue,
          expected.maxValue,
          durations.length,
        ]);
      }),
    );
  });

  it("counts more than sixteen bits hold", () => {
    const histogram = new LatencyHistogram();
    for (let sample = 0; sample < 70_000; sample += 1) histogram.record(500);
    histogram.record(1_000);
    expect(histogram.percentiles()).toMatchObject({ count: 70_001, p99: 501, max: 1_000 });
    const twice = new LatencyHistogram();
    for (let time = 0; time < 2; time += 1) twice.addBuckets(histogram.buckets());
    expect(twice.percentiles()).toMatchObject({ count: 140_002, min: 500, p99: 501, max: 1_000 });
    expect(twice.buckets().entries.map(([, count]) => count)).toEqual([140_000, 2]);
  });

  it("is the union of two", () => {
    fc.assert(
      fc.property(fc.array(duration), fc.array(duration), (some, others) => {
        const [histogram, other, union] = [some, others, [...some, ...others]].map((durations) => {
          const made = new LatencyHistogram();
          for (const ms of durations) made.record(ms);
          return made;
        });
        histogram!.addBuckets(other!.buckets());
        expect(histogram!.percentiles()).toEqual(union!.percentiles());
        expect(histogram!.buckets()).toEqual(union!.buckets());
      }),
    );
  });

  it("hands out values that nobody can change", () => {
    expect(Object.isFrozen(new LatencyHistogram().percentiles())).toBe(true);
  });
});
