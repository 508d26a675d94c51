import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Cooldowns } from "../../src/health/cooldowns.ts";
import type { CooldownEvent, EmitRoutingEvent } from "../../src/types/events.ts";
import type { Failure } from "../../src/types/failure.ts";
import { routeOf } from "../support/routes.ts";
import { VIRTUAL_EPOCH, VirtualClock } from "../support/virtual-clock.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const US = routeOf("us");
const GLOBAL = routeOf("global");
const EU = routeOf("eu@eu-west-1");
const THROTTLED: Failure = { kind: "throttled", family: "tokens-per-minute" };
const UNAVAILABLE: Failure = { kind: "unavailable", family: "service-unavailable" };
const FOR_THE_DAY: Failure = { kind: "throttled", family: "tokens-per-day" };
const INVALID: Failure = { kind: "invalid-route", family: "model-identifier-invalid" };
const CANCELLED: Failure = { kind: "cancelled", family: "cancelled" };

describe("a cooldown", () => {
  it("postpones the route alone, for a time", async () => {
    const { clock, cooldowns } = setUp();
    cooldowns.postpone(US, THROTTLED);
    expect(cooldowns.cooling(US)).toEqual({ forMs: 5 * SECOND, kind: "throttled", family: "tokens-per-minute" });
    expect(cooldowns.cooling(GLOBAL)).toBeUndefined();
    await clock.advance(4 * SECOND);
    expect(cooldowns.cooling(US)).toEqual({ forMs: SECOND, kind: "throttled", family: "tokens-per-minute" });
    await clock.advance(SECOND);
    expect(cooldowns.cooling(US)).toBeUndefined();
  });

  it("is announced with its end in wall-clock time", async () => {
    const { clock, cooldowns, events } = setUp();
    await clock.advance(100);
    cooldowns.postpone(US, THROTTLED);
    expect(events).toEqual([
      { route: US, scope: "route", family: "tokens-per-minute", forMs: 5_000, until: VIRTUAL_EPOCH + 5_100 },
    ]);
  });

  it("doubles from 5 to 60 seconds while the route keeps failing", async () => {
    const { clock, cooldowns, events } = setUp();
    for (let failure = 0; failure < 7; failure += 1) {
      cooldowns.postpone(US, failure % 2 === 0 ? THROTTLED : UNAVAILABLE);
      await clock.advance(MINUTE);
    }
    expect(events.map(({ forMs }) => forMs / SECOND)).toEqual([5, 10, 20, 40, 60, 60, 60]);
  });

  it.each([
    [0, 4_000],
    [0.25, 4_500],
    [0.75, 5_500],
  ])("draws its length: %d gives %i ms", (draw, forMs) => {
    const { cooldowns } = setUp([draw]);
    cooldowns.postpone(US, THROTTLED);
    expect(cooldowns.cooling(US)).toMatchObject({ forMs });
  });

  it("is spread by a fifth either way, so that clients do not come back together", async () => {
    const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    await fc.assert(
      fc.asyncProperty(fc.array(share, { minLength: 1, maxLength: 8 }), async (draws) => {
        const { clock, cooldowns, events } = setUp(draws);
        for (const [level] of draws.entries()) {
          cooldowns.postpone(US, THROTTLED);
          const base = Math.min(60, 5 * 2 ** level) * SECOND;
          const forMs = events.at(-1)?.forMs ?? 0;
          expect(forMs).toBeGreaterThanOrEqual(base * 0.8);
          expect(forMs).toBeLessThanOrEqual(base * 1.2);
          await clock.advance(2 * MINUTE);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("is neither prolonged nor raised by the stragglers of the burst that began it", async () => {
    const { clock, cooldowns, events } = setUp();
    for (let straggler = 0; straggler < 5; straggler += 1) {
      cooldowns.postpone(US, THROTTLED);
      await clock.advance(900);
    }
    expect(events).toHaveLength(1);
    expect(cooldowns.cooling(US)).toMatchObject({ forMs: 500 });
  });

  it.each([
    ["longer than its own time", 42 * SECOND, 42 * SECOND],
    ["shorter than its own time", SECOND, 5 * SECOND],
    ["absurd, up to ten minutes", 24 * 60 * MINUTE, 10 * MINUTE],
  ])("honours a Retry-After that is %s", (_, retryAfterMs, forMs) => {
    const { cooldowns } = setUp();
    cooldowns.postpone(US, { ...THROTTLED, retryAfterMs });
    expect(cooldowns.cooling(US)).toMatchObject({ forMs });
  });

  it("covers every route of the model in the source Region when the tokens of the day are used up", () => {
    const { cooldowns, events } = setUp();
    cooldowns.postpone(US, FOR_THE_DAY);
    expect(cooldowns.cooling(GLOBAL)).toEqual({ forMs: 30 * MINUTE, kind: "throttled", family: "tokens-per-day" });
    expect(cooldowns.cooling({ ...US, key: "us-east-1|other", model: "other" })).toBeUndefined();
    expect(cooldowns.cooling(EU)).toBeUndefined();
    expect(events).toMatchObject([{ scope: "model" }]);
  });

  it("covers every model of the source Region when the service says so of the Region", () => {
    const { cooldowns, events } = setUp();
    cooldowns.postpone(US, { kind: "invalid-route", family: "region-not-enabled" });
    expect(cooldowns.cooling(GLOBAL)).toBeDefined();
    expect(cooldowns.cooling({ ...US, key: "us-east-1|other", model: "other" })).toBeDefined();
    expect(cooldowns.cooling(EU)).toBeUndefined();
    expect(events).toMatchObject([{ scope: "region" }]);
  });

  it("lasts as long as the longest one that covers the route", () => {
    const { cooldowns } = setUp();
    cooldowns.postpone(US, FOR_THE_DAY);
    cooldowns.postpone(US, THROTTLED);
    expect(cooldowns.cooling(US)).toEqual({ forMs: 30 * MINUTE, kind: "throttled", family: "tokens-per-day" });
    cooldowns.postpone(EU, INVALID);
    cooldowns.postpone(EU, FOR_THE_DAY);
    expect(cooldowns.cooling(EU)).toEqual({
      forMs: 360 * MINUTE,
      kind: "invalid-route",
      family: "model-identifier-invalid",
    });
  });

  it("does not follow from a failure that says nothing about the route", () => {
    const { cooldowns, events } = setUp();
    cooldowns.postpone(US, CANCELLED);
    expect(cooldowns.cooling(US)).toBeUndefined();
    expect(cooldowns.isPostponed(US)).toBe(false);
    expect(events).toEqual([]);
  });
});

describe("a route whose cooldown is over", () => {
  it("is tried by one request, while the others keep away", async () => {
    const { cooldowns } = await halfOpen();
    expect(cooldowns.cooling(US)).toBeUndefined();
    cooldowns.started(US);
    expect(cooldowns.cooling(US)).toEqual({ forMs: 1, kind: "throttled", family: "tokens-per-minute" });
  });

  it("is usable for all again with the first success, and begins anew", async () => {
    const { cooldowns, events } = await halfOpen();
    cooldowns.started(US);
    cooldowns.succeeded(US);
    expect(cooldowns.cooling(US)).toBeUndefined();
    expect(cooldowns.isPostponed(US)).toBe(false);
    cooldowns.postpone(US, THROTTLED);
    expect(events.map(({ forMs }) => forMs)).toEqual([5 * SECOND, 5 * SECOND]);
  });

  it("waits longer when its trial fails", async () => {
    const { cooldowns } = await halfOpen();
    cooldowns.started(US);
    cooldowns.postpone(US, THROTTLED);
    expect(cooldowns.cooling(US)).toMatchObject({ forMs: 10 * SECOND });
  });

  it.each([
    ["was cancelled", (cooldowns: Cooldowns) => cooldowns.postpone(US, CANCELLED)],
    ["showed nothing", (cooldowns: Cooldowns) => cooldowns.undecided(US)],
  ])("is open to another trial when the first one %s", async (_, end) => {
    const { cooldowns } = await halfOpen();
    cooldowns.started(US);
    end(cooldowns);
    expect(cooldowns.cooling(US)).toBeUndefined();
  });

  it("keeps its level through a trial that showed nothing", async () => {
    const { cooldowns, events } = await halfOpen();
    cooldowns.started(US);
    cooldowns.undecided(US);
    cooldowns.postpone(US, THROTTLED);
    expect(events.at(-1)).toMatchObject({ forMs: 10 * SECOND });
  });

  it("waits a minute for a trial that never reports back", async () => {
    const { clock, cooldowns } = await halfOpen();
    cooldowns.started(US);
    await clock.advance(MINUTE - 1);
    cooldowns.started(US);
    expect(cooldowns.cooling(US)).toBeDefined();
    await clock.advance(1);
    expect(cooldowns.cooling(US)).toBeUndefined();
  });
});

describe("a success during the cooldown", () => {
  it("does not end it: the attempt may have started before", async () => {
    const { clock, cooldowns } = setUp();
    cooldowns.postpone(US, THROTTLED);
    await clock.advance(SECOND);
    cooldowns.succeeded(US);
    expect(cooldowns.cooling(US)).toMatchObject({ forMs: 4 * SECOND });
  });

  it("is no trial", async () => {
    const { clock, cooldowns } = setUp();
    cooldowns.postpone(US, THROTTLED);
    cooldowns.started(US);
    await clock.advance(5 * SECOND);
    expect(cooldowns.cooling(US)).toBeUndefined();
  });
});

describe("lost races", () => {
  it("are three in a row before a route has to prove itself", () => {
    const { cooldowns, events } = setUp();
    expect([1, 2, 3].map(() => cooldowns.lostRace(US))).toEqual([false, false, true]);
    expect(cooldowns.isPostponed(US)).toBe(true);
    expect(events).toMatchObject([{ route: US, scope: "route", family: "lost-races" }]);
    expect(cooldowns.isPostponed(GLOBAL)).toBe(false);
  });

  it("cost five seconds: the next request is the trial, and while it is, the others keep away", async () => {
    const { clock, cooldowns } = struckOut();
    await clock.advance(4_000);
    expect(cooldowns.cooling(US)).toBeDefined();
    await clock.advance(2_000);
    expect(cooldowns.cooling(US)).toBeUndefined();
    cooldowns.started(US);
    expect(cooldowns.cooling(US)).toBeDefined();
    cooldowns.succeeded(US);
    expect(cooldowns.isPostponed(US)).toBe(false);
    expect(cooldowns.isDoubtful(US)).toBe(false);
  });

  it("are forgotten with an answer", () => {
    const { cooldowns } = setUp();
    cooldowns.lostRace(US);
    cooldowns.lostRace(US);
    cooldowns.succeeded(US);
    expect([1, 2].map(() => cooldowns.lostRace(US))).toEqual([false, false]);
  });

  it("count at once on a trial, and make the next one wait longer", async () => {
    const { cooldowns, events } = await halfOpen();
    cooldowns.started(US);
    expect(cooldowns.lostRace(US)).toBe(true);
    expect(events.map(({ family }) => family)).toEqual(["tokens-per-minute", "lost-races"]);
  });

  it("do not prolong a cooldown under way", () => {
    const { cooldowns, events } = setUp();
    cooldowns.postpone(US, THROTTLED);
    cooldowns.lostRace(US);
    expect(events).toHaveLength(1);
    expect(cooldowns.cooling(US)).toEqual({ forMs: 5 * SECOND, kind: "throttled", family: "tokens-per-minute" });
  });

  it("count one by one while it is the whole source Region that has to prove itself", async () => {
    const { clock, cooldowns } = setUp();
    cooldowns.postpone(US, FOR_THE_DAY);
    await clock.advance(40 * MINUTE);
    expect(cooldowns.lostRace(US)).toBe(false);
  });
});

describe("a route is doubtful", () => {
  it("after a lost race, until it answers", () => {
    const { cooldowns } = setUp();
    expect(cooldowns.isDoubtful(US)).toBe(false);
    cooldowns.lostRace(US);
    expect([US, GLOBAL].map((route) => cooldowns.isDoubtful(route))).toEqual([true, false]);
    cooldowns.succeeded(US);
    expect(cooldowns.isDoubtful(US)).toBe(false);
  });

  it("as long as it, or its source Region, has to prove itself, also after the cooldown", async () => {
    const { cooldowns } = await halfOpen();
    expect(cooldowns.isDoubtful(US)).toBe(true);
    cooldowns.postpone(EU, FOR_THE_DAY);
    expect(cooldowns.isDoubtful({ ...EU, key: "eu-west-1|other" })).toBe(true);
    cooldowns.succeeded(US);
    expect(cooldowns.isDoubtful(US)).toBe(false);
  });
});

describe("the time since a throttle", () => {
  it("begins with the last one, on whatever route", async () => {
    const { clock, cooldowns } = setUp();
    expect(cooldowns.sinceThrottleMs).toBe(Number.POSITIVE_INFINITY);
    cooldowns.postpone(US, UNAVAILABLE);
    cooldowns.lostRace(EU);
    expect(cooldowns.sinceThrottleMs).toBe(Number.POSITIVE_INFINITY);
    cooldowns.postpone(GLOBAL, THROTTLED);
    await clock.advance(SECOND);
    expect(cooldowns.sinceThrottleMs).toBe(SECOND);
    // A straggler starts no cooldown, and is a throttle all the same.
    cooldowns.postpone(GLOBAL, THROTTLED);
    expect(cooldowns.sinceThrottleMs).toBe(0);
  });
});

describe("requests of the flex tier", () => {
  const FLEX = { serviceTier: "flex" };

  it("keep away from a route that fell silent until others have tried it", async () => {
    const { clock, cooldowns } = struckOut();
    await clock.advance(MINUTE);
    expect(cooldowns.cooling(US)).toBeUndefined();
    expect(cooldowns.cooling(US, FLEX)).toMatchObject({ family: "lost-races" });
    cooldowns.succeeded(US);
    expect(cooldowns.cooling(US, FLEX)).toBeUndefined();
  });

  it("are no trial that others would wait for, but for the room of their own tier", async () => {
    const { clock, cooldowns } = setUp();
    cooldowns.postpone(US, THROTTLED);
    cooldowns.postpone(US, { kind: "throttled", family: "overloaded" }, FLEX);
    expect(cooldowns.active().map(({ serviceTier }) => serviceTier)).toEqual(["flex", undefined]);
    await clock.advance(6 * SECOND);
    cooldowns.started(US, FLEX);
    expect(cooldowns.cooling(US)).toBeUndefined();
    expect(cooldowns.cooling(US, FLEX)).toMatchObject({ family: "overloaded" });
  });
});

describe("Cooldowns", () => {
  it("remember two thousand at most", () => {
    const { cooldowns } = setUp();
    for (let index = 0; index <= 2_000; index += 1) cooldowns.postpone({ ...US, key: `route ${index}` }, THROTTLED);
    expect(cooldowns.cooling({ ...US, key: "route 0" })).toBeUndefined();
    expect(cooldowns.cooling({ ...US, key: "route 1" })).toBeDefined();
  });
});

function setUp(draws: readonly number[] = []) {
  const clock = new VirtualClock();
  const events: CooldownEvent[] = [];
  const emit: EmitRoutingEvent = (_, makeEvent) => events.push(makeEvent() as CooldownEvent);
  let drawn = 0;
  const random = (): number => {
    drawn += 1;
    return draws[drawn - 1] ?? 0.5;
  };
  return { clock, events, cooldowns: new Cooldowns(clock, random, emit) };
}

function struckOut() {
  const parts = setUp();
  for (let race = 0; race < 3; race += 1) parts.cooldowns.lostRace(US);
  return parts;
}

async function halfOpen() {
  const parts = setUp();
  parts.cooldowns.postpone(US, THROTTLED);
  await parts.clock.advance(5 * SECOND);
  return parts;
}
