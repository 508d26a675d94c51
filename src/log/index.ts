/**
 * The events of a routed client as sentences for a log.
 * @module
 */

export { describeEvent, type EventDescription, type LogLevel } from "./describe-event.ts";
export { type LoggedClient, logRouting } from "./log-routing.ts";
