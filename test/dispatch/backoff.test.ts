import { describe, expect, it } from "vitest";
import { backoffMs } from "../../src/dispatch/backoff.ts";
import type { Failure } from "../../src/types/failure.ts";

const THROTTLED: Failure = { kind: "throttled", family: "tokens-per-minute" };
const UNAVAILABLE: Failure = { kind: "unavailable", family: "service-unavailable" };
const CAP_MS = 20_000;
const always = (share: number) => (): number => share;

describe("backoffMs", () => {
  it.each([
    [1, 1_000, 50],
    [2, 2_000, 100],
    [3, 4_000, 200],
    [6, CAP_MS, 1_600],
    [10, CAP_MS, CAP_MS],
    [5_000, CAP_MS, CAP_MS],
  ])(
    "waits at most, after %i tries, %i ms after a throttle and %i ms after another failure",
    (tries, throttled, other) => {
      expect(backoffMs(THROTTLED, tries, always(1))).toBe(throttled);
      expect(backoffMs(UNAVAILABLE, tries, always(1))).toBe(other);
      expect(backoffMs({ ...UNAVAILABLE, kind: "timeout" }, tries, always(1))).toBe(other);
    },
  );

  it("draws from zero up, so that clients do not come back together", () => {
    expect(backoffMs(THROTTLED, 4, always(0))).toBe(0);
    expect(backoffMs(THROTTLED, 4, always(0.25))).toBe(2_000);
  });

  it("waits as long as Retry-After asks for, up to five seconds beyond the usual wait", () => {
    expect(backoffMs({ ...THROTTLED, retryAfterMs: 700 }, 1, always(0.5))).toBe(700);
    expect(backoffMs({ ...THROTTLED, retryAfterMs: 200 }, 1, always(0.5))).toBe(500);
    expect(backoffMs({ ...UNAVAILABLE, retryAfterMs: 60_000 }, 1, always(0.5))).toBe(5_025);
  });
});
