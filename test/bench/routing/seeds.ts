/** Seeds to tune on: whoever changes the algorithm may look at these as often as they like. */
export const TUNING_SEEDS: readonly number[] = sequenceFrom(1_000, 20);
/** Seeds whose results are published. Nothing may be tuned on them. */
export const REPORTED_SEEDS: readonly number[] = sequenceFrom(20_261, 10);
/** Seed of the first random world to tune on, and of the first published one. */
export const TUNING_WORLDS_FROM = 500_000;
export const REPORTED_WORLDS_FROM = 26_100_000;

function sequenceFrom(first: number, length: number): readonly number[] {
  return Array.from({ length }, (_, index) => first + index);
}
