import type { Failure } from "../failure.ts";

/** How long a failure postpones what it is about, and what that is. */
export interface CooldownRule {
  readonly scope: "route" | "region" | "model";
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
 * account and the source Region, over all models. An id that this Region does not know stays unknown for hours.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/quotas-runtime.html
 */
export function cooldownRule(failure: Failure): CooldownRule | undefined {
  switch (failure.kind) {
    case "throttled":
      if (failure.family === "tokens-per-day") return { scope: "region", baseMs: 30 * MINUTE, capMs: HOUR };
      return { scope: scopeOf(failure), baseMs: 5 * SECOND, capMs: MINUTE };
    case "unavailable":
    case "timeout":
      return MEMORYLESS.has(failure.family) ? undefined : { scope: "route", baseMs: 5 * SECOND, capMs: MINUTE };
    case "invalid-route":
      return { scope: scopeOf(failure), ...(ACCESS.has(failure.family) ? ACCESS_TIMES : IDENTIFIER_TIMES) };
    case "cancelled":
    case "rejected":
      return undefined;
    default:
      return failure.kind satisfies never;
  }
}

/** The model's own doing, or nothing known: no reason to avoid the route. */
const MEMORYLESS: ReadonlySet<string> = new Set(["model-error", "unknown"]);
/** Access can be granted at any minute, and a denied destination Region of a profile fails only some requests. */
const ACCESS: ReadonlySet<string> = new Set(["no-model-access", "explicit-deny", "vpc-endpoint-deny", "account-not-authorized"]);
const ACCESS_TIMES = { baseMs: 5 * MINUTE, capMs: HOUR } as const;
const IDENTIFIER_TIMES = { baseMs: 6 * HOUR, capMs: 24 * HOUR } as const;

function scopeOf(failure: Failure): CooldownRule["scope"] {
  return failure.scope === "region" || failure.scope === "model" ? failure.scope : "route";
}
