import { Dispatcher, type DispatchResult } from "../../src/dispatch/dispatch.ts";
import type { CallerSignal } from "../../src/dispatch/link-abort.ts";
import type { DispatchRequest, PlannedRequest } from "../../src/dispatch/request.ts";
import { type Budgets, makeBudgets } from "../../src/dispatch/token-budget.ts";
import { RouteChoice } from "../../src/health/route-choice.ts";
import { RouteHealth } from "../../src/health/route-health.ts";
import type { PriceLookup } from "../../src/types/cost.ts";
import type { AttemptEvent, CooldownEvent, EmitRoutingEvent, RoutingEvents } from "../../src/types/events.ts";
import type { Candidate, Plan } from "../../src/types/plan.ts";
import type { RouteStats } from "../../src/types/statistics.ts";
import type { TokenUsage } from "../../src/types/token-usage.ts";
import { nameOf, planWith, requestInfo, routeOf } from "./routes.ts";
import { ScriptedStream, type StreamStep } from "./scripted-stream.ts";
import { sdkAbortError } from "./service-errors.ts";
import { VirtualClock } from "./virtual-clock.ts";

/** What a route does with one request. */
export type Step =
  | { readonly afterMs: number; readonly output: object }
  | { readonly afterMs: number; readonly error: unknown }
  | { readonly afterMs: number; readonly stream: readonly StreamStep[] }
  | { readonly throws: unknown };

/** What each route does, request after request; the last step repeats. */
export type Script = Readonly<Record<string, readonly Step[]>>;

export interface StagedRequest {
  readonly maxAttempts?: number;
  readonly signal?: CallerSignal;
  readonly stream?: DispatchRequest["stream"];
  readonly workload?: string;
  /** Facts that hold of every candidate, e.g. its first-byte deadlines. */
  readonly facts?: Partial<Candidate>;
  /** Whose choice the first route is. @defaultValue one that has made none so far */
  readonly choice?: RouteChoice;
  /** @defaultValue true */
  readonly replayable?: boolean;
  readonly onePass?: boolean;
  readonly inputBytes?: number;
  readonly fixed?: Partial<PlannedRequest["fixed"]>;
  readonly usageOf?: (output: object) => TokenUsage | undefined;
  /** In place of the script. */
  readonly send?: DispatchRequest["send"];
  /** In place of `maxAttempts`. */
  readonly limit?: () => Promise<number>;
}

export const converseStream: DispatchRequest["stream"] = { field: "stream", format: "converse" };

/** Dispatch on a virtual clock against scripted routes, with a log of what happened. */
export class Stage {
  readonly clock: VirtualClock = new VirtualClock();
  /** `0 start us`, `50 throttled us`, `50 failover us -> global`, `2000 late: us -> global`, … */
  readonly log: string[] = [];
  readonly attempts: AttemptEvent[] = [];
  readonly cooldowns: CooldownEvent[] = [];
  readonly streams: ScriptedStream[] = [];
  readonly signals: CallerSignal[] = [];
  readonly health: RouteHealth;
  readonly budgets: Budgets = makeBudgets();
  readonly emit: EmitRoutingEvent = (name, makeEvent) => this.#note(name, makeEvent());
  readonly #dispatcher: Dispatcher;
  readonly #script: Script;
  readonly #calls = new Map<string, number>();

