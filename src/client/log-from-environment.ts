import { channels } from "../router/channels.ts";
import type { RoutingEmitter } from "../router/routing-emitter.ts";
import type { RoutingEvents } from "../types/events.ts";
import type { Clock } from "../util/clock.ts";

/**
 * For a first look without a line of code: `BEDROCK_ROUTE_LOG=info` writes what routing does to the standard error
 * stream. What writes it is only loaded then; what happens meanwhile waits.
 */
export function logFromEnvironment(emitter: RoutingEmitter, clock: Clock): void {
  const asked = process.env.BEDROCK_ROUTE_LOG;
  if (asked === undefined || asked === "") return;
  const waiting: (() => void)[] = [];
  let write: (name: keyof RoutingEvents, event: never) => void = (name, event) => {
    waiting.push(() => write(name, event));
  };
  for (const name of Object.keys(channels) as (keyof RoutingEvents)[])
    emitter.on(name, (event) => write(name, event as never));
  void import("../log/stderr.ts").then(({ stderrWriter }) => {
    write = stderrWriter(asked, () => clock.wallNow());
    for (const replay of waiting.splice(0)) replay();
  });
}
