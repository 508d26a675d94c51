import { getEventListeners } from "node:events";
import type { CallerSignal } from "../../src/dispatch/link-abort.ts";
import type { FastClock } from "./fast-clock.ts";
import { ERROR_MARK } from "./fault-errors.ts";
import type { CallerAbort } from "./scenario.ts";

/** A caller that may abort its request at some time. */
export interface Caller {
  readonly signal: CallerSignal | undefined;
  /** When it aborted; undefined as long as it has not. */
  readonly abortedAtMs: number | undefined;
  /** What listens to the signal still. */
  readonly listeners: () => number;
}

/** A caller whose request starts now. */
export function callerOf(abort: CallerAbort | undefined, clock: FastClock): Caller {
  if (abort === undefined) return { signal: undefined, abortedAtMs: undefined, listeners: () => 0 };
  const reason = abort.reason === "error" ? new Error(ERROR_MARK) : abort.reason === "text" ? ERROR_MARK : undefined;
  const { signal, fire, listeners } = abort.old ? oldSignal(reason) : webSignal(reason);
  const caller = { signal, abortedAtMs: undefined as number | undefined, listeners };
  const now = (): void => {
    caller.abortedAtMs = clock.now();
    fire();
  };
  if (abort.afterMs < 0) now();
  else clock.at(clock.now() + abort.afterMs, now);
  return caller;
}

interface Fireable {
  readonly signal: CallerSignal;
  readonly fire: () => void;
  readonly listeners: () => number;
}

function webSignal(reason: unknown): Fireable {
  const controller = new AbortController();
  return {
    signal: controller.signal as unknown as CallerSignal,
    fire: () => controller.abort(reason),
    listeners: () => getEventListeners(controller.signal, "abort").length,
  };
}

function oldSignal(reason: unknown): Fireable {
  const own = (): void => {};
  const signal = { aborted: false, reason: undefined as unknown, onabort: own as unknown };
  return {
    signal,
    fire: () => {
      signal.aborted = true;
      signal.reason = reason;
      (signal.onabort as (() => void) | undefined)?.();
    },
    listeners: () => (signal.onabort === own ? 0 : 1),
  };
}
