import type { Contender } from "./contender.ts";
import { durationOf } from "./environment.ts";
import type { Landing } from "./flight.ts";
import { type Regime, ruleOfTheLab, type Shift } from "./regime.ts";
import { runRegime } from "./run-regime.ts";

/** What came of one contender in one regime, over all seeds. */
export interface Summary {
  readonly regime: string;
  readonly group: string;
  readonly contender: string;
  readonly requests: number;
  /** Time to first byte as the caller sees it, failovers and backoff included. */
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly failedPercent: number;
  /** Backups and hedges for every hundred requests. */
  readonly extraPercent: number;
  /** Throttled attempts for every hundred requests. */
  readonly throttledPercent: number;
  /** How often in an hour the next answer comes from another route. */
  readonly switchesPerHour: number;
  /** Mean price of what was served; the global profile is 1. */
  readonly meanPrice: number;
  /** Share of answers from the route that the lab's rule names. */
  readonly onDefaultPercent: number;
  /** Share of seeds whose very first attempt followed the lab's rule. */
  readonly ruleFirstPercent: number;
  /** Mean of TTFB × price, the TTFB capped and failures counted as the cap. */
  readonly effectiveMs: number;
  readonly effectiveMsBySeed: readonly number[];
  /** The same among the requests of the flex tier; null where there are none. */
  readonly flexExtraPercent: number | null;
  /** Means a seed and a pause or burst: attempts started beside others in it, and how many of the next 60 answers came from elsewhere. */
  readonly afterHoldUp: { readonly extra: number; readonly elsewhere: number } | null;
  /** Share of the turns of conversations that found no prompt cache where they could have: first turns left out. */
  readonly cacheMissPercent: number | null;
  /** Requests until traffic had followed a shift: the median over the seeds; null when it never did. */
  readonly shifts: Readonly<Partial<Record<Shift["name"], number | null>>>;
}

/** A longer wait is no worse than this, and a failure no better. */
const CAP_MS = 30_000;

export async function measure(regime: Regime, contender: Contender, seeds: readonly number[]): Promise<Summary> {
  const runs: (readonly Landing[])[] = [];
  for (const seed of seeds) runs.push(await runRegime(regime, contender, seed));
  const landings = runs.flat();
  const served = landings.filter(({ servedBy }) => servedBy !== undefined);
  const waits = Float64Array.from(landings, waitOf).sort();
  const rule = ruleOfTheLab(regime);
  const hours = (durationOf(regime) * seeds.length) / 3_600_000;
  const percent = (count: number): number => (100 * count) / landings.length;
  const effective = (list: readonly Landing[]): number => meanOf(list.map((landing) => effectiveMs(landing, regime)));
  return {
    regime: regime.name,
    group: regime.group,
    contender: contender.name,
    requests: landings.length,
    meanMs: meanOf(landings.map((landing) => Math.min(CAP_MS, waitOf(landing)))),
    p50Ms: percentileOf(waits, 0.5),
    p95Ms: percentileOf(waits, 0.95),
    p99Ms: percentileOf(waits, 0.99),
    failedPercent: percent(landings.length - served.length),
    extraPercent: percent(sumOf(landings.map(({ extra }) => extra))),
    throttledPercent: percent(sumOf(landings.map(({ throttled }) => throttled))),
    switchesPerHour: sumOf(runs.map(switchesIn)) / hours,
    meanPrice: meanOf(served.map(({ servedBy }) => regime.routes[servedBy!]!.relativePrice)),
    onDefaultPercent: (100 * served.filter(({ servedBy }) => servedBy === rule).length) / Math.max(1, served.length),
    ruleFirstPercent: (100 * runs.filter(([first]) => first?.firstTried === rule).length) / runs.length,
    effectiveMs: effective(landings),
    effectiveMsBySeed: runs.map(effective),
    flexExtraPercent: flexExtra(landings),
    afterHoldUp: afterHoldUp(regime, runs, rule),
    cacheMissPercent: cacheMisses(runs),
    shifts: Object.fromEntries(regime.shifts.map((shift) => [shift.name, followedAfter(shift, regime, runs)])),
  };
}

/** Regret: how much worse than the oracle under the same seeds, in per cent. */
export function regretPercent(summary: Summary, oracle: Summary): number {
  return 100 * (summary.effectiveMs / oracle.effectiveMs - 1);
}

