import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AgedSamples, mergedReading } from "../../../src/health/fleet/merged-reading.ts";
import { LatencyWindow } from "../../../src/health/latency-window.ts";

const SLICE_MS = 10_000;
const NOW = 600 * SLICE_MS;

/** With twenty samples a fleet looks ten seconds less far back than one process does. */
const age = fc.nat({ max: 65 }).filter((slices) => slices !== 2);
const samples = fc.array(fc.record({ age, ms: fc.integer({ min: 1, max: 13_000 }), isWait: fc.boolean() }), {
  maxLength: 60,
});

type Sample = { readonly age: number; readonly ms: number; readonly isWait: boolean };

function windowOf(all: readonly Sample[]): LatencyWindow {
  const window = new LatencyWindow();
  // Oldest first, as they come.
  for (const { age, ms, isWait } of [...all].sort((a, b) => b.age - a.age)) {
    const at = NOW - age * SLICE_MS;
    if (isWait) window.addWait(ms, at);
    else window.add(ms, at);
  }
  // A reading that lacks one in sixteen samples is not made anew: nothing is forgotten here but it.
  window.forgetBefore(0);
  return window;
}

function aged(all: readonly Sample[]): AgedSamples[] {
  return all.map(({ age, ms, isWait }) => ({ age, samples: [[isWait ? -ms : ms, 1] as const] }));
}

describe("a merged reading", () => {
  it("is that of one process which had observed everything", () => {
    fc.assert(
      fc.property(samples, samples, (own, others) => {
        const whole = windowOf([...own, ...others]).read(NOW);
        const merged = mergedReading(aged(own), aged(others), undefined);
        for (const [name, value] of Object.entries(whole)) {
          const of = merged[name as keyof typeof merged];
          if (typeof value === "number") expect(of, name).toBeCloseTo(value, 2);
          else expect([...(of as readonly number[])], name).toEqual([...value].map((ms) => expect.closeTo(ms, 2)));
        }
      }),
    );
  });

  it("follows a change at once where many observe it, and forgets who waited before the route recovered", () => {
    const before = Array.from({ length: 30 }, () => ({ age: 2, ms: 500, isWait: false }));
    const now = Array.from({ length: 20 }, (_, turn) => ({ age: turn % 2, ms: 1_000, isWait: false }));
    expect(mergedReading([], aged([...before, ...now]), undefined)).toMatchObject({ samples: 20, p50Ms: 1_000 });
    const waits = Array.from({ length: 30 }, () => ({ age: 1, ms: 9_000, isWait: true }));
    const others = aged([...waits, ...before, { age: 0, ms: 600, isWait: false }]);
    expect(mergedReading([], others, undefined, 1)).toMatchObject({ samples: 31, p50Ms: 9_000 });
    expect(mergedReading(aged(waits), others, undefined, 0.5)).toMatchObject({ samples: 31, p50Ms: 500 });
  });

  it("does not depend on who observed what, or in which order", () => {
    fc.assert(
      fc.property(
        samples,
        samples,
        fc.array(fc.boolean(), { minLength: 120, maxLength: 120 }),
        (own, others, swaps) => {
          const all = [...own, ...others];
          const mine = all.filter((_, place) => swaps[place]);
          const theirs = all.filter((_, place) => !swaps[place]).reverse();
          expect(mergedReading(aged(mine), aged(theirs), undefined)).toEqual(
            mergedReading(aged(own), aged(others), undefined),
          );
        },
      ),
    );
  });

  it("cannot be stretched beyond thirteen seconds by answers of others, but by this process's own", () => {
    const slow: AgedSamples[] = [{ age: 0, samples: [[600_000, 1_000]] }];
    expect(mergedReading([], slow, undefined)).toMatchObject({
      p50Ms: 600_000,
      answerP75Ms: 13_000,
      answerP95Ms: 13_000,
    });
    const own = windowOf(Array.from({ length: 20 }, () => ({ age: 0, ms: 90_000, isWait: false })));
    expect(mergedReading([], slow, own.read(NOW))).toMatchObject({ answerP75Ms: 90_000 });
    const few = mergedReading([], [{ age: 0, samples: [[600_000, 2]] }], undefined);
    expect(few.fewAnswers).toEqual([13_000, 13_000]);
  });
});
