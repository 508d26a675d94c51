import { describe, expect, it } from "vitest";
import { readCall } from "../../../src/cli/lab/read-call.ts";

const answered = { cell: 0, round: 1, startedAt: 1, ttfbMs: 5, totalMs: 10, inputTokens: 3, outputTokens: 4 };

describe("readCall", () => {
  it("reads answered and failed calls", () => {
    const failed = { cell: 0, round: 0, startedAt: 1, failure: { kind: "timeout", family: "timeout", afterMs: 3 } };
    expect(readCall(answered, 1, "c")).toEqual(answered);
    expect(readCall(failed, 1, "c")).toEqual(failed);
  });

  it.each([
    [null, /c must be an object, got null/],
    [[], /c must be an object/],
    [{ ...answered, cell: 1 }, /c\.cell/],
    [{ ...answered, round: 0.5 }, /c\.round/],
    [{ ...answered, ttfbMs: -1 }, /c\.ttfbMs must be a number of at least 0, got -1/],
    [{ ...answered, totalMs: undefined }, /c must have ttfbMs and totalMs, or a failure/],
    [{ ...answered, ttfb: 1 }, /c\.ttfb is not an option: did you mean ttfbMs/],
    [{ ...answered, failure: { kind: "odd", family: "x", afterMs: 1 } }, /c\.failure\.kind must be "throttled"/],
    [{ ...answered, failure: { kind: "timeout", family: "<b>", afterMs: 1 } }, /c\.failure\.family/],
  ])("refuses %j", (value, message) => {
    expect(() => readCall(value, 1, "c")).toThrow(message);
  });
});
