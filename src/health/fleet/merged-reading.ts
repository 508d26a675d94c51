import { ENOUGH, FEW, SLICES, type WindowReading } from "../latency-window.ts";

/** Samples of ten seconds, so many of them ago. */
export interface AgedSamples {
  readonly age: number;
  readonly samples: readonly Sample[];
}

/** So many samples of one duration; a wait is negative. */
export type Sample = readonly [ms: number, count: number];

/**
 * However slow the answers of others are said to be, a backup is started after 30 s: that is one and a half times this,
 * and what the spread of a prior adds while samples are few.
 */
const LONGEST_OF_OTHERS_MS = 13_000;

/** Ten seconds and what has begun: many see in that time enough, and who looks further back overshoots with all of them. */
const NEWEST_SLICES = 2;

/**
 * The reading of the samples of this process and of others, as `LatencyWindow` reads its own: the newest slices, and as
 * many more as it takes to hold twenty samples.
 * @param oldestWait - since when waits count: the route has fallen silent before, and then answered
 */
export function mergedReading(
  own: readonly AgedSamples[],
  others: readonly AgedSamples[],
  ownReading: WindowReading | undefined,
  oldestWait: number = SLICES,
): WindowReading {
  const counted: Sample[] = [];
  let count = 0;
  for (let age = 0; age < SLICES && (age < NEWEST_SLICES || count < ENOUGH); age += 1) {
    for (const part of [own, others]) {
      for (const slice of part) {
        if (Math.max(0, slice.age) !== age) continue;
        const samples = slice.age <= oldestWait ? slice.samples : slice.samples.filter(([ms]) => ms >= 0);
        counted.push(...samples);
        for (const [, times] of samples) count += times;
      }
    }
  }
  const answers = sorted(counted.filter(([ms]) => ms >= 0));
  const all = sorted(counted.map(([ms, times]) => [Math.abs(ms), times] as const));
  // Deadlines follow from these. Whoever writes into the store must not be able to stretch them.
  const answerQuantile = (share: number, ownMs = 0): number =>
    Math.min(quantile(answers, share), Math.max(ownMs, LONGEST_OF_OTHERS_MS));
  return Object.freeze({
    samples: totalOf(all),
    p50Ms: quantile(all, 0.5),
    fewSamples: totalOf(all) < FEW ? Object.freeze(spread(all)) : NONE,
    answers: totalOf(answers),
    answerP50Ms: answerQuantile(0.5, ownReading?.answerP50Ms),
    answerP75Ms: answerQuantile(0.75, ownReading?.answerP75Ms),
    answerP95Ms: answerQuantile(0.95, ownReading?.answerP95Ms),
    fewAnswers:
      totalOf(answers) < FEW
        ? Object.freeze(
            spread(answers).map((ms) => Math.min(ms, Math.max(ownReading?.answerP95Ms ?? 0, LONGEST_OF_OTHERS_MS))),
          )
        : NONE,
  });
}

const NONE: readonly number[] = Object.freeze([]);

function sorted(samples: readonly Sample[]): readonly Sample[] {
  return [...samples].sort(([a], [b]) => a - b);
}

function totalOf(samples: readonly Sample[]): number {
  return samples.reduce((sum, [, count]) => sum + count, 0);
}

function spread(samples: readonly Sample[]): number[] {
  return samples.flatMap(([ms, count]) => Array.from({ length: count }, () => ms));
}

/** By linear interpolation between the two nearest samples; 0 without samples. */
function quantile(ascending: readonly Sample[], share: number): number {
  const place = share * (totalOf(ascending) - 1);
  const below = sampleAt(ascending, Math.floor(place));
  const above = sampleAt(ascending, Math.ceil(place));
  return below + (above - below) * (place - Math.floor(place));
}

function sampleAt(ascending: readonly Sample[], place: number): number {
  let left = place;
  for (const [ms, count] of ascending) {
    if (left < count) return ms;
    left -= count;
  }
  return ascending.at(-1)?.[0] ?? 0;
}
