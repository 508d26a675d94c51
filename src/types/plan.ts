import type { Route } from "./route.ts";

/**
 * What would be tried for one request, in order, and what was rejected and why. Frozen and JSON-serialisable; made by
 * the planner, read by the dispatcher and by people.
 */
export interface Plan {
  /** The foundation model, or the ARN when AWS does not say which model stands behind it. */
  readonly model: string;
  /** The Region in the caller's client config. */
  readonly homeRegion: string;
  readonly policy: ResolvedPolicy;
  /** Best first. Empty when nothing is allowed: the request then fails with `NoRouteError`. */
  readonly candidates: readonly Candidate[];
  readonly rejections: readonly Rejection[];
  /** True when the profile table does not know what the caller named: it is sent as given. */
  readonly unlisted?: true;
  /** What a person should know beside it, such as a misspelt id or a model past its end of life: a sentence each. */
  readonly remarks: readonly string[];
  /** Name and date of the profile table that the plan was made from. */
  readonly catalog: string;
}

/** What is preferred among the routes that the residency allows. */
export type RoutePreference = "latency" | "cost" | "throughput";

/** A policy with every default filled in. */
export interface ResolvedPolicy {
  readonly prefer: RoutePreference;
  readonly priceWeight: number;
  readonly residency: ResolvedResidency;
}

/** The constraint on destination Regions, as a set of Regions. */
export interface ResolvedResidency {
  /** As the caller wrote it, e.g. `any`, `home (eu)`, `eu`, `countries DE, FR`. */
  readonly label: string;
  /** Allowed destination Regions; `"any"` allows everything, including a global profile. */
  readonly regions: "any" | readonly string[];
  /** The geographies that it allows as wholes; absent for one by Region or country. */
  readonly geographies?: readonly string[];
}

/** A route with the facts it is ranked by. */
export interface Candidate {
  readonly route: Route;
  /** Sentences that say why the route stands where it stands, with the numbers used. */
  readonly reasons: readonly string[];
  /** Expected time to first byte in milliseconds (median): live samples, filled up from the prior. */
  readonly ttfbMs: number;
  /** What was expected before anything was measured, in milliseconds. */
  readonly priorMs: number;
  /** Live samples behind `ttfbMs`; 0 means that it is the prior alone. */
  readonly samples: number;
  /** Price relative to the model's global profile, which is 1. */
  readonly relativePrice: number;
  /** `ttfbMs × relativePrice^priceWeight`: lower is better. */
  readonly score: number;
  /** Routes of the same tier compete by score; those of a later tier wait until no earlier one is usable. */
  readonly tier: number;
  /** How long an attempt may be silent before a backup is started, in milliseconds; absent when none is. */
  readonly backupAfterMs?: number;
  /** The same for a probe, a trial after a cooldown, or the request after a lost race. */
  readonly doubtfulAfterMs?: number;
  /** How long until a hedge is started; absent when hedging is off. */
  readonly hedgeAfterMs?: number;
  /** Milliseconds until the route's cooldown ends; absent when it is not cooling. */
  readonly coolingForMs?: number;
}

/** Why a route was not considered. */
export type RejectionReason =
  | "residency"
  | "guardrail"
  | "not-a-source-region"
  | "boundary"
  | "pinned"
  | "replaced"
  | "other-model"
  | "other-route";

/** A route that exists but may not be used for this request. */
export interface Rejection {
  readonly route: Route;
  readonly reason: RejectionReason;
  /** One sentence for a person. */
  readonly detail: string;
}
