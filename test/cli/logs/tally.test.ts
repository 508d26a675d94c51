import { describe, expect, it } from "vitest";
import type { Invocation } from "../../../src/cli/logs/invocation.ts";
import { Tally } from "../../../src/cli/logs/tally.ts";

const call = (parts: Partial<Invocation>): { kind: "invocation"; invocation: Invocation } => ({
  kind: "invocation",
  invocation: {
    log: "invocation log",
    sourceRegion: "eu-central-1",
    profile: "eu.vendor.model",
    inferenceRegion: "eu-north-1",
    stated: true,
    failed: false,
    ...parts,
  },
});

describe("the table of where inference ran", () => {
  it("counts by log, source Region, profile and inference Region, with shares and latency", () => {
    const tally = new Tally();
    for (const latencyMs of [100, 200, 300]) tally.add(call({ latencyMs }));
    tally.add(call({ inferenceRegion: "eu-central-1", stated: false }));
    tally.add(call({ log: "CloudTrail" }));
    tally.add(call({ failed: true }));
    tally.add({ kind: "other" });
    tally.add({ kind: "unreadable", problem: "not JSON", line: 1 });
    expect(tally.counts).toEqual({ ran: 5, failed: 1, other: 1, unreadable: 1 });
    const rows = tally.rows("any");
    expect(
      rows.map(({ log, inferenceRegion, count, share, stated }) => [log, inferenceRegion, count, share, stated]),
    ).toEqual([
      ["CloudTrail", "eu-north-1", 1, 1, 1],
      ["invocation log", "eu-north-1", 3, 0.75, 3],
      ["invocation log", "eu-central-1", 1, 0.25, 0],
    ]);
    expect(rows[1]?.latency).toMatchObject({ count: 3, min: 100, max: 300 });
    expect(rows.every(({ outside }) => !outside)).toBe(true);
  });

  it("flags what ran outside the residency, a Region that nobody knows included", () => {
    const tally = new Tally();
    for (const inferenceRegion of ["eu-north-1", "us-east-1", "zz-new-1", "eu-west-2"])
      tally.add(call({ inferenceRegion }));
    const outside = (residency: Parameters<Tally["rows"]>[0]): string[] =>
      tally
        .rows(residency)
        .filter((row) => row.outside)
        .map(({ inferenceRegion }) => inferenceRegion);
    expect(outside("eu")).toEqual(["us-east-1", "zz-new-1"]);
    expect(outside({ countries: ["SE", "US"] })).toEqual(["zz-new-1", "eu-west-2"]);
    expect(outside({ regions: ["eu-north-1"] })).toEqual(["us-east-1", "zz-new-1", "eu-west-2"]);
    expect(outside("any")).toEqual([]);
  });

  it("takes each call's source Region for its home, unless one is given", () => {
    const tally = new Tally();
    tally.add(call({ sourceRegion: "us-east-1", inferenceRegion: "us-west-2" }));
    tally.add(call({ sourceRegion: "eu-west-1", inferenceRegion: "eu-west-3" }));
    expect(tally.rows("home").map(({ outside }) => outside)).toEqual([false, false]);
    expect(tally.rows("home", "eu-west-1").map(({ outside }) => outside)).toEqual([false, true]);
  });
});
