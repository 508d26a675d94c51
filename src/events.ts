import type { Plan } from "./plan.ts";
import type { FailureKind, Route } from "./route.ts";
import type { TokenUsage } from "./token-usage.ts";

/**
 * What a routed client tells its observers. Payloads never hold prompts, outputs or credentials, and an observer can
 * never influence routing: an exception in a listener becomes a process warning.
 */
export interface RoutingEvents {
  /** A plan was made for a request. */
  readonly plan: { readonly plan: Plan };
  /** An attempt ended: its answer was read to the end, was given up, or failed. Exactly once per attempt. */
  readonly attempt: AttemptEvent;
  /** A request goes on to another route. */
  readonly failover: { readonly from: Route; readonly to: Route; readonly kind: FailureKind; readonly family: string };
  /** A further attempt is started while the others of the request are silent. */
  readonly backup: {
    readonly from: Route;
    readonly to: Route;
    readonly because: "late" | "doubtful" | "hedge";
    readonly afterMs: number;
  };
  /** A route, or everything that shares its failure, is postponed. */
  readonly cooldown: CooldownEvent;
}

/** The end of an attempt, without the error object: its text may quote the request. */
export interface AttemptEvent {
  readonly route: Route;
  readonly workload: string;
  readonly streaming: boolean;
  readonly outcome: "succeeded" | FailureKind;
  readonly startedAt: number;
  readonly ttfbMs?: number;
  readonly totalMs?: number;
  /** Tokens of an answer that was read to its end, if the service tells them. */
  readonly usage?: TokenUsage;
  readonly family?: string;
  /** Name of the SDK's error, e.g. `ThrottlingException`. */
  readonly errorName?: string;
  readonly hedge: boolean;
}

/** The start of a cooldown or quarantine. */
export interface CooldownEvent {
  readonly route: Route;
  /** What is postponed: the route, or every model of its source Region. */
  readonly scope: "route" | "region";
  readonly family: string;
  readonly forMs: number;
  /** Wall-clock end, milliseconds since the Unix epoch. */
  readonly until: number;
}

/** A function that observes one kind of event. */
export type RoutingListener<Name extends keyof RoutingEvents> = (event: RoutingEvents[Name]) => void;

/** Publishes one event to its observers; the event is only made when there is one. */
export type EmitRoutingEvent = <Name extends keyof RoutingEvents>(name: Name, event: () => RoutingEvents[Name]) => void;
