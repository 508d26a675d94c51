import { describe, expect, it } from "vitest";
import type { DispatchResult } from "../../src/dispatch/dispatch.ts";
import type { RouteChoice } from "../../src/health/route-choice.ts";
import { planOf, planWith, routeOf } from "../support/routes.ts";
import { converse, type StreamStep } from "../support/scripted-stream.ts";
import { invalidRoute, throttled, unavailable } from "../support/service-errors.ts";
import {
  answers,
  converseStream,
  fails,
  hangs,
  type Script,
  Stage,
  type StagedRequest,
  streams,
} from "../support/stage.ts";

const SECOND = 1_000;
const LATE = { backupAfterMs: 2_000 } as const;
/** Of a route that was measured. */
const KNOWN = { ...LATE, samples: 20 } as const;
const HEDGED = { backupAfterMs: 2_000, hedgeAfterMs: 800 } as const;
const US = routeOf("us");

describe("an attempt that is silent past its first-byte deadline", () => {
  it("stays alive beside a backup on the best other route, and the first content wins", async () => {
    const stage = new Stage({ us: [hangs()], global: [answers(300)] });
    const result = await stage.run(["us", "global"], { facts: LATE });
    expect(result.succeeded).toBe(true);
    expect(stage.log).toEqual([
      "0 start us",
      "2000 late: us -> global",
      "2000 start global",
      "2300 succeeded global",
      "2300 cancelled us",
    ]);
  });

  it("may still win", async () => {
    const stage = new Stage({ us: [answers(2_100)], global: [answers(300)] });
    await stage.run(["us", "global"], { facts: LATE });
    expect(stage.log.slice(-2)).toEqual(["2100 succeeded us", "2100 cancelled global"]);
  });

  it("is backed up on the same route when that is alone", async () => {
    const stage = new Stage({ us: [hangs(), answers(300)] });
    await stage.run(["us"], { facts: LATE });
    expect(stage.log).toEqual([
      "0 start us",
      "2000 late: us -> us",
      "2000 start us",
      "2300 succeeded us",
      "2300 cancelled us",
    ]);
  });

  it("is not backed up on the same route once that has turned out to be invalid", async () => {
    const stage = new Stage({ us: [hangs(), fails(100, invalidRoute()), answers(1)] });
    const abort = new AbortController();
    const pending = stage.dispatch(["us"], { facts: LATE, maxAttempts: 9, signal: abort.signal });
    await stage.clock.advance(60 * SECOND);
    expect(stage.started).toEqual(["us", "us"]);
    abort.abort();
    await pending;
  });

  it("is backed up on the same route rather than on one that is cooling", async () => {
    const stage = new Stage({ us: [hangs(), answers(300)], global: [fails(1, throttled())] });
    await stage.run(["global"], { maxAttempts: 1 });
    stage.log.length = 0;
    await stage.run(["us", "global"], { facts: LATE });
    expect(stage.log).toContain("2001 late: us -> us");
  });

  it("is backed up on one that was silent itself a while ago: it may answer by now", async () => {
    const stage = new Stage({ us: [hangs()], global: [answers(300)] });
    for (let time = 0; time < 3; time += 1) stage.health.cooldowns.lostRace(routeOf("global"));
    await stage.run(["us", "global"], { facts: LATE });
    expect(stage.log).toContain("2000 late: us -> global");
  });

  it("has two backups at most, each with a deadline of its own", async () => {
    const stage = new Stage({ us: [hangs()], eu: [hangs()], global: [hangs()], "us@us-west-2": [answers(1)] });
    const abort = new AbortController();
    const routes = ["us", "eu", "global", "us@us-west-2"];
    const pending = stage.dispatch(routes, { facts: LATE, maxAttempts: 9, signal: abort.signal });
    await stage.clock.advance(60 * SECOND);
    expect(stage.log).toEqual([
      "0 start us",
      "2000 late: us -> eu",
      "2000 start eu",
      "4000 late: eu -> global",
      "4000 start global",
    ]);
    abort.abort();
    await pending;
  });

  it("has as many backups as the cap on attempts leaves", async () => {
    const stage = new Stage({ us: [hangs()], eu: [hangs()], global: [hangs()] });
    const abort = new AbortController();
    const pending = stage.dispatch(["us", "eu", "global"], { facts: LATE, maxAttempts: 2, signal: abort.signal });
    await stage.clock.advance(60 * SECOND);
    expect(stage.started).toEqual(["us", "eu"]);
    abort.abort();
    await pending;
  });

  it("has none when the request cannot be sent again", async () => {
    const stage = new Stage({ us: [answers(90 * SECOND)], global: [answers(1)] });
    await stage.run(["us", "global"], { facts: HEDGED, replayable: false });
    expect(stage.log).toEqual(["0 start us", "90000 succeeded us"]);
    expect(stage.clock.waiting).toBe(0);
  });

  it("has none without a deadline", async () => {
    const stage = new Stage({ us: [answers(90 * SECOND)], global: [answers(1)] });
    await stage.run(["us", "global"]);
    expect(stage.log).toEqual(["0 start us", "90000 succeeded us"]);
  });

  it("waits longer when the prompt is longer than usual", async () => {
    const stage = new Stage({ us: [hangs()], global: [answers(1)] });
    const factor = learnLength(stage);
    await stage.run(["us", "global"], { facts: LATE, inputBytes: LONG });
    expect(stage.log).toContain(`${2_000 * factor} late: us -> global`);
    const fixed = new Stage({ us: [hangs()], global: [answers(1)] });
    learnLength(fixed);
    await fixed.run(["us", "global"], { facts: LATE, inputBytes: LONG, fixed: { late: true } });
    expect(fixed.log).toContain("2000 late: us -> global");
  });

  it("is watched after a failover too", async () => {
    const stage = new Stage({ us: [fails(10, unavailable())], eu: [hangs()], global: [answers(1)] });
    await stage.run(["us", "eu", "global"], { facts: LATE });
    expect(stage.log).toContain("2010 late: eu -> global");
  });

  it("leaves no timer and no deadline behind when it answers in time", async () => {
    const stage = new Stage({ us: [answers(10)], global: [answers(1)] });
    await stage.run(["us", "global"], { facts: HEDGED });
    expect(stage.clock.waiting).toBe(0);
  });
});

