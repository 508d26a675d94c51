import type { AnswerFormat } from "../dispatch/answer-events.ts";
import type { AttemptController } from "../dispatch/attempt-controller.ts";
import type { CallerSignal } from "../dispatch/link-abort.ts";
import type { RequestRoutingOptions } from "../options/options.ts";
import type { Route } from "../types/route.ts";
import type { TokenUsage } from "../types/token-usage.ts";

/** What the router has to know of a request to plan it. */
export interface PlanRequest {
  /** As the caller gave it. */
  readonly modelId: string;
  readonly homeRegion: string;
  /** Which input binds the request to the home Region; undefined when none does. */
  readonly pinnedBy: string | undefined;
  /** The Region, or the route by its key, that it is bound to. @defaultValue the home Region */
  readonly pinnedTo?: string | undefined;
  /** False when the API takes no application profile and no provisioned model. @defaultValue true */
  readonly takesOwnRoutes?: boolean;
  /** True when the operation takes the `modelId` exactly as given, from the home Region only. */
  readonly exact: boolean;
  readonly streaming: boolean;
  /** False when the request had better stay where its prompt cache is. */
  readonly mayProbe: boolean;
  readonly overrides: RequestRoutingOptions | undefined;
}

/** One request, whichever door it came through. The router knows no SDK: a door fills this in and can send to a route. */
export interface RouteRequest extends PlanRequest {
  /** Name of the API operation, e.g. `ConverseStream`. */
  readonly operation: string;
  /** Rough size of the input in bytes: the first byte of a long prompt takes longer. */
  readonly inputBytes: number;
  /** Where the answer stream stands in the output; undefined for a unary operation. */
  readonly stream: { readonly field: "stream" | "body"; readonly format: AnswerFormat } | undefined;
  /** False when the request can be sent only once, because its body is consumed by sending it. */
  readonly replayable: boolean;
  /** True when the caller repeats a failed request by itself: then every usable route is tried once, without a wait. */
  readonly onePass?: boolean;
  readonly callerSignal: CallerSignal | undefined;
  /** Makes what cancels one attempt. @defaultValue a web `AbortController` */
  newController?(): AttemptController;
  /** The tokens that a unary answer tells. */
  usageOf?(output: object): TokenUsage | undefined;
  /** The cap on the attempts over all routes. Asked only when an attempt has failed. */
  maxAttempts(): Promise<number>;
  /** Sends the request to one route. Rejects with the error that the door's caller is to see. */
  send(route: Route, signal: CallerSignal | undefined): Promise<object>;
}
