import { describe, expect, it } from "vitest";
import { Cooldowns } from "../../src/health/cooldowns.ts";
import { RouteTrack } from "../../src/health/route-track.ts";
import type { FailureKind } from "../../src/types/route.ts";
import { routeOf } from "../support/routes.ts";
import { VIRTUAL_EPOCH, VirtualClock } from "../support/virtual-clock.ts";

const US = routeOf("us");
const NO_FAILURES = { throttled: 0, "invalid-route": 0, unavailable: 0, timeout: 0, cancelled: 0, rejected: 0 };

describe("RouteTrack", () => {
  it("counts what was started, and what has ended how", () => {
    const { track } = setUp();
    const kinds: FailureKind[] = ["throttled", "invalid-route", "unavailable", "timeout", "cancelled", "rejected"];
    for (const kind of [...kinds, "throttled" as const]) {
      track.started("first");
      track.failed(kind);
    }
    track.started("first");
    track.answered(100);
    track.succeeded(900);
    track.started("first");
    expect(track.stats()).toMatchObject({
      route: US,
      workload: "chat",
      streaming: true,
      attempts: 9,
      successes: 1,
      failures: { throttled: 2, "invalid-route": 1, unavailable: 1, timeout: 1, cancelled: 1, rejected: 1 },
      ttfb: { count: 1, p50: 100 },
      total: { count: 1, p50: 900 },
    });
  });

  it("takes no duration of a failed attempt for a sample", () => {
    const { track } = setUp();
    track.started("first");
    track.failed("unavailable");
    expect(track.recent().samples).toBe(0);
    expect(track.stats()).toMatchObject({ ttfb: { count: 0 }, total: { count: 0 } });
  });

  it("takes what a cut-off attempt had waited for a sample of its latency, not of its statistics", () => {
    const { track, changes } = setUp();
    track.started("first");
    track.cutOff(2_300);
    track.failed("cancelled");
    expect(track.recent()).toMatchObject({ samples: 1, p50Ms: 2_300 });
    expect(track.stats()).toMatchObject({ ttfb: { count: 0 }, total: { count: 0 } });
    expect(track.lastSampleAt).toBe(0);
    expect(changes()).toBe(1);
  });

  it("counts probes, backups and hedges, and those that won", () => {
    const { track } = setUp();
    for (const cause of ["first", "probe", "failover", "backup", "hedge", "backup"] as const) track.started(cause);
    track.wonRace();
    expect(track.stats()).toMatchObject({ attempts: 6, probes: 1, backups: { started: 3, won: 1 } });
  });

  it("keeps the TTFB of a stream that broke off later", () => {
    const { track } = setUp();
    track.started("first");
    track.answered(100);
    track.failed("unavailable");
    expect(track.recent()).toMatchObject({ samples: 1, p50Ms: 100 });
  });

  it("tells when a sample has changed what the planner would read", () => {
    const { track, changes } = setUp();
    track.started("first");
    expect(changes()).toBe(0);
    track.answered(Number.NaN);
    expect(changes()).toBe(0);
    track.answered(100);
    expect(changes()).toBe(1);
  });

  it("says until when its route is cooling", async () => {
    const { track, cooldowns, clock } = setUp();
    expect(track.stats()).not.toHaveProperty("cooldownUntil");
    cooldowns.postpone(US, { kind: "throttled", family: "throttling" });
    await clock.advance(1_000);
    expect(track.stats().cooldownUntil).toBe(VIRTUAL_EPOCH + 5_000);
  });

  it("makes its first attempt after a cooldown the trial, and its answer the end of the cooldown", async () => {
    const { track, cooldowns, clock } = setUp();
    cooldowns.postpone(US, { kind: "throttled", family: "throttling" });
    await clock.advance(5_000);
    track.started("first");
    expect(cooldowns.cooling(US)).toBeDefined();
    track.answered(100);
    expect(cooldowns.cooling(US)).toBeUndefined();
  });

  it.each<FailureKind>(["cancelled", "rejected"])(
    "lets another request be the trial when its own was %s",
    async (kind) => {
      const { track, cooldowns, clock } = setUp();
      cooldowns.postpone(US, { kind: "throttled", family: "throttling" });
      await clock.advance(5_000);
      track.started("first");
      track.failed(kind);
      expect(cooldowns.cooling(US)).toBeUndefined();
    },
  );

  it("hands out values that nobody can change", () => {
    const stats = setUp().track.stats();
    expect(stats.failures).toEqual(NO_FAILURES);
    expect([stats, stats.failures, stats.ttfb].every((value) => Object.isFrozen(value))).toBe(true);
  });
});

function setUp() {
  const clock = new VirtualClock();
  const cooldowns = new Cooldowns(
    clock,
    () => 0.5,
    () => {},
  );
  let changes = 0;
  const track = new RouteTrack(US, { workload: "chat", streaming: true }, clock, cooldowns, () => {
    changes += 1;
  });
  return { clock, cooldowns, track, changes: () => changes };
}
