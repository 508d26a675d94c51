import { refuseUnknownKeys } from "../../options/refuse-unknown-keys.ts";
import { InvalidOptionsError } from "../../types/errors.ts";
import type { FailureKind } from "../../types/route.ts";
import { received } from "../../util/received.ts";
import type { CallFailure, CallRecord } from "./call-record.ts";

/**
 * Reads a call from outside.
 * @throws {@link InvalidOptionsError} naming the field
 */
export function readCall(value: unknown, cells: number, path: string): CallRecord {
  const call = fieldsOf(value, path);
  refuseUnknownKeys(
    call,
    ["cell", "round", "startedAt", "ttfbMs", "totalMs", "inputTokens", "outputTokens", "failure"],
    path,
  );
  whole(call.cell, `${path}.cell`, 0, cells - 1);
  whole(call.round, `${path}.round`, -1_000, 1_000_000);
  duration(call.startedAt, `${path}.startedAt`);
  for (const name of ["ttfbMs", "totalMs", "inputTokens", "outputTokens"]) {
    if (call[name] !== undefined) duration(call[name], `${path}.${name}`);
  }
  if (call.failure !== undefined) readFailure(call.failure, `${path}.failure`);
  else if (call.ttfbMs === undefined || call.totalMs === undefined) {
    throw new InvalidOptionsError(path, "must have ttfbMs and totalMs, or a failure");
  }
  return Object.freeze(call as unknown as CallRecord);
}

/** The fields of an object. @throws {@link InvalidOptionsError} */
export function fieldsOf(value: unknown, path: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new InvalidOptionsError(path, "must be an object", received(value));
}

const KINDS: Readonly<Record<FailureKind, true>> = {
  throttled: true,
  "invalid-route": true,
  unavailable: true,
  timeout: true,
  cancelled: true,
  rejected: true,
};

function readFailure(value: unknown, path: string): CallFailure {
  const failure = fieldsOf(value, path);
  refuseUnknownKeys(failure, ["kind", "family", "afterMs"], path);
  if (typeof failure.kind !== "string" || !Object.hasOwn(KINDS, failure.kind)) {
    throw new InvalidOptionsError(`${path}.kind`, `must be ${Object.keys(KINDS).join(", ")}`, received(failure.kind));
  }
  // It ends up in tables and pages.
  if (typeof failure.family !== "string" || !/^[a-z][a-z0-9-]{0,63}$/.test(failure.family)) {
    throw new InvalidOptionsError(`${path}.family`, "must be a failure family", received(failure.family));
  }
  duration(failure.afterMs, `${path}.afterMs`);
  return failure as unknown as CallFailure;
}

function whole(value: unknown, path: string, from: number, to: number): void {
  if (Number.isInteger(value) && (value as number) >= from && (value as number) <= to) return;
  throw new InvalidOptionsError(path, `must be a whole number from ${from} to ${to}`, received(value));
}

function duration(value: unknown, path: string): void {
  if (typeof value === "number" && Number.isFinite(value) && value >= 0) return;
  throw new InvalidOptionsError(path, "must be a number of at least 0", received(value));
}
