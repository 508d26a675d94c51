import { describe, expect, it } from "vitest";
import { resolveFirstByte } from "../../src/options/resolve-first-byte.ts";

describe("resolveFirstByte", () => {
  it("adapts to each route and does not hedge unless told to", () => {
    expect(resolveFirstByte({}, "routing")).toEqual({
      streaming: { streaming: true, firstByteTimeoutMs: "adaptive", hedgeDelayMs: false },
      unary: { streaming: false, firstByteTimeoutMs: "adaptive", hedgeDelayMs: false },
    });
  });

  it("takes a fixed deadline, none, and a hedge with or without a delay", () => {
    expect(resolveFirstByte({ firstByteTimeoutMs: 5_000 }, "routing").streaming.firstByteTimeoutMs).toBe(5_000);
    expect(resolveFirstByte({ firstByteTimeoutMs: false }, "routing").streaming.firstByteTimeoutMs).toBe(false);
    expect(resolveFirstByte({ hedge: {} }, "routing").unary.hedgeDelayMs).toBe("adaptive");
    expect(resolveFirstByte({ hedge: { delayMs: 700 } }, "routing").unary.hedgeDelayMs).toBe(700);
  });

  it("waits no longer than a timer can, which would otherwise go off at once", () => {
    const { streaming } = resolveFirstByte({ firstByteTimeoutMs: 1e12, hedge: { delayMs: 1e12 } }, "routing");
    expect(streaming).toMatchObject({ firstByteTimeoutMs: 2_147_483_647, hedgeDelayMs: 2_147_483_647 });
  });

  it.each([
    [
      { firstByteTimeoutMs: 0 },
      'routing.firstByteTimeoutMs must be "adaptive", false or a positive number of milliseconds, got 0',
    ],
    [{ firstByteTimeoutMs: "fast" }, "routing.firstByteTimeoutMs must be"],
    [{ hedge: true }, "routing.hedge must be false or an object such as { delayMs }, got true"],
    [
      { hedge: { delayMs: -5 } },
      'routing.hedge.delayMs must be "adaptive" or a positive number of milliseconds, got -5',
    ],
    [{ hedge: { delay: 5 } }, "routing.hedge.delay is not an option: did you mean delayMs?"],
  ])("refuses %j", (options, message) => {
    expect(() => resolveFirstByte(options as never, "routing")).toThrow(message);
  });
});
