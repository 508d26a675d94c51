import { expect, it } from "vitest";
import { htmlReport } from "../../../src/lab/report/html.ts";
import { around, madeResults } from "../made-results.ts";

it("writes one page", () => {
  expect(htmlReport(madeResults([[{}, around(766, 0.2)]]))).toMatch(/^<!doctype html>/);
});
