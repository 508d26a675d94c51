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
  const previous = caller.onabort;
  const chained = (...args: unknown[]): void => {
    if (typeof previous === "function") previous.apply(caller, args);
    onAbort();
  };
  caller.onabort = chained;
  return () => {
    if (caller.onabort === chained) caller.onabort = previous;
  };
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
