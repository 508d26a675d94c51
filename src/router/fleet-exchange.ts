import type { ExchangeTimer, FleetHealth } from "../health/fleet/fleet-health.ts";
import type { EmitRoutingEvent } from "../types/events.ts";
import { type RoutingStore, STORE_FAILURES, type StoreFailureReason, type StoreReply } from "../types/store.ts";
import type { Clock } from "../util/clock.ts";

/** What is known of the others may be so old when a request comes, and what they are to know may wait for so long. */
const REFRESH_MS = 2_000;
/** A process that has made no request for so long is silent. */
const AWAKE_MS = 30_000;
/** Spread, so that processes which were started together do not ask together. */
const JITTER = 0.2;
/** Between the starts of two exchanges, however urgent the second one is. */
const APART_MS = 250;
/** An exchange that takes longer is given up; the first one may have to connect. */
const LIMIT_MS = 250;
const FIRST_LIMIT_MS = 1_000;
const FLUSH_LIMIT_MS = 1_000;
/** After a failure, doubling, with full jitter. */
const PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** Where time, chance and observers come from. */
export interface FleetTools {
  readonly clock: Clock;
  readonly random: () => number;
  readonly emit: EmitRoutingEvent;
}

/**
 * Exchanges what a fleet shares with its store: in the background, never more than one exchange at a time, each given up
 * after a quarter of a second, and less and less often while they fail. Nothing waits for it and nothing fails with it.
 */
export class FleetExchange implements ExchangeTimer {
  readonly #store: RoutingStore;
  readonly #tools: FleetTools;
  /** When each model is due. */
  readonly #due: Map<string, number> = new Map();
  readonly #requestedAt: Map<string, number> = new Map();
  #fleet: FleetHealth | undefined;
  #refreshMs: number = REFRESH_MS;
  #underWay: Promise<void> | undefined;
  #startedAt = Number.NEGATIVE_INFINITY;
  #failures = 0;
  #pausedUntil = Number.NEGATIVE_INFINITY;
  /** What observers were told last. */
  #told: "reached" | "lost" | undefined;
  #hasLeft = false;
  #callOff: (() => void) | undefined;
  #armedFor = Number.POSITIVE_INFINITY;

  constructor(store: RoutingStore, tools: FleetTools) {
    this.#store = store;
    this.#tools = tools;
  }

  serve(fleet: FleetHealth): void {
    this.#fleet = fleet;
  }

