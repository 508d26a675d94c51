import { afterEach, describe, expect, it, vi } from "vitest";
import { Tracers } from "../../src/router/tracers.ts";
import type { RoutingTracer } from "../../src/types/events.ts";
import { planOf, requestInfo, routeOf } from "../support/routes.ts";

const request = requestInfo(planOf("us"));
const attempt = { request, number: 1, route: routeOf("us") };

describe("Tracers", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it("run what is sent inside each of them, the first one outermost, until it is removed", () => {
    const log: string[] = [];
    const named = (name: string): RoutingTracer => ({
      request: (info, send) => {
        expect(info).toBe(request);
        log.push(`${name} begins`);
        send();
        log.push(`${name} returns`);
      },
      attempt: (start, send) => {
        expect(start).toBe(attempt);
        log.push(`${name} attempt`);
        send();
      },
    });
    const tracers = new Tracers();
    const remove = tracers.add(named("a"));
    tracers.add(named("b"));
    expect(tracers.request(request, () => log.push("sent"))).toBe(3);
    expect(log).toEqual(["a begins", "b begins", "sent", "b returns", "a returns"]);
    log.length = 0;
    remove();
    remove();
    tracers.attempt(attempt, () => log.push("sent"));
    expect(log).toEqual(["b attempt", "sent"]);
  });

  it.each<[string, (send: () => void) => void]>([
    ["throws before it sends", () => thrown()],
    ["throws after it has sent", (send) => [send(), thrown()]],
    ["does not send", () => {}],
    ["sends twice", (send) => [send(), send()]],
  ])("send once and give the result when a tracer %s", (title, trace) => {
    const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const tracers = new Tracers();
    tracers.add({ request: (_request, send) => trace(send), attempt: (_attempt, send) => trace(send) });
    let sent = 0;
    expect(tracers.request(request, () => ++sent)).toBe(1);
    expect(tracers.attempt(attempt, () => ++sent)).toBe(2);
    const warnings = title.includes("throws") ? 2 : 0;
    expect(warned).toHaveBeenCalledTimes(warnings);
    for (const [text] of warned.mock.calls) expect(text).toBe("A routing tracer threw RangeError");
  });

  it("hand on what sending throws, and do not take it for a fault of the tracer", () => {
    const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const tracers = new Tracers();
    tracers.add({ request: (_request, send) => send(), attempt: (_attempt, send) => send() });
    expect(() => tracers.request(request, thrown)).toThrow(RangeError);
    expect(warned).not.toHaveBeenCalled();
  });
});

function thrown(): never {
  throw new RangeError("secret");
}
