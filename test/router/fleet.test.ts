import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fieldName } from "../../src/health/fleet/fleet-codec.ts";
import { RouteChoice } from "../../src/health/route-choice.ts";
import { RouteHealth } from "../../src/health/route-health.ts";
import type { Slice } from "../../src/health/route-track.ts";
import { joinFleet } from "../../src/router/join-fleet.ts";
import { memoryStore, type RoutingStore, type StoreBatch, type StoreReply } from "../../src/store/index.ts";
import type { CooldownEvent, StoreEvent } from "../../src/types/events.ts";
import type { Failure } from "../../src/types/failure.ts";
import type { Sharing } from "../bench/routing/fleet.ts";
import { CLAUDE } from "../bench/routing/lab-fit.ts";
import { product } from "../bench/routing/product.ts";
import { changed, during, labRegime, labRoutes, MINUTE, type Regime } from "../bench/routing/regime.ts";
import { runRegime } from "../bench/routing/run-regime.ts";
import { planRequest, stageRouter } from "../support/router.ts";
import { routeOf } from "../support/routes.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const US = routeOf("us");
const GLOBAL = routeOf("global");
const ROUTES = [US, GLOBAL];
const CHAT: Slice = { workload: "chat", streaming: true };
const DOWN: Failure = { kind: "unavailable", family: "service-unavailable" };
const THROTTLED: Failure = { kind: "throttled", family: "tokens-per-minute" };

/** One process: what it observes, and what it has heard. */
class Process {
  readonly health: RouteHealth;
  readonly events: (StoreEvent | CooldownEvent)[] = [];
  readonly exchange: ReturnType<typeof joinFleet>;

  constructor(store: RoutingStore, clock: VirtualClock, random: () => number = () => 0.5) {
    const emit = (_name: unknown, event: () => unknown): void => void this.events.push(event() as StoreEvent);
    this.health = new RouteHealth(clock, random, emit);
    this.exchange = joinFleet(store, this.health, { clock, random, emit });
  }

  request(): ReturnType<NonNullable<RouteHealth["fleet"]>["crowd"]> {
    const crowd = this.health.fleet?.crowd(ROUTES);
    this.health.fleet?.wanted(US);
    return crowd;
  }

  answer(ms = 500, route = US): void {
    this.request();
    this.health.track(route, CHAT).answered(ms);
  }
}

/** Lets time pass in steps, so that exchanges come to their end. */
async function pass(clock: VirtualClock, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 100) await clock.advance(Math.min(100, left));
}

function fleetOf(count: number): { clock: VirtualClock; store: RoutingStore; processes: Process[] } {
  const clock = new VirtualClock();
  const store = memoryStore({ clock });
  return { clock, store, processes: Array.from({ length: count }, () => new Process(store, clock)) };
}

