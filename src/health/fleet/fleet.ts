import type { Route } from "../../types/route.ts";
import type { LatencyWindow, WindowReading } from "../latency-window.ts";

/**
 * What a process tells the others of its fleet, and what it knows from them. Types alone: what stands behind them is
 * loaded when a store is given. A slice is named, see `sliceName`.
 */
export interface Fleet {
  /** Requests for one of these routes may follow: what others know of them is asked for. */
  prepare(routes: readonly Route[]): void;
  /** A request is about to be sent, and would go to this route if every route could bear it. */
  wanted(route: Route): void;
  /** @param ttfbMs - undefined when it says nothing about the route */
  answered(route: Route, slice: string, ttfbMs: number | undefined): void;
  /** An attempt was cut off before content because another one was faster. */
  waited(route: Route, slice: string, waitedMs: number): void;
  throttled(route: Route): void;
  lostRace(route: Route): void;
  postponed(route: Route, cooldown: SharedCooldown): void;
  recovered(route: Route): void;

  /**
   * What the others do with the routes of a request that is about to be sent: once a request, as it draws lots.
   * @returns undefined while nobody else is at work, or nothing is heard of them
   */
  crowd(routes: readonly Route[]): Crowd | undefined;
  /** The longest cooldown that the fleet can afford; infinity without a fleet. */
  longestCooldownMs(route: Route): number;
  /** The samples of this process with those of the others; undefined when there are none of others. */
  reading(
    route: Route,
    slice: string,
    own: LatencyWindow | undefined,
    ownReading: WindowReading | undefined,
  ): WindowReading | undefined;
  /** When others last measured the route in the slice; minus infinity when they never did. */
  lastSampleAt(route: Route, slice: string): number;
  /** How often others have found that the route has lost too many races. It only grows. */
  evictions(route: Route): number;
}

/** A cooldown as others are told of it. */
export interface SharedCooldown {
  /** From now; negative when it is over and nobody has proved the route since. */
  readonly forMs: number;
  /** Failures in a row. */
  readonly times: number;
  readonly family: string;
}

/** The processes of a fleet as one request sees them. */
export interface Crowd {
  /** Whether this request may be the trial of a route after a cooldown: one of all processes is enough. */
  readonly mayTry: boolean;
  /** Whether this request is to be a probe; undefined when this process makes most requests and counts them itself. */
  readonly mayProbe: boolean | undefined;
  /**
   * Whether the home route may move now: everybody sees the same, and must not follow it together.
   * @param sinceMs - how long ago this process last asked
   */
  mayMove(sinceMs: number): boolean;
  /**
   * The place of the route to which this request falls when each bears what its quota allows.
   * @param routes - in the order in which they are preferred
   */
  bearer(routes: readonly Route[]): number;
}
