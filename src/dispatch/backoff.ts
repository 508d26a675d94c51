import type { Failure } from "../types/failure.ts";

const THROTTLED_BASE_MS = 1_000;
const TRANSIENT_BASE_MS = 50;
const CAP_MS = 20_000;
/** A longer `Retry-After` is honoured up to so much beyond the usual wait. */
const MAX_MORE_MS = 5_000;

/**
 * How long to wait before a route that has failed is tried again: as the SDK's standard retry strategy of 2026 does, with
 * full jitter.
 * @param tries - attempts of the request on this route so far; at least 1
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 * @see https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
 */
export function backoffMs({ kind, retryAfterMs = 0 }: Failure, tries: number, random: () => number): number {
  const base = kind === "throttled" ? THROTTLED_BASE_MS : TRANSIENT_BASE_MS;
  const jittered = random() * Math.min(CAP_MS, base * 2 ** (tries - 1));
  return Math.max(jittered, Math.min(retryAfterMs, jittered + MAX_MORE_MS));
}