describe("processes of a fleet", () => {
  it("know within three seconds what one of them has met, and that it is over", async () => {
    const { clock, processes } = fleetOf(20);
    for (const process of processes) process.answer();
    await pass(clock, 3_000);
    processes[0]?.health.postpone(US, DOWN);
    for (const process of processes) process.request();
    await pass(clock, 3_000);
    for (const { health } of processes) expect(health.evidence(US, CHAT)?.coolingForMs).toBeGreaterThan(0);
    const others = processes[7]?.events.filter((event) => "forMs" in event);
    expect(others).toMatchObject([{ route: US, family: DOWN.family, learned: true }]);
    await pass(clock, 10_000);
    expect(processes.every(({ health }) => health.cooldowns.awaitsTrial(US, CHAT))).toBe(true);
    processes[3]?.answer();
    for (const process of processes) process.request();
    await pass(clock, 3_000);
    expect(processes.some(({ health }) => health.cooldowns.isPostponed(US))).toBe(false);
  });

  it("make one to three trials of a route together, not one each", async () => {
    const { clock, store } = fleetOf(0);
    let drawn = 0;
    const random = (): number => {
      drawn += 1;
      return (drawn * 0.618_034) % 1;
    };
    const processes = Array.from({ length: 20 }, () => new Process(store, clock, random));
    const trials: number[] = [];
    processes[0]?.answer();
    await pass(clock, 1_000);
    processes[0]?.health.postpone(US, DOWN);
    for (let step = 0; step < 200; step += 1) {
      const process = processes[step % 20];
      const mayTry = process?.request()?.mayTry ?? true;
      if (process?.health.cooldowns.awaitsTrial(US, CHAT) && mayTry) {
        process.health.cooldowns.started(US);
        trials.push(clock.now());
        const track = process.health.track(US, CHAT);
        clock.after(500, () => track.answered(500));
      }
      await clock.advance(100);
    }
    expect(trials.length).toBeGreaterThanOrEqual(1);
    expect(trials.length).toBeLessThanOrEqual(3);
  });

  it("rank by the answers of all, and give a fresh process the deadlines of those who have waited for answers", async () => {
    const { clock, store, processes } = fleetOf(3);
    for (let turn = 0; turn < 10; turn += 1) {
      for (const process of processes) process.answer(1_000 + turn);
      await pass(clock, 500);
    }
    await pass(clock, 3_000);
    const fresh = new Process(store, clock);
    fresh.request();
    await pass(clock, 500);
    const { answers, answerP75Ms, samples } = fresh.health.evidence(US, CHAT) ?? {};
    expect({ answers, samples }).toEqual({ answers: 30, samples: 30 });
    expect(answerP75Ms).toBeGreaterThan(950);
    expect(answerP75Ms).toBeLessThan(1_060);
    expect(fresh.health.evidence(US, { ...CHAT, workload: "batch" })).toBeUndefined();
    expect(fresh.health.stats()).toEqual([]);
  });

  it("let waits rank a route, and set no deadline by them", async () => {
    const { clock, store, processes } = fleetOf(2);
    for (const process of processes) process.answer(500);
    for (let turn = 0; turn < 8; turn += 1) processes[0]?.health.track(US, CHAT).cutOff(9_000);
    await pass(clock, 3_000);
    const fresh = new Process(store, clock);
    fresh.request();
    await pass(clock, 500);
    const { p50Ms, answerP75Ms } = fresh.health.evidence(US, CHAT) ?? {};
    expect(p50Ms).toBeGreaterThan(8_500);
    expect(answerP75Ms).toBeLessThan(530);
  });

  it("keep a throttle, and what only their own role may not do, to themselves", async () => {
    const { clock, processes } = fleetOf(2);
    for (const process of processes) process.answer();
    await pass(clock, 3_000);
    processes[0]?.health.postpone(US, THROTTLED);
    processes[0]?.health.postpone(GLOBAL, { kind: "invalid-route", family: "no-model-access" });
    for (const process of processes) process.request();
    await pass(clock, 3_000);
    expect(processes[1]?.health.cooldowns.active()).toEqual([]);
  });

  it("share what a quota bears by their places, so that each of them stays where it is", async () => {
    const { clock, store } = fleetOf(0);
    const processes = Array.from({ length: 10 }, (_, place) => new Process(store, clock, () => 0.02 + 0.09 * place));
    for (let second = 0; second < 60; second += 1) {
      for (const [place, process] of processes.entries()) {
        process.request();
        // The route answers six of ten.
        if (place < 6) process.health.track(US, CHAT).answered(500);
        else process.health.fleet?.throttled(US);
      }
      await pass(clock, 1_000);
    }
    const bearers = processes.map((process) => process.request()?.bearer(ROUTES));
    const atHome = bearers.filter((place) => place === 0).length;
    expect(atHome).toBeGreaterThanOrEqual(4);
    expect(atHome).toBeLessThanOrEqual(6);
    expect(bearers).toEqual([...bearers].sort());
    expect(processes.map((process) => process.request()?.bearer(ROUTES))).toEqual(bearers);
  });

  it("lose a route that three of them have lost a race on, and that answers nobody", async () => {
    const { clock, processes } = fleetOf(4);
    for (const process of processes) process.answer();
    await pass(clock, 12_000);
    for (const process of processes.slice(0, 3)) process.health.cooldowns.lostRace(US);
    for (const process of processes) process.request();
    await pass(clock, 3_000);
    expect(processes[3]?.health.cooldowns.isPostponed(US)).toBe(true);
    expect(processes[3]?.health.fleet?.evictions(US)).toBe(1);
  });

  it("do not take a route for mute that has answered others, however new they are", async () => {
    const { clock, store, processes } = fleetOf(2);
    for (const process of processes) process.answer();
    await pass(clock, 12_000);
    const fresh = new Process(store, clock);
    fresh.request();
    await pass(clock, 500);
    new RouteChoice(ROUTES, "latency", CHAT, fresh.health, clock).lostRace(US);
    expect(fresh.health.cooldowns.isPostponed(US)).toBe(false);
    new RouteChoice(ROUTES, "latency", CHAT, fresh.health, clock).lostRace(GLOBAL);
    expect(fresh.health.cooldowns.isPostponed(GLOBAL)).toBe(true);
  });

  it("rank a route that has recovered by what it answers, not by how long they had waited", async () => {
    const { clock, processes } = fleetOf(2);
    const [one, other] = processes;
    for (let turn = 0; turn < 4; turn += 1) one?.answer(500);
    for (let turn = 0; turn < 20; turn += 1) one?.health.track(US, CHAT).cutOff(9_000);
    one?.health.postpone(US, DOWN);
    const p50Ms = (): number => other?.health.evidence(US, CHAT)?.p50Ms ?? 0;
    for (let second = 0; second < 12; second += 1) {
      for (const process of processes) process.request();
      await pass(clock, 1_000);
    }
    expect(p50Ms()).toBeGreaterThan(8_000);
    one?.answer(500);
    for (const process of processes) process.request();
    await pass(clock, 3_000);
    expect(p50Ms()).toBeLessThan(530);
  });

  it("are told at once when somebody flushes, and hear what is known when one starts", async () => {
    const { clock, store, processes } = fleetOf(1);
    processes[0]?.request();
    await pass(clock, 500);
    processes[0]?.health.postpone(US, DOWN);
    await processes[0]?.exchange.flush();
    const fresh = new Process(store, clock);
    fresh.health.fleet?.prepare(ROUTES);
    await fresh.exchange.flush();
    expect(fresh.health.evidence(US, CHAT)?.coolingForMs).toBeGreaterThan(0);
  });

  it("are silent half a minute after their last request, and at once when they are closed", async () => {
    const { clock, store } = fleetOf(0);
    let exchanges = 0;
    const counted: RoutingStore = {
      namespace: "test",
      exchange: (batch, signal) => {
        exchanges += 1;
        return store.exchange(batch, signal);
      },
    };
    const process = new Process(counted, clock);
    process.answer();
    await pass(clock, 20_000);
    expect(exchanges).toBeGreaterThan(7);
    await pass(clock, 15_000);
    const before = exchanges;
    await pass(clock, 60_000);
    expect(exchanges).toBe(before);
    process.answer();
    await pass(clock, 3_000);
    const open = exchanges;
    expect(open).toBeGreaterThan(before);
    process.exchange.leave();
    process.answer();
    await process.exchange.flush();
    await pass(clock, 10_000);
    expect(exchanges).toBe(open);
  });

  it("agree whatever their own clocks say", async () => {
    const { clock, store } = fleetOf(0);
    const wrong = Object.assign(Object.create(clock) as VirtualClock, {
      now: () => clock.now(),
      after: clock.after.bind(clock),
      wallNow: () => clock.wallNow() + 3_600_000,
    });
    const [late, right] = [new Process(store, wrong), new Process(store, clock)];
    for (const process of [late, right]) process.answer();
    await pass(clock, 3_000);
    late.health.postpone(US, DOWN);
    for (const process of [late, right]) process.request();
    await pass(clock, 3_000);
    const [a, b] = [late, right].map(({ health }) => health.evidence(US, CHAT)?.coolingForMs ?? 0);
    expect(a).toBeGreaterThan(0);
    expect(Math.abs((a ?? 0) - (b ?? 0))).toBeLessThan(100);
  });
});

