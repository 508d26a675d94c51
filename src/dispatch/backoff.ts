import type { Failure } from "../types/failure.ts";

const THROTTLED_BASE_MS = 500;
const TRANSIENT_BASE_MS = 100;
const CAP_MS = 20_000;

/**
 * How long to wait before the same routes are tried again: exponential with full jitter, and at least what the service
 * asked for in `Retry-After`, up to the cap.
 * @param round - 0 for the first wait
 * @see https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
 */
export function backoffMs(failure: Failure, round: number, random: () => number): number {
  const base = failure.kind === "throttled" ? THROTTLED_BASE_MS : TRANSIENT_BASE_MS;
  const jittered = random() * Math.min(CAP_MS, base * 2 ** round);
  return Math.max(jittered, Math.min(failure.retryAfterMs ?? 0, CAP_MS));
}
