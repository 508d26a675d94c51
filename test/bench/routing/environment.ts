import type { Arrival } from "./arrivals.ts";
import { draw, normalDraw, Sequence } from "./luck.ts";
import type { Conversations, Regime } from "./regime.ts";
import type { RouteModel } from "./route-model.ts";

/** How an attempt ends when nobody cancels it, and after how long. Silence ends after infinity. */
export interface AttemptEnd {
  readonly outcome: "answered" | "throttled" | "unavailable";
  readonly afterMs: number;
  /** When the answer begins without content, if that is earlier. */
  readonly begunAfterMs?: number;
  /** Whether the answer would be read from a prompt cache; undefined for a request without a conversation. */
  readonly cached?: boolean;
}

/** Where a conversation was answered last. */
interface Cached {
  readonly route: number;
  readonly atMs: number;
}

/** Bedrock keeps a cached prefix for five minutes after its last use. */
const CACHED_FOR_MS = 5 * 60_000;

interface RouteState {
  readonly model: RouteModel;
  tokens: number;
  tokensAtMs: number;
  /** Attempts a second of late. */
  rate: number;
  rateAtMs: number;
  readonly badSpells: readonly (readonly [fromMs: number, toMs: number])[];
  /** Factor on the body, for every ten seconds. */
  readonly drift: readonly number[] | undefined;
}

interface Weather {
  readonly slowdown: number;
  readonly hangShare: number;
  readonly hangMs: number;
  readonly outage: "errors" | "silence" | undefined;
}

const DRIFT_STEP_MS = 10_000;
const LONGEST_MS = 24 * 3_600_000;

/** The true behaviour of a regime's routes under one seed, quotas included. */
export class Environment {
  readonly #seed: number;
  readonly #routes: readonly RouteState[];
  readonly #conversations: Conversations | undefined;
  readonly #thinking: Regime["thinking"];
  readonly #caches: Map<number, Map<number, Cached>> = new Map();

