/**
 * OpenTelemetry metrics and spans of a routed client.
 * @module
 */

export { type InstrumentRoutingOptions, instrumentRouting } from "./instrument-routing.ts";
export type { RoutedClientLike } from "./routed-client-like.ts";
