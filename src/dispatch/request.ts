import type { Demand } from "../health/capacity.ts";
import type { RouteChoice } from "../health/route-choice.ts";
import type { AskedFeature } from "../types/failure.ts";
import type { Candidate, Plan } from "../types/plan.ts";
import type { Route } from "../types/route.ts";
import type { TokenUsage } from "../types/token-usage.ts";
import type { AnswerFormat } from "./answer-events.ts";
import type { AttemptController } from "./attempt-controller.ts";
import type { CallerSignal } from "./link-abort.ts";

/** One request, as far as dispatch has to know it. */
export interface DispatchRequest {
  /** Rough size of the input in bytes: the first byte of a long prompt takes longer. */
  readonly inputBytes: number;
  /** What the turns of a conversation have in common, as an opaque key. */
  readonly conversation?: string | undefined;
  /** Where the answer stream stands in the output; undefined for a unary operation. */
  readonly stream: { readonly field: "stream" | "body"; readonly format: AnswerFormat } | undefined;
  /** False when the request can be sent only once, because its body is consumed by sending it. */
  readonly replayable: boolean;
  /** What it asks for that not every route has. @defaultValue none */
  readonly features?: readonly AskedFeature[] | undefined;
  /** True when the caller repeats a failed request by itself: then every usable route is tried once, without a wait. */
  readonly onePass?: boolean;
  readonly callerSignal: CallerSignal | undefined;
  /** Makes what cancels one attempt. @defaultValue a web `AbortController` */
  newController?(): AttemptController;
  /** The tokens that a unary answer tells. */
  usageOf?(output: object): TokenUsage | undefined;
  /** The cap on the attempts over all routes. Asked only when it matters. */
  maxAttempts(): Promise<number>;
  /**
   * How long to wait before a route is tried again, in milliseconds.
   * @param tries - attempts on it so far
   * @defaultValue as the SDK's standard retry strategy does
   */
  waitMs?(tries: number): number;
  /** Sends the request to one route. Rejects with the error that the door's caller is to see. */
  send(route: Route, signal: CallerSignal | undefined): Promise<object>;
}

/** The plan of one request, and whose choice its first route was. */
export interface PlannedRequest {
  readonly plan: Plan;
  readonly choice: RouteChoice;
  /** The route in the home Region that the request names, where it is one of the plan. */
  readonly named?: Candidate | undefined;
  /** Which waits the caller has fixed: those follow neither the prompt nor the model. */
  readonly fixed: { readonly late: boolean; readonly hedge: boolean };
  /** What the request takes of a quota. */
  readonly demand?: Demand;
}