  constructor(regime: Regime, seed: number) {
    this.#seed = seed;
    this.#conversations = regime.conversations;
    this.#thinking = regime.thinking;
    const durationMs = durationOf(regime);
    this.#routes = regime.routes.map((model, place) => ({
      model,
      tokens: model.quota?.burst ?? 0,
      tokensAtMs: 0,
      rate: 0,
      rateAtMs: 0,
      badSpells: spellsOf(model, durationMs, new Sequence(seed, 100 + place)),
      drift: driftOf(regime, durationMs, new Sequence(seed, 200 + place)),
    }));
  }

  /** What one attempt meets. It takes the token that it needs. */
  attempt(route: number, request: number, attempt: number, arrival: Arrival, nowMs: number): AttemptEnd {
    const cached = this.#isCached(route, arrival, nowMs);
    const slowdown = cached === false ? (this.#conversations?.missSlowdown ?? 1) : 1;
    const end = this.#thinkingOver(
      this.#attempt(route, request, attempt, arrival.promptFactor * slowdown, nowMs),
      request,
    );
    return cached === undefined ? end : { ...end, cached };
  }

  /** How long a model thinks lies in the prompt: the same on every route and in every attempt. */
  #thinkingOver(end: AttemptEnd, request: number): AttemptEnd {
    if (this.#thinking === undefined || end.outcome !== "answered") return end;
    const { medianMs, sigma } = this.#thinking;
    const thinksMs = medianMs * Math.exp(sigma * normalDraw(this.#seed, request * 16, 0, USE.thinking));
    return { ...end, begunAfterMs: end.afterMs, afterMs: end.afterMs + thinksMs };
  }

  /** Tells that a route has answered: it holds the prompt now. */
  answered(route: number, { conversation }: Arrival, nowMs: number): void {
    if (conversation === undefined) return;
    let caches = this.#caches.get(conversation);
    if (caches === undefined) {
      caches = new Map();
      this.#caches.set(conversation, caches);
    }
    caches.set(route, { route, atMs: nowMs });
  }

  #isCached(route: number, { conversation }: Arrival, nowMs: number): boolean | undefined {
    if (conversation === undefined) return undefined;
    const cached = this.#caches.get(conversation)?.get(route);
    return cached !== undefined && nowMs - cached.atMs < CACHED_FOR_MS;
  }

  /** By how much a turn costs more on a route that does not hold its prompt. */
  priceFactor(route: number, arrival: Arrival, nowMs: number): number {
    return this.#isCached(route, arrival, nowMs) === false ? (this.#conversations?.missPrice ?? 1) : 1;
  }

  #attempt(route: number, request: number, attempt: number, promptFactor: number, nowMs: number): AttemptEnd {
    const state = this.#routes[route]!;
    const { model } = state;
    const subject = request * 16 + attempt;
    const weather = weatherOf(state, nowMs);
    const crowding = crowdingOf(state, nowMs);
    if (model.congestion !== undefined) state.rate += 1 / CROWD_S;
    const aroundMs = (ms: number): number =>
      model.rttMs + ms * (0.7 + 0.6 * draw(this.#seed, subject, route, USE.refusal));
    if (weather.outage === "errors") return { outcome: "unavailable", afterMs: aroundMs(120) };
    if (weather.outage === "silence") return { outcome: "answered", afterMs: Number.POSITIVE_INFINITY };
    if (model.quota !== undefined) {
      if (refill(state, nowMs) < 1) return { outcome: "throttled", afterMs: aroundMs(60) };
      state.tokens -= 1;
    }
    const spread = Math.exp(model.sigma * normalDraw(this.#seed, subject, route, USE.body));
    const bodyMs = model.rttMs + model.p50Ms * weather.slowdown * crowding * promptFactor * spread;
    if (weather.hangShare > 0 && draw(this.#seed, subject, route, USE.hang) < weather.hangShare) {
      return { outcome: "answered", afterMs: weather.hangMs + bodyMs };
    }
    if (draw(this.#seed, subject, route, USE.tail) < tailShare(state, nowMs)) {
      const long = Math.exp(model.tail.sigma * normalDraw(this.#seed, subject, route, USE.tailLength));
      return { outcome: "answered", afterMs: model.rttMs + model.tail.medianMs * long };
    }
    return { outcome: "answered", afterMs: bodyMs };
  }

  /**
   * What a caller who sees through everything but the dice expects of an attempt now. A hang or a tail costs him no more
   * than six medians, because his late backup ends the waiting. A route out of order is worst, then one out of tokens.
   */
  expectedMs(route: number, nowMs: number, arrival?: Arrival): number {
    const missed = arrival !== undefined && this.#isCached(route, arrival, nowMs) === false;
    const factor = missed ? (this.#conversations?.missSlowdown ?? 1) : 1;
    const state = this.#routes[route]!;
    const { model } = state;
    const weather = weatherOf(state, nowMs);
    if (weather.outage !== undefined) return 1e9;
    if (model.quota !== undefined && refill(state, nowMs) < 1) return 1e8 - model.quota.perSecond;
    const body =
      model.rttMs + model.p50Ms * factor * weather.slowdown * crowdingOf(state, nowMs) * Math.exp(model.sigma ** 2 / 2);
    const tail = tailShare(state, nowMs);
    return (
      body * (1 - tail - weather.hangShare) +
      tail * Math.min(6 * body, model.tail.medianMs) +
      weather.hangShare * Math.min(6 * body, weather.hangMs)
    );
  }
}

/** The load of so many seconds counts. */
const CROWD_S = 4;

function crowdingOf(state: RouteState, nowMs: number): number {
  const { congestion } = state.model;
  if (congestion === undefined) return 1;
  state.rate *= Math.exp(-(nowMs - state.rateAtMs) / 1_000 / CROWD_S);
  state.rateAtMs = nowMs;
  return 1 + congestion.slope * Math.max(0, state.rate / congestion.knee - 1);
}

/** Normal draws take two uses. */
const USE = { body: 1, hang: 3, tail: 4, tailLength: 5, refusal: 7, thinking: 8 } as const;

function weatherOf({ model, drift }: RouteState, nowMs: number): Weather {
  let slowdown = drift?.[Math.floor(nowMs / DRIFT_STEP_MS)] ?? 1;
  let hangShare = 0;
  let hangMs = 0;
  let outage: Weather["outage"];
  for (const event of model.events) {
    if (nowMs < event.fromMs || nowMs >= event.toMs) continue;
    slowdown *= event.slowdown ?? 1;
    if (event.hangs !== undefined) {
      hangShare = event.hangs.share;
      hangMs = event.hangs.ms;
    }
    outage = event.outage ?? outage;
  }
  return { slowdown, hangShare, hangMs, outage };
}

function tailShare({ model, badSpells }: RouteState, nowMs: number): number {
  if (model.tail.spells === undefined) return model.tail.share;
  return badSpells.some(([fromMs, toMs]) => nowMs >= fromMs && nowMs < toMs) ? model.tail.share : 0;
}

function refill(state: RouteState, nowMs: number): number {
  const quota = state.model.quota!;
  state.tokens = Math.min(quota.burst, state.tokens + ((nowMs - state.tokensAtMs) * quota.perSecond) / 1_000);
  state.tokensAtMs = nowMs;
  return state.tokens;
}

function spellsOf({ tail }: RouteModel, durationMs: number, luck: Sequence): [number, number][] {
  const spells: [number, number][] = [];
  if (tail.spells === undefined) return spells;
  for (let at = luck.exponential(tail.spells.quietMs); at < durationMs; ) {
    const toMs = at + luck.exponential(tail.spells.badMs);
    spells.push([at, toMs]);
    at = toMs + luck.exponential(tail.spells.quietMs);
  }
  return spells;
}

/** A first-order autoregressive walk of the logarithm. */
function driftOf({ drift }: Regime, durationMs: number, luck: Sequence): readonly number[] | undefined {
  if (drift === undefined) return undefined;
  const keep = Math.exp(-DRIFT_STEP_MS / drift.tauMs);
  let walk = luck.normal() * drift.sigma;
  return Array.from({ length: Math.ceil(durationMs / DRIFT_STEP_MS) + 60 }, () => {
    const factor = Math.exp(walk);
    walk = keep * walk + Math.sqrt(1 - keep ** 2) * drift.sigma * luck.normal();
    return factor;
  });
}

/** How long requests arrive, at most. */
export function durationOf({ load }: Regime): number {
  if (load.kind === "steady") return load.durationMs;
  return Math.min(LONGEST_MS, load.startWithinMs + load.requestsEach * load.meanGapMs);
}
