import type { FailureKind } from "./route.ts";

/** What a failure says something about: `region` is every model of the source Region, `model` every route of a model. */
export type FailureScope = "route" | "model" | "region" | "account" | "request";

/** A failed attempt in the terms that decide what happens next. */
export interface Failure {
  readonly kind: FailureKind;
  readonly scope: FailureScope;
  /** Machine-readable family, e.g. `tokens-per-minute` or `model-identifier-invalid`. */
  readonly family: string;
  /** What the service asked for in `Retry-After`, in milliseconds. */
  readonly retryAfterMs?: number;
}
