import { describe, expect, it } from "vitest";
import { OwnDelay } from "../../src/util/own-delay.ts";
import { VirtualTime } from "../bench/routing/virtual-time.ts";

function heldUp(...pauses: readonly (readonly [atMs: number, forMs: number])[]) {
  const clock = new VirtualTime({ pauses: pauses.map(([atMs, forMs]) => ({ atMs, forMs })) });
  return { clock, delay: new OwnDelay(clock) };
}

describe("the process's own delay", () => {
  it("is noticed while attempts are under way, whatever else has timers", () => {
    const { clock, delay } = heldUp([1_000, 3_000]);
    const seen: Record<number, boolean> = {};
    delay.enter();
    clock.arrive(4_500, () => {
      for (const sinceMs of [0, 900, 4_001]) seen[sinceMs] = delay.since(sinceMs);
      delay.leave();
    });
    clock.play();
    expect(seen).toEqual({ 0: true, 900: true, 4001: false });
  });

  it("is known before the answers are read that came in meanwhile", () => {
    const { clock, delay } = heldUp([1_000, 3_000]);
    let known: boolean | undefined;
    delay.enter();
    clock.arrive(1_500, () => {
      known = delay.since(500);
      delay.leave();
    });
    clock.play();
    expect(known).toBe(true);
  });

  it("is none while timers are on time, or as late as busy turns make them", () => {
    const { clock, delay } = heldUp([1_000, 200]);
    let known: boolean | undefined;
    delay.enter();
    clock.arrive(2_000, () => {
      known = delay.since(0);
      delay.leave();
    });
    clock.play();
    expect(known).toBe(false);
  });

  it("stops looking when no attempt is under way", () => {
    const { clock, delay } = heldUp();
    delay.enter();
    clock.arrive(1_000, () => delay.leave());
    clock.play();
    expect(clock.now()).toBeLessThan(1_300);
  });

  it("lets a timer that is late wait until what has come in was read, and no other one", () => {
    const { clock, delay } = heldUp([1_000, 3_000]);
    const log: string[] = [];
    delay.after(500, () => log.push(`${clock.now()} on time`));
    delay.after(2_000, () => log.push(`${clock.now()} late`));
    const callOff = delay.after(2_100, () => log.push("called off"));
    clock.arrive(3_000, () => {
      log.push(`${clock.now()} answer`);
      callOff();
    });
    clock.play();
    expect(log).toEqual(["500 on time", "4000 answer", "4050 late"]);
  });
});
