import { draw } from "./seeded-random.ts";

/** The random numbers of one request. */
export interface RequestRandom {
  /** A number in [0, 1) for one use; the same use gives the same number. */
  of(use: string): number;
  /** A source of further numbers for one use. */
  sequence(use: string): () => number;
  /** A version 4 UUID for one use. */
  uuid(use: string): string;
}

/** Keyed by the seed and by what the request is, not by when it comes: concurrent requests do not disturb each other. */
export function randomOf(seed: number, ...keys: readonly (string | number)[]): RequestRandom {
  return {
    of: (use) => draw(seed, ...keys, use),
    sequence(use) {
      let index = 0;
      return () => draw(seed, ...keys, use, index++);
    },
    uuid(use) {
      const next = this.sequence(use);
      const hex = Array.from({ length: 32 }, () => Math.floor(next() * 16).toString(16));
      hex[12] = "4";
      hex[16] = (8 + Math.floor(next() * 4)).toString(16);
      return hex.join("").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
    },
  };
}
