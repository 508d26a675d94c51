import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { type Contender, HomeRoute, type Standing } from "../../src/health/home-route.ts";
import { LatencyWindow } from "../../src/health/latency-window.ts";
import { expectedTtfb } from "../../src/plan/expected-ttfb.ts";
import type { Route } from "../../src/types/route.ts";
import { nameOf, routeOf } from "../support/routes.ts";

const US = routeOf("us");
const EU = routeOf("eu");
const GLOBAL = routeOf("global");
const PRIOR = { ttfbMs: 500, sigma: 0.3, basis: "the regime" };

describe("the home route", () => {
  it("starts as the default", () => {
    expect(new HomeRoute(US, standing).choose(at({ us: 500, global: 450 }), 0, true)).toEqual({
      route: US,
      because: "home",
    });
  });

  it("leaves the default only for a route that scores 15 % better", () => {
    const home = new HomeRoute(US, standing);
    home.choose(at({ us: 1_000, global: 850 }), 0, false);
    expect(home.route).toBe(US);
    home.choose(at({ us: 1_000, global: 849 }), 0, false);
    expect(home.route).toBe(GLOBAL);
  });

  it("moves to the best of several that do", () => {
    const home = new HomeRoute(US, standing);
    home.choose(at({ us: 1_000, eu: 800, global: 700 }), 0, false);
    expect(home.route).toBe(GLOBAL);
  });

  it("moves between others at 15 % too", () => {
    const home = movedTo(GLOBAL);
    home.choose(at({ us: 3_000, eu: 900, global: 1_000 }), 0, false);
    expect(home.route).toBe(GLOBAL);
    home.choose(at({ us: 3_000, eu: 849, global: 1_000 }), 0, false);
    expect(home.route).toBe(EU);
  });

  it("returns to the default as soon as that is no worse", () => {
    const home = movedTo(GLOBAL);
    home.choose(at({ us: 1_001, global: 1_000 }), 0, false);
    expect(home.route).toBe(GLOBAL);
    home.choose(at({ us: 1_000, global: 1_000 }), 0, false);
    expect(home.route).toBe(US);
  });

  it("never moves to a route that is cooling, or that has not proved itself since", () => {
    const home = new HomeRoute(US, standing);
    home.choose(at({ us: 1_000, eu: 100, global: 100 }, { eu: "cooling", global: "postponed" }), 0, false);
    expect(home.route).toBe(US);
  });

  it("stays home while it is cooling: requests go to the best other one for the time being", () => {
    const home = new HomeRoute(US, standing);
    const cooling = at({ us: 500, eu: 700, global: 600 }, { us: "cooling" });
    expect(home.choose(cooling, 0, false)).toEqual({ route: GLOBAL, because: "home-postponed" });
    expect(home.choose(at({ us: 500, eu: 700, global: 600 }), 0, false)).toEqual({ route: US, because: "home" });
  });

  it("is left at once for routes that compete without it", () => {
    const home = new HomeRoute(US, standing);
    expect(home.choose(at({ eu: 700, global: 600 }), 0, false)).toEqual({ route: GLOBAL, because: "home" });
    expect(home.choose(at({ us: 600 }, { us: "postponed" }), 0, false)).toEqual({
      route: US,
      because: "home-postponed",
    });
  });

  it("knows nothing to choose when no route is usable", () => {
    const home = new HomeRoute(US, standing);
    expect(home.choose([], 0, true)).toBeUndefined();
    expect(home.choose(at({ us: 500, eu: 600 }, { us: "cooling", eu: "cooling" }), 0, true)).toBeUndefined();
    expect(home.route).toBe(US);
  });
});

