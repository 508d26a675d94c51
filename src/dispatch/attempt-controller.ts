import type { CallerSignal } from "./link-abort.ts";

/** What cancels one attempt. A web `AbortController` is one. */
export interface AttemptController {
  readonly signal: CallerSignal;
  abort(reason?: unknown): void;
}

/**
 * An `AbortController` reduced to what the SDK's own request handlers use. A web `AbortSignal` is an event target of
 * its own, which costs more than everything else that routing adds to a request.
 */
export class LightController implements AttemptController {
  readonly signal: LightSignal = new LightSignal();

  abort(reason?: unknown): void {
    this.signal.fire(reason);
  }
}

class LightSignal implements CallerSignal {
  aborted = false;
  reason: unknown;
  onabort: unknown = null;
  #listeners: Set<() => void> | undefined;

  addEventListener(_type: "abort", listener: () => void): void {
    this.#listeners ??= new Set();
    this.#listeners.add(listener);
  }

  removeEventListener(_type: "abort", listener: () => void): void {
    this.#listeners?.delete(listener);
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason;
  }

  fire(reason: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason ?? new DOMException("This operation was aborted", "AbortError");
    if (typeof this.onabort === "function") this.onabort();
    const listeners = [...(this.#listeners ?? [])];
    this.#listeners = undefined;
    for (const listener of listeners) listener();
  }
}
