import type { Failure } from "../types/failure.ts";

/** How long a failure postpones what it is about, and what that is. */
export interface CooldownRule {
  readonly scope: "route" | "region";
  readonly baseMs: number;
  readonly capMs: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/**
 * The cooldown of a failure; `undefined` when it says nothing about the next request.
 *
 * Per-minute quotas refill within 60 s, so a longer cooldown would waste capacity. A quota per day belongs to the
 * account and the source Region, over all models. An id that this Region does not know stays unknown for hours; access
 * can be granted at any minute.
 *
 * Only what the service says of a whole source Region postpones more than the route: a route of the same model or
 * Region that works must not wait for the one that does not.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/quotas-runtime.html
 */
export function cooldownRule(failure: Failure): CooldownRule | undefined {
  switch (failure.kind) {
    case "throttled":
      if (failure.family === "tokens-per-day") return { scope: "region", baseMs: 30 * MINUTE, capMs: HOUR };
      return { scope: "route", baseMs: 5 * SECOND, capMs: MINUTE };
    case "unavailable":
    case "timeout":
      return MEMORYLESS.has(failure.family) ? undefined : { scope: "route", baseMs: 5 * SECOND, capMs: MINUTE };
    case "invalid-route":
      // What the caller named beside the model is missing there: the next request may not name it.
      if (failure.family === "regional-resource") return undefined;
      if (IDENTIFIER.has(failure.family)) return { scope: "route", baseMs: 6 * HOUR, capMs: 24 * HOUR };
      return { scope: WHOLE_REGION.has(failure.family) ? "region" : "route", baseMs: 5 * MINUTE, capMs: HOUR };
    case "cancelled":
    case "rejected":
      return undefined;
    default:
      return failure.kind satisfies never;
  }
}

/** The model's own doing, or nothing known: no reason to avoid the route. */
const MEMORYLESS: ReadonlySet<string> = new Set(["model-error", "unknown"]);
/** What AWS changes with a release, not the caller with a setting. */
const IDENTIFIER: ReadonlySet<string> = new Set([
  "model-identifier-invalid",
  "model-not-in-region",
  "on-demand-unsupported",
  "end-of-life",
]);
/** The endpoint refuses every model: the Region is not enabled, or cannot be reached from here. */
const WHOLE_REGION: ReadonlySet<string> = new Set(["region-not-enabled", "unknown-host", "tls"]);
