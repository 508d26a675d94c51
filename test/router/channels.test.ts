import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { describe, expect, it } from "vitest";
import { channels } from "../../src/router/channels.ts";
import { RoutingEmitter } from "../../src/router/routing-emitter.ts";
import { planOf, requestInfo, routeOf } from "../support/routes.ts";

describe("the diagnostics channels", () => {
  it("carry every event under its documented name", () => {
    expect(Object.entries(channels).map(([event, { name }]) => [event, name])).toEqual(
      ["plan", "attempt", "request", "failover", "backup", "cooldown", "catalog", "store"].map((event) => [
        event,
        `bedrock-routed-client:${event}`,
      ]),
    );
    const seen: unknown[] = [];
    const listener = (event: unknown): number => seen.push(event);
    subscribe("bedrock-routed-client:plan", listener);
    const emitter = new RoutingEmitter();
    const plan = planOf("us");
    emitter.emit("plan", () => ({ plan }));
    unsubscribe("bedrock-routed-client:plan", listener);
    emitter.emit("plan", () => ({ plan }));
    expect(seen).toEqual([{ plan }]);
  });

  it("cost nothing without a subscriber: the event is not even made", () => {
    let made = 0;
    new RoutingEmitter().emit("failover", () => {
      made += 1;
      return {
        request: requestInfo(planOf()),
        from: routeOf("us"),
        to: routeOf("global"),
        kind: "throttled",
        family: "throttling",
      };
    });
    expect(made).toBe(0);
  });
});
