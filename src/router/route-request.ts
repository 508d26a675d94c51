import type { DispatchRequest } from "../dispatch/request.ts";
import type { MayProbe } from "../health/home-route.ts";
import type { RequestRoutingOptions } from "../options/options.ts";
import type { GuardrailRef } from "../plan/guardrail.ts";
import type { AskedFeature } from "../types/failure.ts";
import type { ServiceLevel } from "../types/service-level.ts";

/** What the router has to know of a request to plan it. */
export interface PlanRequest extends ServiceLevel {
  /** As the caller gave it. */
  readonly modelId: string;
  readonly homeRegion: string;
  /** Which input binds the request to the home Region; undefined when none does. */
  readonly pinnedBy: string | undefined;
  /** The Region, or the route by its key, that it is bound to. @defaultValue the home Region */
  readonly pinnedTo?: string | undefined;
  /** The guardrail that its prompt and answer go through. */
  readonly guardrail?: GuardrailRef | undefined;
  /** What it asks for that not every route has. @defaultValue none */
  readonly features?: readonly AskedFeature[] | undefined;
  /** False when the API takes no application profile and no provisioned model. @defaultValue true */
  readonly takesOwnRoutes?: boolean;
  /** True when the operation takes the `modelId` exactly as given, from the home Region only. */
  readonly exact: boolean;
  readonly streaming: boolean;
  /** False when the request must not leave home for the sake of learning. */
  readonly mayProbe: MayProbe;
  /** What the turns of a conversation have in common, as an opaque key; undefined where it cannot be told. */
  readonly conversation?: string | undefined;
  /** Rough size of the input in bytes, where it is known. */
  readonly inputBytes?: number;
  /** The longest answer that is asked for, in tokens. */
  readonly maxTokens?: number | undefined;
  readonly overrides: RequestRoutingOptions | undefined;
}

/** One request, whichever door it came through. The router knows no SDK: a door fills this in and can send to a route. */
export interface RouteRequest extends PlanRequest, DispatchRequest {
  /** Name of the API operation, e.g. `ConverseStream`. */
  readonly operation: string;
  readonly inputBytes: number;
}
