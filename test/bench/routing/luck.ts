/**
 * A number in (0, 1) that depends on its keys alone. Every (seed, request and attempt, route, use) has its own, so that
 * two contenders meet the same luck on the same attempt, however much else they do differently.
 */
export function draw(seed: number, subject: number, route: number, use: number): number {
  let hash = mixed(seed ^ 0x3c6ef372);
  hash = mixed(hash ^ Math.imul(subject, 0x9e3779b1));
  hash = mixed(hash ^ Math.imul(route + 1, 0x85ebca77));
  hash = mixed(hash ^ Math.imul(use + 1, 0xc2b2ae3d));
  return ((hash >>> 0) + 0.5) / 2 ** 32;
}

/** The same, normally distributed with mean 0 and deviation 1 (Box–Muller). It takes the uses `use` and `use + 1`. */
export function normalDraw(seed: number, subject: number, route: number, use: number): number {
  const radius = Math.sqrt(-2 * Math.log(draw(seed, subject, route, use)));
  return radius * Math.cos(2 * Math.PI * draw(seed, subject, route, use + 1));
}

/** A stream of draws, for what happens once and in order. */
export class Sequence {
  readonly #seed: number;
  readonly #stream: number;
  #drawn = 0;

  constructor(seed: number, stream: number) {
    this.#seed = seed;
    this.#stream = stream;
  }

  /** Uniform in (0, 1). */
  next(): number {
    this.#drawn += 1;
    return draw(this.#seed, this.#drawn, this.#stream, 1_000);
  }

  exponential(mean: number): number {
    return -Math.log(this.next()) * mean;
  }

  normal(): number {
    this.#drawn += 1;
    return normalDraw(this.#seed, this.#drawn, this.#stream, 1_001);
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  /** Uniform in the logarithm: as likely between 1 and 2 as between 10 and 20. */
  scaleBetween(low: number, high: number): number {
    return Math.exp(this.between(Math.log(low), Math.log(high)));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }
}

/** The finaliser of MurmurHash3: every bit of the input moves every bit of the output. */
function mixed(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