describe("a route that has lost its home", () => {
  it("is left for the best usable one, however it scores", () => {
    const home = new HomeRoute(US, standing);
    home.evict(US);
    home.choose(at({ us: 100, eu: 900, global: 950 }, { us: "postponed" }), 0, false);
    expect(home.route).toBe(EU);
  });

  it("stays when there is nowhere to go", () => {
    const home = new HomeRoute(US, standing);
    home.evict(US);
    home.choose(at({ us: 100, eu: 900 }, { us: "postponed", eu: "cooling" }), 0, false);
    expect(home.route).toBe(US);
    home.choose(at({ us: 100, eu: 900 }), 0, false);
    expect(home.route).toBe(US);
  });

  it("is left for one that has proved itself rather than for a faster one that has not", () => {
    const home = new HomeRoute(US, standing);
    home.choose(at({ us: 500, eu: 400, global: 900 }, { eu: "postponed" }), 0, true);
    home.evict(US);
    const contenders = at({ us: 500, eu: 400, global: 900 }, { us: "postponed", eu: "postponed" });
    expect(home.choose(contenders, 0, true)?.route).toBe(GLOBAL);
  });

  it("is not one that merely lost a race elsewhere", () => {
    const home = new HomeRoute(US, standing);
    home.evict(GLOBAL);
    home.choose(at({ us: 100, global: 100 }), 0, false);
    expect(home.route).toBe(US);
  });

  it("cannot return before it has proved itself", () => {
    const home = new HomeRoute(US, standing);
    home.evict(US);
    const unproved = at({ us: 100, global: 900 }, { us: "postponed" });
    for (let request = 0; request < 31; request += 1) {
      expect(home.choose(unproved, request, true)?.route).toBe(GLOBAL);
    }
    expect(home.choose(unproved, 31, true)).toEqual({ route: US, because: "probe" });
    expect(home.choose(at({ us: 100, global: 900 }), 32, true)).toEqual({ route: US, because: "home" });
  });
});

describe("a probe", () => {
  it("waits for the first samples of the home route, and is not made up for", () => {
    const home = new HomeRoute(US, standing);
    const measured = at({ us: 100, global: 500 });
    const unknown = measured.map((contender) => (contender.route === US ? { ...contender, samples: 0 } : contender));
    const choices = [...Array(500).fill(unknown), ...Array(31).fill(measured)].map((now) => home.choose(now, 0, true));
    expect(choices.filter((choice) => choice?.because === "probe")).toEqual([]);
    expect(home.choose(measured, 0, true)).toEqual({ route: GLOBAL, because: "probe" });
  });

  it("goes to another route after 32, 64, 128 and then every 256 requests", () => {
    expect(probedAt(new HomeRoute(US, standing), 1_200)).toEqual([32, 96, 224, 480, 736, 992]);
  });

  it("comes soon again on a route that has just lost its home, however seldom it came before", () => {
    const home = new HomeRoute(US, standing);
    const away = { us: 1_000, global: 100 };
    home.choose(at(away), 0, true);
    expect(probedAt(home, 1_000, away)).toEqual([31, 95, 223, 479, 735, 991]);
    home.choose(at({ us: 100, global: 100 }), 0, true);
    expect(home.route).toBe(US);
    home.choose(at(away), 0, true);
    expect(home.route).toBe(GLOBAL);
    expect(probedAt(home, 100, away)).toEqual([31, 95]);
  });

  it("goes to the route that was measured longest ago", () => {
    const home = new HomeRoute(US, standing);
    const contenders = at({ us: 500, eu: 500, global: 500 });
    lastSampleAt.set(EU, 10);
    lastSampleAt.set(GLOBAL, 20);
    const probed = Array.from({ length: 33 }, () => {
      const choice = home.choose(contenders, 0, true);
      if (choice?.because === "probe") home.measured(choice.route, 500);
      return choice;
    });
    expect(probed.slice(30).map((choice) => choice && nameOf(choice.route))).toEqual(["us", "eu", "global"]);
  });

  it("is never under way twice, and is forgotten after half a minute", () => {
    const home = new HomeRoute(US, standing);
    const probed = (nowMs: number, requests: number): number =>
      Array.from({ length: requests }, () => home.choose(at({ us: 500, eu: 500, global: 500 }), nowMs, true)).filter(
        (choice) => choice?.because === "probe",
      ).length;
    expect(probed(0, 1_000)).toBe(1);
    expect(probed(30_000, 1_000)).toBe(0);
    expect(probed(30_001, 1_000)).toBe(1);
  });

  it("is never a request that must stay home, but may be the next one", () => {
    const home = new HomeRoute(US, standing);
    const contenders = at({ us: 500, global: 500 });
    for (let request = 0; request < 1_000; request += 1) {
      expect(home.choose(contenders, 0, false)?.route).toBe(US);
    }
    expect(home.choose(contenders, 0, true)).toEqual({ route: GLOBAL, because: "probe" });
  });

  it("never goes to a route that is cooling, but may be its trial", () => {
    const cooling = new HomeRoute(US, standing);
    expect(probedAt(cooling, 500, { us: 500, global: 500 }, { global: "cooling" })).toEqual([]);
    const trial = new HomeRoute(US, standing);
    expect(probedAt(trial, 40, { us: 500, global: 500 }, { global: "postponed" })).toEqual([32]);
  });

  it("is settled by its failure", () => {
    const home = new HomeRoute(US, standing);
    const contenders = at({ us: 500, global: 500 });
    for (let request = 0; request < 32; request += 1) home.choose(contenders, 0, true);
    expect(home.isProbing(GLOBAL)).toBe(true);
    home.dropProbe(GLOBAL);
    expect(home.isProbing(GLOBAL)).toBe(false);
    home.measured(GLOBAL, 1);
    expect(home.choose(contenders, 0, true)).toEqual({ route: US, because: "home" });
  });
});

