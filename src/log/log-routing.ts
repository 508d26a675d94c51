import type { RoutingEvents, RoutingListener } from "../types/events.ts";
import { describeEvent, EVENT_NAMES, type EventDescription, type LogLevel } from "./describe-event.ts";

/** What is logged: a routed client, a routed `fetch`, or anything else that has the `routing` of one. */
export interface LoggedClient {
  readonly routing: {
    on<Name extends keyof RoutingEvents>(event: Name, listener: RoutingListener<Name>): void;
    off<Name extends keyof RoutingEvents>(event: Name, listener: RoutingListener<Name>): void;
  };
}

/**
 * Hands every event of a client to a logger, described in a sentence.
 * @param write - logs one of them, at its level if the logger has levels
 * @param options - `level`: what matters less is left out. Default `"info"`
 * @returns what ends it
 * @example
 * ```ts
 * logRouting(client, ({ level, message, fields }) => logger[level](fields, message)); // pino
 * ```
 */
export function logRouting(
  client: LoggedClient,
  write: (description: EventDescription) => void,
  { level = "info" }: { readonly level?: LogLevel } = {},
): () => void {
  const { routing } = client;
  const ends = EVENT_NAMES.map((name) => {
    const listener = (event: RoutingEvents[typeof name]): void => {
      const description = describeEvent(name, event);
      if (LEVELS.indexOf(description.level) >= LEVELS.indexOf(level)) write(description);
    };
    routing.on(name, listener);
    return () => routing.off(name, listener);
  });
  return () => {
    for (const end of ends) end();
  };
}

/** What matters least first. */
export const LEVELS: readonly LogLevel[] = ["debug", "info", "warn"];
