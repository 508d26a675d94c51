import type { Attributes, Histogram, Meter, ObservableResult } from "@opentelemetry/api";
import type { AttemptEvent, CooldownEvent, RequestEvent, RoutingEvents } from "../types/events.ts";
import type { Route } from "../types/route.ts";
import type { TokenUsage } from "../types/token-usage.ts";
import { isDefaultRoute, modelName, operationName, Vocabulary } from "./labels.ts";
import { BOUNDARIES, ERROR_TYPE, GEN_AI, METRICS, PROVIDER, ROUTE } from "./names.ts";
import type { RoutedClientLike } from "./routed-client-like.ts";

type Routing = RoutedClientLike["routing"];

/** Records the metrics of one client. Returns what ends it. */
export function recordMetrics(routing: Routing, meterOf: () => Meter, withWorkload: boolean): () => void {
  let recorder: Recorder | undefined;
  const record = (): Recorder => {
    if (recorder === undefined) {
      recorder = recorderOf(meterOf());
      recorder.observe(routing);
    }
    return recorder;
  };
  const workloadOf = (event: { readonly request: { readonly workload: string } }): string | undefined =>
    withWorkload ? event.request.workload : undefined;
  const request = (event: RequestEvent): void => record().request(event, workloadOf(event));
  const attempt = (event: AttemptEvent): void => record().attempt(event, workloadOf(event));
  const failover = (event: RoutingEvents["failover"]): void => record().failover(event);
  const cooldown = (event: CooldownEvent): void => record().cooldown(event);
  routing.on("request", request);
  routing.on("attempt", attempt);
  routing.on("failover", failover);
  routing.on("cooldown", cooldown);
  return () => {
    routing.off("request", request);
    routing.off("attempt", attempt);
    routing.off("failover", failover);
    routing.off("cooldown", cooldown);
    recorder?.forget(routing);
  };
}

const recorders = new WeakMap<Meter, Recorder>();

/** All clients of a meter share their counters: two that observed the same series would overwrite each other. */
function recorderOf(meter: Meter): Recorder {
  let recorder = recorders.get(meter);
  if (recorder === undefined) {
    recorder = new Recorder(meter);
    recorders.set(meter, recorder);
  }
  return recorder;
}

/** The attributes of a route, or of a model that no route served, made once. */
interface Labels {
  /** Stands for them in keys. */
  readonly id: number;
  readonly common: Attributes;
  readonly operation: string;
  /** By workload, if that is recorded. */
  readonly answers: Map<string | undefined, AnswerSets>;
}

/** What is recorded with every answer. */
interface AnswerSets {
  readonly all: Attributes;
  readonly input: Attributes;
  readonly output: Attributes;
}

/**
 * The instruments. Counters are sums of our own that are read when the metrics are collected: adding to an instrument
 * sorts and joins its attributes every time, which would be dearer than everything else here.
 */
class Recorder {
  readonly #clients: Set<WeakRef<Routing>> = new Set();
  readonly #labels: Map<string, Labels> = new Map();
  readonly #routes: WeakMap<Route, Labels> = new WeakMap();
  readonly #models: Vocabulary = new Vocabulary();
  readonly #regions: Vocabulary = new Vocabulary();
  readonly #geographies: Vocabulary = new Vocabulary();
  readonly #families: Vocabulary = new Vocabulary();
  readonly #errors: Vocabulary = new Vocabulary();
  readonly #workloads: Vocabulary = new Vocabulary();
  readonly #requests: Sums = new Sums();
  readonly #attempts: Sums = new Sums();
  readonly #failovers: Sums = new Sums();
  readonly #backups: Sums = new Sums();
  readonly #cooldowns: Sums = new Sums();
  readonly #cost: Sums = new Sums();
  readonly #unknownCost: Sums = new Sums();
  readonly #active: Sums = new Sums();
  readonly #duration: Histogram;
  readonly #firstChunk: Histogram;
  readonly #firstToken: Histogram;
  readonly #tokens: Histogram;

