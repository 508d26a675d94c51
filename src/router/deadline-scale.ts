import type { DeadlineScale } from "../dispatch/attempt.ts";
import type { RouteHealth } from "../health/route-health.ts";
import type { Slice } from "../health/route-track.ts";
import type { FirstByteRule } from "../plan/first-byte-deadline.ts";

/** A request, as far as it says how long its answer may take to begin. */
export interface PromptMeasure {
  readonly model: string;
  readonly inputBytes: number;
}

/** How patient to be with a prompt. What the caller has fixed follows neither the prompt nor the model. */
export function deadlineScale(
  { model, inputBytes }: PromptMeasure,
  slice: Slice,
  { firstByteTimeoutMs, hedgeDelayMs }: FirstByteRule,
  health: RouteHealth,
): DeadlineScale {
  const factor = health.promptScale(slice).factor(inputBytes);
  const contentMs = slice.streaming ? health.contentLag(slice, model).patienceMs : 0;
  const isLateFixed = typeof firstByteTimeoutMs === "number";
  const isHedgeFixed = typeof hedgeDelayMs === "number";
  return {
    late: isLateFixed ? 1 : factor,
    hedge: isHedgeFixed ? 1 : factor,
    lateContentMs: isLateFixed ? 0 : contentMs,
    hedgeContentMs: isHedgeFixed ? 0 : contentMs,
  };
}
