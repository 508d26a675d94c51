import type { CallerSignal } from "../dispatch/link-abort.ts";

const SHOWN = Symbol("the caller's signal");

/** The signal of an attempt, which knows the one that the caller gave. */
interface AttemptSignal extends CallerSignal {
  [SHOWN]?: CallerSignal | undefined;
}

/**
 * Makes the SDK see the caller's signal, or none, where it would see that of an attempt. A signal of the older kind is
 * not shown: it has room for one listener, and the SDK's would take the place of ours.
 */
export function markAttemptSignal(signal: CallerSignal | undefined, callers: CallerSignal | undefined): void {
  if (signal === undefined || signal === callers) return;
  if (callers === undefined || callers.addEventListener !== undefined) (signal as AttemptSignal)[SHOWN] = callers;
}

/**
 * Puts the caller's signal, if any, into the context of a call in place of the attempt's. The SDK races steps of a call
 * against the signal that it finds there, which costs more than the signal itself; an attempt is cancelled by its request
 * handler, which has the signal from its options.
 */
export function showCallersSignal(context: object): void {
  const inner = (context as { __smithy_context?: { abortSignal?: AttemptSignal | undefined } }).__smithy_context;
  const signal = inner?.abortSignal;
  if (inner !== undefined && signal !== undefined && SHOWN in signal) inner.abortSignal = signal[SHOWN];
}
