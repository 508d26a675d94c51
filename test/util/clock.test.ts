import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../src/util/clock.ts";

describe("systemClock", () => {
  it("is monotonic", () => {
    const before = systemClock.now();
    expect(systemClock.now()).toBeGreaterThanOrEqual(before);
  });

  it("reads the wall in milliseconds since the Unix epoch", () => {
    const before = Date.now();
    const now = systemClock.wallNow();
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(Date.now());
  });

  it("resolves a delay without leaving a listener on the signal", async () => {
    const { signal } = new AbortController();
    const delay = systemClock.delay(0, signal);
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    await expect(delay).resolves.toBeUndefined();
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  it("resolves a delay without a signal", async () => {
    await expect(systemClock.delay(0)).resolves.toBeUndefined();
  });

  it("rejects with the signal's reason as soon as it aborts", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const idle = pendingTimers();
    const delay = systemClock.delay(86_400_000, controller.signal);
    expect(pendingTimers()).toBe(idle + 1);
    controller.abort(reason);
    // A timer left behind would keep the process alive for a day.
    expect(pendingTimers()).toBe(idle);
    await expect(delay).rejects.toBe(reason);
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
  });

  it("rejects at once when the signal has already aborted", async () => {
    const reason = new Error("too late");
    await expect(systemClock.delay(86_400_000, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

function pendingTimers(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length;
}
