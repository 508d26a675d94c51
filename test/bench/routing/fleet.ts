import { type HealthSnapshot, restoreSnapshot, takeSnapshot } from "../../../src/health/health-snapshot.ts";
import type { RouteHealth } from "../../../src/health/route-health.ts";
import { joinFleet } from "../../../src/router/join-fleet.ts";
import { memoryStore } from "../../../src/store/memory-store.ts";
import type { RoutingStore } from "../../../src/types/store.ts";
import type { Clock } from "../../../src/util/clock.ts";
import type { Regime } from "./regime.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** How the processes of a regime tell each other what they have observed; a store of one's own has no distance. */
export type Sharing = "store" | "hand-over" | RoutingStore;

/** Between a process and the store, there and back. */
const ROUND_TRIP_MS = 2;

/** What all processes of one run have in common. */
interface Common {
  readonly store: RoutingStore;
  snapshot: HealthSnapshot | undefined;
}

const runs = new WeakMap<VirtualTime, Common>();

/** What a process tells of its own requests. */
export interface Connection {
  requestStarts(): void;
  requestEnds(): void;
}

/** Connects a process with the others of its run. */
export function connect(
  sharing: Sharing,
  regime: Regime,
  clock: VirtualTime,
  random: () => number,
  health: RouteHealth,
): Connection {
  const common = commonOf(regime, clock);
  if (sharing !== "hand-over") {
    const own = new ProcessClock(clock, regime, random);
    joinFleet(sharing === "store" ? common.store : sharing, health, { clock: own, random, emit: () => {} });
    return own;
  }
  if (common.snapshot !== undefined) restoreSnapshot(JSON.parse(JSON.stringify(common.snapshot)), health, clock);
  return {
    requestStarts: () => {},
    requestEnds: () => {
      common.snapshot = takeSnapshot(health, clock);
    },
  };
}

function commonOf(regime: Regime, clock: VirtualTime): Common {
  let common = runs.get(clock);
  if (common === undefined) {
    common = { store: distantStore(regime, clock), snapshot: undefined };
    runs.set(clock, common);
  }
  return common;
}

/** A store that takes its time, and is gone for as long as the regime says. */
function distantStore({ store: weather = {} }: Regime, clock: VirtualTime): RoutingStore {
  const store = memoryStore({ namespace: "bench", clock });
  const { goneFromMs = Number.POSITIVE_INFINITY, goneToMs = Number.POSITIVE_INFINITY } = weather;
  const travel = (): Promise<void> => new Promise((resolve) => clock.arrive(ROUND_TRIP_MS / 2, resolve));
  return {
    namespace: store.namespace,
    async exchange(batch, signal) {
      await travel();
      if (clock.now() >= goneFromMs && clock.now() < goneToMs) throw new Error("gone");
      const reply = await store.exchange(batch, signal);
      await travel();
      return reply;
    },
  };
}

/**
 * The clock of one process: its wall clock may be wrong, and a short-lived process is frozen while it has no request under
 * way. Timers that are due then go off with the next request; shorter ones than a second fall into the rest of a stream.
 */
class ProcessClock implements Clock {
  readonly #clock: VirtualTime;
  readonly #skewMs: number;
  readonly #freezes: boolean;
  /** A process starts with its first request under way. */
  #awake = true;
  #underWay = 0;
  #overdue: (() => void)[] = [];

  constructor(clock: VirtualTime, { store = {}, load }: Regime, random: () => number) {
    this.#clock = clock;
    this.#skewMs = store.skewMs === undefined ? 0 : store.skewMs * (2 * random() - 1);
    this.#freezes = load.kind === "short-lived";
  }

  now(): number {
    return this.#clock.now();
  }

  wallNow(): number {
    return this.#clock.wallNow() + this.#skewMs;
  }

  delay(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#clock.delay(ms, signal);
  }

  after(ms: number, callback: () => void): () => void {
    let isCalledOff = false;
    const ring = (): void => {
      if (isCalledOff) return;
      if (this.#awake || ms < 1_000) callback();
      else this.#overdue.push(ring);
    };
    const callOff = this.#clock.after(ms, ring);
    return () => {
      isCalledOff = true;
      callOff();
    };
  }

  requestStarts(): void {
    this.#underWay += 1;
    this.#awake = true;
    for (const ring of this.#overdue.splice(0)) ring();
  }

  requestEnds(): void {
    this.#underWay -= 1;
    this.#awake = !this.#freezes || this.#underWay > 0;
  }
}
