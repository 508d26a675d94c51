import { describe, expect, it } from "vitest";
import { simulatedTime } from "../../src/simulator/simulated-time.ts";
import { steppingClock } from "./stepping-clock.ts";

const never = new AbortController().signal;

describe("simulated time", () => {
  it("runs ten times faster than its clock at a scale of 0.1", async () => {
    const clock = steppingClock();
    const time = simulatedTime(clock, 0.1);
    await time.pause(5_000, never);
    expect(clock.delays).toEqual([500]);
    expect(time.now()).toBe(5_000);
  });

  it("does not wait at a scale of 0, and reads the clock as it is", async () => {
    const clock = steppingClock();
    const time = simulatedTime(clock, 0);
    await time.pause(5_000, never);
    clock.advance(30);
    expect(clock.delays).toEqual([]);
    expect(time.now()).toBe(30);
  });

  it("does not scale the wall clock", () => {
    const clock = steppingClock(1_000);
    clock.advance(50);
    expect(simulatedTime(clock, 0.1).wallNow()).toBe(1_050);
  });

  it("does not wait for what is already due", async () => {
    const clock = steppingClock();
    await simulatedTime(clock, 1).pause(-1, never);
    expect(clock.delays).toEqual([]);
  });

  it("rejects when the signal is aborted, even at a scale of 0", async () => {
    const reason = new Error("left");
    await expect(simulatedTime(steppingClock(), 0).pause(1, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
