/** The length of a prompt explains no more than this factor, in either direction: beyond lies what was never seen. */
const LONGEST = 10;
/** An answer that takes even more times longer, or less, than was expected counts as this: one that hung is no measure. */
const EXCEPTION = 4;
/** Answers that count; older ones fade. */
const MEMORY = 100;
/** So much spread of lengths weighs as much as the belief that they do not matter. */
const DOUBT = 5;

/**
 * How much longer or shorter the first byte of a prompt takes than that of the usual prompt, by their lengths: the slope of
 * the logarithms. Learned over all routes, because that lies in the prompts and in the model.
 */
export class PromptScale {
  #answers = 0;
  #meanLength = 0;
  #meanTime = 0;
  #covariance = 0;
  #variance = 0;

  /** By how much to divide what an answer has taken to compare it with others: from 0.1 to 10. */
  factor(inputBytes: number): number {
    if (this.#answers === 0 || !Number.isFinite(inputBytes)) return 1;
    const slope = (this.#answers * this.#covariance) / (this.#answers * this.#variance + DOUBT);
    const factor = Math.exp(Math.min(1, Math.max(0, slope)) * (lengthOf(inputBytes) - this.#meanLength));
    return Math.min(LONGEST, Math.max(1 / LONGEST, factor));
  }

  /**
   * Adds an answer.
   * @param medianMs - what the route was expected to take for a usual prompt
   */
  learn(inputBytes: number, ttfbMs: number, medianMs: number): void {
    if (!(ttfbMs > 0) || !(medianMs > 0) || !Number.isFinite(inputBytes)) return;
    const length = lengthOf(inputBytes);
    const time = Math.log(Math.min(EXCEPTION, Math.max(1 / EXCEPTION, ttfbMs / medianMs)));
    this.#answers = Math.min(MEMORY, this.#answers + 1);
    const weight = 1 / this.#answers;
    const [byLength, byTime] = [length - this.#meanLength, time - this.#meanTime];
    this.#meanLength += weight * byLength;
    // When everything slows down, medians lag behind for prompts of any length.
    this.#meanTime += weight * byTime;
    this.#covariance = (1 - weight) * (this.#covariance + weight * byLength * byTime);
    this.#variance = (1 - weight) * (this.#variance + weight * byLength ** 2);
  }
}

function lengthOf(inputBytes: number): number {
  return Math.log(Math.max(1, inputBytes));
}
