import type { AttemptCause } from "./attempt.ts";
import type { Cost, RequestCost } from "./cost.ts";
import type { Plan } from "./plan.ts";
import type { FailureKind, Route } from "./route.ts";
import type { ServiceLevel } from "./service-level.ts";
import type { StoreFailureReason } from "./store.ts";
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
  /** A request is over: its answer was read to the end, was given up, or failed. Exactly once per routed request. */
  readonly request: RequestEvent;
  /** A request goes on to another route. */
  readonly failover: {
    readonly request: RequestInfo;
    readonly from: Route;
    readonly to: Route;
    readonly kind: FailureKind;
    readonly family: string;
  };
  /** A further attempt is started while the others of the request are silent. */
  readonly backup: {
    readonly request: RequestInfo;
    readonly from: Route;
    readonly to: Route;
    readonly because: "late" | "doubtful" | "hedge";
    readonly afterMs: number;
  };
  /** A route, or everything that shares its failure, is postponed. */
  readonly cooldown: CooldownEvent;
  /** The control plane was asked what exists in a source Region, and it answered or did not. */
  readonly catalog: CatalogEvent;
  /** The store of the fleet was reached, or could not be used. */
  readonly store: StoreEvent;
}

/** A routed request. All events of one request hold the same object. */
export interface RequestInfo extends ServiceLevel {
  /** Name of the API operation, e.g. `ConverseStream`. */
  readonly operation: string;
  readonly workload: string;
  readonly streaming: boolean;
  /** Wall-clock start, milliseconds since the Unix epoch. */
  readonly startedAt: number;
  readonly plan: Plan;
  /** Where the request goes while nothing has been observed; absent for `throughput`, which has no such route. */
  readonly defaultRoute?: Route;
}

/** The end of a request. */
export interface RequestEvent {
  readonly request: RequestInfo;
  /** `no-route`: nothing that exists is allowed, and nothing was sent. */
  readonly outcome: "succeeded" | FailureKind | "no-route";
  /** The route that answered; absent when none did. */
  readonly route?: Route;
  readonly attempts: number;
  /** Start of the request to the first stream event, or to the response: earlier attempts and backoff are in it. */
  readonly ttfbMs?: number;
  /** Start of the request to its end. */
  readonly totalMs: number;
  readonly usage?: TokenUsage;
  /** Absent when no route answered. */
  readonly cost?: Omit<RequestCost, "alternative">;
  readonly family?: string;
  /** Name of the SDK's error, e.g. `ThrottlingException`. */
  readonly errorName?: string;
}

/** The end of an attempt, without the error object: its text may quote the request. */
export interface AttemptEvent extends ServiceLevel {
  readonly request: RequestInfo;
  /** Place among the attempts of the request, in the order in which they were started; from 1. */
  readonly number: number;
  /** Why it was started. A `backup` or `hedge` ran beside an earlier one that was still silent. */
  readonly cause: AttemptCause;
  readonly route: Route;
  readonly workload: string;
  readonly streaming: boolean;
  readonly outcome: "succeeded" | FailureKind;
  readonly startedAt: number;
  readonly ttfbMs?: number;
  readonly totalMs?: number;
  /** Tokens of an answer that was read to its end, if the service tells them. */
  readonly usage?: TokenUsage;
  /** What the answer costs; absent when there was none. */
  readonly cost?: Cost;
  readonly family?: string;
  /** Name of the SDK's error, e.g. `ThrottlingException`. */
  readonly errorName?: string;
}

/** The start of an attempt. */
export interface AttemptStart {
  readonly request: RequestInfo;
  /** As in {@link AttemptEvent}. */
  readonly number: number;
  readonly route: Route;
}

/**
 * Runs around each request and each attempt, for tracing that has to make a span the active one meanwhile. Each method
 * calls `send` once, before it returns. What it throws becomes a process warning; what is sent is sent anyway.
 */
export interface RoutingTracer {
  request(request: RequestInfo, send: () => void): void;
  attempt(attempt: AttemptStart, send: () => void): void;
}

/** The start of a cooldown or quarantine. */
export interface CooldownEvent {
  readonly route: Route;
  /** What is postponed: the route, or in its source Region every route of its model or every model. */
  readonly scope: "route" | "model" | "region";
  /** `flex` when only requests of that tier are postponed. */
  readonly serviceTier?: string;
  readonly family: string;
  readonly forMs: number;
  /** Wall-clock end, milliseconds since the Unix epoch. */
  readonly until: number;
  /** Another process of the fleet has met the failure, not this one. */
  readonly learned?: true;
}

/** The store through which a fleet shares what it observes was reached, or could not be used. No request waits for it. */
export interface StoreEvent {
  /** `lost`: told once, until it is reached again. */
  readonly outcome: "reached" | "lost";
  readonly namespace: string;
  /** Why it could not be used. */
  readonly reason?: StoreFailureReason;
}

/** The end of a look at the control plane. A failure never fails a request: what was known before stands. */
export interface CatalogEvent {
  readonly outcome: "refreshed" | "failed";
  readonly sourceRegion: string;
  /** Whether what exists has changed; when refreshed. */
  readonly changed?: boolean;
  /** The operation that failed. */
  readonly operation?: "ListInferenceProfiles" | "ListFoundationModels" | "GetInferenceProfile" | "GetGuardrail";
  /** Why it failed. */
  readonly reason?: CatalogFailure;
  /** Name of the SDK's error, e.g. `AccessDeniedException`. */
  readonly errorName?: string;
  /** One sentence for a person. */
  readonly detail: string;
}

/** Why the control plane did not tell what exists. */
export type CatalogFailure =
  /** The optional peer dependency `@aws-sdk/client-bedrock` is not installed. */
  | "package-missing"
  /** IAM, the credentials or the Region of the account do not allow it. */
  | "denied"
  /** The SDK finds no credentials. */
  | "no-credentials"
  /** The service knows no such profile or guardrail. */
  | "not-found"
  | "throttled"
  | "timeout"
  /** No connection, or no answer of the service. */
  | "unreachable"
  /** The service failed. */
  | "service-error"
  /** The response is unusable: empty, without the expected list, or pages without end. */
  | "malformed";

/** A function that observes one kind of event. */
export type RoutingListener<Name extends keyof RoutingEvents> = (event: RoutingEvents[Name]) => void;

/** Publishes one event to its observers; the event is only made when there is one. */
export type EmitRoutingEvent = <Name extends keyof RoutingEvents>(name: Name, event: () => RoutingEvents[Name]) => void;
