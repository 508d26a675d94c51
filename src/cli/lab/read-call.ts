import { number, object, oneOf, optional, refuse, text } from "../../types/schema.ts";
import type { CallRecord } from "./call-record.ts";

const duration = number({ least: 0 });

const readFields = object({
  cell: number({ least: 0, whole: true }),
  round: number({ least: -1_000, most: 1_000_000, whole: true }),
  startedAt: duration,
  ttfbMs: optional(duration),
  totalMs: optional(duration),
  inputTokens: optional(duration),
  outputTokens: optional(duration),
  failure: optional(
    object({
      kind: oneOf("throttled", "invalid-route", "unavailable", "timeout", "cancelled", "rejected"),
      // It ends up in tables and pages.
      family: text("a failure family", /^[a-z][a-z0-9-]{0,63}$/),
      afterMs: duration,
    }),
  ),
});

/**
 * Reads a call from outside.
 * @param cells - how many cells there are
 * @throws {@link InvalidOptionsError} naming the field
 */
export function readCall(value: unknown, cells: number, path: string): CallRecord {
  const call = readFields(value, path);
  if (call.cell >= cells) refuse(`${path}.cell`, `must be a whole number from 0 to ${cells - 1}`, call.cell);
  if (call.failure === undefined && (call.ttfbMs === undefined || call.totalMs === undefined)) {
    refuse(path, "must have ttfbMs and totalMs, or a failure", value);
  }
  return call;
}