describe("a stream that has begun without content", () => {
  const role: StreamStep = { event: converse.start };
  const thinking = (forMs: number): readonly StreamStep[] => [
    role,
    { afterMs: forMs, event: converse.text("Hi") },
    { event: converse.stop },
  ];
  const streaming = { facts: LATE, stream: converseStream } as const;
  /** A stage on which the model is known to think for six seconds: half as much again is waited for. */
  const thinkingOf = (script: Script): Stage => {
    const stage = new Stage(script);
    const lag = stage.health.contentLag({ workload: "default", streaming: true }, US.model);
    for (let answer = 0; answer < 10; answer += 1) lag.learn(6_000);
    return stage;
  };

  it("is silent past its deadline like any other, as long as nothing is known of the model", async () => {
    const stage = new Stage({ us: [streams(500, thinking(6_000))], global: [streams(300, thinking(0))] });
    await stage.run(["us", "global"], streaming);
    expect(stage.log).toContain("2000 late: us -> global");
  });

  it("is given the time that the model is known to think, counted from its first event", async () => {
    const stage = thinkingOf({ us: [streams(500, thinking(6_000))] });
    await stage.run(["us", "global"], streaming);
    expect([stage.log, stage.clock.now()]).toEqual([["0 start us"], 6_500]);
    const hanging = thinkingOf({ us: [streams(500, [role, { silent: true }])], global: [streams(300, thinking(0))] });
    await hanging.run(["us", "global"], streaming);
    expect(hanging.log).toContain("9500 late: us -> global");
  });

  it("is given no time before it has begun", async () => {
    const stage = thinkingOf({ us: [hangs()], global: [streams(300, thinking(0))] });
    await stage.run(["us", "global"], streaming);
    expect(stage.log).toContain("2000 late: us -> global");
  });

  it("is not hedged meanwhile, nor backed up early when it is a probe", async () => {
    const facts = { ...HEDGED, doubtfulAfterMs: 700 };
    const stage = thinkingOf({ us: [streams(500, thinking(6_000))] });
    await stage.run(["us", "global"], { ...streaming, facts, choice: probing("us", stage, converseStream) });
    expect([stage.log, stage.clock.now()]).toEqual([["0 start us"], 6_500]);
  });

  it("shows how long the model thinks, whichever attempt it was", async () => {
    const stage = new Stage({ us: [hangs()], global: [streams(300, thinking(6_000))] });
    const slice = { workload: "default", streaming: true };
    const model = routeOf("us").model;
    for (let request = 0; request < 5; request += 1) await stage.run(["us", "global"], streaming);
    expect(stage.health.contentLag(slice, model).patienceMs).toBe(9_000);
  });
});

