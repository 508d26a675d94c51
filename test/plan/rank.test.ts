import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { byPrior, type EligibleRoute, eligibleRoutes } from "../../src/plan/eligible-routes.ts";
import { type Lead, planOf, rank as rankBy } from "../../src/plan/rank.ts";
import { labCells } from "../../src/profiles/lab.ts";
import type { EvidenceLookup, RouteEvidence } from "../../src/types/evidence.ts";
import type { Candidate, ResolvedPolicy } from "../../src/types/plan.ts";
import { evidenceLookups, policies, requests } from "./arbitrary-request.ts";
import { cooling, eligibleOf, eligibleRoute, measured, policyFor, routeRequest, steady } from "./route-request.ts";

const rank = (
  routes: readonly EligibleRoute[],
  policy: ResolvedPolicy,
  evidence: EvidenceLookup,
): readonly Candidate[] => rankBy(eligibleOf(routes, policy), evidence).candidates;

const LATENCY = policyFor("latency", "eu-central-1");
const COST = policyFor("cost", "eu-central-1");
const THROUGHPUT = policyFor("throughput", "eu-central-1");

const eu = eligibleRoute({ modelId: "eu", priorMs: 800, relativePrice: 1.1, destinationRegions: ["a", "b"] });
const global = eligibleRoute({ modelId: "global", kind: "global", priorMs: 1_000 });

describe("rank, by latency", () => {
  it("orders by expected TTFB times relative price", () => {
    const candidates = rank([global, eu], LATENCY, unknown);
    expect(names(candidates)).toEqual(["eu", "global"]);
    expect(candidates.map(({ score }) => score)).toEqual([expect.closeTo(880), 1_000]);
    expect(candidates.map(({ ttfbMs, samples, relativePrice }) => [ttfbMs, samples, relativePrice])).toEqual([
      [800, 0, 1.1],
      [1_000, 0, 1],
    ]);
  });

  it("ignores the price at weight 0 and minds it twice as much at weight 2", () => {
    const cheap = eligibleRoute({ modelId: "cheap", priorMs: 900 });
    const dear = eligibleRoute({ modelId: "dear", priorMs: 800, relativePrice: 1.1 });
    const order = (priceWeight: number): readonly string[] =>
      names(rank([cheap, dear], policyFor({ priceWeight }, "eu-central-1"), unknown));
    expect(order(0)).toEqual(["dear", "cheap"]);
    expect(order(1)).toEqual(["dear", "cheap"]);
    expect(order(2)).toEqual(["cheap", "dear"]);
  });

  it("orders by live scores", () => {
    const third = eligibleRoute({ modelId: "third", priorMs: 5_000 });
    const evidence = seen({ eu: steady(1_000), global: steady(1_050), third: steady(1_000) });
    expect(names(rank([global, eu, third], LATENCY, evidence))).toEqual(["third", "global", "eu"]);
  });

  it("does not let one unlucky answer move the default", () => {
    expect(names(rank([eu, global], LATENCY, seen({ eu: measured(60_000) })))[0]).toBe("eu");
  });
});

describe("rank, by cost", () => {
  it("orders by price first, however slow, and by score among equals", () => {
    const slow = eligibleRoute({ modelId: "slow", priorMs: 9_000, relativePrice: 0.9 });
    const twin = eligibleRoute({ modelId: "twin", priorMs: 1_500 });
    expect(names(rank([eu, global, twin, slow], COST, unknown))).toEqual(["slow", "global", "twin", "eu"]);
  });
});

describe("rank, by throughput", () => {
  it("orders by the pool of destination Regions, the global one being the largest", () => {
    const wide = eligibleRoute({ modelId: "wide", destinationRegions: ["a", "b", "c", "d"], priorMs: 9_000 });
    expect(names(rank([eu, wide, global], THROUGHPUT, unknown))).toEqual(["global", "wide", "eu"]);
  });
});

