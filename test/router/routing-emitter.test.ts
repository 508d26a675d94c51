import { afterEach, describe, expect, it, vi } from "vitest";
import { RoutingEmitter } from "../../src/router/routing-emitter.ts";
import { InvalidOptionsError } from "../../src/types/errors.ts";
import type { RoutingEvents } from "../../src/types/events.ts";
import { planOf, requestInfo } from "../support/routes.ts";

const route = Object.freeze({
  key: "eu-central-1|eu.acme.model",
  sourceRegion: "eu-central-1",
  modelId: "eu.acme.model",
  model: "acme.model",
  kind: "geographic",
  geography: "eu",
  destinationRegions: Object.freeze(["eu-central-1"]),
} as const);
const failover: RoutingEvents["failover"] = {
  request: requestInfo(planOf()),
  from: route,
  to: route,
  kind: "throttled",
  family: "requests-per-minute",
};
const cooldown: RoutingEvents["cooldown"] = { route, scope: "route", family: "server-error", forMs: 5_000, until: 1 };

describe("RoutingEmitter", () => {
  it.each(["failovers", "error", "constructor", ""])("refuses a listener of %j, which is no event", (name) => {
    const emitter = new RoutingEmitter();
    for (const method of ["on", "off"] as const) {
      expect(() => emitter[method](name as "failover", () => undefined)).toThrow(InvalidOptionsError);
    }
  });

  it("says which events there are, and which was meant", () => {
    const attempt = (): void => new RoutingEmitter().on("failovers" as "failover", () => undefined);
    expect(attempt).toThrow(/plan, attempt, request, .*did you mean "failover"/);
  });

  afterEach(() => {
    vi.restoreAllMocks();
  });

  it("delivers an event at once, to the listeners of its name, in the order of their registration", () => {
    const emitter = new RoutingEmitter();
    const seen: unknown[] = [];
    emitter.on("failover", (event) => seen.push(["first", event]));
    emitter.on("failover", (event) => seen.push(["second", event]));
    emitter.on("cooldown", (event) => seen.push(["other", event]));
    emitter.emit("failover", () => failover);
    expect(seen).toEqual([
      ["first", failover],
      ["second", failover],
    ]);
    emitter.emit("cooldown", () => cooldown);
    expect(seen.at(-1)).toEqual(["other", cooldown]);
  });

  it("calls a listener once, however often it was registered, and no more once it is off", () => {
    const emitter = new RoutingEmitter();
    let calls = 0;
    const listener = (): void => {
      calls += 1;
    };
    emitter.on("cooldown", listener);
    emitter.on("cooldown", listener);
    emitter.emit("cooldown", () => cooldown);
    expect(calls).toBe(1);
    emitter.off("cooldown", listener);
    emitter.off("cooldown", listener);
    emitter.emit("cooldown", () => cooldown);
    expect(calls).toBe(1);
  });

  it("makes an event once for all listeners, frozen, and not at all for none", () => {
    const emitter = new RoutingEmitter();
    let made = 0;
    const makeEvent = (): typeof cooldown => {
      made += 1;
      return { ...cooldown };
    };
    emitter.emit("cooldown", makeEvent);
    expect(made).toBe(0);
    const seen: unknown[] = [];
    emitter.on("cooldown", (event) => seen.push(event));
    emitter.on("cooldown", (event) => seen.push(event));
    emitter.emit("cooldown", makeEvent);
    expect(made).toBe(1);
    expect(seen[0]).toBe(seen[1]);
    expect(Object.isFrozen(seen[0])).toBe(true);
  });

  it("turns an exception in a listener into a warning, and goes on to the next", () => {
    const warnings = collectWarnings();
    const emitter = new RoutingEmitter();
    let reached = false;
    emitter.on("failover", () => {
      throw new RangeError("the prompt: open sesame");
    });
    emitter.on("failover", () => {
      throw "open sesame";
    });
    emitter.on("failover", () => {
      reached = true;
    });
    expect(() => emitter.emit("failover", () => failover)).not.toThrow();
    expect(reached).toBe(true);
    // The text of the error may quote the request, so only its name is told.
    expect(warnings).toEqual([
      'RoutingListenerWarning: A listener of the routing event "failover" threw RangeError',
      'RoutingListenerWarning: A listener of the routing event "failover" threw string',
    ]);
  });

  it("turns the rejection of an asynchronous listener into a warning", async () => {
    const warnings = collectWarnings();
    const emitter = new RoutingEmitter();
    emitter.on("cooldown", async () => {
      throw new TypeError("collector is down");
    });
    emitter.emit("cooldown", () => cooldown);
    await Promise.resolve();
    expect(warnings).toEqual(['RoutingListenerWarning: A listener of the routing event "cooldown" threw TypeError']);
  });

  it("answers a listener that was added by another one from the next event on", () => {
    const emitter = new RoutingEmitter();
    let calls = 0;
    const addAnother = (): void => {
      calls += 1;
      if (calls < 100) emitter.on("cooldown", () => addAnother());
    };
    emitter.on("cooldown", addAnother);
    emitter.emit("cooldown", () => cooldown);
    expect(calls).toBe(1);
    emitter.emit("cooldown", () => cooldown);
    expect(calls).toBe(3);
  });

  it("still calls a listener that another one takes off during the event", () => {
    const emitter = new RoutingEmitter();
    const seen: string[] = [];
    const second = (): void => {
      seen.push("second");
    };
    emitter.on("cooldown", () => emitter.off("cooldown", second));
    emitter.on("cooldown", second);
    emitter.emit("cooldown", () => cooldown);
    emitter.emit("cooldown", () => cooldown);
    expect(seen).toEqual(["second"]);
  });
});

function collectWarnings(): string[] {
  const warnings: string[] = [];
  vi.spyOn(process, "emitWarning").mockImplementation((warning, options) => {
    warnings.push(`${(options as { type?: string } | undefined)?.type}: ${String(warning)}`);
  });
  return warnings;
}