describe("the youngest attempt", () => {
  it("carries the deadline: a backup that hangs is backed up itself", async () => {
    const stage = new Stage({ us: [hangs()], eu: [hangs()], global: [answers(1)] });
    await stage.run(["us", "eu", "global"], { facts: LATE });
    expect(stage.log).toContain("4000 late: eu -> global");
    expect(stage.clock.now()).toBe(4_001);
  });

  it("gives the deadline back when it fails: the late one is not waited for without end", async () => {
    const stage = new Stage({ us: [hangs()], eu: [fails(10, throttled())], global: [answers(1)] });
    await stage.run(["us", "eu", "global"], { facts: LATE });
    expect(stage.log).toEqual([
      "0 start us",
      "2000 late: us -> eu",
      "2000 start eu",
      "2010 throttled eu",
      "2010 late: us -> global",
      "2010 start global",
      "2011 succeeded global",
      "2011 cancelled us",
    ]);
  });

  it("gives the deadline back to one that is not late yet, and then that is waited for", async () => {
    const stage = new Stage({ us: [hangs()], eu: [fails(10, unavailable())], global: [answers(1)] });
    const facts = { ...LATE, doubtfulAfterMs: 500 };
    stage.health.cooldowns.lostRace(US);
    await stage.run(["us", "eu", "global"], { facts });
    expect(stage.log.slice(1, 6)).toEqual([
      "500 doubtful: us -> eu",
      "500 start eu",
      "510 unavailable eu",
      "2000 late: us -> global",
      "2000 start global",
    ]);
  });
});

describe("an attempt that deserves doubt", () => {
  const facts = { ...LATE, doubtfulAfterMs: 700 } as const;

  it.each<[string, (stage: Stage) => Promise<RouteChoice | undefined>]>([
    ["after a lost race", async ({ health }) => void health.cooldowns.lostRace(US)],
    [
      "on the trial after a cooldown",
      async ({ health, clock }) => {
        health.postpone(US, { kind: "throttled", family: "throttling" });
        await clock.advance(6 * SECOND);
        return undefined;
      },
    ],
    ["as a probe", async (stage) => probing("us", stage)],
  ])("has its backup early %s", async (_, prepare) => {
    const stage = new Stage({ us: [hangs()], global: [answers(100)] });
    const choice = await prepare(stage);
    const from = stage.clock.now();
    await stage.run(["us", "global"], { facts, ...(choice && { choice }) });
    expect(stage.log.slice(1, 3)).toEqual([`${from + 700} doubtful: us -> global`, `${from + 700} start global`]);
    expect(stage.statsOf("global")).toMatchObject({ backups: { started: 1, won: 1 } });
  });

  it("is the first of a request only, and none in ordinary times", async () => {
    const ordinary = new Stage({ us: [hangs()], global: [answers(100)] });
    await ordinary.run(["us", "global"], { facts });
    expect(ordinary.log).toContain("2000 late: us -> global");
    const failover = new Stage({ us: [fails(10, unavailable())], eu: [hangs()], global: [answers(100)] });
    failover.health.cooldowns.lostRace(routeOf("eu"));
    await failover.run(["us", "eu", "global"], { facts });
    expect(failover.log).toContain("2010 late: eu -> global");
  });

  it("has none early when there is no other route", async () => {
    const stage = new Stage({ us: [hangs(), answers(100)] });
    stage.health.cooldowns.lostRace(US);
    await stage.run(["us"], { facts });
    expect(stage.log).toContain("2000 late: us -> us");
  });

  it("counts among the two backups, also when it comes after them", async () => {
    const failing = { eu: [fails(1, unavailable())], global: [fails(1, unavailable())] };
    const stage = new Stage({ us: [answers(60)], ...failing, "us@us-west-2": [answers(1)] });
    stage.health.cooldowns.lostRace(US);
    const routes = ["us", "eu", "global", "us@us-west-2"];
    await stage.run(routes, { facts: { backupAfterMs: 10, doubtfulAfterMs: 50 }, maxAttempts: 9 });
    expect(stage.started).toEqual(["us", "eu", "global"]);
  });

  it("takes one strike when it loses, and settles its probe", async () => {
    const stage = new Stage({ us: [hangs()], global: [answers(100)] });
    const choice = probing("us", stage);
    await stage.run(["us", "global"], { facts, choice });
    expect(stage.health.cooldowns.isDoubtful(US)).toBe(true);
    expect(choice.causeOf(US)).toBe("first");
    expect(stage.statsOf("us")).toMatchObject({ probes: 1 });
  });

  it("is backed up again at its deadline only as the youngest", async () => {
    const stage = new Stage({ us: [hangs()], eu: [hangs()], global: [answers(100)] });
    stage.health.cooldowns.lostRace(US);
    await stage.run(["us", "eu", "global"], { facts });
    expect(stage.log.filter((line) => line.includes(":"))).toEqual([
      "700 doubtful: us -> eu",
      "2700 late: eu -> global",
    ]);
  });
});