describe("rank, by any policy", () => {
  it("tries provisioned models first, the fastest of them first of all, then application profiles", () => {
    const far = eligibleRoute({ modelId: "far", kind: "provisioned", priorMs: 900, relativePrice: 0 });
    const near = eligibleRoute({ modelId: "near", kind: "provisioned", priorMs: 850, relativePrice: 0 });
    const own = eligibleRoute({ modelId: "own", kind: "application", priorMs: 5_000, relativePrice: 2 });
    for (const policy of [LATENCY, COST]) {
      expect(names(rank([eu, own, far, near], policy, unknown))).toEqual(["near", "far", "own", "eu"]);
      const evidence = seen({ near: steady(1_200), far: steady(900) });
      expect(names(rank([near, far], policy, evidence))).toEqual(["far", "near"]);
    }
  });

  it("tries a doubted route after every other one", () => {
    const doubted = eligibleRoute({ modelId: "doubted", kind: "global", priorMs: 1, doubt: "who knows" });
    for (const policy of [LATENCY, COST, THROUGHPUT]) {
      expect(names(rank([doubted, eu, global], policy, unknown)).at(-1)).toBe("doubted");
    }
  });

  it("postpones cooling routes, the one that reopens first in front", () => {
    const evidence = seen({ eu: cooling(9_000, "throttled"), global: cooling(3_000, "throttled") });
    const last = eligibleRoute({ modelId: "last", priorMs: 60_000, doubt: "who knows" });
    for (const policy of [LATENCY, COST, THROUGHPUT]) {
      const candidates = rank([eu, global, last], policy, evidence);
      expect(names(candidates)).toEqual(["last", "global", "eu"]);
      expect(candidates.map((candidate) => candidate.coolingForMs)).toEqual([undefined, 3_000, 9_000]);
    }
  });

  it("copes with no route at all", () => {
    expect(rank([], LATENCY, unknown)).toEqual([]);
  });
});

describe("a plan with a lead", () => {
  const third = eligibleRoute({ modelId: "third", priorMs: 700 });
  const because = "as the home route";
  const led = (routes: readonly EligibleRoute[], lead: Lead): readonly Candidate[] => {
    const eligible = eligibleOf(routes, LATENCY);
    return planOf(eligible, rankBy(eligible, unknown), lead).candidates;
  };

  it("has it first, whatever the scores say, and the others in their order", () => {
    const candidates = led([eu, global, third], { route: global.route, because });
    expect(names(candidates)).toEqual(["global", "third", "eu"]);
    expect(candidates[0]?.reasons[2]).toBe("scores 1000 (TTFB × price^1), leads as the home route");
  });

  it("says of the lead alone why it leads", () => {
    const eligible = eligibleOf([eu, global, third], LATENCY);
    const ranking = rankBy(eligible, unknown);
    for (const { route } of [third, eu, global, third]) {
      const { candidates } = planOf(eligible, ranking, { route, because });
      const leads = candidates.map(({ reasons }) => reasons.join("; ").includes("leads as the home route"));
      expect(candidates[0]?.route).toBe(route);
      expect(leads).toEqual([true, false, false]);
    }
  });

  it("is ordered by score when the lead is not among the routes", () => {
    const gone = eligibleRoute({ modelId: "gone" });
    expect(names(led([global, eu], { route: gone.route, because }))).toEqual(["eu", "global"]);
  });
});

describe("a candidate", () => {
  it("carries the first-byte deadlines of its own route", () => {
    const evidence = seen({ global: { ...steady(1_000), answerP75Ms: 1_500, answerP95Ms: 2_200 } });
    const [first, second] = rank([eu, global], LATENCY, evidence);
    expect(first).toMatchObject({ backupAfterMs: expect.closeTo(3 * 800 * Math.exp(0.5 * 0.6745), -2) });
    expect(second).toMatchObject({ backupAfterMs: 4_500, doubtfulAfterMs: 2_200 });
    expect(second).not.toHaveProperty("hedgeAfterMs");
  });

  it("is in the tier of those that it competes with by score", () => {
    const own = eligibleRoute({ modelId: "own", kind: "application" });
    const doubted = eligibleRoute({ modelId: "doubted", doubt: "who knows" });
    const tiers = (policy: ResolvedPolicy): unknown =>
      Object.fromEntries(
        rank([doubted, eu, global, own], policy, unknown).map(({ route, tier }) => [route.modelId, tier]),
      );
    expect(tiers(LATENCY)).toEqual({ own: 0, eu: 1, global: 1, doubted: 2 });
    expect(tiers(COST)).toEqual({ own: 0, global: 1, eu: 2, doubted: 3 });
  });
});

