import { describe, expect, it } from "vitest";
import { provenance } from "../../../src/cli/lab/provenance.ts";
import { around, madeResults } from "./made-results.ts";

describe("provenance", () => {
  it("says what was called, when and how", () => {
    const text = provenance(madeResults([[{}, around(766, 0.2)]])).join("\n");
    expect(text).toContain("30 counted calls of 1 route, 2026-04-12");
    expect(text).toContain("200 tokens at most, temperature 0.1");
    expect(text).toMatch(/30 calls cost \$0\.0\d+/);
    expect(text).not.toContain("network between");
  });

  it("says that the distance is part of the figures when a Region was called from elsewhere", () => {
    const text = provenance(madeResults([[{ measuredFrom: "us-east-1" }, around(900, 0.2)]])).join("\n");
    expect(text).toContain("1 route called from us-east-1: the network between there and the source Region is part");
  });

  it("says when a run was stopped", () => {
    const whole = madeResults([[{}, around(766, 0.2)]]);
    const measurements = whole.measurements.map((one) => ({ ...one, complete: false }));
    expect(provenance({ ...whole, measurements }).join("\n")).toContain("was stopped before its last call");
  });

  it("gives a simulation no price", () => {
    const text = provenance({ ...madeResults([[{}, around(766, 0.2)]]), simulated: true }).join("\n");
    expect(text).toContain("simulator");
    expect(text).not.toContain("$");
  });
});
