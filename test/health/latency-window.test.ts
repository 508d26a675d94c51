import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LatencyWindow } from "../../src/health/latency-window.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

describe("LatencyWindow", () => {
  it("knows nothing to begin with", () => {
    const window = new LatencyWindow();
    expect(window.read(0)).toMatchObject({ samples: 0, fewSamples: [], answers: 0, fewAnswers: [] });
    expect(window.lastAt).toBe(Number.NEGATIVE_INFINITY);
  });

  it("gives the percentiles of what it holds, and the samples while they are few", () => {
    const window = filled([400, 100, 300, 200, 500], 0);
    expect(window.read(0)).toEqual({
      samples: 5,
      p50Ms: 300,
      fewSamples: [100, 200, 300, 400, 500],
      answers: 5,
      answerP50Ms: 300,
      answerP75Ms: 400,
      answerP95Ms: 480,
      fewAnswers: [100, 200, 300, 400, 500],
    });
    add(window, [600, 700, 800, 900, 1_000], 0);
    expect(window.read(0)).toMatchObject({ samples: 10, p50Ms: 550, fewSamples: [] });
  });

  it("reads the last 30 seconds alone once they hold enough", () => {
    const window = filled(Array(40).fill(1_000), 0);
    add(window, Array(20).fill(100), 35 * SECOND);
    expect(window.read(40 * SECOND)).toMatchObject({ samples: 20, p50Ms: 100 });
    expect(filled(Array(40).fill(1_000), 0).read(29 * SECOND)).toMatchObject({ samples: 40 });
  });

  it("reaches back until it holds twenty samples", () => {
    const window = new LatencyWindow();
    for (let minute = 0; minute < 9; minute += 1) add(window, Array(10).fill(100 * (minute + 1)), minute * MINUTE);
    expect(window.read(8.5 * MINUTE)).toMatchObject({ samples: 20, p50Ms: 850 });
  });

  it("reaches back ten minutes at most", () => {
    const window = filled([100, 100], 0);
    expect(window.read(10 * MINUTE - 1).samples).toBe(2);
    expect(window.read(10 * MINUTE).samples).toBe(0);
    add(window, [300], 10 * MINUTE);
    expect(window.read(10 * MINUTE)).toMatchObject({ samples: 1, fewSamples: [300] });
  });

  it("forgets what it reached back for when newer samples make that needless", () => {
    const window = filled(Array(20).fill(1_000), 0);
    add(window, Array(19).fill(100), 2 * MINUTE);
    expect(window.read(2 * MINUTE)).toMatchObject({ samples: 39, p50Ms: 1_000 });
    add(window, [100], 2 * MINUTE);
    expect(window.read(3 * MINUTE)).toMatchObject({ samples: 20, p50Ms: 100 });
  });

  it("keeps the latest samples of a busy slice", () => {
    const window = filled(Array(5_000).fill(1_000), 0);
    add(window, Array(256).fill(100), 5 * SECOND);
    expect(window.read(20 * SECOND)).toMatchObject({ samples: 256, p50Ms: 100 });
  });

  it("refuses what is no duration", () => {
    const window = new LatencyWindow();
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) expect(window.add(value, 0)).toBe(false);
    expect(window.read(0).samples).toBe(0);
    expect(window.lastAt).toBe(Number.NEGATIVE_INFINITY);
  });

  it("takes older samples in, if they are not too old, and does not lose newer ones to them", () => {
    const window = filled([100], 0);
    expect(window.add(500, -MINUTE)).toBe(true);
    expect(window.read(0)).toMatchObject({ samples: 2, fewSamples: [100, 500] });
    expect(window.lastAt).toBe(0);
    window.add(900, -10 * MINUTE);
    window.add(900, -30 * MINUTE);
    expect(window.read(0).fewSamples).toEqual([100, 500]);
  });

  it("hands out its newest samples, oldest first", () => {
    const window = filled([1, 2, 3], 0);
    add(window, [4, 5], MINUTE);
    expect(window.newest(4)).toEqual([2, 3, 4, 5]);
    expect(window.newest(99)).toEqual([1, 2, 3, 4, 5]);
  });

  it("takes little memory, however busy it is and however long", () => {
    const window = new LatencyWindow();
    const busy = Array.from({ length: 2_000 }, (_, index) => index + 1);
    for (let slice = 0; slice < 200; slice += 1) add(window, busy, slice * 10 * SECOND);
    // Of what can ever be read again, as much as of what is read now.
    expect(window.newest(100_000).length).toBeLessThanOrEqual(4 * 256);
  });
});