describe("the order by prior", () => {
  const order = (routes: readonly EligibleRoute[], policy: ResolvedPolicy): readonly string[] =>
    byPrior(routes, policy).map(({ route }) => route.modelId);

  it("begins with the default, the best by prior", () => {
    expect(order([global, eu], LATENCY)).toEqual(["eu", "global"]);
    expect(order([global, eu], COST)).toEqual(["global", "eu"]);
    expect(order([], LATENCY)).toEqual([]);
  });

  it("has a remote source Region first only when that is clearly better by prior", () => {
    const far = (priorMs: number) => ({ ...eligibleRoute({ modelId: "far", priorMs }), remote: true });
    const near = eligibleRoute({ modelId: "near", priorMs: 1_000 });
    expect(order([near, far(851)], LATENCY)[0]).toBe("near");
    expect(order([near, far(849)], LATENCY)[0]).toBe("far");
  });

  it("has the larger pool first among equals, then goes by the key", () => {
    const wide = eligibleRoute({ modelId: "wide", destinationRegions: ["a", "b", "c"] });
    const narrow = eligibleRoute({ modelId: "narrow", destinationRegions: ["a"] });
    const other = eligibleRoute({ modelId: "other", destinationRegions: ["a"] });
    expect(order([other, narrow, wide], LATENCY)).toEqual(["wide", "narrow", "other"]);
  });
});

describe("the lab's recommendation", () => {
  const PAIRS = labCells()
    .filter(({ kind }) => kind === "geographic")
    .map((geographic) => ({
      geographic,
      global: labCells().find(
        ({ model, sourceRegion, kind }) =>
          kind === "global" && model === geographic.model && sourceRegion === geographic.sourceRegion,
      )!,
    }));
  /** The lab takes a global profile for 10 % cheaper. */
  const LAB_PREMIUM = 1 / 0.9;
  const routesOf = ({ geographic, global: globalCell }: (typeof PAIRS)[number], premium: number): EligibleRoute[] => [
    eligibleRoute({ modelId: "geographic", priorMs: geographic.ttfbP50Ms, relativePrice: premium }),
    eligibleRoute({ modelId: "global", kind: "global", priorMs: globalCell.ttfbP50Ms }),
  ];
  const recommended = (region: string): string => (region.startsWith("us-") ? "global" : "geographic");
  const holdsEverywhere = (priceWeight: number, premium: number): boolean =>
    PAIRS.every((pair) => {
      const [first] = names(rank(routesOf(pair, premium), policyFor({ priceWeight }, "us-east-1"), unknown));
      return first === recommended(pair.geographic.sourceRegion);
    });

  it("follows for every price weight between 0.31 and 2.01", () => {
    expect(PAIRS).toHaveLength(9);
    fc.assert(
      fc.property(fc.double({ min: 0.31, max: 2.01, noNaN: true }), (priceWeight) => {
        expect(holdsEverywhere(priceWeight, LAB_PREMIUM)).toBe(true);
      }),
    );
  });

  it("ends just outside: Nova in Oregon below, Claude in Frankfurt above", () => {
    expect(holdsEverywhere(0.3, LAB_PREMIUM)).toBe(false);
    expect(holdsEverywhere(2.02, LAB_PREMIUM)).toBe(false);
  });

  it("follows at AWS's own prices, where the premium is 1.10, between 0.35 and 2.22", () => {
    expect([0.35, 1, 2.22].map((weight) => holdsEverywhere(weight, 1.1))).toEqual([true, true, true]);
    expect([0.34, 2.23].map((weight) => holdsEverywhere(weight, 1.1))).toEqual([false, false]);
  });
});

describe("the reasons of a candidate", () => {
  it("give the numbers used and where they come from", () => {
    const evidence = seen({
      eu: measured(700),
      global: { ...steady(1_000), coolingForMs: 4_200, coolingBecause: "requests-per-minute" },
    });
    const [first, second] = rank([eu, global], LATENCY, evidence);
    expect(first?.reasons).toEqual([
      expect.stringMatching(/^expects 7\d\d ms to first byte, from 1 live sample and the prior$/),
      "costs 1.10 × the global price",
      expect.stringMatching(/^scores 8\d\d \(TTFB × price\^1\)$/),
    ]);
    expect(second?.reasons).toEqual([
      "expects 1000 ms to first byte, from 20 live samples",
      "costs 1.00 × the global price",
      "scores 1000 (TTFB × price^1)",
      "postponed for 5 s after requests-per-minute",
    ]);
  });

  it("say why a route of the caller's own comes first and a doubted one last", () => {
    const note = "your provisioned model: tried before the others, which take what it throttles";
    const own = { ...eligibleRoute({ modelId: "own", kind: "provisioned", relativePrice: 0 }), note };
    const doubted = eligibleRoute({ modelId: "doubted", doubt: "who knows" });
    const [first, last] = rank([doubted, own], COST, unknown);
    expect(first?.reasons).toEqual([
      "expects 800 ms to first byte, from a guess",
      "costs nothing more per token",
      "ranked by cost",
      note,
    ]);
    expect(last?.reasons.slice(2)).toEqual(["ranked by cost", "tried after the routes without a doubt: who knows"]);
  });
});