/** The value below which a share of the ascending values lies (nearest rank). */
export function percentileOf(ascending: ArrayLike<number>, share: number): number {
  const rank = Math.ceil(share * ascending.length) - 1;
  return ascending[Math.min(ascending.length - 1, Math.max(0, rank))] ?? Number.NaN;
}

export function meanOf(values: readonly number[]): number {
  return sumOf(values) / values.length;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function flexExtra(landings: readonly Landing[]): number | null {
  const flex = landings.filter(({ arrival }) => arrival.tier === "flex");
  return flex.length === 0 ? null : (100 * sumOf(flex.map(({ extra }) => extra))) / flex.length;
}

const NEXT = 60;

function afterHoldUp(
  { pauses = [], bursts = [] }: Regime,
  runs: readonly (readonly Landing[])[],
  rule: number,
): Summary["afterHoldUp"] {
  const spans = [...pauses, ...bursts.map(({ atMs }) => ({ atMs, forMs: 0 }))];
  if (spans.length === 0) return null;
  const figures = runs.flatMap((landings) =>
    spans.map(({ atMs, forMs }) => {
      const toMs = atMs + forMs;
      const caught = landings.filter(
        ({ arrival, waitedMs }) => arrival.atMs <= atMs && arrival.atMs + waitedMs >= toMs,
      );
      const next = landings.filter(({ arrival }) => arrival.atMs > toMs).slice(0, NEXT);
      return {
        extra: sumOf(caught.map(({ extra }) => extra)),
        elsewhere: next.filter(({ servedBy }) => servedBy !== rule).length,
      };
    }),
  );
  return {
    extra: meanOf(figures.map(({ extra }) => extra)),
    elsewhere: meanOf(figures.map(({ elsewhere }) => elsewhere)),
  };
}

function cacheMisses(runs: readonly (readonly Landing[])[]): number | null {
  let turns = 0;
  let misses = 0;
  for (const landings of runs) {
    const begun = new Set<number>();
    for (const { arrival, priceFactor } of landings) {
      if (arrival.conversation === undefined) continue;
      if (begun.has(arrival.conversation)) {
        turns += 1;
        if (priceFactor > 1) misses += 1;
      }
      begun.add(arrival.conversation);
    }
  }
  return turns === 0 ? null : (100 * misses) / turns;
}

function waitOf({ servedBy, waitedMs }: Landing): number {
  return servedBy === undefined ? Math.max(CAP_MS, waitedMs) : waitedMs;
}

function effectiveMs(landing: Landing, { routes }: Regime): number {
  if (landing.servedBy === undefined) return CAP_MS * Math.max(...routes.map(({ relativePrice }) => relativePrice));
  return Math.min(CAP_MS, landing.waitedMs) * routes[landing.servedBy]!.relativePrice * landing.priceFactor;
}

/** Between consecutive requests of one client, which share what a prompt cache holds. */
function switchesIn(landings: readonly Landing[]): number {
  const last = new Map<number, number>();
  let switches = 0;
  for (const { servedBy, arrival } of landings) {
    if (servedBy === undefined) continue;
    const before = last.get(arrival.client);
    if (before !== undefined && before !== servedBy) switches += 1;
    last.set(arrival.client, servedBy);
  }
  return switches;
}

/** Traffic has followed when nine of ten consecutive requests are served by the kind of route that it should go to. */
const FOLLOWED = { of: 10, served: 9 } as const;

function followedAfter(shift: Shift, { routes, shifts }: Regime, runs: readonly (readonly Landing[])[]): number | null {
  const untilMs = shifts.find(({ atMs }) => atMs > shift.atMs)?.atMs ?? Number.POSITIVE_INFINITY;
  const counts = runs.map((landings) => {
    const after = landings.filter(({ arrival }) => arrival.atMs >= shift.atMs && arrival.atMs < untilMs);
    const right = after.map(({ servedBy }) => servedBy !== undefined && routes[servedBy]?.kind === shift.to);
    for (let end = FOLLOWED.of; end <= right.length; end += 1) {
      if (right.slice(end - FOLLOWED.of, end).filter(Boolean).length >= FOLLOWED.served) return end;
    }
    return Number.POSITIVE_INFINITY;
  });
  const median = percentileOf(
    counts.sort((a, b) => a - b),
    0.5,
  );
  return Number.isFinite(median) ? median : null;
}
