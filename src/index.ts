/**
 * A drop-in `BedrockRuntimeClient` that routes each request to the right inference profile in the right source Region.
 * @module
 */
export type { AttemptRecord, RoutingReport } from "./attempt.ts";
export { catalogFrom, type SavedCatalog } from "./catalog-from.ts";
export { getRouting } from "./client/reports.ts";
export type { RoutedBedrockRuntimeClient, SendOptions } from "./client/routed-client.ts";
export type { HistogramSelection, Routing } from "./client/routing.ts";
export type { Cost, ExtraCost, RequestCost, UnknownCost } from "./cost.ts";
export { createRoutedClient } from "./create-routed-client.ts";
export type { RoutingErrorCode } from "./errors.ts";
export {
  HomeRegionError,
  InvalidOptionsError,
  isRoutingError,
  NoRouteError,
  RoutingError,
  TruncatedStreamError,
  UnknownModelError,
} from "./errors.ts";
export type {
  AttemptEvent,
  CatalogEvent,
  CatalogFailure,
  CooldownEvent,
  RoutingEvents,
  RoutingListener,
} from "./events.ts";
export { formatStats } from "./format-stats.ts";
export type { HealthSnapshot } from "./health/health-snapshot.ts";
export type {
  ExtraRoute,
  HedgeOptions,
  LabPriorCell,
  LabPriorFigures,
  LabPriors,
  LiveCatalogOptions,
  ModelPrice,
  PolicyName,
  RequestRoutingOptions,
  Residency,
  RoutedClientConfig,
  RoutingOptions,
  RoutingPolicy,
  UsdPerMillionTokens,
} from "./options.ts";
export type {
  Candidate,
  Plan,
  Rejection,
  RejectionReason,
  ResolvedPolicy,
  ResolvedResidency,
  RoutePreference,
} from "./plan.ts";
export type { ApplicationProfileFacts, Catalog, InferenceProfile } from "./profiles/catalog.ts";
export type { Geography } from "./profiles/geography.ts";
export type { ListedApplicationProfile, ListedProfile, RegionListing } from "./profiles/region-listing.ts";
export type { FailureKind, Route, RouteKind } from "./route.ts";
export type { CostSums, ExtraSums, Percentiles, RouteStats, TokenSums } from "./statistics.ts";
export type { LongContext, TokenPrice } from "./token-price.ts";
export type { TokenUsage } from "./token-usage.ts";
