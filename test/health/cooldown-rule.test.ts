import { describe, expect, it } from "vitest";
import { cooldownRule } from "../../src/health/cooldown-rule.ts";
import type { FailureFamily } from "../../src/types/failure-family.ts";
import type { FailureKind } from "../../src/types/route.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

describe("cooldownRule", () => {
  it.each<[FailureKind, FailureFamily, string, number, number]>([
    ["throttled", "tokens-per-minute", "route", 5 * SECOND, MINUTE],
    ["throttled", "overloaded", "route", 5 * SECOND, MINUTE],
    ["throttled", "tokens-per-day", "model", 30 * MINUTE, HOUR],
    ["unavailable", "service-unavailable", "route", 5 * SECOND, MINUTE],
    ["timeout", "model-timeout", "route", 5 * SECOND, MINUTE],
    ["invalid-route", "model-identifier-invalid", "route", 6 * HOUR, 24 * HOUR],
    ["invalid-route", "end-of-life", "route", 6 * HOUR, 24 * HOUR],
    ["invalid-route", "no-model-access", "route", 5 * MINUTE, HOUR],
    ["invalid-route", "account-gate", "route", 5 * MINUTE, HOUR],
    ["invalid-route", "credentials", "route", 5 * MINUTE, HOUR],
    ["invalid-route", "region-not-enabled", "region", 5 * MINUTE, HOUR],
    ["invalid-route", "unknown-host", "region", 5 * MINUTE, HOUR],
    ["invalid-route", "unsupported-feature", "feature", 5 * MINUTE, HOUR],
    ["invalid-route", "regional-resource", "feature", 5 * MINUTE, HOUR],
  ])("after %s (%s) postpones the %s, at first for %i ms, at most for %i ms", (kind, family, scope, baseMs, capMs) => {
    expect(cooldownRule({ kind, family })).toEqual({ scope, baseMs, capMs });
  });

  it.each<[FailureKind, FailureFamily, string]>([
    ["unavailable", "model-error", "the model stumbled over one generation"],
    ["unavailable", "unknown", "nothing is known"],
    ["unavailable", "clock-skew", "the clock of this machine is wrong"],
    ["cancelled", "abandoned", "the caller stopped"],
    ["rejected", "request", "the request was wrong"],
    ["rejected", "account-gate", "it was met on the caller's own route"],
    ["rejected", "unsupported-feature", "so was this"],
  ])("after %s (%s) postpones nothing: %s", (kind, family) => {
    expect(cooldownRule({ kind, family })).toBeUndefined();
  });
});
