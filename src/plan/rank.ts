import type { EvidenceLookup, RouteEvidence } from "../types/evidence.ts";
import type { Candidate, Plan } from "../types/plan.ts";
import type { Route } from "../types/route.ts";
import { onDemand } from "../util/on-demand.ts";
import { candidateOf, type Workload } from "./candidate.ts";
import type { EligibleRoutes } from "./eligible-routes.ts";
import { workloadLevel } from "./expected-ttfb.ts";

/** A route that comes first, and why. */
export interface Lead {
  readonly route: Route;
  readonly because: string;
}

/** The routes of one kind of request in the order of what is known of them now, best first. */
export interface Ranking {
  readonly candidates: readonly Candidate[];
  /** For the next ranking of these routes: most often the evidence of one of them has changed. */
  readonly entries: readonly Entry[];
  readonly workload: Workload;
}

interface Entry {
  /** Place in the order of priors: decides between equals. */
  readonly place: number;
  readonly evidence: RouteEvidence | undefined;
  readonly candidate: Candidate;
  /** The same as it is shown when it leads; leads change seldom. */
  led: { readonly because: string; readonly candidate: Candidate } | undefined;
}

/**
 * Orders the routes of a request by what is known of them, best first. Rules, the first that decides wins:
 *
 * 1. A cooling route comes after every usable one; the one that reopens first leads them. It is postponed, never
 *    excluded.
 * 2. The tier: see `byPrior`.
 * 3. `score` = expected TTFB × relative price ^ priceWeight.
 * 4. The order of the priors, so that nothing depends on chance.
 *
 * Which route leads is not decided here: it takes more knowledge than one moment gives. See `RouteChoice`.
 *
 * @param previous - a ranking of the same routes: what has not changed since is kept
 */
export function rank(eligible: EligibleRoutes, evidence: EvidenceLookup, previous?: Ranking): Ranking {
  const { routes, policy, firstByteRule } = eligible;
  let changed = previous === undefined;
  const known: Entry[] = [];
  for (const entry of previous?.entries ?? []) known[entry.place] = entry;
  const observed = routes.map(({ route }) => evidence(route));
  const workload = workloadOf(routes, observed, previous?.workload);
  const entries = routes.map((facts, place) => {
    const now = observed[place];
    const before = known[place];
    // Of a route with enough answers of its own, the others' say nothing.
    const isSettled = workload === previous?.workload || (now?.answers ?? 0) >= SETTLED;
    if (before !== undefined && before.evidence === now && isSettled) return before;
    changed = true;
    const candidate = candidateOf(facts, now, policy, firstByteRule, undefined, workload);
    return { place, evidence: now, candidate, led: undefined };
  });
  if (!changed && previous !== undefined) return previous;
  entries.sort(compare);
  return { candidates: Object.freeze(entries.map(({ candidate }) => candidate)), entries, workload };
}

/** Answers from which on a route needs no prior. */
const SETTLED = 10;
/** In steps, so that the little by which every answer moves it does not make every candidate anew. */
const LEVEL_STEP = 0.02;

function workloadOf(
  routes: EligibleRoutes["routes"],
  observed: readonly (RouteEvidence | undefined)[],
  previous: Workload | undefined,
): Workload {
  const exact = workloadLevel(routes.map(({ prior }, place) => [observed[place], prior] as const));
  const level = Math.exp(Math.round(Math.log(exact) / LEVEL_STEP) * LEVEL_STEP);
  const cold = observed.every((evidence) => (evidence?.answers ?? 0) === 0);
  return previous?.cold === cold && previous.level === level ? previous : { level, cold };
}

/** The plan of a ranking, with the lead in front and the others in their order. */
export function planOf(eligible: EligibleRoutes, ranking: Ranking, lead?: Lead): Plan {
  const { model, homeRegion, policy, rejections, unlisted, catalog } = eligible;
  const candidates = lead === undefined ? ranking.candidates : ledBy(lead, eligible, ranking);
  const plan = withRemarks({ model, homeRegion, policy, candidates, rejections }, () => eligible.remarks);
  return Object.freeze(Object.assign(plan, unlisted && { unlisted }, { catalog }));
}

const withRemarks = onDemand<"remarks", readonly string[]>("remarks");

function ledBy(
  { route, because }: Lead,
  eligible: EligibleRoutes,
  { candidates, entries, workload }: Ranking,
): Plan["candidates"] {
  const index = candidates.findIndex((candidate) => candidate.route === route);
  const entry = entries[index];
  if (entry === undefined) return candidates;
  if (entry.led?.because !== because) {
    const facts = eligible.routes[entry.place];
    if (facts === undefined) return candidates;
    const { policy, firstByteRule } = eligible;
    entry.led = { because, candidate: candidateOf(facts, entry.evidence, policy, firstByteRule, because, workload) };
  }
  const order = [...candidates];
  order.copyWithin(1, 0, index);
  order[0] = entry.led.candidate;
  return Object.freeze(order);
}

function compare(a: Entry, b: Entry): number {
  const coolingA = a.candidate.coolingForMs ?? 0;
  const coolingB = b.candidate.coolingForMs ?? 0;
  return (
    coolingA - coolingB ||
    a.candidate.tier - b.candidate.tier ||
    a.candidate.score - b.candidate.score ||
    a.place - b.place
  );
}