describe("the percentiles of a window", () => {
  it("are those of its samples, at most a sixteenth of them behind", () => {
    const gapMs = fc.integer({ min: 0, max: 3_000 });
    const ttfbMs = fc.integer({ min: 1, max: 100_000 });
    fc.assert(
      fc.property(fc.array(fc.tuple(gapMs, ttfbMs), { minLength: 1, maxLength: 150 }), (samples) => {
        const window = new LatencyWindow();
        const all: { readonly at: number; readonly ttfbMs: number }[] = [];
        let nowMs = 0;
        for (const [gap, value] of samples) {
          nowMs += gap;
          window.add(value, nowMs);
          all.push({ at: nowMs, ttfbMs: value });
        }
        // A slice later everything is computed anew.
        nowMs += 10 * SECOND;
        const inWindow = expectedWindow(all, nowMs);
        const { samples: count, p50Ms, answerP75Ms, answerP95Ms } = window.read(nowMs);
        expect(count).toBe(inWindow.length);
        expect([p50Ms, answerP75Ms, answerP95Ms]).toEqual(
          [0.5, 0.75, 0.95].map((share) => expect.closeTo(exact(inWindow, share), 1)),
        );
      }),
    );
  });

  it("are computed anew only after enough new samples: a reading costs nothing in between", () => {
    const window = filled(
      Array.from({ length: 160 }, (_, index) => 100 + index),
      0,
    );
    const reading = window.read(10_000);
    expect(window.read(19_999)).toBe(reading);
    add(window, Array(10).fill(5_000), 15_000);
    expect(window.read(15_000)).toBe(reading);
    add(window, [5_000], 15_000);
    expect(window.read(15_000)).toMatchObject({ samples: 171 });
    const next = window.read(20_000);
    expect(window.read(20_000)).toBe(next);
    // The next ten seconds have brought nothing, and nothing has become too old.
    expect(window.read(30_000)).toBe(next);
  });

  it("are told to have changed when they are computed anew", () => {
    const window = new LatencyWindow();
    expect(Array.from({ length: 15 }, () => window.add(100, 0))).toEqual(Array(15).fill(true));
    const told = Array.from({ length: 160 }, () => window.add(100, 0));
    expect(told.filter(Boolean).length).toBeGreaterThan(20);
    expect(told.filter(Boolean).length).toBeLessThan(50);
    expect(window.add(100, 10_000)).toBe(true);
    expect(window.add(100, 10_000)).toBe(false);
  });
});

describe("samples of a route that has become another one", () => {
  it("are forgotten, those of the present stay", () => {
    const window = filled(Array(15).fill(2_300), 0);
    add(window, Array(15).fill(2_300), 10_000);
    add(window, Array(10).fill(766), 95_000);
    expect(window.read(95_000).p50Ms).toBe(2_300);
    window.forgetBefore(90_000);
    expect(window.read(95_000)).toMatchObject({ samples: 10, p50Ms: 766 });
    expect(window.lastAt).toBe(95_000);
  });

  it("ranks by waits too, and says of answers alone how long they take", () => {
    const window = new LatencyWindow();
    for (const ttfbMs of [400, 500, 600]) window.add(ttfbMs, 1_000);
    for (const waitedMs of [4_000, 5_000]) window.addWait(waitedMs, 1_000);
    expect(window.read(1_000)).toMatchObject({ samples: 5, p50Ms: 600, fewSamples: [400, 500, 600, 4_000, 5_000] });
    expect(window.read(1_000)).toMatchObject({ answers: 3, answerP50Ms: 500, fewAnswers: [400, 500, 600] });
    expect(window.newest(10)).toEqual([400, 500, 600, -4_000, -5_000]);
  });
});

function add(window: LatencyWindow, values: readonly number[], nowMs: number): void {
  for (const value of values) window.add(value, nowMs);
}

describe("a reading", () => {
  it("is made of the samples that count, whatever came before", () => {
    const samples = fc.array(fc.integer({ min: -3_000, max: 3_000 }), { maxLength: 300 });
    const step = fc.record({
      samples,
      slices: fc.integer({ min: 1, max: 12 }),
      olderBy: fc.integer({ min: 0, max: 5 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const window = new LatencyWindow();
        const added: { slice: number; value: number }[] = [];
        let slice = 0;
        for (const { samples: values, slices, olderBy } of steps) {
          slice += slices;
          // Restored samples lie in the past.
          const at = Math.max(0, slice - olderBy);
          for (const value of values) {
            if (value < 0) window.addWait(-value, at * SLICE);
            else window.add(value, at * SLICE);
            added.push({ slice: at, value });
          }
          // Of a new slice, which is never read from what was known.
          const { samples: count, p50Ms, answers, answerP95Ms } = window.read((slice + 1) * SLICE);
          const counted = counting(added, slice + 1);
          const told = counted.filter((value) => value >= 0);
          expect([count, p50Ms, answers, answerP95Ms]).toEqual([
            counted.length,
            quantileOf(counted.map(Math.abs), 0.5),
            told.length,
            quantileOf(told, 0.95),
          ]);
        }
      }),
    );
  });
});

const SLICE = 10 * SECOND;

/** The samples that count: of the last three slices, and of older ones until there are twenty; the latest 256 of each. */
function counting(added: readonly { slice: number; value: number }[], now: number): readonly number[] {
  const found: number[] = [];
  for (let slice = now; slice > now - 60; slice -= 1) {
    if (now - slice >= 3 && found.length >= 20) break;
    const values = added.filter((sample) => sample.slice === slice).map(({ value }) => value);
    found.push(...values.slice(-256));
  }
  return found;
}

function quantileOf(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = share * (sorted.length - 1);
  if (sorted.length === 0) return 0;
  const below = sorted[Math.floor(place)]!;
  return below + (sorted[Math.ceil(place)]! - below) * (place - Math.floor(place));
}

function filled(values: readonly number[], nowMs: number): LatencyWindow {
  const window = new LatencyWindow();
  add(window, values, nowMs);
  return window;
}

/** The samples of the last three slices of ten seconds, and of as many before as it takes to hold twenty. */
function expectedWindow(all: readonly { readonly at: number; readonly ttfbMs: number }[], nowMs: number): number[] {
  const sliceOf = (at: number): number => Math.floor(at / (10 * SECOND));
  const found: number[] = [];
  for (let age = 0; age < 60 && (age < 3 || found.length < 20); age += 1) {
    found.push(...all.filter(({ at }) => sliceOf(at) === sliceOf(nowMs) - age).map(({ ttfbMs }) => ttfbMs));
  }
  return found.sort((a, b) => a - b);
}

function exact(sorted: readonly number[], share: number): number {
  if (sorted.length === 0) return 0;
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)]!;
  return below + (sorted[Math.ceil(place)]! - below) * (place % 1);
}
