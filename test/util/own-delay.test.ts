import { describe, expect, it } from "vitest";
import { OwnDelay } from "../../src/util/own-delay.ts";
import { VirtualTime } from "../bench/routing/virtual-time.ts";

function heldUp(...pauses: readonly (readonly [atMs: number, forMs: number])[]) {
  const clock = new VirtualTime({ pauses: pauses.map(([atMs, forMs]) => ({ atMs, forMs })) });
  return { clock, delay: new OwnDelay(clock) };
}

/** What is under way from `sinceMs` until it is answered: was the process awake? */
function watch({ clock, delay }: ReturnType<typeof heldUp>, sinceMs: number, untilMs: number): { awake?: boolean } {
  const seen: { awake?: boolean } = {};
  clock.after(sinceMs, () => {
    const since = delay.enter();
    clock.arrive(untilMs - sinceMs, () => {
      seen.awake = delay.wasAwake(since);
      delay.leave();
    });
  });
  return seen;
}

describe("the process's own delay", () => {
  it("is noticed while attempts are under way, whatever else has timers", () => {
    const process = heldUp([1_000, 3_000]);
    const across = watch(process, 100, 4_500);
    const within = watch(process, 900, 1_500);
    const after = watch(process, 4_100, 4_500);
    process.clock.play();
    expect([across.awake, within.awake, after.awake]).toEqual([false, false, true]);
  });

  it("is known to answers that are read before any timer runs", () => {
    let nowMs = 0;
    const delay = new OwnDelay({
      now: () => nowMs,
      wallNow: () => nowMs,
      delay: () => Promise.resolve(),
      after: () => () => {},
    });
    const since = delay.enter();
    nowMs = 12_000;
    expect(delay.wasAwake(since)).toBe(false);
    expect(delay.awakeNow()).toBeLessThan(100);
  });

  it("is also a burst of short turns, unless the process is always that busy", () => {
    const time = new VirtualTime();
    let busyShare = 0;
    let [busyMs, countedAt] = [0, 0];
    const delay = new OwnDelay({
      now: () => time.now(),
      wallNow: () => time.wallNow(),
      delay: (ms) => time.delay(ms),
      after: (ms, callback) => time.after(ms, callback),
      busyMs() {
        busyMs += busyShare * (time.now() - countedAt);
        countedAt = time.now();
        return busyMs;
      },
    });
    const seen: [atMs: number, awake: boolean][] = [];
    const attempt = (atMs: number): void => {
      time.arrive(atMs, () => {
        const since = delay.enter();
        time.arrive(200, () => {
          seen.push([atMs, delay.wasAwake(since)]);
          delay.leave();
        });
      });
    };
    const becomes = (atMs: number, share: number): void => {
      time.arrive(atMs, () => {
        delay.enter();
        busyShare = share;
      });
    };
    for (const atMs of [1_000, 3_000, 6_000, 59_000]) attempt(atMs);
    becomes(2_500, 0.9);
    becomes(4_500, 0);
    becomes(7_000, 0.9);
    time.arrive(60_000, () => {
      for (let change = 0; change < 3; change += 1) delay.leave();
    });
    time.play();
    expect(seen).toEqual([
      [1_000, true],
      [3_000, false],
      [6_000, true],
      [59_000, true],
    ]);
  });

  it("is none while timers are on time, or as late as the length of an attempt makes no matter of", () => {
    const short = heldUp([1_000, 100]);
    const seen = [watch(short, 900, 1_200), watch(short, 0, 2_000)];
    short.clock.play();
    expect(seen.map(({ awake }) => awake)).toEqual([false, true]);
  });

  it("stops looking when no attempt is under way", () => {
    const { clock, delay } = heldUp();
    delay.enter();
    clock.arrive(1_000, () => delay.leave());
    clock.play();
    expect(clock.now()).toBeLessThan(1_100);
  });

  it("does not count for what waits, and what has come in meanwhile is read first", () => {
    const { clock, delay } = heldUp([1_000, 3_000]);
    const log: string[] = [];
    delay.enter();
    delay.after(500, () => log.push(`${clock.now()} on time`));
    delay.after(2_000, () => log.push(`${Math.round(clock.now() / 100) * 100} awake for 2 s`));
    const callOff = delay.after(1_020, () => log.push("called off"));
    clock.arrive(3_000, () => {
      log.push(`${clock.now()} answer`);
      callOff();
      delay.leave();
    });
    clock.after(5_200, () => {});
    clock.play();
    expect(log).toEqual(["500 on time", "4000 answer", "5000 awake for 2 s"]);
  });

  it("ends no wait for good in a process that is held up all the time", () => {
    const { clock, delay } = heldUp(...Array.from({ length: 200 }, (_, turn) => [turn * 100 + 1, 99] as const));
    let firedAt = Number.POSITIVE_INFINITY;
    delay.enter();
    delay.after(2_000, () => {
      firedAt = clock.now();
      delay.leave();
    });
    clock.play();
    expect(firedAt).toBeLessThan(20_000);
  });
});
