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

  it("stays short for ten thousand samples", () => {
    const values = Array.from({ length: 10_000 }, (_, index) => 500 * Math.exp(0.35 * Math.sin(index) * 2));
    expect(bucketsToText(histogramOf(values).buckets()).length).toBeLessThan(700);
  });

  it.each([
    ["garbage", "!!!!"],
    ["a truncated text", bucketsToText(histogramOf([1, 50, 900, 70_000]).buckets()).slice(0, 6)],
    ["a bomb", deflateRawSync(Buffer.alloc(1_000_000)).toString("base64")],
    ["a text that never ends", "A".repeat(100_000)],
    ["a bucket without samples", deflateRawSync(Uint8Array.of(1, 1, 5, 0)).toString("base64")],
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