  requested(model: string): void {
    const now = this.#tools.clock.now();
    this.#requestedAt.set(model, now);
    if (now - (this.#fleet?.heardAt(model) ?? 0) >= this.#refreshMs) this.#schedule(model, now);
  }

  pending(model: string, atOnce: boolean): void {
    this.#schedule(model, this.#tools.clock.now() + (atOnce ? 0 : this.#refreshMs));
  }

  /** The client is closed: nothing is exchanged any more. */
  leave(): void {
    this.#callOff?.();
    this.#hasLeft = true;
  }

  /** Settles when what there is to tell was told, or could not be. */
  async flush(): Promise<void> {
    const { clock } = this.#tools;
    if (this.#hasLeft || clock.now() < this.#pausedUntil) return;
    const limit = new AbortController();
    const late = clock.delay(FLUSH_LIMIT_MS, limit.signal).catch(() => {});
    await Promise.race([this.#settle(), late]);
    limit.abort();
  }

  async #settle(): Promise<void> {
    for (;;) {
      if (this.#underWay !== undefined) {
        await this.#underWay;
        continue;
      }
      const next = [...this.#due.keys()].find((model) => this.#fleet?.isDue(model));
      if (next === undefined || this.#tools.clock.now() < this.#pausedUntil) return;
      this.#start(next);
    }
  }

  #schedule(model: string, atMs: number): void {
    const known = this.#due.get(model);
    if (known !== undefined && known <= atMs) return;
    this.#due.set(model, atMs);
    this.#arm();
  }

  /** The timer is set to what is due first; it keeps no process alive. */
  #arm(): void {
    if (this.#hasLeft || this.#underWay !== undefined || this.#due.size === 0) return;
    const { clock } = this.#tools;
    const atMs = Math.max(Math.min(...this.#due.values()), this.#startedAt + APART_MS, this.#pausedUntil);
    if (atMs === this.#armedFor) return;
    this.#callOff?.();
    this.#armedFor = atMs;
    this.#callOff = clock.after(
      Math.max(0, atMs - clock.now()),
      () => {
        this.#armedFor = Number.POSITIVE_INFINITY;
        if (this.#underWay !== undefined) return;
        const [first] = [...this.#due].sort(([, a], [, b]) => a - b);
        if (first !== undefined) this.#start(first[0]);
      },
      true,
    );
  }

  #start(model: string): void {
    const fleet = this.#fleet;
    if (fleet === undefined) return;
    this.#callOff?.();
    this.#armedFor = Number.POSITIVE_INFINITY;
    this.#due.delete(model);
    this.#underWay = this.#exchange(model, fleet).then(() => {
      this.#underWay = undefined;
      this.#arm();
    });
  }

  async #exchange(model: string, fleet: FleetHealth): Promise<void> {
    const { clock, random } = this.#tools;
    const startedAt = clock.now();
    this.#startedAt = startedAt;
    const controller = new AbortController();
    const limitMs = this.#told === "reached" ? LIMIT_MS : FIRST_LIMIT_MS;
    let callOff: (() => void) | undefined;
    try {
      const sent = fleet.batch(model);
      const givenUp = new Promise<never>((_, reject) => {
        callOff = clock.after(
          limitMs,
          () => {
            reject(GIVEN_UP);
            controller.abort();
          },
          true,
        );
      });
      const reply = checked(
        await Promise.race([this.#store.exchange(sent.batch, controller.signal), givenUp]),
        sent.batch.read.length,
      );
      this.#failures = 0;
      this.#refreshMs = REFRESH_MS * (1 - JITTER + 2 * JITTER * random());
      const isCurrent = fleet.learn(model, sent, reply, startedAt);
      this.#tell("reached", undefined);
      if (!isCurrent || (!sent.tells && fleet.isDue(model))) this.#schedule(model, clock.now());
      else this.#stayAwake(model);
    } catch (error) {
      fleet.lost(startedAt);
      const pauseMs = Math.min(LONGEST_PAUSE_MS, PAUSE_MS * 2 ** this.#failures);
      this.#failures += 1;
      this.#pausedUntil = clock.now() + random() * pauseMs;
      this.#tell("lost", reasonOf(error));
    } finally {
      callOff?.();
    }
  }

  /** The next request may come at any time, and is decided by what is known then. */
  #stayAwake(model: string): void {
    const now = this.#tools.clock.now();
    const requestedAt = this.#requestedAt.get(model) ?? Number.NEGATIVE_INFINITY;
    if (now - requestedAt < AWAKE_MS) this.#schedule(model, now + this.#refreshMs);
    else this.#requestedAt.delete(model);
  }

  /** An engine that is gone is worth one line, not one for each exchange. */
  #tell(outcome: "reached" | "lost", reason: StoreFailureReason | undefined): void {
    if (this.#told === outcome) return;
    this.#told = outcome;
    const { namespace } = this.#store;
    this.#tools.emit("store", () => ({ outcome, namespace, ...(reason === undefined ? {} : { reason }) }));
  }
}

const GIVEN_UP = Object.freeze({ reason: "gave-up" });

/** A store may be anybody's: what it says is looked at before it is used. */
function checked(reply: unknown, reads: number): StoreReply {
  const { timeMs, hashes } = (reply ?? {}) as Partial<StoreReply>;
  const isTime = timeMs === undefined || (Number.isFinite(timeMs) && timeMs > 0);
  const isAnswer = Array.isArray(hashes) && hashes.length === reads;
  if (!isTime || !isAnswer || !hashes.every((hash) => typeof hash === "object" && hash !== null)) {
    throw Object.freeze({ reason: "unusable-reply" });
  }
  return { timeMs, hashes };
}

/** By the field and not by the class: the store may come from another copy of the package. */
function reasonOf(error: unknown): StoreFailureReason {
  const { reason } = (error ?? {}) as { readonly reason?: unknown };
  return STORE_FAILURES.find((known) => known === reason) ?? "error";
}
