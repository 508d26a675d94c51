import { describe, expect, it } from "vitest";
import { RouteHealth } from "../../src/health/route-health.ts";
import type { Slice } from "../../src/health/route-track.ts";
import { routeOf } from "../support/routes.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const US = routeOf("us");
const GLOBAL = routeOf("global");
const CHAT: Slice = { workload: "chat", streaming: true };
const THROTTLED = { kind: "throttled", family: "tokens-per-minute" } as const;

describe("RouteHealth", () => {
  it("knows nothing of a route that was never tried", () => {
    expect(setUp().health.evidence(US, CHAT)).toBeUndefined();
    expect(setUp().health.stats()).toEqual([]);
  });

  it("turns samples into the evidence that the planner ranks by", () => {
    const { health } = setUp();
    for (const ttfbMs of [300, 100, 200]) health.track(US, CHAT).answered(ttfbMs);
    expect(health.evidence(US, CHAT)).toEqual({
      samples: 3,
      p50Ms: 200,
      fewSamples: [100, 200, 300],
      answers: 3,
      answerP50Ms: 200,
      answerP75Ms: 250,
      answerP95Ms: 290,
      fewAnswers: [100, 200, 300],
      coolingForMs: 0,
    });
  });

  it("says what a route has to wait for, with samples and without", () => {
    const { health } = setUp();
    const waiting = { coolingForMs: 5_000, coolingBecause: "tokens-per-minute" };
    health.postpone(US, THROTTLED);
    expect(health.evidence(US, CHAT)).toMatchObject({ samples: 0, answers: 0, fewSamples: [], ...waiting });
    health.track(US, CHAT).answered(100);
    expect(health.evidence(US, CHAT)).toMatchObject({ samples: 1, p50Ms: 100, fewSamples: [100], ...waiting });
  });

  it("keeps apart streaming and unary calls, and workloads, but not their cooldowns", () => {
    const { health } = setUp();
    const slices: Slice[] = [CHAT, { workload: "chat", streaming: false }, { workload: "batch", streaming: true }];
    for (const [index, slice] of slices.entries()) health.track(US, slice).answered((index + 1) * 100);
    expect(slices.map((slice) => health.evidence(US, slice)?.p50Ms)).toEqual([100, 200, 300]);
    health.postpone(US, THROTTLED);
    expect(slices.map((slice) => health.evidence(US, slice)?.coolingForMs)).toEqual([5_000, 5_000, 5_000]);
    expect(health.stats().map(({ workload, streaming }) => ({ workload, streaming }))).toEqual(slices);
  });

  it("tells when a route was last measured in a slice", async () => {
    const { health, clock } = setUp();
    expect(health.lastSampleAt(US, CHAT)).toBe(Number.NEGATIVE_INFINITY);
    await clock.advance(500);
    health.track(US, CHAT).answered(100);
    expect(health.lastSampleAt(US, CHAT)).toBe(500);
    expect(health.lastSampleAt(US, { ...CHAT, streaming: false })).toBe(Number.NEGATIVE_INFINITY);
  });

  it("keeps apart how the first byte depends on the prompt, by slice and not by route", () => {
    const { health } = setUp();
    expect(health.promptScale({ ...CHAT })).toBe(health.promptScale(CHAT));
    expect(health.promptScale({ ...CHAT, streaming: false })).not.toBe(health.promptScale(CHAT));
    expect(health.promptScale({ ...CHAT, workload: "batch" })).not.toBe(health.promptScale(CHAT));
    const before = health.promptScale(CHAT);
    health.reset();
    expect(health.promptScale(CHAT)).not.toBe(before);
  });

  it("keeps what it learned of how long a model thinks for each model and slice, until it is reset", () => {
    const { health } = setUp();
    const lag = health.contentLag(CHAT, US.model);
    expect(health.contentLag({ ...CHAT }, US.model)).toBe(lag);
    expect(health.contentLag({ ...CHAT, workload: "batch" }, US.model)).not.toBe(lag);
    expect(health.contentLag(CHAT, "amazon.nova-2-lite-v1:0")).not.toBe(lag);
    health.reset();
    expect(health.contentLag(CHAT, US.model)).not.toBe(lag);
  });

  it("tells when a route last answered, which no lost race is", async () => {
    const { health, clock } = setUp();
    const track = health.track(US, CHAT);
    await clock.advance(100);
    track.answered(50);
    await clock.advance(100);
    track.cutOff(90);
    expect([track.lastAnswerAt, track.lastSampleAt]).toEqual([100, 200]);
  });

  it("lists the most recently used route last", () => {
    const { health } = setUp();
    for (const route of [US, GLOBAL, US]) health.track(route, CHAT).started("first");
    expect(health.stats().map(({ route }) => route)).toEqual([GLOBAL, US]);
  });

  it("forgets samples after ten minutes", async () => {
    const { health, clock } = setUp();
    health.track(US, CHAT).answered(100);
    await clock.advance(600_001);
    expect(health.evidence(US, CHAT)).toMatchObject({ samples: 0 });
  });

  it("has a revision that grows with every sample that changes the evidence", () => {
    const { health } = setUp();
    const before = health.revision;
    health.track(US, CHAT).started("first");
    expect(health.revision).toBe(before);
    health.track(US, CHAT).answered(100);
    expect(health.revision).toBe(before + 1);
  });

  it("remembers a thousand routes at most, and forgets the least recently used first", () => {
    const { health } = setUp();
    for (let index = 0; index < 1_000; index += 1)
      health.track(US, { workload: `${index}`, streaming: true }).started("first");
    health.track(US, { workload: "0", streaming: true }).started("first");
    health.track(US, { workload: "one more", streaming: true }).started("first");
    const workloads = health.stats().map(({ workload }) => workload);
    expect(workloads).toHaveLength(1_000);
    expect(workloads).toContain("0");
    expect(workloads).not.toContain("1");
  });

  it("counts no end without its start when a route was forgotten in between", () => {
    const { health } = setUp();
    const inFlight = health.track(US, CHAT);
    inFlight.started("first");
    for (let index = 0; index < 1_000; index += 1) health.track(US, { workload: `${index}`, streaming: true });
    health.track(US, CHAT).started("first");
    inFlight.answered(100);
    inFlight.succeeded(100);
    expect(health.stats().at(-1)).toMatchObject({ workload: "chat", attempts: 1, successes: 0 });
  });
});

function setUp() {
  const clock = new VirtualClock();
  const health = new RouteHealth(
    clock,
    () => 0.5,
    () => {},
  );
  return { clock, health };
}