describe("a process that hears nothing", () => {
  it("forgets after 15 seconds what only the others had met, and says so once", async () => {
    const clock = new VirtualClock();
    const inner = memoryStore({ clock });
    let isGone = false;
    const store: RoutingStore = {
      namespace: "test",
      exchange: (batch, signal) => (isGone ? Promise.reject(new Error("gone")) : inner.exchange(batch, signal)),
    };
    const [one, other] = [new Process(store, clock), new Process(store, clock)];
    for (let turn = 0; turn < 12; turn += 1) one.answer(900);
    other.request();
    await pass(clock, 3_000);
    one.health.postpone(US, DOWN);
    other.request();
    await pass(clock, 3_000);
    expect(other.health.evidence(US, CHAT)).toMatchObject({ samples: 12 });
    expect(other.health.cooldowns.isPostponed(US)).toBe(true);
    isGone = true;
    for (let second = 0; second < 20; second += 1) {
      other.request();
      await pass(clock, 1_000);
    }
    expect(other.request()).toBeUndefined();
    expect(other.health.evidence(US, CHAT)).toBeUndefined();
    expect(other.health.cooldowns.isPostponed(US)).toBe(false);
    const told = other.events.filter((event) => "namespace" in event);
    expect(told).toEqual([
      { outcome: "reached", namespace: "test" },
      { outcome: "lost", namespace: "test", reason: "error" },
    ]);
    isGone = false;
    for (let second = 0; second < 70; second += 1) {
      other.request();
      await pass(clock, 1_000);
    }
    expect(other.events.filter((event) => "namespace" in event)).toHaveLength(3);
  });

  it("has one exchange under way, tries less and less often, and waits for none", async () => {
    const clock = new VirtualClock();
    const tried: number[] = [];
    let underWay = 0;
    const store: RoutingStore = {
      namespace: "test",
      exchange: (_batch, signal) => {
        tried.push(clock.now());
        underWay += 1;
        expect(underWay).toBe(1);
        return new Promise((_, reject) => {
          signal.addEventListener("abort", () => {
            underWay -= 1;
            reject(new Error("aborted"));
          });
        });
      },
    };
    const process = new Process(store, clock);
    for (let second = 0; second < 300; second += 1) {
      process.answer();
      await clock.advance(1_000);
    }
    expect(tried.length).toBeGreaterThan(5);
    expect(tried.length).toBeLessThan(25);
    expect(process.events).toEqual([{ outcome: "lost", namespace: "test", reason: "gave-up" }]);
    await process.exchange.flush();
    expect(clock.waiting).toBe(0);
  });

  it.each([
    ["nothing", undefined],
    ["no hashes", { timeMs: 1 }],
    ["too few hashes", { timeMs: 1, hashes: [] }],
    ["no time", { timeMs: Number.NaN, hashes: [{}] }],
  ])("takes %s for no answer", async (_, reply) => {
    const clock = new VirtualClock();
    const process = new Process({ namespace: "test", exchange: async () => reply as StoreReply }, clock);
    process.answer();
    await pass(clock, 500);
    expect(process.events).toEqual([{ outcome: "lost", namespace: "test", reason: "unusable-reply" }]);
  });
});