describe("the budget of backups", () => {
  /** Backups that come too late to be worth anything. */
  const wasteful = { us: [answers(2_001)], global: [hangs()] };
  const spend = async (stage: Stage, requests: number): Promise<void> => {
    for (let request = 0; request < requests; request += 1) await stage.run(["us", "global"], { facts: KNOWN });
  };
  const backups = ({ log }: Stage): number => log.filter((line) => line.includes("late:")).length;

  it("starts with two and grows by one in twenty requests", async () => {
    const stage = new Stage(wasteful);
    await spend(stage, 60);
    expect(backups(stage)).toBe(2 + 3);
  });

  it("is looked at again four times a second while it is empty", async () => {
    const stage = new Stage({
      us: [...Array(12).fill(answers(2_001)), hangs()],
      global: [...Array(2).fill(hangs()), answers(100)],
    });
    await spend(stage, 12);
    expect(backups(stage)).toBe(2);
    const from = stage.clock.now();
    const pending = stage.dispatch(["us", "global"], { facts: KNOWN });
    await stage.clock.advance(3_500);
    expect(backups(stage)).toBe(2);
    // Other requests come and go, each with its twentieth of a token.
    for (let request = 0; request < 10; request += 1) stage.budgets.backup.earn();
    await stage.clock.finish(pending);
    expect(stage.clock.now()).toBe(from + 3_850);
  });

  it("gets its token back when the backup wins, so that it outlasts a black hole", async () => {
    const stage = new Stage({ us: [hangs()], global: [answers(100)] });
    await spend(stage, 200);
    expect(backups(stage)).toBe(200);
  });

  it("gets it back as well for an early backup, and not for the late attempt that wins", async () => {
    const stage = new Stage({ us: [hangs()], global: [answers(100)] });
    const facts = { ...LATE, doubtfulAfterMs: 700 };
    for (let request = 0; request < 50; request += 1) {
      stage.health.cooldowns.lostRace(US);
      await stage.run(["us", "global"], { facts });
    }
    expect(stage.log.filter((line) => line.includes("doubtful:"))).toHaveLength(50);
  });
});

