import type { Environment } from "./environment.ts";
import type { Flight } from "./flight.ts";
import type { Regime } from "./regime.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** What takes part in the benchmark. */
export interface Contender {
  readonly name: string;
  /** Whether its code works with promises, which then have to settle before time goes on. */
  readonly usesPromises: boolean;
  /** Makes one client: one process of the application, with a memory of its own. */
  makeClient(setting: Setting): BenchClient;
}

export interface Setting {
  readonly regime: Regime;
  readonly clock: VirtualTime;
  readonly random: () => number;
  /** For what processes do beside routing: it must not shift the luck of that. */
  readonly randomBeside: () => number;
  /** The truth, for the oracle alone. */
  readonly environment: Environment;
}

export interface BenchClient {
  /** Answers the flight, sooner or later: with a route's content or with a failure. */
  send(flight: Flight): void;
}

/** Attempts over all routes that one request may take. */
export const MAX_ATTEMPTS = 4;
