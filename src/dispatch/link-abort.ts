/** What a caller may pass as `abortSignal`: a web `AbortSignal`, or the older SDK type that only has `onabort`. */
export interface CallerSignal {
  readonly aborted: boolean;
  readonly reason?: unknown;
  onabort?: unknown;
  addEventListener?: (type: "abort", listener: () => void, options?: { once: boolean }) => void;
  removeEventListener?: (type: "abort", listener: () => void) => void;
}

/** Aborts `controller` when the caller aborts. Returns the function that undoes the link. */
export function linkAbort(caller: CallerSignal | undefined, controller: { abort(reason?: unknown): void }): () => void {
  if (caller === undefined) return doNothing;
  const onAbort = (): void => {
    controller.abort(caller.reason);
  };
  if (caller.aborted) {
    onAbort();
    return doNothing;
  }
  if (typeof caller.addEventListener === "function") {
    caller.addEventListener("abort", onAbort, { once: true });
    return () => caller.removeEventListener?.("abort", onAbort);
  }
  return listenByProperty(caller, onAbort);
}

/** The one listener that an older signal has room for, and whom it tells. */
interface Line {
  readonly tell: (...args: unknown[]) => void;
  readonly previous: unknown;
  readonly listeners: Set<() => void>;
}

const lines: WeakMap<CallerSignal, Line> = new WeakMap();

/** Attempts that run side by side share one listener: in a chain, whoever leaves first would stay in it for ever. */
function listenByProperty(caller: CallerSignal, listener: () => void): () => void {
  const known = lines.get(caller);
  const line = known !== undefined && caller.onabort === known.tell ? known : openLine(caller);
  line.listeners.add(listener);
  return () => {
    line.listeners.delete(listener);
    if (line.listeners.size === 0 && caller.onabort === line.tell) caller.onabort = line.previous;
  };
}

function openLine(caller: CallerSignal): Line {
  const previous = caller.onabort;
  const listeners = new Set<() => void>();
  const tell = (...args: unknown[]): void => {
    if (typeof previous === "function") previous.apply(caller, args);
    for (const listener of [...listeners]) listener();
  };
  const line = { tell, previous, listeners };
  caller.onabort = tell;
  lines.set(caller, line);
  return line;
}

export function isAborted(caller: CallerSignal | undefined): boolean {
  return caller?.aborted ?? false;
}

/**
 * The error that the SDK throws when a request is aborted, for the places where the SDK itself stays silent. An Error
 * that the caller gave as the reason becomes its cause, any other reason its message.
 */
export function abortError(caller: CallerSignal | undefined): Error {
  const reason = caller?.reason;
  const error =
    reason instanceof Error
      ? new Error("Request aborted", { cause: reason })
      : new Error(reason ? String(reason) : "Request aborted");
  error.name = "AbortError";
  return error;
}

function doNothing(): void {}
