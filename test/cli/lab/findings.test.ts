import { describe, expect, it } from "vitest";
import { findingsOf, isAmerican } from "../../../src/cli/lab/findings.ts";
import { around, type Brought, madeResults } from "./made-results.ts";

const us = { sourceRegion: "us-east-1" };
const tokyo = { sourceRegion: "ap-northeast-1" };

function found(
  id: string,
  ...routes: Parameters<typeof madeResults>[0]
): { found: boolean; text: string; title: string } {
  const finding = findingsOf(madeResults(routes)).find((one) => one.id === id);
  if (finding === undefined) throw new Error(`There is no finding ${id}`);
  return finding;
}

describe("findingsOf", () => {
  it("does not sell noise as a finding: a difference whose interval holds 0 was not found", () => {
    const finding = found(
      "united-states",
      [{ ...us, geography: "global" }, around(822, 0.4)],
      [{ ...us, geography: "us" }, around(860, 0.4)],
    );
    expect(finding.found).toBe(false);
    expect(finding.text).toMatch(
      /no difference of the total was found in 1 of 1 pair \(medians −38 ms; anything up to ±\d+ ms/,
    );
    expect(finding.text).toContain("30 answered calls a route");
  });

  it("says by how much the global profile is slower where it is", () => {
    const finding = found(
      "elsewhere",
      [{ ...tokyo, geography: "global" }, around(988, 0.2)],
      [{ ...tokyo, geography: "jp" }, around(663, 0.2)],
    );
    expect(finding.found).toBe(true);
    expect(finding.text).toContain("took longer in 1 of 1 pair, by 15.0 % of the total (median)");
    expect(finding.text).toContain("first byte came 325 ms later");
  });

  it("says so when the global profile is the faster one", () => {
    const finding = found(
      "elsewhere",
      [{ ...tokyo, geography: "global" }, around(600, 0.1)],
      [{ ...tokyo, geography: "jp" }, around(1_200, 0.1)],
    );
    expect(finding.text).toContain("it was faster in 1 of 1 pair");
    expect(finding.title).not.toContain("slower");
  });

  it("finds that the first byte differs more than the total", () => {
    const finding = found(
      "first-byte",
      [{ ...tokyo, geography: "global" }, around(673, 0.1)],
      [{ ...tokyo, geography: "jp" }, around(336, 0.1)],
    );
    expect(finding.found).toBe(true);
    expect(finding.text).toContain("TTFB +100.3 % against total +18.4 %");
  });

  it("names routes with calls far beyond their usual time, with how sure that is", () => {
    const calls: Brought = [...around(1_020, 0.2, 29), [43_000, 44_508]];
    const results = madeResults([[{ sourceRegion: "ap-southeast-1", geography: "global" }, calls]]);
    const finding = findingsOf(results).find(({ id }) => id === "slowest-calls");
    expect(finding?.title).toBe("Very slow calls from ap-southeast-1");
    expect(finding?.text).toContain("P99 44508 ms");
    expect(finding?.text).toContain("its P99 is its slowest call");
    expect(finding?.evidence[0]).toContain("1 of 30 calls");
    expect(finding?.evidence[0]).toContain("0.1 % to 17.2 %");
  });

  it("leaves the caution about few calls out when there are enough", () => {
    const finding = found("slowest-calls", [{}, around(766, 0.2, 100)]);
    expect(finding).toMatchObject({ found: false });
    expect(finding.text).not.toContain("slowest call");
  });

  it("finds a route steadier only when the interval says so", () => {
    const finding = found(
      "stability",
      [{ ...tokyo, geography: "global" }, around(988, 0.6, 60)],
      [{ ...tokyo, geography: "jp" }, around(663, 0.05, 60)],
    );
    expect(finding.text).toContain("smaller than on the global profile in 1 of 1 pair");
  });

  it("counts failed calls", () => {
    const finding = found("failures", [{}, [[1, 2], "throttling", "throttling"]]);
    expect(finding.title).toBe("2 calls failed");
    expect(found("failures", [{}, [[1, 2]]]).title).toBe("No call failed");
  });

  it("knows which source Regions are American", () => {
    expect(["us-west-2", "ca-central-1", "us-gov-west-1"].map((sourceRegion) => isAmerican({ sourceRegion }))).toEqual([
      true,
      false,
      false,
    ]);
  });
});
