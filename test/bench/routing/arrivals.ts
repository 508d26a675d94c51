import { draw, normalDraw, Sequence } from "./luck.ts";
import type { Regime } from "./regime.ts";

/** A request before it is sent. */
export interface Arrival {
  readonly atMs: number;
  readonly client: number;
  /** By how much its prompt slows every route down. */
  readonly promptFactor: number;
  /** What a caller can see of that: correlated with the factor, as the length of a prompt is, but not the factor itself. */
  readonly inputBytes: number;
  readonly tier: "default" | "flex";
  /** Which conversation it is a turn of; undefined when it stands alone. */
  readonly conversation?: number;
}

const TYPICAL_BYTES = 4_000;
const LENGTH_SIGMA = 1.2;
/** How well the length of a prompt tells its factor (correlation of the logarithms). */
const CORRELATION = 0.7;

/** The requests of a regime in the order of their arrival. */
export function arrivalsOf(regime: Regime, seed: number): readonly Arrival[] {
  const times = timesOf(regime, new Sequence(seed, 300));
  for (const { atMs, requests } of regime.bursts ?? []) {
    for (let left = requests; left > 0; left -= 1) times.push({ atMs, client: 0 });
  }
  if (regime.bursts !== undefined) times.sort((a, b) => a.atMs - b.atMs);
  const conversationOf = conversationsOf(regime, new Sequence(seed, 301));
  return times.map(({ atMs, client }, request) => {
    const prompt = promptOf(regime.promptSigma, seed, request);
    const flex = regime.flex !== undefined && draw(seed, request, 0, 404) < regime.flex.share;
    const conversation = conversationOf();
    return {
      atMs,
      client,
      inputBytes: prompt.inputBytes,
      promptFactor: prompt.promptFactor * (flex ? regime.flex.slowdown : 1),
      tier: flex ? "flex" : "default",
      ...(conversation === undefined ? {} : { conversation }),
    };
  });
}

/** The conversation of the next request: any of those that are going on; one that has had all its turns is replaced. */
function conversationsOf({ conversations }: Regime, luck: Sequence): () => number | undefined {
  if (conversations === undefined) return () => undefined;
  const { atATime, turns } = conversations;
  const open = Array.from({ length: atATime }, (_, id) => ({ id, left: turns }));
  let started = atATime;
  return () => {
    const place = Math.floor(luck.next() * atATime);
    const talk = open[place]!;
    talk.left -= 1;
    if (talk.left === 0) {
      open[place] = { id: started, left: turns };
      started += 1;
    }
    return talk.id;
  };
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
