import type { Catalog } from "../profiles/catalog.ts";
import type { ModelRef } from "../profiles/model-ref.ts";
import type { PriceBook } from "../profiles/price-book.ts";
import type { AskedFeature } from "../types/failure.ts";
import type { ResolvedPolicy } from "../types/plan.ts";
import type { ExtraRoute } from "../types/route.ts";
import type { FirstByteRule } from "./first-byte-deadline.ts";
import type { UsedGuardrail } from "./guardrail.ts";
import type { PriorLookup } from "./prior.ts";

/** What a request asks for, as far as it decides which routes it may take. */
export interface RouteQuery {
  readonly ref: ModelRef;
  readonly homeRegion: string;
  /** Regions whose endpoints may be called; the home Region first. */
  readonly sourceRegions: readonly string[];
  /** Which input binds the request to the home Region; undefined when none does. */
  readonly pinnedBy: string | undefined;
  /** The Region, or the route by its key, that it is bound to. @defaultValue the home Region */
  readonly pinnedTo?: string;
  /** The guardrail that the request's prompt and answer go through, under a residency. */
  readonly guardrail?: UsedGuardrail | undefined;
  /** What it asks for that AWS offers on few routes. @defaultValue none */
  readonly features?: readonly AskedFeature[] | undefined;
  /** True when the operation takes the `modelId` exactly as given, from the home Region only. */
  readonly exact: boolean;
  /** The one route that the request may take, by its key or its `modelId`; `"off"`: as given, see `exact`. */
  readonly route?: string | undefined;
  /** What an explicit profile id means. @defaultValue `"boundary"` */
  readonly profileIds?: "boundary" | "model";
  readonly policy: ResolvedPolicy;
  readonly catalog: Catalog;
  /** ISO 8601 date: what has reached its end of life by then is tried last. */
  readonly today: string;
  readonly extraRoutes: readonly ExtraRoute[];
  /** The model for which the caller declared the ARN that `ref` names. */
  readonly arnModel?: string | undefined;
  readonly prices: PriceBook;
  readonly priorOf: PriorLookup;
  readonly firstByteRule: FirstByteRule;
}
