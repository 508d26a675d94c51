import { describe, expect, it } from "vitest";
import { oracle } from "./baselines/all-baselines.ts";
import { contenderNamed, contenders } from "./contenders.ts";
import { CLAUDE } from "./lab-fit.ts";
import { draw, normalDraw } from "./luck.ts";
import { meanOf, measure, regretPercent } from "./measure.ts";
import { plannedRoutes, products } from "./product.ts";
import { changed, during, labRegime, labRoutes, MINUTE, type Regime } from "./regime.ts";
import { allRegimes, labRegimes, quickRegimes } from "./regimes/all-regimes.ts";
import { randomWorld } from "./regimes/random-world.ts";
import { regimeNamed } from "./regimes/regime-named.ts";
import { REPORTED_SEEDS, TUNING_SEEDS } from "./seeds.ts";
import { VirtualTime } from "./virtual-time.ts";

const TOKYO = [CLAUDE, "ap-northeast-1"] as const;
const FOUR_MINUTES: Regime["load"] = { kind: "steady", requestsPerSecond: 2, durationMs: 4 * MINUTE, clients: 1 };

const calm = labRegime("calm", "test", TOKYO, { load: FOUR_MINUTES });
const silent = labRegime("silent", "test", TOKYO, {
  load: FOUR_MINUTES,
  routes: changed(labRoutes(...TOKYO), ["geographic"], during({ outage: "silence" }, MINUTE, 2 * MINUTE)),
});
const scarce = labRegime("scarce", "test", TOKYO, {
  load: FOUR_MINUTES,
  routes: labRoutes(...TOKYO).map((route) => ({ ...route, quota: { perSecond: 1.5, burst: 5 } })),
});

const down = labRegime("down", "test", TOKYO, {
  load: { kind: "short-lived", clients: 3, requestsEach: 5, meanGapMs: 1_000, startWithinMs: MINUTE },
  routes: changed(labRoutes(...TOKYO), ["geographic"], during({ outage: "silence" }, 0, Number.POSITIVE_INFINITY)),
});

describe("the routing benchmark", () => {
  it("gives the same figures for the same seed, and others for another", async () => {
    const library = products[0]!;
    const once = await measure(silent, library, [1, 2]);
    expect(await measure(silent, library, [1, 2])).toEqual(once);
    expect((await measure(silent, library, [3, 4])).meanMs).not.toBe(once.meanMs);
  });

  it.each([calm, silent, scarce])("lets nobody beat the oracle by more than luck when all is $name", async (regime) => {
    const best = await measure(regime, oracle, [1, 2]);
    expect(best.failedPercent).toBeLessThan(1);
    for (const contender of contenders) {
      const summary = await measure(regime, contender, [1, 2]);
      expect(regretPercent(summary, best), contender.name).toBeGreaterThan(-3);
    }
  });

  it("counts backups as extra requests, throttled attempts, and failures of those who cannot go elsewhere", async () => {
    const library = products[0]!;
    expect((await measure(silent, library, [1])).extraPercent).toBeGreaterThan(0.3);
    expect((await measure(scarce, library, [1])).throttledPercent).toBeGreaterThan(1);
    expect((await measure(silent, contenderNamed("SDK retries only"), [1])).failedPercent).toBeGreaterThan(15);
  });

  it("counts a failure as 30 s at the dearest price, and no wait for longer", async () => {
    const summary = await measure(down, contenderNamed("SDK retries only"), [1]);
    expect(summary).toMatchObject({ requests: 15, failedPercent: 100, meanMs: 30_000, p50Ms: 300_000 });
    expect(summary.effectiveMs).toBeCloseTo(33_000, 6);
    const routes = changed(labRoutes(...TOKYO), ["geographic"], during({ hangs: { share: 1, ms: 60_000 } }, 0, 1e9));
    const late = await measure({ ...down, routes }, contenderNamed("SDK retries only"), [1]);
    expect(late.failedPercent).toBe(0);
    expect(late.effectiveMs).toBeCloseTo(33_000, 6);
  });

  it("gives every contender the same luck on the same attempt", async () => {
    const alone = { ...calm, routes: calm.routes.filter(({ kind }) => kind === "geographic") };
    const [one, other] = await Promise.all(
      ["static rule", "round robin"].map((name) => measure(alone, contenderNamed(name), [1])),
    );
    expect({ ...one, contender: "" }).toEqual({ ...other, contender: "" });
  });

  it("finds a prompt cache only on the route that answered the conversation last", async () => {
    const talk = { atATime: 2, turns: 10, marked: true, missSlowdown: 2, missPrice: 3 };
    const chatty = { ...calm, conversations: talk };
    const stays = await measure(chatty, contenderNamed("static rule"), [1]);
    const hops = await measure(chatty, contenderNamed("round robin"), [1]);
    expect(stays.cacheMissPercent).toBeLessThan(3);
    expect(hops.cacheMissPercent).toBeGreaterThan(10);
    expect(hops.effectiveMs).toBeGreaterThan(stays.effectiveMs * 1.3);
    expect(regretPercent(hops, await measure(chatty, oracle, [1]))).toBeGreaterThan(30);
  });

  it("lets a frozen process wait, whoever serves it", async () => {
    const frozen = { ...calm, pauses: [{ atMs: MINUTE, forMs: 20_000 }] };
    const summary = await measure(frozen, contenderNamed("static rule"), [1]);
    expect(summary.p99Ms).toBeGreaterThan(10_000);
    expect(summary.afterHoldUp).toEqual({ extra: 0, elsewhere: 0 });
    expect(regretPercent(summary, await measure(frozen, oracle, [1]))).toBeLessThan(1);
  });

  it("knows exactly the routes that the library plans, in every regime", () => {
    for (const regime of [...allRegimes, ...Array.from({ length: 20 }, (_, seed) => randomWorld(seed))]) {
      const modelled = regime.routes.map(({ sourceRegion, modelId }) => `${sourceRegion}|${modelId}`);
      expect([...plannedRoutes(regime)].sort(), regime.name).toEqual(modelled.sort());
    }
  });

  it("has 58 regimes of the lab and others, under names of their own, and a quick choice of them", () => {
    expect(labRegimes).toHaveLength(58);
    expect(new Set(allRegimes.map(({ name }) => name)).size).toBe(allRegimes.length);
    for (const name of quickRegimes) expect(regimeNamed(name).name).toBe(name);
  });

  it("publishes seeds that nobody tunes on", () => {
    expect(REPORTED_SEEDS.filter((seed) => TUNING_SEEDS.includes(seed))).toEqual([]);
  });
});