  constructor(script: Script, random: () => number = () => 0.5, priceOf?: PriceLookup) {
    this.#script = script;
    const { emit } = this;
    this.health = new RouteHealth(this.clock, random, emit);
    this.#dispatcher = new Dispatcher({
      clock: this.clock,
      random,
      health: this.health,
      emit,
      budgets: this.budgets,
      ...(priceOf && { priceOf }),
    });
  }

  /** Dispatches one request over the routes, best first. */
  dispatch(routes: readonly string[], request: StagedRequest = {}): Promise<DispatchResult> {
    return this.dispatchPlan(planWith(request.facts ?? {}, ...routes), request);
  }

  dispatchPlan(plan: Plan, request: StagedRequest = {}): Promise<DispatchResult> {
    const routes = plan.candidates.map(({ route }) => route);
    const choice = request.choice ?? this.choiceOf(routes.map(nameOf), request);
    const fixed = { late: false, hedge: false, ...request.fixed };
    const about = requestInfo(plan, { ...choice.slice, startedAt: this.clock.wallNow() });
    return this.#dispatcher.dispatch({ plan, choice, fixed }, this.request(request), about);
  }

  /** The same over routes, with as much time as it takes. */
  run(routes: readonly string[], request: StagedRequest = {}): Promise<DispatchResult> {
    return this.clock.finish(this.dispatch(routes, request));
  }

  /** A choice between these routes, of which the first is the default. */
  choiceOf(routes: readonly string[], { workload = "default", stream }: StagedRequest = {}): RouteChoice {
    const slice = { workload, streaming: stream !== undefined };
    return new RouteChoice(routes.map(routeOf), "latency", slice, this.health, this.clock);
  }

  request(request: StagedRequest): DispatchRequest {
    const { signal, stream, replayable = true, onePass, usageOf, send, limit } = request;
    return {
      callerSignal: signal,
      stream,
      replayable,
      ...(onePass !== undefined && { onePass }),
      inputBytes: request.inputBytes ?? 0,
      ...(usageOf && { usageOf }),
      maxAttempts: limit ?? (async () => request.maxAttempts ?? 3),
      send: send ?? ((route, abortSignal) => this.#send(nameOf(route), abortSignal)),
    };
  }

  /** The routes that requests were sent to, in order. */
  get started(): readonly string[] {
    return this.log.flatMap((line) => (line.includes(" start ") ? [line.slice(line.lastIndexOf(" ") + 1)] : []));
  }

  /** The samples that a route is ranked by, fastest first, while they are few. */
  samplesOf(name: string): readonly number[] {
    const slice = { workload: "default", streaming: false };
    return this.health.evidence(routeOf(name), slice)?.fewSamples ?? [];
  }

  statsOf(name: string): RouteStats | undefined {
    return this.health.stats().find(({ route }) => route === routeOf(name));
  }

  // Not async, so that a step may throw before there is a promise.
  #send(name: string, signal: CallerSignal | undefined): Promise<object> {
    const steps = this.#script[name] ?? [];
    const call = this.#calls.get(name) ?? 0;
    this.#calls.set(name, call + 1);
    const step = steps[Math.min(call, steps.length - 1)];
    this.log.push(`${this.clock.now()} start ${name}`);
    if (signal !== undefined) this.signals.push(signal);
    if (step === undefined) throw new Error(`No script for ${name}`);
    if ("throws" in step) throw step.throws;
    return this.#play(step, signal as AbortSignal | undefined);
  }

  async #play(step: Exclude<Step, { throws: unknown }>, signal: AbortSignal | undefined): Promise<object> {
    try {
      await this.clock.delay(step.afterMs, signal);
    } catch {
      throw sdkAbortError();
    }
    if ("error" in step) throw step.error;
    if ("output" in step) return step.output;
    const stream = new ScriptedStream(step.stream, this.clock, signal);
    this.streams.push(stream);
    return { $metadata: {}, stream };
  }

  #note<Name extends keyof RoutingEvents>(name: Name, event: RoutingEvents[Name]): void {
    const now = this.clock.now();
    if (name === "attempt") {
      const attempt = event as AttemptEvent;
      this.attempts.push(attempt);
      this.log.push(`${now} ${attempt.outcome} ${nameOf(attempt.route)}`);
    } else if (name === "failover") {
      const { from, to } = event as RoutingEvents["failover"];
      this.log.push(`${now} failover ${nameOf(from)} -> ${nameOf(to)}`);
    } else if (name === "backup") {
      const { from, to, because } = event as RoutingEvents["backup"];
      this.log.push(`${now} ${because}: ${nameOf(from)} -> ${nameOf(to)}`);
    } else if (name === "cooldown") {
      this.cooldowns.push(event as CooldownEvent);
    }
  }
}

export function answers(afterMs: number, output: object = {}): Step {
  return { afterMs, output };
}

export function fails(afterMs: number, error: unknown): Step {
  return { afterMs, error };
}

/** Never answers by itself. */
export function hangs(): Step {
  return { afterMs: Number.POSITIVE_INFINITY, output: {} };
}

export function streams(afterMs: number, stream: readonly StreamStep[]): Step {
  return { afterMs, stream };
}
