import type { Arrival } from "./arrivals.ts";
import type { AttemptEnd, Environment } from "./environment.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** What became of a request. */
export interface Landing {
  readonly arrival: Arrival;
  /** From the caller's request to the first content, or to the error, in milliseconds. */
  readonly waitedMs: number;
  /** The route that served it; undefined when none did. */
  readonly servedBy: number | undefined;
  /** The route that was tried first. */
  readonly firstTried: number | undefined;
  /** Attempts started while another one was still silent: backups and hedges. */
  readonly extra: number;
  readonly throttled: number;
  /** Factor on its price because it found no prompt cache. */
  readonly priceFactor: number;
}

/** One request on its way, as its caller and the routes see it. A contender answers it by starting attempts. */
export class Flight {
  readonly id: number;
  readonly arrival: Arrival;
  readonly #environment: Environment;
  readonly #clock: VirtualTime;
  readonly #onEnd: (flight: Flight) => void;
  #inFlight = 0;
  #giveUp: (() => void) | undefined;
  #endedAtMs: number | undefined;
  #attempts = 0;
  #servedBy: number | undefined;
  #firstTried: number | undefined;
  #extra = 0;
  #throttled = 0;
  #priceFactor = 1;

  constructor(
    id: number,
    arrival: Arrival,
    environment: Environment,
    clock: VirtualTime,
    onEnd: (flight: Flight) => void,
  ) {
    this.id = id;
    this.arrival = arrival;
    this.#environment = environment;
    this.#clock = clock;
    this.#onEnd = onEnd;
  }

  /** Called once when the caller loses patience. */
  onGiveUp(callback: () => void): void {
    this.#giveUp = callback;
  }

  giveUp(): void {
    this.#giveUp?.();
  }

  /**
   * Starts an attempt. Returns the function that cancels it.
   * @param onBegun - called when the answer begins without content, as that of a model that thinks does
   */
  start(
    route: number,
    onEnd: (outcome: AttemptEnd["outcome"], cached?: boolean) => void,
    onBegun?: () => void,
  ): () => void {
    const end = this.#environment.attempt(route, this.id, this.#attempts, this.arrival, this.#clock.now());
    this.#attempts += 1;
    this.#firstTried ??= route;
    if (this.#inFlight > 0) this.#extra += 1;
    this.#inFlight += 1;
    let isOver = false;
    const { begunAfterMs } = end;
    const callOffBegin =
      onBegun === undefined || begunAfterMs === undefined ? undefined : this.#clock.arrive(begunAfterMs, onBegun);
    const callOff = this.#clock.arrive(end.afterMs, () => {
      isOver = true;
      this.#inFlight -= 1;
      if (end.outcome === "throttled") this.#throttled += 1;
      onEnd(end.outcome, end.cached);
    });
    return () => {
      if (isOver) return;
      isOver = true;
      this.#inFlight -= 1;
      callOffBegin?.();
      callOff();
    };
  }

  /** The caller has content, from this route. */
  answered(route: number): void {
    this.#servedBy = route;
    const now = this.#clock.now();
    this.#priceFactor = this.#environment.priceFactor(route, this.arrival, now);
    this.#environment.answered(route, this.arrival, now);
    this.#end();
  }

  /** The caller has an error. */
  failed(): void {
    this.#end();
  }

  get ended(): boolean {
    return this.#endedAtMs !== undefined;
  }

  get landing(): Landing {
    const { arrival } = this;
    return {
      arrival,
      waitedMs: (this.#endedAtMs ?? Number.NaN) - arrival.atMs,
      servedBy: this.#servedBy,
      firstTried: this.#firstTried,
      extra: this.#extra,
      throttled: this.#throttled,
      priceFactor: this.#priceFactor,
    };
  }

  #end(): void {
    if (this.ended) throw new Error(`Request ${this.id} ended twice`);
    this.#endedAtMs = this.#clock.now();
    this.#giveUp = undefined;
    this.#onEnd(this);
  }
}
