import { describe, expect, it } from "vitest";
import { htmlReport } from "../../../../src/cli/lab/report/html.ts";
import { around, CLAUDE, madeResults } from "../made-results.ts";

const results = madeResults(
  [
    [{ geography: "global" }, around(947, 0.2)],
    [{}, [...around(766, 0.2), "throttling"]],
    [{ sourceRegion: "ap-southeast-1", geography: "global" }, around(1_020, 0.2)],
  ],
  { missing: [{ model: CLAUDE, sourceRegion: "ap-southeast-1", kind: "geographic" }] },
);

describe("htmlReport", () => {
  const page = htmlReport(results);

  it("is one page that loads nothing", () => {
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).not.toMatch(/<script|<link|<img|@import|\bsrc=|\bhref="(?!#)/);
    expect(page.match(/https?:\/\/[^"' <]+/g) ?? []).toEqual([]);
  });

  it("has a chart of differences, of percentiles by source Region, and of every call", () => {
    expect(page.match(/<figure>/g)).toHaveLength(1 + 2 + 2);
    expect(page.match(/<svg [^>]*role="img" aria-label="/g)).toHaveLength(5);
  });

  it("shows sample sizes, failures, findings, advice and what does not exist", () => {
    for (const text of [
      "30 and 30 calls",
      "1 call failed",
      "○ None",
      "Calls from elsewhere",
      "(no geographic profile)",
    ]) {
      expect(page).toContain(text);
    }
  });

  it("says when the simulator answered", () => {
    expect(page).not.toContain("simulator");
    expect(htmlReport({ ...results, simulated: true })).toContain("figures of the simulator, not of AWS");
  });

  it("takes no text from outside for markup", () => {
    const method = { ...results.method, prompt: "<img onerror=alert(1)>" };
    expect(htmlReport({ ...results, method })).toContain("“&lt;img onerror=alert(1)&gt;”");
  });

  it("stays a page when nothing was answered", () => {
    expect(htmlReport(madeResults([[{}, ["throttling"]]]))).not.toContain("<figure>");
  });
});
