import type { FirstByteRule } from "../plan/first-byte-deadline.ts";
import { InvalidOptionsError } from "../types/errors.ts";
import { received } from "../util/received.ts";
import type { HedgeOptions, RoutingOptions } from "./options.ts";
import { refuseUnknownKeys } from "./refuse-unknown-keys.ts";

/** What `firstByteTimeoutMs` and `hedge` say, for streaming and for unary calls. */
export interface FirstByteRules {
  readonly streaming: FirstByteRule;
  readonly unary: FirstByteRule;
}

/**
 * Validates `firstByteTimeoutMs` and `hedge` and fills in their defaults.
 * @throws {@link InvalidOptionsError}
 */
export function resolveFirstByte(options: Partial<RoutingOptions>, path: string): FirstByteRules {
  const { firstByteTimeoutMs = "adaptive", hedge = false } = options;
  const rule = {
    firstByteTimeoutMs:
      firstByteTimeoutMs === false || firstByteTimeoutMs === "adaptive"
        ? firstByteTimeoutMs
        : checkedMs(
            firstByteTimeoutMs,
            `${path}.firstByteTimeoutMs`,
            '"adaptive", false or a positive number of milliseconds',
          ),
    hedgeDelayMs: hedgeDelay(hedge, `${path}.hedge`),
  };
  return Object.freeze({
    streaming: Object.freeze({ ...rule, streaming: true }),
    unary: Object.freeze({ ...rule, streaming: false }),
  });
}

function hedgeDelay(hedge: unknown, path: string): number | "adaptive" | false {
  if (hedge === false) return false;
  if (typeof hedge !== "object" || hedge === null || Array.isArray(hedge)) {
    throw new InvalidOptionsError(path, "must be false or an object such as { delayMs }", received(hedge));
  }
  refuseUnknownKeys(hedge, ["delayMs"], path);
  const { delayMs = "adaptive" } = hedge as HedgeOptions;
  return delayMs === "adaptive"
    ? delayMs
    : checkedMs(delayMs, `${path}.delayMs`, '"adaptive" or a positive number of milliseconds');
}

/** 24 days. A timer that is set to more goes off at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

function checkedMs(value: unknown, path: string, what: string): number {
  if (typeof value === "number" && Number.isFinite(value) && value > 0) return Math.min(value, LONGEST_TIMER_MS);
  throw new InvalidOptionsError(path, `must be ${what}`, received(value));
}