  constructor(meter: Meter) {
    const histogram = (name: string, unit: string, description: string): Histogram =>
      meter.createHistogram(name, {
        ...{ unit, description },
        advice: { explicitBucketBoundaries: BOUNDARIES[name] ?? [] },
      });
    this.#duration = histogram(GEN_AI.operationDuration, "s", "GenAI operation duration.");
    this.#firstChunk = histogram(
      ...([
        GEN_AI.timeToFirstChunk,
        "s",
        "Time from the request to the first chunk, earlier attempts included.",
      ] as const),
    );
    this.#firstToken = histogram(
      ...([GEN_AI.timeToFirstToken, "s", "Time to the first event of one attempt, as seen from this client."] as const),
    );
    this.#tokens = histogram(GEN_AI.tokenUsage, "{token}", "Number of input and output tokens used.");
    const counter = (name: string, unit: string, description: string, sums: Sums): void =>
      meter.createObservableCounter(name, { unit, description }).addCallback((result) => sums.observe(result));
    counter(METRICS.requests, "{request}", "Routed requests that are over.", this.#requests);
    counter(METRICS.attempts, "{attempt}", "Attempts that have ended.", this.#attempts);
    counter(METRICS.failovers, "{failover}", "Requests that went on to another route.", this.#failovers);
    counter(METRICS.backups, "{backup}", "Attempts beside silent ones that have ended.", this.#backups);
    counter(METRICS.cooldowns, "{cooldown}", "Cooldowns that were started.", this.#cooldowns);
    counter(METRICS.cost, "{USD}", "Estimated cost of answers whose price is known.", this.#cost);
    counter(METRICS.unknownCost, "{answer}", "Answers whose cost is not known.", this.#unknownCost);
    meter
      .createObservableUpDownCounter(METRICS.activeCooldowns, {
        ...{ unit: "{cooldown}", description: "Cooldowns that have not ended." },
      })
      .addCallback((result) => this.#observeCooldowns(result));
    meter
      .createObservableGauge(METRICS.budget, {
        ...{ unit: "1", description: "Share that is left of the scarcest budget for further attempts." },
      })
      .addCallback((result) => this.#observeBudgets(result));
  }

  /** A client that is no longer used by anybody else is forgotten. */
  observe(routing: Routing): void {
    this.#clients.add(new WeakRef(routing));
  }

  forget(routing: Routing): void {
    for (const reference of this.#clients) if (reference.deref() === routing) this.#clients.delete(reference);
  }

  request(event: RequestEvent, workload: string | undefined): void {
    const { request, outcome, route, ttfbMs, totalMs, usage } = event;
    const isDefault = isDefaultRoute(event);
    const labels = route === undefined ? this.#labelsOfModel(request.plan.model) : this.#labelsOf(route);
    const used = workload === undefined ? undefined : this.#workloads.of(workload);
    const more = used === undefined ? {} : { [ROUTE.workload]: used };
    this.#requests.add(`${labels.id}|${outcome}|${isDefault}|${used}`, 1, () => ({
      ...labels.common,
      [ROUTE.outcome]: outcome,
      ...(isDefault !== undefined && { [ROUTE.isDefault]: isDefault }),
      ...more,
    }));
    const sets = this.#answerSets(labels, used);
    if (outcome === "succeeded") this.#duration.record(totalMs / 1_000, sets.all);
    else this.#duration.record(totalMs / 1_000, { ...sets.all, [ERROR_TYPE]: this.#errorType(event) });
    if (request.streaming && ttfbMs !== undefined) this.#firstChunk.record(ttfbMs / 1_000, sets.all);
    if (usage !== undefined) {
      this.#tokens.record(allInput(usage), sets.input);
      this.#tokens.record(usage.outputTokens, sets.output);
    }
    this.#costOf(event, labels);
  }

  attempt(event: AttemptEvent, workload: string | undefined): void {
    const { request, route, cause, outcome, ttfbMs } = event;
    const labels = this.#labelsOf(route);
    const used = workload === undefined ? undefined : this.#workloads.of(workload);
    const more = used === undefined ? {} : { [ROUTE.workload]: used };
    const family = event.family === undefined ? undefined : this.#families.of(event.family);
    this.#attempts.add(`${labels.id}|${cause}|${outcome}|${family}|${used}`, 1, () => ({
      ...labels.common,
      [ROUTE.cause]: cause,
      [ROUTE.outcome]: outcome,
      ...(family !== undefined && { [ROUTE.family]: family }),
      ...more,
    }));
    if (cause === "backup" || cause === "hedge") {
      const won = ttfbMs !== undefined;
      this.#backups.add(`${labels.id}|${cause}|${won}`, 1, () => ({
        ...labels.common,
        [ROUTE.cause]: cause,
        [ROUTE.won]: won,
      }));
    }
    if (!request.streaming || ttfbMs === undefined) return;
    const sets = this.#answerSets(labels, used);
    this.#firstToken.record(ttfbMs / 1_000, sets.all);
  }

  failover({ from, kind, family }: RoutingEvents["failover"]): void {
    const labels = this.#labelsOf(from);
    const known = this.#families.of(family);
    this.#failovers.add(`${labels.id}|${kind}|${known}`, 1, () => ({
      ...labels.common,
      [ROUTE.outcome]: kind,
      [ROUTE.family]: known,
    }));
  }

  cooldown({ route, scope, family }: CooldownEvent): void {
    const labels = this.#labelsOf(route);
    const known = this.#families.of(family);
    this.#cooldowns.add(`${labels.id}|${scope}|${known}`, 1, () => ({
      ...labels.common,
      [ROUTE.scope]: scope,
      [ROUTE.family]: known,
    }));
  }

  #costOf({ cost }: RequestEvent, { id, common }: Labels): void {
    if (cost === undefined) return;
    const { answer, extra } = cost;
    const add = (type: string, usd: number): void =>
      this.#cost.add(`${id}|${type}`, usd, () => ({ ...common, [ROUTE.costType]: type }));
    if (answer.known) add("answer", answer.usd);
    else {
      const { reason } = answer;
      this.#unknownCost.add(`${id}|${reason}`, 1, () => ({ ...common, [ROUTE.costReason]: reason }));
    }
    if (extra?.ifBilled.known === true) add("extra_if_billed", extra.ifBilled.usd);
  }

  #errorType({ errorName, family, outcome }: RequestEvent): string {
    return this.#errors.of(errorName ?? family ?? outcome);
  }

  #labelsOf(route: Route): Labels {
    let labels = this.#routes.get(route);
    if (labels === undefined) {
      const { model, kind } = route;
      const sourceRegion = this.#regions.of(route.sourceRegion);
      const geography = this.#geographies.of(route.geography);
      labels = this.#labelsWith(model, {
        [ROUTE.sourceRegion]: sourceRegion,
        [ROUTE.kind]: kind,
        [ROUTE.geography]: geography,
      });
      this.#routes.set(route, labels);
    }
    return labels;
  }

  #labelsOfModel(model: string): Labels {
    return this.#labelsWith(model, {});
  }

  /** Many routes may share them: those to application profiles differ by what is left out here. */
  #labelsWith(model: string, attributes: Attributes): Labels {
    const common = { [GEN_AI.requestModel]: this.#models.of(modelName(model)), ...attributes };
    const key = Object.values(common).join("|");
    let labels = this.#labels.get(key);
    if (labels === undefined) {
      labels = { id: this.#labels.size, common, operation: operationName(model), answers: new Map() };
      this.#labels.set(key, labels);
    }
    return labels;
  }

  #answerSets({ common, operation, answers }: Labels, workload: string | undefined): AnswerSets {
    let sets = answers.get(workload);
    if (sets === undefined) {
      const all = {
        [GEN_AI.operationName]: operation,
        [GEN_AI.providerName]: PROVIDER,
        ...common,
        ...(workload !== undefined && { [ROUTE.workload]: workload }),
      };
      sets = {
        all,
        input: { ...all, [GEN_AI.tokenType]: "input" },
        output: { ...all, [GEN_AI.tokenType]: "output" },
      };
      answers.set(workload, sets);
    }
    return sets;
  }

  #observeCooldowns(result: ObservableResult): void {
    const active = this.#active;
    // A series that is no longer observed would keep its last value.
    active.clear();
    for (const { route, scope, family } of this.#states().flatMap(({ cooldowns }) => cooldowns)) {
      const sourceRegion = this.#regions.of(route.sourceRegion);
      const known = this.#families.of(family);
      active.add(`${sourceRegion}|${scope}|${known}`, 1, () => ({
        [ROUTE.sourceRegion]: sourceRegion,
        [ROUTE.scope]: scope,
        [ROUTE.family]: known,
      }));
    }
    active.observe(result);
  }

  #observeBudgets(result: ObservableResult): void {
    const states = this.#states();
    if (states.length === 0) return;
    for (const budget of ["retry", "backup", "hedge"] as const) {
      result.observe(Math.min(...states.map(({ budgets }) => budgets[budget])), { [ROUTE.budget]: budget });
    }
  }

  #states(): ReturnType<Routing["state"]>[] {
    return [...this.#clients].flatMap((reference) => {
      const routing = reference.deref();
      if (routing === undefined) this.#clients.delete(reference);
      return routing === undefined ? [] : [routing.state()];
    });
  }
}

/** Sums by attributes. */
class Sums {
  readonly #sums: Map<string, { readonly attributes: Attributes; value: number }> = new Map();

  /** @param key - stands for the attributes, which are made with the first amount alone */
  add(key: string, amount: number, attributesOf: () => Attributes): void {
    const known = this.#sums.get(key);
    if (known === undefined) this.#sums.set(key, { attributes: attributesOf(), value: amount });
    else known.value += amount;
  }

  /** Sets every sum to 0. */
  clear(): void {
    for (const sum of this.#sums.values()) sum.value = 0;
  }

  observe(result: ObservableResult): void {
    for (const { attributes, value } of this.#sums.values()) result.observe(value, attributes);
  }
}

/** By the conventions, the cached ones too. */
function allInput({ inputTokens, cacheReadInputTokens = 0, cacheWriteInputTokens = 0 }: TokenUsage): number {
  return inputTokens + cacheReadInputTokens + cacheWriteInputTokens;
}