describe("a probe that beats the home route by the margin", () => {
  it("is followed up at once, until ten samples agree", () => {
    const { home, chosen } = followed(() => 400, 30);
    expect(chosen).toEqual([...Array(9).fill("global"), ...Array(21).fill("us")]);
    expect(home.isProbing(GLOBAL)).toBe(false);
  });

  it("is followed up until the bad samples outweigh the good ones", () => {
    expect(
      followed((sample) => (sample === 0 ? 900 : 400), 10).chosen.filter((name) => name === "global"),
    ).toHaveLength(1);
    expect(followed((sample) => (sample < 3 ? 400 : 900), 20).chosen.filter((name) => name === "global")).toHaveLength(
      7,
    );
  });

  it("is not followed up when it is merely a little better", () => {
    const home = new HomeRoute(US, standing);
    const contenders = at({ us: 500, global: 500 });
    for (let request = 0; request < 32; request += 1) home.choose(contenders, 0, true);
    home.measured(GLOBAL, 425);
    expect(home.choose(contenders, 0, true)).toEqual({ route: US, because: "home" });
  });

  it("is followed up on the default when that is no worse: it need not be better to have its home back", () => {
    const home = new HomeRoute(US, standing);
    const contenders = at({ us: 900, global: 500 });
    const next = (nowMs: number) => home.choose(contenders, nowMs, true);
    expect(next(0)).toEqual({ route: GLOBAL, because: "home" });
    while (next(7_000)?.because !== "probe");
    home.measured(US, 500);
    expect(next(8_000)).toEqual({ route: US, because: "probe" });
  });

  it("tells since when the default is another one, once ten samples agree", () => {
    const home = new HomeRoute(US, standing);
    const contenders = at({ us: 900, global: 500 });
    home.choose(contenders, 0, true);
    while (home.choose(contenders, 7_000, true)?.because !== "probe");
    const told: (number | undefined)[] = [];
    for (let sample = 0; sample < 10; sample += 1) {
      told.push(home.measured(US, 450));
      home.choose(contenders, 8_000, true);
    }
    expect(told).toEqual([...Array(9).fill(undefined), 7_000]);
    expect(home.measured(US, 450)).toBeUndefined();
  });

  it("tells nothing of another route: ten lucky samples must not draw the requests away", () => {
    const { home, contenders } = beaten();
    for (let sample = 0; sample < 9; sample += 1) {
      home.choose(contenders, 0, true);
      expect(home.measured(GLOBAL, 400)).toBeUndefined();
    }
  });

  it("tells nothing when the bad samples outweigh the good ones", () => {
    const { home, contenders } = beaten();
    home.choose(contenders, 0, true);
    expect(home.measured(GLOBAL, 900)).toBeUndefined();
    expect(home.choose(contenders, 0, true)?.because).toBe("home");
  });

  it("is not followed up by a request that must stay home", () => {
    const { home, contenders } = beaten();
    expect(home.choose(contenders, 0, false)).toEqual({ route: US, because: "home" });
    expect(home.choose(contenders, 0, true)).toEqual({ route: GLOBAL, because: "probe" });
  });

  it("is not followed up while the route is cooling, nor once it is home", () => {
    const { home, contenders } = beaten();
    expect(home.choose(at({ us: 500, global: 500 }, { global: "cooling" }), 0, true)?.route).toBe(US);
    expect(home.choose(contenders, 0, true)?.route).toBe(GLOBAL);
    expect(home.choose(at({ us: 500, global: 400 }), 0, true)).toEqual({ route: GLOBAL, because: "home" });
    expect(home.isProbing(GLOBAL)).toBe(false);
  });

  it("is followed up by ten requests at most, however many come before their answers", () => {
    const { home, contenders } = beaten();
    const sent = (): number =>
      Array.from({ length: 6 }, () => home.choose(contenders, 0, true)?.route).filter((route) => route === GLOBAL)
        .length;
    const answered = (times: number): void => {
      for (let time = 0; time < times; time += 1) home.measured(GLOBAL, 400);
    };
    // Four under way at a time, and as many as there are good answers more than bad ones.
    expect(sent()).toBe(4);
    answered(1);
    expect(sent()).toBe(1);
    answered(2);
    expect(sent()).toBe(2);
    answered(3);
    expect(sent()).toBe(2);
    answered(2);
    expect(sent()).toBe(0);
    expect(home.choose(contenders, 30_000, true)?.route).toBe(US);
    expect(home.isProbing(GLOBAL)).toBe(true);
    home.choose(contenders, 30_001, true);
    expect(home.isProbing(GLOBAL)).toBe(false);
  });
});