const TOKYO = [CLAUDE, "ap-northeast-1"] as const;
const WORLDS: readonly Regime[] = (
  [
    ["calm", {}],
    ["slow", { events: during({ slowdown: 2 }, MINUTE, 3 * MINUTE).events }],
    ["silent", { events: during({ outage: "silence" }, MINUTE, 2 * MINUTE).events }],
    ["failing", { events: during({ outage: "errors" }, MINUTE, 2 * MINUTE).events }],
    ["hanging", { events: during({ hangs: { share: 0.2, ms: 60_000 } }, MINUTE, 3 * MINUTE).events }],
    ["scarce", { quota: { perSecond: 1, burst: 5 } }],
  ] as const
).map(([name, change]) =>
  labRegime(name, "test", TOKYO, {
    load: { kind: "steady", requestsPerSecond: 2, durationMs: 4 * MINUTE, clients: 1 },
    routes: changed(labRoutes(...TOKYO), ["geographic"], change),
  }),
);

const LONELY: readonly (readonly [string, () => Sharing])[] = [
  ["nobody else writes into", () => "store"],
  ["never answers", () => ({ namespace: "test", exchange: () => new Promise(() => {}) })],
  ["always fails", () => ({ namespace: "test", exchange: () => Promise.reject(new Error("no")) })],
  [
    "answers nonsense",
    () => ({ namespace: "test", exchange: async ({ read }) => ({ timeMs: 1, hashes: read.map(() => ({ a: "b" })) }) }),
  ],
];

describe.each(LONELY)("with a store that %s", (_, makeStore) => {
  it.each(WORLDS.map((world) => [world.name, world] as const))(
    "every request has the route and the wait that it has without one, when all is %s",
    async (_name, world) => {
      const without = await runRegime(world, product("without", {}), 1);
      expect(await runRegime(world, product("with", {}, makeStore()), 1)).toEqual(without);
    },
  );
});