describe("before any route has answered", () => {
  const late = ({ log }: Stage): readonly string[] => log.filter((line) => line.includes("late:"));

  it("one request has backups: that many are late most often means that all are slow", async () => {
    const stage = new Stage({ us: [answers(9_000)], global: [answers(9_000)] });
    const burst = Array.from({ length: 20 }, () =>
      stage.dispatch(["us", "global"], { facts: { ...LATE, ttfbMs: 500 }, maxAttempts: 2 }),
    );
    await stage.clock.finish(Promise.all(burst));
    expect(late(stage)).toEqual(["2000 late: us -> global"]);
  });

  it("the next one has its turn when that request is over", async () => {
    const stage = new Stage({ us: [hangs()], global: [hangs(), answers(100)] });
    const abort = new AbortController();
    const [first, second] = [
      stage.dispatch(["us", "global"], { facts: LATE, signal: abort.signal }),
      stage.dispatch(["us", "global"], { facts: LATE }),
    ];
    await stage.clock.advance(3_000);
    expect(late(stage)).toHaveLength(1);
    abort.abort();
    await stage.clock.finish(Promise.all([first, second]));
    expect((await second).succeeded).toBe(true);
  });

  it("a request is not late that has waited no longer than the first answers took, far longer than was expected", async () => {
    const stage = new Stage({ us: [answers(9_000)], global: [answers(9_000)] });
    const facts = { ...LATE, ttfbMs: 500, priorMs: 500 };
    const first = stage.dispatch(["us", "global"], { facts, maxAttempts: 2 });
    await stage.clock.advance(8_000);
    const second = stage.dispatch(["us", "global"], { facts, maxAttempts: 2 });
    await stage.clock.finish(Promise.all([first, second]));
    expect(late(stage)).toEqual(["2000 late: us -> global"]);
  });

  it("is late all the same when another route has answered as was expected", async () => {
    const stage = new Stage({ us: [hangs()], global: [answers(500)] });
    const facts = { ...LATE, ttfbMs: 500, priorMs: 500 };
    const first = stage.dispatch(["us", "global"], { facts });
    await stage.clock.advance(1_500);
    const second = stage.dispatch(["us", "global"], { facts });
    await stage.clock.finish(Promise.all([first, second]));
    expect(late(stage)).toEqual(["2000 late: us -> global", "3500 late: us -> global"]);
  });
});

describe("a burst of requests on a route that hangs", () => {
  const burst = (stage: Stage, size: number): Promise<DispatchResult[]> =>
    Promise.all(Array.from({ length: size }, () => stage.dispatch(["us", "global"], { facts: LATE })));
  const backups = ({ log }: Stage, at?: number): number =>
    log.filter((line) => line.includes("late:") && (at === undefined || line.startsWith(`${at} `))).length;

  it("has the backups of the budget, and then four times as many as have answered, so that nobody meets a herd", async () => {
    const stage = new Stage({ us: [hangs()], global: [answers(300)] });
    const results = await stage.clock.finish(burst(stage, 64));
    expect(results.every(({ succeeded }) => succeeded)).toBe(true);
    const starts = stage.log.filter((line) => line.includes("late:")).map((line) => Number(line.split(" ")[0]));
    const rounds = [...new Set(starts)].map((at) => starts.filter((other) => other === at).length);
    expect(rounds.reduce((sum, round) => sum + round, 0)).toBe(64);
    expect(Math.max(...rounds)).toBeLessThanOrEqual(5 + 32);
    expect(rounds[0]).toBeLessThanOrEqual(5);
    expect(stage.clock.now()).toBeLessThan(6 * SECOND);
  });

  it("takes nothing from the budget for those, nor adds to it", async () => {
    const stage = new Stage({ us: [hangs()], global: [...Array(64).fill(answers(300)), hangs()] });
    await stage.clock.finish(burst(stage, 64));
    const before = backups(stage);
    void burst(stage, 20);
    await stage.clock.advance(60 * SECOND);
    // The other route hangs as well now: no more have a backup than the budget holds.
    // Half a minute of waiting is worth one, whatever is left.
    expect(backups(stage) - before).toBeLessThanOrEqual(2 + 84 / 20 + 2);
  });

  it("has no more than the budget while everything is slow, because nothing has shown that the other route answers", async () => {
    const stage = new Stage({ us: [answers(8_000)], global: [answers(8_000)] });
    await stage.clock.finish(burst(stage, 64));
    expect(backups(stage)).toBeLessThanOrEqual(2 + 64 / 20);
  });

  it("costs the route its home also when the budget is empty, so that the next requests go elsewhere", async () => {
    const stage = new Stage({ us: [answers(100), hangs()], global: [answers(300)] });
    await stage.run(["us", "global"], { facts: LATE });
    while (stage.budgets.backup.spend());
    const choice = stage.choiceOf(["us", "global"]);
    const pending = [0, 1, 2].map(() => stage.dispatch(["us", "global"], { facts: LATE, choice }));
    await stage.clock.advance(2_500);
    expect(choice.first(planOf("us", "global").candidates, true)?.route).toBe(routeOf("global"));
    expect(backups(stage)).toBe(0);
    // The next request is sent elsewhere, and its answer frees those that hang.
    await stage.run(["global", "us"], { facts: LATE, choice });
    const results = await stage.clock.finish(Promise.all(pending));
    expect(results.every(({ succeeded }) => succeeded)).toBe(true);
    expect(stage.clock.now()).toBeLessThan(4 * SECOND);
  });

  it("does not cost a route its home that has never answered while no other one does: the requests may be slow", async () => {
    const stage = new Stage({ us: [answers(9_000)], global: [hangs()] });
    while (stage.budgets.backup.spend());
    const choice = stage.choiceOf(["us", "global"]);
    const pending = Array.from({ length: 5 }, () => stage.dispatch(["us", "global"], { facts: LATE, choice }));
    await stage.clock.advance(5_000);
    expect(choice.first(planOf("us", "global").candidates, true)?.route).toBe(routeOf("us"));
    await stage.clock.finish(Promise.all(pending));
  });

  it("leaves the home of a route alone that still answers somebody", async () => {
    const stage = new Stage({ us: [answers(8_000), answers(8_000), answers(8_000), answers(100)], global: [hangs()] });
    while (stage.budgets.backup.spend());
    const slow = [0, 1, 2].map(() => stage.dispatch(["us", "global"], { facts: LATE }));
    await stage.run(["us", "global"], { facts: LATE });
    await stage.clock.finish(Promise.all(slow));
    expect(stage.cooldowns).toEqual([]);
  });
});

