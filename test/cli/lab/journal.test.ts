import { describe, expect, it } from "vitest";
import { type JournalHeader, journalLine, readJournal, refuseOtherOptions } from "../../../src/cli/lab/journal.ts";
import { DEFAULT_LAB_OPTIONS } from "../../../src/cli/lab/options.ts";

const header: JournalHeader = {
  journal: 1,
  simulated: false,
  startedAt: 1_000,
  options: DEFAULT_LAB_OPTIONS,
  routes: ["a|b", "a|c"],
};
const call = { cell: 1, round: 1, startedAt: 2_000, ttfbMs: 5.25, totalMs: 10 };

describe("readJournal", () => {
  it("reads what was written", () => {
    const text = journalLine(header) + journalLine(call);
    expect(readJournal(text, "j")).toEqual({ header, calls: [call], wholeBytes: Buffer.byteLength(text) });
  });

  it("ignores a last line that a crash cut off", () => {
    const whole = journalLine(header) + journalLine(call);
    expect(readJournal(`${whole}{"cell":0,"rou`, "j")).toEqual({ header, calls: [call], wholeBytes: whole.length });
  });

  it.each([
    ["", /j must be the journal of a lab/],
    ["{}\n", /j:1\.journal must be 1, got undefined/],
    [`${journalLine(header)}nonsense\n`, /j:2 must be JSON/],
    [`${journalLine(header)}${journalLine({ ...call, cell: 2 })}`, /j:2\.cell must be a whole number from 0 to 1/],
  ])("refuses %j, with the line", (text, message) => {
    expect(() => readJournal(text, "j")).toThrow(message);
  });
});

describe("refuseOtherOptions", () => {
  it("lets a lab go on under its own options only", () => {
    expect(() => refuseOtherOptions(header, {}, false)).not.toThrow();
    expect(() =>
      refuseOtherOptions(header, { runs: 30, models: [...DEFAULT_LAB_OPTIONS.models] }, false),
    ).not.toThrow();
    expect(() => refuseOtherOptions(header, { runs: 31 }, false)).toThrow(/lab\.runs must stay .* got 31/);
    expect(() => refuseOtherOptions(header, {}, true)).toThrow(/began, without --simulate/);
  });
});
