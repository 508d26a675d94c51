import { describe, expect, it } from "vitest";
import { getRouting, rememberReport } from "../../src/router/reports.ts";
import type { RoutingReport } from "../../src/types/attempt.ts";
import { planOf } from "../support/routes.ts";

const reportOf = (plan = planOf("us")): RoutingReport => ({ plan, attempts: [], route: undefined });

describe("the report of a request", () => {
  it("is found by the output and leaves it untouched, even a frozen one", () => {
    const output = Object.freeze({ $metadata: {} });
    const report = reportOf();
    rememberReport(output, { report: () => report });
    expect(getRouting(output)).toBe(report);
    expect(Reflect.ownKeys(output)).toEqual(["$metadata"]);
  });

  it("is found by the error", () => {
    const error = new Error("no");
    const report = reportOf();
    rememberReport(error, { report: () => report });
    expect(getRouting(error)).toBe(report);
  });

  it("is the one of now, not of when it was remembered", () => {
    const output = {};
    let current = reportOf(planOf("us"));
    rememberReport(output, { report: () => current });
    current = reportOf(planOf("eu"));
    expect(getRouting(output)).toBe(current);
  });

  it("is that of the last request which ended in the same object, as stubs answer", () => {
    const output = {};
    const last = reportOf();
    rememberReport(output, { report: () => reportOf() });
    rememberReport(output, { report: () => last });
    expect(getRouting(output)).toBe(last);
  });

  it.each([undefined, null, "text", 0, {}, new Error("no"), () => {}])("is unknown for %o", (value) => {
    expect(getRouting(value)).toBeUndefined();
  });

  it.each([undefined, null, "text", 0])("cannot be remembered for %o, which nobody threw on purpose", (value) => {
    expect(() => rememberReport(value, { report: () => reportOf() })).not.toThrow();
    expect(getRouting(value)).toBeUndefined();
  });

  it("is in one table for the process, for the package's other module format too", async () => {
    const output = {};
    const report = reportOf();
    rememberReport(output, { report: () => report });
    const path = "../../src/router/reports.ts?again";
    const again = (await import(path)) as typeof import("../../src/router/reports.ts");
    expect(again.getRouting).not.toBe(getRouting);
    expect(again.getRouting(output)).toBe(report);
  });
});
