import { Dispatcher } from "../../../src/dispatch/dispatch.ts";
import type { CallerSignal } from "../../../src/dispatch/link-abort.ts";
import { RouteHealth } from "../../../src/health/route-health.ts";
import type { RoutingOptions } from "../../../src/options/options.ts";
import { resolveOptions } from "../../../src/options/resolve-options.ts";
import type { PriceBook } from "../../../src/profiles/price-book.ts";
import type { PlanRequest } from "../../../src/router/route-request.ts";
import { Router } from "../../../src/router/router.ts";
import { Tracers } from "../../../src/router/tracers.ts";
import type { EmitRoutingEvent } from "../../../src/types/events.ts";
import { type Route, routeKey } from "../../../src/types/route.ts";
import { serviceLevel } from "../../../src/types/service-level.ts";
import type { Clock } from "../../../src/util/clock.ts";
import { type BenchClient, type Contender, MAX_ATTEMPTS, type Setting } from "./contender.ts";
import type { AttemptEnd } from "./environment.ts";
import { type Connection, connect, type Sharing } from "./fleet.ts";
import type { Flight } from "./flight.ts";
import { catalogOf } from "./made-up-catalog.ts";
import type { Regime } from "./regime.ts";
import { serviceUnavailable, throttling } from "./service-errors.ts";
import { VirtualTime } from "./virtual-time.ts";

/** This library with its defaults, and with the options that are worth comparing. */
export const products: readonly Contender[] = [
  product("this library", {}),
  product("this library, hedging", { hedgeAfterMs: "adaptive" }),
];

/** Options that only some regimes are made for: not among the contenders. */
export const variants: readonly Contender[] = [product("this library, throughput", { policy: "throughput" })];

/** This library in processes that share what they observe: for the regimes of many processes. */
export const fleets: readonly Contender[] = [
  product("this library, shared", {}, "store"),
  product("this library, handed over", {}, "hand-over"),
];

/** The keys of the routes that the library plans in a regime. */
export function plannedRoutes(regime: Regime): readonly string[] {
  const router = makeRouter(regime, new VirtualTime(), () => 0.5, {});
  return router.plan(planRequest(regime)).plan.candidates.map(({ route }) => route.key);
}

export function product(name: string, options: Partial<RoutingOptions>, sharing?: Sharing): Contender {
  return { name, usesPromises: true, makeClient: (setting) => new ProductClient(setting, options, sharing) };
}

/** The only place that knows how the library's parts are put together: what `createRoutedClient` does, without an SDK. */
class ProductClient implements BenchClient {
  readonly #router: Router;
  readonly #regime: Regime;
  readonly #places: ReadonlyMap<string, number>;

  readonly #connection: Connection | undefined;

  constructor(setting: Setting, options: Partial<RoutingOptions>, sharing: Sharing | undefined) {
    const { regime, clock, random, randomBeside } = setting;
    this.#regime = regime;
    this.#places = new Map(
      regime.routes.map(({ sourceRegion, modelId }, place) => [routeKey(sourceRegion, modelId), place]),
    );
    const health = new RouteHealth(clock, random, () => {});
    this.#router = makeRouter(regime, clock, random, options, health);
    if (sharing === undefined) return;
    this.#connection = connect(sharing, regime, clock, randomBeside, health);
    // As an application does that starts: `client.routing.plan(model)`.
    this.#router.preview(planRequest(regime));
  }

  send(flight: Flight): void {
    this.#connection?.requestStarts();
    void this.#answer(flight).finally(() => this.#connection?.requestEnds());
  }

  async #answer(flight: Flight): Promise<void> {
    const caller = new AbortController();
    flight.onGiveUp(() => caller.abort());
    const { inputBytes, conversation, tier } = flight.arrival;
    const result = await this.#router.send({
      ...planRequest(this.#regime),
      operation: "ConverseStream",
      ...serviceLevel(tier, undefined),
      mayProbe: conversation !== undefined && this.#regime.conversations?.marked === true ? "while-slow" : true,
      conversation: conversation === undefined ? undefined : String(conversation),
      callerSignal: caller.signal,
      replayable: true,
      inputBytes,
      stream: { field: "stream", format: "converse" },
      maxAttempts: async () => MAX_ATTEMPTS,
      send: (route, signal) => this.#attempt(flight, route, signal),
    });
    if (!result.succeeded) {
      flight.failed();
      return;
    }
    const answer = result.output as Answer;
    flight.answered(answer.servedBy);
    for await (const _event of answer.stream);
  }

  #attempt(flight: Flight, route: Route, signal: CallerSignal | undefined): Promise<object> {
    const place = this.#places.get(route.key);
    if (place === undefined) throw new Error(`${this.#regime.name} has no route ${route.key}`);
    const { thinking } = this.#regime;
    return new Promise((resolve, reject) => {
      const content = thinking === undefined ? undefined : new Deferred();
      const onAbort = (): void => {
        cancel();
        content?.reject(requestAborted());
        reject(requestAborted());
      };
      const onEnd = (outcome: AttemptEnd["outcome"], cached?: boolean): void => {
        signal?.removeEventListener?.("abort", onAbort);
        content?.resolve();
        if (outcome === "answered") resolve({ servedBy: place, stream: answerWith(cached) } satisfies Answer);
        else reject(outcome === "throttled" ? throttling() : serviceUnavailable());
      };
      const onBegun = (): void => {
        if (content !== undefined) resolve({ servedBy: place, stream: answerAfter(content) } satisfies Answer);
      };
      const cancel = flight.start(place, onEnd, onBegun);
      signal?.addEventListener?.("abort", onAbort, { once: true });
    });
  }
}