describe("any choice", () => {
  const names = ["us", "eu", "global", "us@us-west-2"];
  const state = fc.constantFrom<State>("usable", "cooling", "postponed");
  const event = fc.oneof(
    fc.record({
      kind: fc.constant("choose" as const),
      scores: fc.dictionary(fc.constantFrom(...names), fc.integer({ min: 1, max: 2_000 })),
      states: fc.dictionary(fc.constantFrom(...names), state),
      mayProbe: fc.boolean(),
      passMs: fc.integer({ min: 0, max: 40_000 }),
    }),
    fc.record({ kind: fc.constant("measured" as const), name: fc.constantFrom(...names), score: fc.nat(2_000) }),
    fc.record({ kind: fc.constant("evict" as const), name: fc.constantFrom(...names) }),
    fc.record({ kind: fc.constant("drop" as const), name: fc.constantFrom(...names) }),
  );

  it("is one of the usable contenders, or none; and no probe when the request may not be one", () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 200 }), (events) => {
        const home = new HomeRoute(US, standing);
        let nowMs = 0;
        for (const next of events) {
          if (next.kind === "measured") home.measured(routeOf(next.name), next.score);
          else if (next.kind === "evict") home.evict(routeOf(next.name));
          else if (next.kind === "drop") home.dropProbe(routeOf(next.name));
          else {
            nowMs += next.passMs;
            const contenders = at(next.scores, next.states);
            const choice = home.choose(contenders, nowMs, next.mayProbe);
            const usable = contenders.filter(({ coolingForMs }) => !coolingForMs).map(({ route }) => route);
            if (choice === undefined) expect(usable).toEqual([]);
            else expect(usable).toContain(choice.route);
            if (!next.mayProbe) expect(choice?.because).not.toBe("probe");
            if (choice?.because === "home") expect(choice.route).toBe(home.route);
          }
        }
      }),
    );
  });
});

describe("a long run of requests", () => {
  it("to two equal routes stays on the default, whatever the noise", () => {
    for (const seed of [1, 2, 3]) {
      const { share, moves } = simulate({ us: () => 500, global: () => 500 }, 10_000, seed);
      expect(share.us).toBeGreaterThan(0.95);
      expect(moves).toBeLessThan(5);
    }
  });

  it("to a default that becomes twice as slow leaves it within 60, and comes back within one interval of probes", () => {
    const runs = [5, 6, 7, 8, 9, 10].map(slowDown);
    expect(Math.max(...runs.map(({ away }) => away))).toBeLessThan(60);
    // Its newest samples are the ones that it was left for: without probes and follow-ups they would stand for minutes.
    expect(runs.reduce((sum, { back }) => sum + back, 0) / runs.length).toBeLessThan(256);
  });

  it("to a default that is worse than its prior finds the better route within 120", () => {
    const { chosen } = simulate({ us: () => 800, global: () => 350 }, 1_000, 8);
    expect(chosen.slice(120).filter((name) => name === "global").length).toBeGreaterThan(850);
  });
});

type State = "usable" | "cooling" | "postponed";

/** Measured often, and as was expected. */
const MEASURED = { samples: 20, ttfbMs: 1, priorMs: 1 };

/** What the routes of `at` were said to be last. */
const stateOf = new Map<Route, State>();
const lastSampleAt = new Map<Route, number>();
const standing: Standing = {
  isPostponed: (route) => (stateOf.get(route) ?? "usable") !== "usable",
  awaitsTrial: (route) => stateOf.get(route) === "postponed",
  lastSampleAt: (route) => lastSampleAt.get(route) ?? 0,
};

beforeEach(() => {
  stateOf.clear();
  lastSampleAt.clear();
});

