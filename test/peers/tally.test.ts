import { describe, expect, it } from "vitest";
import { type Call, EARLY, type Ending, tally } from "./tally.ts";

const ANSWER = "All of it.";
const whole: Ending = { number: 1, text: ANSWER, ttfbMs: 800, totalMs: 900 };
const refused: Ending = { number: 1, text: "", totalMs: 40, error: "ValidationException: no" };
const home: Call = { number: 1, modelId: "eu.model", destinationRegion: "eu-north-1" };

describe("the tally of a scenario", () => {
  it("counts an answer as right when it is whole", () => {
    const spliced: Ending = { ...whole, text: `All of ${ANSWER}` };
    const figures = tally({}, ANSWER, [whole, whole, spliced, refused], [home, home, home, home]);
    expect(figures).toMatchObject({ rightPercent: 50, brokenPercent: 25, extraCallsPercent: 0 });
  });

  it("counts an error as right where an error is right, but not that the caller gave up", () => {
    const givenUp: Ending = { ...refused, gaveUp: true };
    const figures = tally({ rightEnd: "error" }, ANSWER, [refused, givenUp], [home, home]);
    expect(figures).toMatchObject({ rightPercent: 50, brokenPercent: 0 });
  });

  it("counts an empty answer without an error as broken", () => {
    expect(tally({}, ANSWER, [{ number: 1, text: "", totalMs: 10 }], [home])).toMatchObject({
      brokenPercent: 100,
      ttfbMs: undefined,
    });
  });

  it("takes the mean wait of whole answers alone", () => {
    const slower: Ending = { ...whole, ttfbMs: 1_000 };
    const cutOff: Ending = { ...whole, text: "All" };
    expect(tally({}, ANSWER, [whole, slower, cutOff, refused], [home]).waitMs).toBe(900);
    expect(tally({}, ANSWER, [refused], [home]).waitMs).toBeUndefined();
  });

  it("takes the percentiles of whole answers alone", () => {
    const endings = Array.from({ length: 100 }, (_, index): Ending => ({ ...whole, ttfbMs: index + 1 }));
    const cutOff: Ending = { number: 1, text: "All", ttfbMs: 9_999, totalMs: 9_999 };
    expect(tally({}, ANSWER, [...endings, cutOff], []).ttfbMs).toEqual({ p50: 50, p99: 99 });
  });

  it("counts calls beyond one a request", () => {
    expect(tally({}, ANSWER, [whole, whole], [home, home, home]).extraCallsPercent).toBe(50);
  });

  it("tells the first requests of a fault from the later ones", () => {
    const at = (number: number, ttfbMs: number): Ending => ({ ...whole, number, ttfbMs });
    const callFor = (number: number): Call => ({ ...home, number });
    const endings = [at(EARLY, 2_000), at(EARLY + 1, 800), at(EARLY + 2, 900)];
    const calls = [EARLY, EARLY, EARLY, EARLY + 1, EARLY + 2].map(callFor);
    expect(tally({}, ANSWER, endings, calls)).toMatchObject({
      early: { callsPerRequest: 3, ttfbMs: { p50: 2_000 } },
      later: { callsPerRequest: 1, ttfbMs: { p50: 800, p99: 900 } },
    });
  });

  it("counts calls to profiles that may run outside the EU, wherever they ran", () => {
    const luckyGlobal: Call = { number: 1, modelId: "global.model", destinationRegion: "eu-west-1" };
    const failed: Call = { number: 1, modelId: "us.model" };
    expect(tally({}, ANSWER, [whole], [home, luckyGlobal, failed]).callsOutsideEu).toBe(2);
  });

  it("tells errors with their number, the most frequent first", () => {
    const other: Ending = { ...refused, error: "ThrottlingException: wait" };
    expect(tally({}, ANSWER, [refused, other, other], []).errors).toEqual([
      ["ThrottlingException: wait", 2],
      ["ValidationException: no", 1],
    ]);
  });
});
