import type { RoutingEvents } from "../types/events.ts";
import { describeEvent } from "./describe-event.ts";
import { LEVELS } from "./log-routing.ts";

/** Writes events to the standard error stream, as the environment variable `BEDROCK_ROUTE_LOG` asks for. */
export function stderrWriter(
  asked: string,
  wallNow: () => number,
): <Name extends keyof RoutingEvents>(name: Name, event: RoutingEvents[Name]) => void {
  const known = LEVELS.find((level) => level === asked.toLowerCase());
  if (known === undefined) {
    process.emitWarning(`BEDROCK_ROUTE_LOG must be ${LEVELS.join(", ")}, got ${JSON.stringify(asked)}: info is shown`);
  }
  const lowest = LEVELS.indexOf(known ?? "info");
  return (name, event) => {
    const { level, message } = describeEvent(name, event);
    if (LEVELS.indexOf(level) < lowest) return;
    process.stderr.write(`${new Date(wallNow()).toISOString()} bedrock-route ${level}: ${message}\n`);
  };
}
