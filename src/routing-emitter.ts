import type { RoutingEvents, RoutingListener } from "./events.ts";

/**
 * Delivers events to observers, at once and in the order of their registration. An exception in a listener becomes a
 * process warning: an observer must never be able to fail a request.
 */
export class RoutingEmitter {
  readonly #listeners: { readonly [Name in keyof RoutingEvents]: Set<RoutingListener<Name>> } = {
    plan: new Set(),
    attempt: new Set(),
    failover: new Set(),
    cooldown: new Set(),
  };

  on<Name extends keyof RoutingEvents>(name: Name, listener: RoutingListener<Name>): void {
    this.#listeners[name].add(listener);
  }

  off<Name extends keyof RoutingEvents>(name: Name, listener: RoutingListener<Name>): void {
    this.#listeners[name].delete(listener);
  }

  emit<Name extends keyof RoutingEvents>(name: Name, event: RoutingEvents[Name]): void {
    for (const listener of this.#listeners[name]) {
      try {
        listener(event);
      } catch (error) {
        process.emitWarning(`A listener of the routing event "${name}" threw ${error instanceof Error ? error.name : typeof error}`, {
          type: "RoutingListenerWarning",
        });
      }
    }
  }
}
