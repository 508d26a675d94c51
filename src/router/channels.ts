import { type Channel, channel } from "node:diagnostics_channel";
import type { RoutingEvents } from "../types/events.ts";

/**
 * The channels of `node:diagnostics_channel` that all routed clients of the process publish their events on. The names
 * and the payloads (`RoutingEvents`) are part of the public interface.
 * @see https://nodejs.org/api/diagnostics_channel.html
 */
export const channels: { readonly [Name in keyof RoutingEvents]: Channel } = Object.freeze({
  plan: channel("bedrock-routed-client:plan"),
  attempt: channel("bedrock-routed-client:attempt"),
  request: channel("bedrock-routed-client:request"),
  failover: channel("bedrock-routed-client:failover"),
  backup: channel("bedrock-routed-client:backup"),
  cooldown: channel("bedrock-routed-client:cooldown"),
  catalog: channel("bedrock-routed-client:catalog"),
  store: channel("bedrock-routed-client:store"),
});
