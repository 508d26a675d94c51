/** Single-precision numbers in ascending order. One more costs a search and a move, not another sort. */
export class SortedValues {
  #values: Float32Array;
  #length: number;

  /** @param values - in any order */
  constructor(values: ArrayLike<number> = []) {
    this.#values = Float32Array.from(values).sort();
    this.#length = values.length;
  }

  get length(): number {
    return this.#length;
  }

  /** Of single precision, as they are kept. */
  add(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Float32Array(Math.max(8, Math.ceil(this.#length * 1.5)));
      larger.set(this.#values);
      this.#values = larger;
    }
    const place = this.placeOf(value);
    this.#values.copyWithin(place + 1, place, this.#length);
    this.#values[place] = value;
    this.#length += 1;
  }

  /** Takes out one that is there. */
  remove(value: number): void {
    const place = this.placeOf(value);
    this.#values.copyWithin(place, place + 1, this.#length);
    this.#length -= 1;
  }

  at(place: number): number {
    return this.#values[place] ?? 0;
  }

  /** Those from a place on, as an array of their own. */
  slice(from = 0): number[] {
    return Array.from(this.#values.subarray(from, this.#length));
  }

  /** Quantile of those from a place on, by linear interpolation between the two nearest; 0 without any. */
  quantile(share: number, from = 0): number {
    if (from >= this.#length) return 0;
    const place = share * (this.#length - from - 1);
    const whole = Math.floor(place);
    const below = this.at(from + whole);
    return below + (this.at(from + Math.ceil(place)) - below) * (place - whole);
  }

  /** The first place whose value is not below this one. */
  placeOf(value: number): number {
    const values = this.#values;
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((values[middle] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