describe("its luck", () => {
  it("is uniform and normal, and independent from one key to the next", () => {
    const subjects = Array.from({ length: 20_000 }, (_, subject) => subject);
    const uniform = subjects.map((subject) => draw(7, subject, 0, 1));
    const normal = subjects.map((subject) => normalDraw(7, subject, 0, 1));
    expect(meanOf(uniform)).toBeCloseTo(0.5, 1.5);
    expect(meanOf(normal)).toBeCloseTo(0, 1.5);
    expect(meanOf(normal.map((value) => value ** 2))).toBeCloseTo(1, 1.5);
    for (const other of [
      (subject: number) => normalDraw(7, subject + 1, 0, 1),
      (subject: number) => normalDraw(7, subject, 1, 1),
      (subject: number) => normalDraw(7, subject, 0, 3),
      (subject: number) => normalDraw(8, subject, 0, 1),
    ]) {
      expect(meanOf(normal.map((value, subject) => value * other(subject)))).toBeCloseTo(0, 1.5);
    }
  });
});

describe("its virtual time", () => {
  it("plays events in the order of their time, those of one moment in the order of their making", () => {
    const time = new VirtualTime();
    const log: string[] = [];
    for (const [ms, name] of [
      [5, "c"],
      [1, "a"],
      [5, "d"],
      [3, "b"],
      [4, "never"],
    ] as const) {
      const callOff = time.after(ms, () => log.push(`${time.now()} ${name}`));
      if (name === "never") callOff();
    }
    time.play();
    expect(log).toEqual(["1 a", "3 b", "5 c", "5 d"]);
  });

  it("runs overdue timers first and then reads what has come in, when the process was held up", () => {
    const time = new VirtualTime({ pauses: [{ atMs: 10, forMs: 20 }] });
    const log: string[] = [];
    time.arrive(12, () => log.push(`${time.now()} answer`));
    time.after(15, () => {
      log.push(`${time.now()} timer`);
      time.after(0, () => log.push(`${time.now()} afterwards`));
    });
    time.arrive(9, () => log.push(`${time.now()} before`));
    time.play();
    expect(log).toEqual(["9 before", "30 timer", "30 answer", "30 afterwards"]);
  });

  it("needs its time for each of many things that come in at once", () => {
    const time = new VirtualTime({ handlingMs: 2 });
    const log: string[] = [];
    for (const name of ["a", "b", "c"]) time.arrive(10, () => log.push(`${time.now()} ${name}`));
    time.after(11, () => log.push(`${time.now()} timer`));
    time.play();
    expect(log).toEqual(["12 a", "14 b", "16 c", "16 timer"]);
  });

  it("lets promises settle before it goes on, however long their chain", async () => {
    const time = new VirtualTime();
    const log: number[] = [];
    time.after(1, () => {
      void (async () => {
        for (let link = 0; link < 100; link += 1) await undefined;
        log.push(time.now());
        await time.delay(5);
        log.push(time.now());
      })();
    });
    time.after(2, () => log.push(time.now()));
    await time.playSettling();
    expect(log).toEqual([1, 2, 6]);
  });

  it("rejects a delay that is aborted", async () => {
    const time = new VirtualTime();
    const controller = new AbortController();
    const delay = time.delay(10, controller.signal);
    time.after(4, () => controller.abort(new Error("enough")));
    await Promise.all([time.playSettling(), expect(delay).rejects.toThrow("enough")]);
    expect(time.now()).toBe(4);
  });
});