describe("with a store that anything can stand in", () => {
  const namespace = "test";
  const keys = stageRouter()
    .router.plan(planRequest())
    .plan.candidates.map(({ route }) => fieldName(namespace, route.key, 6));
  const slice = fieldName(namespace, "default stream ", 5);
  const rest = fc.oneof(
    fc.constantFrom("+0", "+1", "!0", "!1", "?0", "?1", "x", "c", "o", `${slice}e`, `${slice}t266`, `${slice}k140`),
    fc.string(),
  );
  const field = fc.oneof(
    fc.tuple(fc.constantFrom(...keys), rest).map((parts) => parts.join("")),
    fc.string(),
  );
  const value = fc.oneof(
    fc.nat({ max: 2_000_000 }).map(String),
    fc
      .integer({ min: -90_000, max: 90_000 })
      .map((ms) => `${1_767_225_600_000 + ms},${1_767_225_700_000},3,lost-races`),
    fc.constantFrom("1767225600500,99999999999999,9,timeout", "1767225600500", "9".repeat(300), "constructor", ""),
    fc.string(),
  );
  const hash = fc.dictionary(field, value, { maxKeys: 40, noNullPrototype: true });

  it("routes, rejections and deadlines' bounds are those without one", async () => {
    const without = stageRouter({ residency: "eu", sourceRegions: ["eu-west-1"] });
    const expected = without.router.plan(planRequest()).plan;
    await fc.assert(
      fc.asyncProperty(fc.array(hash, { minLength: 1, maxLength: 3 }), fc.nat(), async (hashes, time) => {
        const { router, health, clock, emit } = stageRouter({ residency: "eu", sourceRegions: ["eu-west-1"] });
        const timeMs = time % 2 === 0 ? clock.wallNow() : time + 1;
        const store: RoutingStore = {
          namespace,
          exchange: async ({ read }) => ({
            timeMs,
            hashes: read.map((_, place) => hashes[place % hashes.length] ?? {}),
          }),
        };
        joinFleet(store, health, { clock, random: () => 0.01, emit });
        for (let turn = 0; turn < 3; turn += 1) {
          const { plan } = router.plan(planRequest());
          expect(plan.candidates.map(({ route }) => route.key).sort()).toEqual(
            expected.candidates.map(({ route }) => route.key).sort(),
          );
          expect(plan.rejections).toEqual(expected.rejections);
          for (const { backupAfterMs, coolingForMs } of plan.candidates) {
            expect(backupAfterMs).toBeGreaterThanOrEqual(1_000);
            expect(backupAfterMs).toBeLessThanOrEqual(30_000);
            expect(coolingForMs ?? 0).toBeLessThanOrEqual(60_000);
          }
          await pass(clock, 600);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("what leaves a process", () => {
  it("is no ARN, account, workload or name of a route, and no more than a store can take", async () => {
    const clock = new VirtualClock();
    const batches: StoreBatch[] = [];
    const inner = memoryStore({ clock });
    const store: RoutingStore = {
      namespace: "acct",
      exchange: (batch, signal) => {
        batches.push(batch);
        return inner.exchange(batch, signal);
      },
    };
    const process = new Process(store, clock);
    const arn = "arn:aws:bedrock:eu-central-1:111122223333:application-inference-profile/secret";
    const own = { ...US, key: `eu-central-1|${arn}`, modelId: arn, model: arn };
    const routes = [own, ...Array.from({ length: 50 }, (_, place) => ({ ...US, key: `us-east-1|own-${place}` }))];
    for (let turn = 0; turn < 2_000; turn += 1) {
      process.health.fleet?.crowd(routes.map((route) => ({ ...route, model: arn })));
      const track = process.health.track({ ...own }, { workload: `hush/${turn % 9}`, streaming: turn % 2 === 0 });
      track.answered(turn);
      track.cutOff(2 * turn);
      process.health.postpone({ ...own }, DOWN);
      process.health.cooldowns.lostRace({ ...own });
      await clock.advance(50);
    }
    const text = JSON.stringify(batches);
    expect(text).toContain("brc1:{acct/");
    expect(text).not.toMatch(/arn:|1111|hush|secret|own-|us-east|eu-central|profile/);
    for (const { add, set, read } of batches) {
      expect(add.length).toBeLessThanOrEqual(512);
      expect(set.length).toBeLessThanOrEqual(64);
      expect(read.length).toBeLessThanOrEqual(19);
      expect(new Set([...add, ...set].map(({ key }) => /\{.*\}/.exec(key)?.[0])).size).toBeLessThanOrEqual(1);
    }
  });
});