function at(scores: Readonly<Record<string, number>>, states: Readonly<Record<string, State>> = {}): Contender[] {
  stateOf.clear();
  for (const [name, state] of Object.entries(states)) stateOf.set(routeOf(name), state);
  return Object.entries(scores).map(([name, score]) => ({
    route: routeOf(name),
    score,
    ...MEASURED,
    ...(states[name] === "cooling" ? { coolingForMs: 5_000 } : {}),
  }));
}

function movedTo(route: typeof US): HomeRoute {
  const home = new HomeRoute(US, standing);
  home.choose(at({ us: 3_000, [nameOf(route)]: 1_000 }), 0, false);
  expect(home.route).toBe(route);
  return home;
}

/** The numbers of the requests that were probes, each of them answered no better than home. */
function probedAt(
  home: HomeRoute,
  requests: number,
  scores: Readonly<Record<string, number>> = { us: 500, global: 500 },
  states: Readonly<Record<string, State>> = {},
): number[] {
  const probes: number[] = [];
  for (let request = 1; request <= requests; request += 1) {
    const choice = home.choose(at(scores, states), request, true);
    if (choice?.because !== "probe") continue;
    probes.push(request);
    home.measured(choice.route, 2_000);
  }
  return probes;
}

/** A home route whose probe of `global` has just shown a better score. */
function beaten() {
  const home = new HomeRoute(US, standing);
  const contenders = at({ us: 500, global: 500 });
  for (let request = 0; request < 32; request += 1) home.choose(contenders, 0, true);
  home.measured(GLOBAL, 400);
  return { home, contenders };
}

/** Where the requests go after such a probe, when the follow-ups score as given. */
function followed(scoreOf: (sample: number) => number, requests: number) {
  const { home, contenders } = beaten();
  let samples = 0;
  const chosen = Array.from({ length: requests }, () => {
    const choice = home.choose(contenders, 0, true);
    if (choice?.because === "probe") home.measured(choice.route, scoreOf(samples++));
    return choice && nameOf(choice.route);
  });
  return { home, chosen };
}

/** How many requests it takes to leave a default that is twice as slow for ten minutes, and to come back afterwards. */
function slowDown(seed: number): { readonly away: number; readonly back: number } {
  const begins = 1_000;
  const ends = 2_200;
  const us = (request: number): number => (request >= begins && request < ends ? 1_000 : 500);
  const { chosen } = simulate({ us, global: () => 600 }, 3_200, seed);
  const away = chosen.findIndex((_, index) => index >= begins && mostOf(chosen, index) === "global");
  const back = chosen.findIndex((_, index) => index >= ends && mostOf(chosen, index) === "us");
  expect(Math.min(away, back)).toBeGreaterThan(0);
  return { away: away - begins, back: back - ends };
}

/** Where most of the twenty requests from this one on went. */
function mostOf(chosen: readonly string[], from: number): string {
  return chosen.slice(from, from + 20).filter((name) => name === "us").length > 10 ? "us" : "global";
}

/** Two requests a second, one after the other, to routes with a log-normal time to first byte around what they take. */
function simulate(routes: Readonly<Record<string, (request: number) => number>>, requests: number, seed: number) {
  const random = chance(seed);
  const home = new HomeRoute(US, standing);
  const windows = new Map(Object.keys(routes).map((name) => [name, new LatencyWindow()]));
  const chosen: string[] = [];
  let moves = 0;
  let before = home.route;
  for (let request = 0; request < requests; request += 1) {
    const nowMs = request * 500;
    const contenders = [...windows].map(([name, window]) => {
      lastSampleAt.set(routeOf(name), window.lastAt);
      const reading = window.read(nowMs);
      const score = expectedTtfb({ ...reading, coolingForMs: 0 }, PRIOR).p50Ms;
      return { route: routeOf(name), score, samples: reading.samples, ttfbMs: score, priorMs: PRIOR.ttfbMs };
    });
    const name = nameOf(home.choose(contenders, nowMs, true)!.route);
    const ttfbMs = routes[name]!(request) * Math.exp(0.13 * normal(random));
    windows.get(name)!.add(ttfbMs, nowMs);
    home.measured(routeOf(name), ttfbMs);
    chosen.push(name);
    if (home.route !== before) moves += 1;
    before = home.route;
  }
  const countOf = (name: string): number => chosen.filter((other) => other === name).length;
  return { chosen, moves, share: { us: countOf("us") / requests, global: countOf("global") / requests } };
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Mulberry32. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
