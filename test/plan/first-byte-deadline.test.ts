import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FirstByteRule, firstByteDeadlines } from "../../src/plan/first-byte-deadline.ts";

const ADAPTIVE: FirstByteRule = { streaming: true, backupAfterMs: "adaptive", hedgeAfterMs: false };
const UNARY: FirstByteRule = { ...ADAPTIVE, streaming: false };
const expected = (p50Ms: number, p75Ms = p50Ms * 1.2, p95Ms = p50Ms * 2) => ({
  p50Ms,
  answerP50Ms: p50Ms,
  answerP75Ms: p75Ms,
  answerP95Ms: p95Ms,
});

describe("the deadline of a first byte", () => {
  it.each([
    ["three times the 75th percentile", 1_000, 3_000],
    ["1 second at least", 200, 1_000],
    ["30 seconds at most", 12_000, 30_000],
    ["one and a half times the 75th percentile even so: whole answers may take minutes", 60_000, 90_000],
  ])("is %s", (_, p75Ms, backupAfterMs) => {
    expect(firstByteDeadlines(expected(p75Ms / 2, p75Ms), 50, ADAPTIVE)).toMatchObject({ backupAfterMs });
  });

  it("follows the prior of a streaming request from the first one on", () => {
    expect(firstByteDeadlines(expected(1_000, 1_200), 0, ADAPTIVE)).toMatchObject({ backupAfterMs: 3_600 });
  });

  it("is four times the 75th percentile, and leaves no room for doubt, before any route has answered", () => {
    expect(firstByteDeadlines(expected(1_000, 1_200), 0, ADAPTIVE, true)).toEqual({ backupAfterMs: 4_800 });
  });

  it("is 30 seconds for a unary call until ten answers are known", () => {
    expect(firstByteDeadlines(expected(1_000, 1_200), 9, UNARY)).toEqual({ backupAfterMs: 30_000 });
    expect(firstByteDeadlines(expected(1_000, 1_200), 10, UNARY)).toMatchObject({ backupAfterMs: 3_600 });
  });

  it("is what the caller has fixed, for every route alike", () => {
    for (const streaming of [true, false]) {
      const rule = { ...ADAPTIVE, streaming, backupAfterMs: 700 };
      expect(firstByteDeadlines(expected(9_000), 50, rule)).toEqual({ backupAfterMs: 700 });
      expect(firstByteDeadlines(expected(90), 0, rule)).toEqual({ backupAfterMs: 700 });
    }
  });

  it("is none when the caller has switched it off", () => {
    expect(firstByteDeadlines(expected(1_000), 50, { ...ADAPTIVE, backupAfterMs: false })).toEqual({});
  });
});

describe("the deadline of an attempt that deserves doubt", () => {
  it.each([
    ["the 95th percentile", 1_000, 2_000, 2_000],
    ["one and a half times the median at least", 1_000, 1_100, 1_500],
    ["two and a half times the median at most", 1_000, 9_000, 2_500],
  ])("is %s", (_, p50Ms, p95Ms, doubtfulAfterMs) => {
    expect(firstByteDeadlines(expected(p50Ms, p50Ms, p95Ms), 50, ADAPTIVE)).toMatchObject({ doubtfulAfterMs });
  });

  it("is none where nothing is known of a unary call, nor where the caller has fixed the other", () => {
    expect(firstByteDeadlines(expected(1_000), 9, UNARY)).not.toHaveProperty("doubtfulAfterMs");
    expect(firstByteDeadlines(expected(1_000), 10, UNARY)).toHaveProperty("doubtfulAfterMs");
    const fixed = { ...ADAPTIVE, backupAfterMs: 700 };
    expect(firstByteDeadlines(expected(1_000), 50, fixed)).not.toHaveProperty("doubtfulAfterMs");
  });
});

describe("the delay of a hedge", () => {
  it.each([
    ["the 95th percentile", 1_000, 1_900, 1_900],
    ["1.2 times the median at least", 1_000, 1_050, 1_200],
  ])("is %s", (_, p50Ms, p95Ms, hedgeAfterMs) => {
    const rule = { ...ADAPTIVE, hedgeAfterMs: "adaptive" } as const;
    expect(firstByteDeadlines(expected(p50Ms, p50Ms, p95Ms), 50, rule)).toMatchObject({ hedgeAfterMs });
  });

  it("is what the caller has fixed, also where nothing is known of a unary call", () => {
    expect(firstByteDeadlines(expected(1_000), 0, { ...UNARY, hedgeAfterMs: 800 })).toMatchObject({
      hedgeAfterMs: 800,
    });
    const adaptive = { ...UNARY, hedgeAfterMs: "adaptive" } as const;
    expect(firstByteDeadlines(expected(1_000), 9, adaptive)).not.toHaveProperty("hedgeAfterMs");
    expect(firstByteDeadlines(expected(1_000), 10, adaptive)).toHaveProperty("hedgeAfterMs");
  });

  it("stands alone where backups are switched off", () => {
    const rule = { ...ADAPTIVE, backupAfterMs: false, hedgeAfterMs: 800 } as const;
    expect(firstByteDeadlines(expected(1_000), 50, rule)).toEqual({ hedgeAfterMs: 800 });
  });
});

describe("any deadlines", () => {
  it("come in order: doubt, then the deadline; and none before half as long again as the median", () => {
    const ms = fc.double({ min: 1, max: 600_000, noNaN: true });
    fc.assert(
      fc.property(fc.tuple(ms, ms, ms), fc.nat(50), fc.boolean(), (percentiles, samples, streaming) => {
        const [p50Ms, p75Ms, p95Ms] = [...percentiles].sort((a, b) => a - b) as [number, number, number];
        const { backupAfterMs, doubtfulAfterMs } = firstByteDeadlines(expected(p50Ms, p75Ms, p95Ms), samples, {
          ...ADAPTIVE,
          streaming,
        });
        if (streaming || samples >= 10) expect(backupAfterMs).toBeGreaterThanOrEqual(1.5 * p75Ms);
        if (doubtfulAfterMs !== undefined) {
          expect(doubtfulAfterMs).toBeLessThanOrEqual(backupAfterMs!);
          expect(doubtfulAfterMs).toBeGreaterThanOrEqual(1.5 * p50Ms - 1e-6);
        }
      }),
    );
  });
});
