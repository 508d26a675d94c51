import type { RouteKind } from "../../../src/types/route.ts";

/** How one route truly behaves, which its callers do not know. */
export interface RouteModel {
  readonly sourceRegion: string;
  readonly modelId: string;
  readonly kind: Extract<RouteKind, "in-region" | "geographic" | "global">;
  /** Relative to the model's global profile, which is 1. */
  readonly relativePrice: number;
  /** The body of the time to first byte: log-normal with this median and spread, in milliseconds. */
  readonly p50Ms: number;
  readonly sigma: number;
  readonly tail: Tail;
  /** Network round trip that a remote source Region adds. */
  readonly rttMs: number;
  /** Tokens a second and how many can be saved up; an attempt without a token is throttled. Absent: unlimited. */
  readonly quota?: { readonly perSecond: number; readonly burst: number };
  /** Beyond so many attempts a second the body grows: by the factor 1 + slope × (rate ÷ knee − 1). */
  readonly congestion?: { readonly knee: number; readonly slope: number };
  readonly events: readonly RouteEvent[];
  /** What callers believe of the route before they have measured it. */
  readonly prior: { readonly ttfbMs: number; readonly sigma: number };
}

/** Rare answers that take far longer than the body allows: log-normal as well. */
export interface Tail {
  readonly share: number;
  readonly medianMs: number;
  readonly sigma: number;
  /** The tail exists in bad spells only; the share is that within a spell. Mean lengths, exponentially distributed. */
  readonly spells?: { readonly quietMs: number; readonly badMs: number };
}

/** Something that happens to a route for a time. */
export interface RouteEvent {
  readonly fromMs: number;
  readonly toMs: number;
  /** Factor on the body. */
  readonly slowdown?: number;
  /** A share of the attempts is silent for so long before it answers. */
  readonly hangs?: { readonly share: number; readonly ms: number };
  /** Every attempt fails at once, or none is ever answered. */
  readonly outage?: "errors" | "silence";
}
