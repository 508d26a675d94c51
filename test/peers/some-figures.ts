import type { Figures } from "./tally.ts";

/** Figures for tests: all went well, but for what `changes` says. */
export function someFigures(changes: Partial<Figures> = {}): Figures {
  const ttfbMs = { p50: 800, p99: 1_200 };
  const span = { callsPerRequest: 1.1, ttfbMs };
  return {
    ...{ requests: 24, rightPercent: 100, brokenPercent: 0, extraCallsPercent: 10, waitMs: 1_000 },
    ...{ ttfbMs, early: span, later: span, callsOutsideEu: 0, errors: [] },
    ...changes,
  };
}