function planRequest({ model, homeRegion }: Regime): PlanRequest {
  return {
    modelId: model,
    homeRegion,
    pinnedBy: undefined,
    exact: false,
    streaming: true,
    mayProbe: true,
    overrides: undefined,
  };
}

function makeRouter(
  regime: Regime,
  clock: Clock,
  random: () => number,
  options: Partial<RoutingOptions>,
  health: RouteHealth = new RouteHealth(clock, random, () => {}),
): Router {
  const emit: EmitRoutingEvent = () => {};
  const resolved = resolveOptions({
    policy: "latency",
    sourceRegions: regime.sourceRegions,
    ...(regime.profiles === "made-up" && { catalog: catalogOf(regime) }),
    ...options,
  });
  const prices = { ...resolved.prices, relativePrice: givenPrices(regime) };
  return new Router(
    { ...resolved, prices, ...(regime.priors === "given" && { priorOf: givenPriors(regime) }) },
    {
      clock,
      health,
      dispatcher: new Dispatcher({ clock, random, health, emit }),
      emit,
      tracers: new Tracers(),
    },
  );
}

/** What the world charges: published prices change, and would make another world of it. */
function givenPrices({ routes }: Regime): PriceBook["relativePrice"] {
  return (_model, { kind }) => routes.find((route) => route.kind === kind)?.relativePrice ?? 1;
}

function givenPriors({ name, routes }: Regime): ReturnType<typeof resolveOptions>["priorOf"] {
  return ({ key }) => {
    const route = routes.find(({ sourceRegion, modelId }) => routeKey(sourceRegion, modelId) === key);
    if (route === undefined) throw new Error(`${name} has no route ${key}`);
    return { ...route.prior, basis: "the regime" };
  };
}

/** The output of ConverseStream, as far as dispatch looks at it. */
interface Answer {
  readonly servedBy: number;
  readonly stream: AsyncIterable<unknown>;
}

const EVENTS: readonly object[] = [
  { contentBlockDelta: { contentBlockIndex: 0, delta: { text: "Hello" } } },
  { messageStop: { stopReason: "end_turn" } },
];

/** First content and end at once: the benchmark is about the time until then. */
const answerFrom = (events: readonly object[]): AsyncIterable<unknown> => ({
  [Symbol.asyncIterator]() {
    let sent = 0;
    return {
      async next() {
        const value = events[sent];
        sent += 1;
        return value === undefined ? { done: true, value } : { done: false, value };
      },
    };
  },
});

/** So many cached tokens that a turn without them costs as much more as the regimes of conversations say. */
const usageWith = (read: number, written: number): object => ({
  metadata: {
    usage: { inputTokens: 200, outputTokens: 100, cacheReadInputTokens: read, cacheWriteInputTokens: written },
  },
});

const ANSWER = answerFrom(EVENTS);
const CACHED = answerFrom([...EVENTS, usageWith(1_050, 0)]);
const WRITTEN = answerFrom([...EVENTS, usageWith(0, 1_050)]);

function answerWith(cached: boolean | undefined): AsyncIterable<unknown> {
  if (cached === undefined) return ANSWER;
  return cached ? CACHED : WRITTEN;
}

/** An answer that begins at once and has its content later. */
async function* answerAfter(content: Deferred): AsyncGenerator<object> {
  yield { messageStart: { role: "assistant" } };
  await content.promise;
  yield* EVENTS;
}

class Deferred {
  readonly promise: Promise<void>;
  resolve: () => void = () => {};
  reject: (error: unknown) => void = () => {};

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // An attempt that is cut off before anybody reads is nobody's error.
    this.promise.catch(() => {});
  }
}

/** What the SDK throws for an aborted request. */
function requestAborted(): Error {
  return Object.assign(new Error("Request aborted"), { name: "AbortError" });
}
