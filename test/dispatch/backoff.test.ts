import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backoffMs } from "../../src/dispatch/backoff.ts";
import type { Failure } from "../../src/types/failure.ts";

const THROTTLED: Failure = { kind: "throttled", scope: "route", family: "tokens-per-minute" };
const UNAVAILABLE: Failure = { kind: "unavailable", scope: "route", family: "service-unavailable" };
const CAP_MS = 20_000;
const always = (share: number) => (): number => share;

describe("backoffMs", () => {
  it.each([
    [0, 500, 100],
    [1, 1_000, 200],
    [2, 2_000, 400],
    [5, 16_000, 3_200],
    [6, CAP_MS, 6_400],
    [8, CAP_MS, CAP_MS],
    [5_000, CAP_MS, CAP_MS],
  ])(
    "waits at most, in round %i, %i ms after a throttle and %i ms after another failure",
    (round, throttled, other) => {
      expect(backoffMs(THROTTLED, round, always(1))).toBe(throttled);
      expect(backoffMs(UNAVAILABLE, round, always(1))).toBe(other);
      expect(backoffMs({ ...UNAVAILABLE, kind: "timeout" }, round, always(1))).toBe(other);
    },
  );

  it("draws from zero up, so that clients do not come back together", () => {
    expect(backoffMs(THROTTLED, 3, always(0))).toBe(0);
    expect(backoffMs(THROTTLED, 3, always(0.25))).toBe(1_000);
  });

  it("stays between what Retry-After asks for and the cap", () => {
    const kinds = fc.constantFrom(THROTTLED, UNAVAILABLE);
    const retryAfter = fc.option(fc.integer({ min: 0, max: 10 * CAP_MS }), { nil: undefined });
    const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(kinds, fc.nat(60), retryAfter, share, (failure, round, retryAfterMs, random) => {
        const asked = retryAfterMs === undefined ? failure : { ...failure, retryAfterMs };
        const ms = backoffMs(asked, round, always(random));
        const ceiling = Math.min(CAP_MS, (failure === THROTTLED ? 500 : 100) * 2 ** round);
        expect(ms).toBeGreaterThanOrEqual(Math.min(retryAfterMs ?? 0, CAP_MS));
        expect(ms).toBeLessThanOrEqual(Math.max(ceiling, Math.min(retryAfterMs ?? 0, CAP_MS)));
      }),
    );
  });
});
