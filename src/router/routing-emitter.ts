import type { RoutingEvents, RoutingListener } from "../types/events.ts";
import { guessOf, refuse } from "../types/schema.ts";
import { channels } from "./channels.ts";

/**
 * Delivers events to observers, at once and in the order of their registration. An exception in a listener, or the
 * rejection of an asynchronous one, becomes a process warning: an observer must never be able to fail a request.
 */
export class RoutingEmitter {
  readonly #listeners: { readonly [Name in keyof RoutingEvents]: Set<RoutingListener<Name>> } = {
    plan: new Set(),
    attempt: new Set(),
    request: new Set(),
    failover: new Set(),
    backup: new Set(),
    cooldown: new Set(),
    catalog: new Set(),
    store: new Set(),
  };

  on<Name extends keyof RoutingEvents>(name: Name, listener: RoutingListener<Name>): void {
    this.#listenersOf(name).add(listener);
  }

  off<Name extends keyof RoutingEvents>(name: Name, listener: RoutingListener<Name>): void {
    this.#listenersOf(name).delete(listener);
  }

  #listenersOf<Name extends keyof RoutingEvents>(name: Name): Set<RoutingListener<Name>> {
    const names = Object.keys(this.#listeners);
    if (names.includes(name)) return this.#listeners[name];
    return refuse("name of a routing event", `must be ${names.join(", ")}`, name, guessOf(name, names));
  }

  emit<Name extends keyof RoutingEvents>(name: Name, makeEvent: () => RoutingEvents[Name]): void {
    const published = channels[name];
    if (this.#listeners[name].size === 0 && !published.hasSubscribers) return;
    const event = makeEvent();
    Object.freeze(event);
    // A copy: a listener that adds another one must not be answered with this very event, and so on without end.
    for (const listener of [...this.#listeners[name]]) {
      try {
        const returned: unknown = listener(event);
        if (isThenable(returned)) returned.then(undefined, (error: unknown) => warnOfListener(name, error));
      } catch (error) {
        warnOfListener(name, error);
      }
    }
    published.publish(event);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

function warnOfListener(name: keyof RoutingEvents, error: unknown): void {
  warnOfObserver(`A listener of the routing event "${name}"`, error);
}

/** Names the error only: its text may quote the request. */
export function warnOfObserver(observer: string, error: unknown): void {
  const thrown = error instanceof Error ? error.name : typeof error;
  process.emitWarning(`${observer} threw ${thrown}`, { type: "RoutingListenerWarning" });
}
