import { describe, expect, it } from "vitest";
import { LightController } from "../../src/dispatch/attempt-controller.ts";

describe("the light controller", () => {
  it("tells every listener once, and onabort as well", () => {
    const controller = new LightController();
    const heard: string[] = [];
    controller.signal.addEventListener("abort", () => heard.push("first"));
    const removed = (): number => heard.push("removed");
    controller.signal.addEventListener("abort", removed);
    controller.signal.removeEventListener("abort", removed);
    controller.signal.onabort = () => heard.push("onabort");
    controller.abort();
    controller.abort();
    expect(heard).toEqual(["onabort", "first"]);
    expect(controller.signal.aborted).toBe(true);
  });

  it("gives the reason that the SDK builds its error from", () => {
    const reason = new Error("enough");
    const controller = new LightController();
    expect(() => controller.signal.throwIfAborted()).not.toThrow();
    controller.abort(reason);
    expect(controller.signal.reason).toBe(reason);
    expect(() => controller.signal.throwIfAborted()).toThrow(reason);
    const plain = new LightController();
    plain.abort();
    expect(plain.signal.reason).toMatchObject({ name: "AbortError" });
  });
});
