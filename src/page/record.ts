import { describeEvent } from "../log/describe-event.ts";
import type { Routing } from "../router/routing.ts";
import type { RoutingWindow } from "../router/routing-window.ts";
import type { AttemptEvent, RequestEvent, RoutingEvents, RoutingListener } from "../types/events.ts";
import type { Route } from "../types/route.ts";
import type { Clock } from "../util/clock.ts";

/** How far back the page looks. */
export const SHOWN_MS = 900_000;
/** One point of a line. */
export const STEP_MS = 15_000;
const MAX_SAMPLES = 400;
const MAX_SERIES = 60;
const MAX_MODELS = 12;
const MAX_NEWS = 40;

/** What the attempts on a route took that ended within one step. */
interface Step {
  /** Wall-clock start, milliseconds since the Unix epoch. */
  readonly at: number;
  readonly ttfb: number[];
  readonly total: number[];
}

/** The answers of a route, streamed or not, step by step; the oldest first. */
export interface Series {
  readonly route: Route;
  readonly streaming: boolean;
  steps: Step[];
}

/** One thing that happened, in a sentence. */
export interface News {
  readonly at: number;
  readonly level: "debug" | "info" | "warn";
  readonly text: string;
}

/** Everything that happened within {@link SHOWN_MS}, as counts. */
export interface Counts {
  readonly requests: number;
  readonly failed: number;
  readonly failovers: number;
  readonly usd: number;
}

type Tally = { -readonly [Field in keyof Counts]: number } & { readonly at: number };

/** Observes the events of a client for the page. Bounded, whatever comes. */
export class PageRecord {
  readonly #clock: Clock;
  readonly #window: RoutingWindow;
  readonly #series: Map<string, Series> = new Map();
  readonly #models: Map<string, number> = new Map();
  readonly #news: News[] = [];
  readonly #tallies: Tally[] = [];
  readonly #unobserve: (() => void)[] = [];

  constructor(routing: Routing, clock: Clock) {
    this.#clock = clock;
    this.#window = routing.window({ lastMs: SHOWN_MS });
    const observe = <Name extends keyof RoutingEvents>(name: Name, listener: RoutingListener<Name>): void => {
      routing.on(name, listener);
      this.#unobserve.push(() => routing.off(name, listener));
    };
    observe("attempt", (event) => this.#attempt(event));
    observe("request", (event) => this.#request(event));
    observe("failover", (event) => {
      this.#tally().failovers += 1;
      this.#tell("failover", event);
    });
    observe("backup", (event) => this.#tell("backup", event));
    observe("cooldown", (event) => this.#tell("cooldown", event));
    observe("catalog", (event) => this.#tell("catalog", event));
  }

  /** Stops observing. */
  close(): void {
    this.#window.close();
    for (const unobserve of this.#unobserve) unobserve();
  }

  get window(): RoutingWindow {
    return this.#window;
  }

  /** Those of the last {@link SHOWN_MS}, in the order in which their routes were first used. */
  get series(): readonly Series[] {
    const from = this.#clock.wallNow() - SHOWN_MS;
    for (const [key, series] of this.#series) {
      series.steps = series.steps.filter(({ at }) => at + STEP_MS > from);
      if (series.steps.length === 0) this.#series.delete(key);
    }
    return [...this.#series.values()];
  }

  /** The foundation models that requests were for, the most recent last. */
  get models(): readonly string[] {
    return [...this.#models.keys()];
  }

  /** The newest first. */
  get news(): readonly News[] {
    return this.#news.toReversed();
  }

  get counts(): Counts {
    this.#tally();
    const sum = (of: keyof Counts): number => this.#tallies.reduce((total, tally) => total + tally[of], 0);
    return { requests: sum("requests"), failed: sum("failed"), failovers: sum("failovers"), usd: sum("usd") };
  }

  #attempt({ route, streaming, outcome, startedAt, ttfbMs, totalMs }: AttemptEvent): void {
    if (outcome !== "succeeded" || ttfbMs === undefined || totalMs === undefined) return;
    const key = `${route.key} ${streaming}`;
    let series = this.#series.get(key);
    if (series === undefined) {
      series = { route, streaming, steps: [] };
      this.#series.set(key, series);
      if (this.#series.size > MAX_SERIES) this.#series.delete(firstKey(this.#series));
    }
    const at = Math.floor((startedAt + totalMs) / STEP_MS) * STEP_MS;
    let step = series.steps.at(-1);
    if (step === undefined || step.at < at) {
      step = { at, ttfb: [], total: [] };
      series.steps.push(step);
      if (series.steps.length > SHOWN_MS / STEP_MS + 1) series.steps.shift();
    }
    if (step.ttfb.length >= MAX_SAMPLES) return;
    step.ttfb.push(ttfbMs);
    step.total.push(totalMs);
  }

  #request(event: RequestEvent): void {
    const { model } = event.request.plan;
    this.#models.delete(model);
    this.#models.set(model, event.request.startedAt);
    if (this.#models.size > MAX_MODELS) this.#models.delete(firstKey(this.#models));
    const tally = this.#tally();
    tally.requests += 1;
    if (event.outcome !== "succeeded" && event.outcome !== "cancelled") {
      tally.failed += 1;
      this.#tell("request", event);
    }
    if (event.cost?.answer.known === true) tally.usd += event.cost.answer.usd;
  }

  #tell<Name extends keyof RoutingEvents>(name: Name, event: RoutingEvents[Name]): void {
    const { level, message } = describeEvent(name, event);
    this.#news.push({ at: this.#clock.wallNow(), level, text: message });
    if (this.#news.length > MAX_NEWS) this.#news.shift();
  }

  /** The one of now; those that are too old are dropped. */
  #tally(): Tally {
    const now = this.#clock.wallNow();
    while ((this.#tallies[0]?.at ?? Number.POSITIVE_INFINITY) <= now - SHOWN_MS) this.#tallies.shift();
    let tally = this.#tallies.at(-1);
    if (tally === undefined || now - tally.at >= STEP_MS) {
      tally = { at: now, requests: 0, failed: 0, failovers: 0, usd: 0 };
      this.#tallies.push(tally);
    }
    return tally;
  }
}

function firstKey<Key>(map: ReadonlyMap<Key, unknown>): Key {
  return map.keys().next().value as Key;
}