describe("a hedge", () => {
  it("is started before the deadline, and is no backup", async () => {
    const stage = new Stage({ us: [hangs()], global: [answers(100)] });
    const result = await stage.run(["us", "global"], { facts: HEDGED });
    expect(stage.log.slice(0, 3)).toEqual(["0 start us", "800 hedge: us -> global", "800 start global"]);
    expect(outcomes(result)).toEqual([
      ["us", "cancelled", "lost-race", "first"],
      ["global", "succeeded", undefined, "hedge"],
    ]);
    expect(stage.statsOf("global")).toMatchObject({ backups: { started: 1, won: 1 } });
    expect(stage.health.cooldowns.isDoubtful(US)).toBe(false);
  });

  it("has a deadline of its own", async () => {
    const stage = new Stage({ us: [hangs()], eu: [hangs()], global: [answers(100)] });
    await stage.run(["us", "eu", "global"], { facts: HEDGED });
    expect(stage.log.filter((line) => line.includes(":"))).toEqual(["800 hedge: us -> eu", "2800 late: eu -> global"]);
  });

  it("has a budget of its own: five, and one in twenty requests", async () => {
    const stage = new Stage({ us: [answers(900)], global: [hangs()] });
    for (let request = 0; request < 60; request += 1) await stage.run(["us", "global"], { facts: HEDGED });
    expect(stage.log.filter((line) => line.includes("hedge:"))).toHaveLength(7);
    await new Stage({ us: [hangs()], global: [answers(1)] }).run(["us", "global"], { facts: HEDGED });
  });

  it("takes nothing from the budget of backups", async () => {
    const stage = new Stage({ us: [answers(900)], global: [hangs()] });
    for (let request = 0; request < 21; request += 1) await stage.run(["us", "global"], { facts: HEDGED });
    expect(Array.from({ length: 4 }, () => stage.budgets.backup.spend())).toEqual([true, true, true, false]);
  });

  it("is not started for a minute after a throttle, because it would reserve quota as well", async () => {
    const stage = new Stage({ us: [answers(900)], global: [answers(900)], eu: [fails(1, throttled())] });
    await stage.run(["eu"], { maxAttempts: 1 });
    await stage.clock.advance(59 * SECOND);
    await stage.run(["us", "global"], { facts: HEDGED });
    expect(stage.log.filter((line) => line.includes("hedge:"))).toEqual([]);
    await stage.run(["us", "global"], { facts: HEDGED });
    expect(stage.log.filter((line) => line.includes("hedge:"))).toHaveLength(1);
  });

  it("is not started beside another attempt, nor for a failover", async () => {
    const stage = new Stage({ us: [fails(10, unavailable())], eu: [answers(1_500)], global: [answers(1)] });
    await stage.run(["us", "eu", "global"], { facts: HEDGED });
    expect(stage.log.filter((line) => line.includes("hedge:"))).toEqual([]);
    const late = new Stage({ us: [answers(2_000)], global: [answers(400)] });
    await late.run(["us", "global"], { facts: { backupAfterMs: 500, hedgeAfterMs: 800 } });
    expect(late.log.filter((line) => line.includes(":"))).toEqual(["500 late: us -> global"]);
  });

  it("cuts the loser off where backups are switched off, also of a unary call", async () => {
    const stage = new Stage({ us: [hangs()], global: [answers(100)] });
    await stage.run(["us", "global"], { facts: { hedgeAfterMs: 800 } });
    expect(stage.signals).toMatchObject([{ aborted: true }, { aborted: false }]);
    const lost = new Stage({ us: [answers(900)], global: [hangs()] });
    const plan = planWith({}, "us", "global");
    const [us, global] = plan.candidates;
    const onlyFirst = { ...plan, candidates: [{ ...us!, hedgeAfterMs: 800 }, global!] };
    await lost.clock.finish(lost.dispatchPlan(onlyFirst));
    expect(lost.signals).toMatchObject([{ aborted: false }, { aborted: true }]);
  });

  it("waits longer when the prompt is longer than usual", async () => {
    const stage = new Stage({ us: [hangs()], global: [answers(1)] });
    const factor = learnLength(stage);
    const facts = { ...HEDGED, backupAfterMs: 9_000 };
    await stage.run(["us", "global"], { facts, inputBytes: LONG, fixed: { late: true } });
    expect(stage.log).toContain(`${800 * factor} hedge: us -> global`);
    const fixed = new Stage({ us: [hangs()], global: [answers(1)] });
    learnLength(fixed);
    await fixed.run(["us", "global"], { facts: HEDGED, inputBytes: LONG, fixed: { hedge: true } });
    expect(fixed.log).toContain("800 hedge: us -> global");
  });
});

