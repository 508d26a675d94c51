/** Sizes of the input at which the next band begins. */
const BANDS_FROM: readonly number[] = [0, 8_192, 65_536, 524_288];
/** Answers until a band has a say. */
const ENOUGH = 5;
/** Weight of a new answer, once there are enough for a mean. */
const NEWEST = 0.1;
/** A prompt that takes even longer than this is an exception, not a measure. */
const LONGEST = 10;

/**
 * How much longer the first byte of a long prompt takes than that of the prompts which a route is used to. Learned over
 * all routes, because that lies in the prompt and in the model.
 */
export class PromptScale {
  readonly #all: MeanLog = new MeanLog();
  readonly #bands: readonly MeanLog[] = BANDS_FROM.map(() => new MeanLog());

  /** By how much to multiply a deadline: from 1 to 10. */
  factor(inputBytes: number): number {
    // Until its own answers are known, a band is as the next smaller one: a longer prompt hardly takes less.
    for (let place = placeOf(inputBytes); place >= 0; place -= 1) {
      const band = this.#bands[place];
      if (band !== undefined && band.answers >= ENOUGH) return Math.min(LONGEST, Math.max(1, Math.exp(band.value)));
    }
    return 1;
  }

  /**
   * Adds an answer.
   * @param medianMs - what the route was expected to take, from its own recent answers
   */
  learn(inputBytes: number, ttfbMs: number, medianMs: number): void {
    const band = this.#bands[placeOf(inputBytes)];
    if (band === undefined || !(ttfbMs > 0) || !(medianMs > 0)) return;
    const log = Math.log(Math.min(LONGEST, Math.max(1 / LONGEST, ttfbMs / medianMs)));
    this.#all.add(log);
    // When everything slows down, medians lag behind for prompts of any size.
    band.add(log - this.#all.value);
  }
}

/** A mean of logarithms in which old answers fade. */
class MeanLog {
  answers = 0;
  value = 0;

  add(log: number): void {
    this.answers += 1;
    this.value += (log - this.value) * Math.max(NEWEST, 1 / this.answers);
  }
}

function placeOf(inputBytes: number): number {
  let place = -1;
  for (const from of BANDS_FROM) if (inputBytes >= from) place += 1;
  return place;
}
