import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bucketsFromText, bucketsToText } from "../../src/health/bucket-text.ts";
import { LatencyHistogram } from "../../src/health/latency-histogram.ts";

const durations = fc.array(fc.integer({ min: 1, max: 600_000 }), { maxLength: 300 });

describe("the text of a histogram", () => {
  it("says the same as the histogram", () => {
    fc.assert(
      fc.property(durations, (values) => {
        const buckets = histogramOf(values).buckets();
        expect(bucketsFromText(bucketsToText(buckets))).toEqual(buckets);
      }),
    );
  });

  it.each([10_000, 100_000, 1_000_000])("stays short for %i samples, and loses little", (samples) => {
    const histogram = new LatencyHistogram();
    for (let sample = 0; sample < samples; sample += 1) {
      histogram.record(1_000 * Math.exp(Math.sin(sample) + 0.35 * Math.cos(7 * sample)));
    }
    const text = bucketsToText(histogram.buckets());
    expect(text.length).toBeLessThanOrEqual(440);
    const restored = new LatencyHistogram();
    restored.addBuckets(bucketsFromText(text));
    const [before, after] = [histogram.percentiles(), restored.percentiles()];
    expect(after).toMatchObject({ count: before.count, min: before.min, max: before.max });
    for (const name of ["p50", "p90", "p95", "p99"] as const) {
      expect(Math.abs(after[name] / before[name] - 1)).toBeLessThan(0.05);
    }
  });

  it.each([
    ["garbage", "!!!!"],
    ["a truncated text", bucketsToText(histogramOf([1, 50, 900, 70_000]).buckets()).slice(0, 6)],
    ["a bomb", deflateRawSync(Buffer.alloc(1_000_000)).toString("base64")],
    ["a text that never ends", "A".repeat(100_000)],
    ["a bucket without samples", deflateRawSync(Uint8Array.of(1, 1, 1, 5, 0)).toString("base64")],
    ["a bucket that comes twice", deflateRawSync(Uint8Array.of(1, 1, 2, 5, 0, 2, 0)).toString("base64")],
    ["more buckets than bytes", deflateRawSync(Uint8Array.of(1, 1, 100, 5, 2)).toString("base64")],
    ["a text with something behind its end", deflateRawSync(Uint8Array.of(1, 1, 1, 5, 2, 2)).toString("base64")],
    ["a number without end", deflateRawSync(new Uint8Array(40).fill(255)).toString("base64")],
  ])("refuses %s", (_what, text) => {
    expect(() => new LatencyHistogram().addBuckets(bucketsFromText(text))).toThrow(RangeError);
  });

  it("refuses buckets that the histogram does not have", () => {
    const text = bucketsToText({ entries: [[5_000, 1]], min: 1, max: 1 });
    expect(() => new LatencyHistogram().addBuckets(bucketsFromText(text))).toThrow("No bucket 5000");
  });
});

function histogramOf(values: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const value of values) histogram.record(value);
  return histogram;
}