describe("when the cap on attempts becomes known late", () => {
  it("is still kept: two timers that waited for it start one attempt, not two", async () => {
    const stage = new Stage({ us: [hangs()], eu: [hangs()], global: [hangs()] });
    const abort = new AbortController();
    let tell: (limit: number) => void = () => {};
    const limit = new Promise<number>((resolve) => {
      tell = resolve;
    });
    const plan = planWith({ ...HEDGED, doubtfulAfterMs: 700 }, "us", "eu", "global");
    stage.health.cooldowns.lostRace(US);
    const pending = stage.dispatchPlan(plan, { signal: abort.signal, limit: () => limit });
    await stage.clock.advance(3_000);
    tell(2);
    await stage.clock.advance(0);
    expect(stage.started).toEqual(["us", "eu"]);
    abort.abort();
    await pending;
  });

  it("starts nothing when the attempt has answered meanwhile", async () => {
    const stage = new Stage({ us: [answers(2_500)], global: [answers(1)] });
    let tell: (limit: number) => void = () => {};
    const limit = new Promise<number>((resolve) => {
      tell = resolve;
    });
    const pending = stage.dispatch(["us", "global"], { facts: LATE, limit: () => limit });
    await stage.clock.finish(pending);
    tell(3);
    await stage.clock.advance(10 * SECOND);
    expect(stage.started).toEqual(["us"]);
  });
});

/** A choice at home elsewhere whose probe of this route is under way. */
function probing(name: string, stage: Stage, stream?: StagedRequest["stream"]): RouteChoice {
  const choice = stage.choiceOf(["global", name], { stream });
  const { candidates } = planWith(KNOWN, "global", name);
  while (choice.first(candidates, true)?.because !== "probe");
  return choice;
}

const LONG = 200_000;

/** Teaches that long prompts take longer. @returns by which factor */
function learnLength({ health }: Stage): number {
  const scale = health.promptScale({ workload: "default", streaming: false });
  for (const [bytes, ttfbMs] of [...Array(100).fill([100, 500]), ...Array(5).fill([LONG, 1_500])]) {
    scale.learn(bytes, ttfbMs, 500);
  }
  expect(scale.factor(LONG)).toBeGreaterThan(2);
  return scale.factor(LONG);
}

function outcomes(result: DispatchResult): unknown[][] {
  const { attempts } = result.log.report();
  return attempts.map(({ route, outcome, family, cause }) => [route.geography, outcome, family, cause]);
}
