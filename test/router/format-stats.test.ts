import { describe, expect, it } from "vitest";
import { RouteHealth } from "../../src/health/route-health.ts";
import { formatStats } from "../../src/router/format-stats.ts";
import { routeOf } from "../support/routes.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

describe("formatStats", () => {
  it("prints one aligned line a route and a dash for what was not measured", () => {
    const health = new RouteHealth(
      new VirtualClock(),
      () => 0.5,
      () => {},
    );
    const eu = health.track(routeOf("us"), { workload: "default", streaming: true });
    eu.started("first");
    eu.answered(400);
    eu.succeeded(1_200);
    const global = health.track(routeOf("global"), { workload: "chat", streaming: false });
    global.started("backup");
    global.failed("throttled");
    const [head, rule, ...rows] = formatStats(health.stats()).split("\n");
    expect(head).toMatch(/^source Region +modelId +kind of request +attempts +failed/);
    expect(rule).toMatch(/^-+( {2}-+)+$/);
    expect(rows.map((row) => row.split(/ {2,}/).slice(1))).toEqual([
      [routeOf("us").modelId, "stream", "1", "0", "-", "400", "400", "400", "1200", "1200"],
      [routeOf("global").modelId, "unary chat", "1", "1 throttled", "0 of 1", "-", "-", "-", "-", "-"],
    ]);
  });

  it("has columns for what is known of tokens and cost, and none for what is not", () => {
    const health = new RouteHealth(
      new VirtualClock(),
      () => 0.5,
      () => {},
    );
    const slice = { workload: "default", streaming: true };
    health.track(routeOf("us"), slice).started("first");
    expect(formatStats(health.stats())).not.toMatch(/tok|cost|backups/);
    const usage = { inputTokens: 1_000, outputTokens: 200 };
    health.track(routeOf("us"), slice).usage.answered(usage, 4_000, 0.0066, 0.006);
    health.track(routeOf("global"), slice).usage.answered(usage, 2_000, 0.006, undefined);
    health.track(routeOf("global"), slice).usage.answered(undefined, 2_000, "no-usage", undefined);
    health.track(routeOf("eu"), slice).started("first");
    const [head, , ...rows] = formatStats(health.stats()).split("\n");
    expect(head).toMatch(/tok\/s +cost \$$/);
    expect(rows.map((row) => row.split(/ {2,}/).slice(-2))).toEqual([
      ["50", "0.00660"],
      ["100", "0.00600+"],
      ["-", "-"],
    ]);
  });

  it("prints the head alone when nothing was tried", () => {
    expect(formatStats([]).split("\n")).toHaveLength(2);
  });
});
