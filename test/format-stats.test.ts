import { describe, expect, it } from "vitest";
import { formatStats } from "../src/format-stats.ts";
import { RouteHealth } from "../src/health/route-health.ts";
import { routeOf } from "./support/routes.ts";
import { VirtualClock } from "./support/virtual-clock.ts";

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
      [routeOf("us").modelId, "stream", "1", "0", "0", "400", "400", "400", "1200", "1200"],
      [routeOf("global").modelId, "unary chat", "1", "1 throttled", "0 of 1", "-", "-", "-", "-", "-"],
    ]);
  });

  it("prints the head alone when nothing was tried", () => {
    expect(formatStats([]).split("\n")).toHaveLength(2);
  });
});
