/**
 * A drop-in `BedrockRuntimeClient` that routes each request to the right inference profile in the right source Region.
 * @module
 */

export {
  createRoutedClient,
  RoutedBedrockRuntimeClient,
  type RoutedBedrockRuntimeClientConstructor,
} from "./client/create-routed-client.ts";
export type { SendOptions } from "./client/routed-operations.ts";
export type { HealthSnapshot } from "./health/health-snapshot.ts";
export { catalogFrom, type SavedCatalog } from "./options/catalog-from.ts";
export type {
  GuardrailRegions,
  LabPriorCell,
  LabPriorFigures,
  LabPriors,
  LiveCatalogOptions,
  ModelPrice,
  RequestRoutingOptions,
  RoutedClientConfig,
  RoutingOptions,
  UsdPerMillionTokens,
} from "./options/options.ts";
export type { Residency } from "./plan/residency.ts";
export type { ApplicationProfileFacts, Catalog, InferenceProfile } from "./profiles/catalog.ts";
export type { Geography } from "./profiles/geography.ts";
export type { ListedApplicationProfile, ListedProfile, RegionListing } from "./profiles/region-listing.ts";
export { formatStats } from "./router/format-stats.ts";
export { getRouting } from "./router/reports.ts";
export type { Routing } from "./router/routing.ts";
export type { HistogramSelection, RoutingWindow, WindowOptions } from "./router/routing-window.ts";
export type { AttemptCause, AttemptRecord, RoutingReport } from "./types/attempt.ts";
export type { Cost, ExtraCost, RequestCost, UnknownCost } from "./types/cost.ts";
export type { RoutingErrorCode } from "./types/errors.ts";
export {
  HomeRegionError,
  InvalidOptionsError,
  isRoutingError,
  NoRouteError,
  RoutingError,
  TruncatedStreamError,
  UnknownModelError,
} from "./types/errors.ts";
export type {
  AttemptEvent,
  AttemptStart,
  CatalogEvent,
  CatalogFailure,
  CooldownEvent,
  RequestEvent,
  RequestInfo,
  RoutingEvents,
  RoutingListener,
  RoutingTracer,
} from "./types/events.ts";
export type {
  Candidate,
  Plan,
  Rejection,
  RejectionReason,
  ResolvedPolicy,
  ResolvedResidency,
  RoutePreference,
} from "./types/plan.ts";
export type { ExtraRoute, FailureKind, Route, RouteKind } from "./types/route.ts";
export type {
  ActiveCooldown,
  CostSums,
  ExtraSums,
  Percentiles,
  RouteHistogram,
  RouteStats,
  RoutingState,
  TokenSums,
} from "./types/statistics.ts";
export type { LongContext, TokenPrice } from "./types/token-price.ts";
// The SDK has a `TokenUsage` of its own.
export type { TokenUsage as RoutedTokenUsage } from "./types/token-usage.ts";