describe("rank, for any request about any model and any evidence", () => {
  const RUNS = { numRuns: 3_000 };
  const unconstrained = requests.map((request) => ({ ...request, policy: "latency" }));

  it("is a permutation of its input with finite numbers only", () => {
    fc.assert(
      fc.property(unconstrained, policies, evidenceLookups, (request, policy, evidence) => {
        const { routes } = eligibleRoutes(routeRequest(request));
        const candidates = rank(routes, policyFor(policy, request.home), evidence);
        expect(keys(candidates).sort()).toEqual(routes.map(({ route }) => route.key).sort());
        for (const { ttfbMs, score, samples, relativePrice } of candidates) {
          expect(
            [ttfbMs, score, samples, relativePrice].filter((value) => !Number.isFinite(value) || value < 0),
          ).toEqual([]);
        }
      }),
      RUNS,
    );
  });

  it("does not depend on the order of its input", () => {
    const shuffled = unconstrained.chain((request) => {
      const { routes } = eligibleRoutes(routeRequest(request));
      return fc.tuple(
        fc.constant(routes),
        fc.shuffledSubarray([...routes], { minLength: routes.length, maxLength: routes.length }),
      );
    });
    fc.assert(
      fc.property(shuffled, policies, evidenceLookups, ([routes, others], policy, evidence) => {
        const resolved = policyFor(policy, "eu-central-1");
        expect(keys(rank(others, resolved, evidence))).toEqual(keys(rank(routes, resolved, evidence)));
      }),
      RUNS,
    );
  });

  it("is the same whether it starts from an earlier ranking of these routes or not", () => {
    fc.assert(
      fc.property(
        unconstrained,
        policies,
        fc.array(evidenceLookups, { minLength: 2, maxLength: 4 }),
        fc.nat(),
        (request, policy, lookups, at) => {
          const { routes } = eligibleRoutes(routeRequest(request));
          const eligible = eligibleOf(routes, policyFor(policy, request.home));
          let previous = rankBy(eligible, unknown);
          if (routes.length === 0) return;
          for (const [turn, lookup] of lookups.entries()) {
            // Now and then the evidence of one route alone changes.
            const one = routes[at % Math.max(1, routes.length)]?.route;
            const last = lookups[turn - 1];
            const evidence: EvidenceLookup =
              turn % 2 === 1 && last !== undefined
                ? (route) => (route === one ? lookup(route) : last(route))
                : (route) => lookup(route);
            previous = rankBy(eligible, evidence, previous);
            const afresh = rankBy(eligible, evidence);
            expect(JSON.stringify(previous.candidates)).toBe(JSON.stringify(afresh.candidates));
            const lead = { route: one!, because: "as told" };
            expect(JSON.stringify(planOf(eligible, previous, lead))).toBe(
              JSON.stringify(planOf(eligible, afresh, lead)),
            );
          }
        },
      ),
      RUNS,
    );
  });

  it("puts cooling routes last", () => {
    fc.assert(
      fc.property(unconstrained, policies, evidenceLookups, (request, policy, evidence) => {
        const { routes } = eligibleRoutes(routeRequest(request));
        const candidates = rank(routes, policyFor(policy, request.home), evidence);
        const coolingForMs = candidates.map((candidate) => candidate.coolingForMs ?? 0);
        expect(coolingForMs).toEqual([...coolingForMs].sort((a, b) => a - b));
      }),
      RUNS,
    );
  });
});

const unknown: EvidenceLookup = () => undefined;

function seen(evidence: Readonly<Record<string, RouteEvidence>>): EvidenceLookup {
  return ({ modelId }) => evidence[modelId];
}

function names(candidates: readonly Candidate[]): string[] {
  return candidates.map(({ route }) => route.modelId);
}

function keys(candidates: readonly Candidate[]): string[] {
  return candidates.map(({ route }) => route.key);
}
