import { normalDraw, Sequence } from "./luck.ts";
import type { Regime } from "./regime.ts";

/** A request before it is sent. */
export interface Arrival {
  readonly atMs: number;
  readonly client: number;
  /** By how much its prompt slows every route down. */
  readonly promptFactor: number;
  /** What a caller can see of that: correlated with the factor, as the length of a prompt is, but not the factor itself. */
  readonly inputBytes: number;
}

const TYPICAL_BYTES = 4_000;
const LENGTH_SIGMA = 1.2;
/** How well the length of a prompt tells its factor (correlation of the logarithms). */
const CORRELATION = 0.7;

/** The requests of a regime in the order of their arrival. */
export function arrivalsOf(regime: Regime, seed: number): readonly Arrival[] {
  return timesOf(regime, new Sequence(seed, 300)).map(({ atMs, client }, request) => ({
    atMs,
    client,
    ...promptOf(regime.promptSigma, seed, request),
  }));
}

function timesOf({ load }: Regime, luck: Sequence): { readonly atMs: number; readonly client: number }[] {
  const times: { atMs: number; client: number }[] = [];
  if (load.kind === "steady") {
    const meanGapMs = 1_000 / load.requestsPerSecond;
    for (let atMs = luck.exponential(meanGapMs); atMs < load.durationMs; atMs += luck.exponential(meanGapMs)) {
      times.push({ atMs, client: load.clients === 1 ? 0 : Math.floor(luck.next() * load.clients) });
    }
    return times;
  }
  for (let client = 0; client < load.clients; client += 1) {
    let atMs = luck.next() * load.startWithinMs;
    for (let left = load.requestsEach; left > 0; left -= 1) {
      atMs += luck.exponential(load.meanGapMs);
      times.push({ atMs, client });
    }
  }
  return times.sort((a, b) => a.atMs - b.atMs);
}

function promptOf(sigma: number, seed: number, request: number): Pick<Arrival, "promptFactor" | "inputBytes"> {
  if (sigma === 0) return { promptFactor: 1, inputBytes: TYPICAL_BYTES };
  const effort = normalDraw(seed, request, 0, 400);
  const length = CORRELATION * effort + Math.sqrt(1 - CORRELATION ** 2) * normalDraw(seed, request, 0, 402);
  return {
    promptFactor: Math.exp(sigma * effort),
    inputBytes: Math.round(TYPICAL_BYTES * Math.exp(LENGTH_SIGMA * length)),
  };
}
