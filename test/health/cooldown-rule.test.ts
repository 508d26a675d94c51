import { describe, expect, it } from "vitest";
import { FAILURE_TABLE } from "../../src/failures/failure-table.ts";
import { cooldownRule } from "../../src/health/cooldown-rule.ts";
import type { Failure } from "../../src/types/failure.ts";
import type { FailureKind } from "../../src/types/route.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

describe("cooldownRule", () => {
  it.each<[FailureKind, string, string, number, number]>([
    ["throttled", "tokens-per-minute", "route", 5 * SECOND, MINUTE],
    ["throttled", "too-many-connections", "route", 5 * SECOND, MINUTE],
    ["throttled", "tokens-per-day", "region", 30 * MINUTE, HOUR],
    ["unavailable", "service-unavailable", "route", 5 * SECOND, MINUTE],
    ["timeout", "model-timeout", "route", 5 * SECOND, MINUTE],
    ["invalid-route", "model-identifier-invalid", "route", 6 * HOUR, 24 * HOUR],
    ["invalid-route", "on-demand-unsupported", "route", 6 * HOUR, 24 * HOUR],
    ["invalid-route", "end-of-life", "route", 6 * HOUR, 24 * HOUR],
    ["invalid-route", "no-model-access", "route", 5 * MINUTE, HOUR],
    ["invalid-route", "explicit-deny", "route", 5 * MINUTE, HOUR],
    ["invalid-route", "operation-not-allowed", "route", 5 * MINUTE, HOUR],
    ["invalid-route", "region-not-enabled", "region", 5 * MINUTE, HOUR],
    ["invalid-route", "unknown-host", "region", 5 * MINUTE, HOUR],
  ])("after %s (%s) postpones the %s, at first for %i ms, at most for %i ms", (kind, family, scope, baseMs, capMs) => {
    // The classifier's own scope must not postpone the routes of the same model that work.
    for (const stated of ["route", "model", "region"] as const) {
      expect(cooldownRule({ kind, family, scope: stated })).toEqual({ scope, baseMs, capMs });
    }
  });

  it.each<[FailureKind, string, string]>([
    ["unavailable", "model-error", "the model stumbled over one generation"],
    ["unavailable", "unknown", "nothing is known"],
    ["invalid-route", "regional-resource", "the request named what that Region does not have"],
    ["cancelled", "abandoned", "the caller stopped"],
    ["rejected", "request", "the request was wrong"],
  ])("after %s (%s) postpones nothing: %s", (kind, family) => {
    expect(cooldownRule({ kind, family, scope: "route" })).toBeUndefined();
  });

  it("postpones a whole source Region only for what the service says of the whole Region", () => {
    const wide = FAILURE_TABLE.filter((row: Failure) => cooldownRule(row)?.scope === "region");
    expect(wide.map(({ scope }) => scope)).not.toContain("route");
    expect(new Set(wide.map(({ family }) => family))).toEqual(
      new Set(["tokens-per-day", "region-not-enabled", "tls", "unknown-host"]),
    );
  });
});
