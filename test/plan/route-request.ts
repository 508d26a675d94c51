import { resolveOptions } from "../../src/options/resolve-options.ts";
import { byPrior, type EligibleRoute, type EligibleRoutes } from "../../src/plan/eligible-routes.ts";
import type { FirstByteRule } from "../../src/plan/first-byte-deadline.ts";
import { priorOf } from "../../src/plan/prior.ts";
import { resolveResidency } from "../../src/plan/residency.ts";
import type { RouteQuery } from "../../src/plan/route-query.ts";
import { bundledCatalog } from "../../src/profiles/bundled-catalog.ts";
import type { Catalog } from "../../src/profiles/catalog.ts";
import { parseModelRef } from "../../src/profiles/model-ref.ts";
import { priceBook } from "../../src/profiles/price-book.ts";
import type { RouteEvidence } from "../../src/types/evidence.ts";
import type { ResolvedPolicy } from "../../src/types/plan.ts";
import type { ExtraRoute } from "../../src/types/route.ts";
import { type Route, routeKey } from "../../src/types/route.ts";

/** The default: adaptive first-byte deadlines of a streaming request, no hedge. */
export const ADAPTIVE: FirstByteRule = { streaming: true, backupAfterMs: "adaptive", hedgeAfterMs: false };

/** A request as a caller would describe it. */
export interface DescribedRequest {
  /** The `modelId` of the command. */
  readonly model: string;
  readonly home: string;
  readonly sourceRegions?: readonly string[];
  readonly policy?: unknown;
  readonly routes?: readonly ExtraRoute[];
  readonly pinnedBy?: string;
  readonly pinnedTo?: string;
  readonly exact?: boolean;
  readonly catalog?: Catalog;
  readonly today?: string;
}

/** The planner's view of a described request; policy `"latency"` and the bundled table unless it says otherwise. */
export function routeRequest(described: DescribedRequest): RouteQuery {
  const { model, home, sourceRegions = [], policy = "latency", routes = [], exact = false } = described;
  return {
    today: described.today ?? "2026-11-28",
    ref: parseModelRef(model),
    homeRegion: home,
    sourceRegions: exact ? [home] : [...new Set([home, ...sourceRegions])],
    pinnedBy: described.pinnedBy,
    ...(described.pinnedTo !== undefined && { pinnedTo: described.pinnedTo }),
    exact,
    policy: policyFor(policy, home),
    catalog: described.catalog ?? bundledCatalog(),
    extraRoutes: routes,
    priorOf,
    prices: priceBook({}),
    firstByteRule: ADAPTIVE,
  };
}

/** A policy, or the options that belong to one, as a caller writes them, seen from the home Region. */
export function policyFor(policy: unknown, home: string): ResolvedPolicy {
  const options = typeof policy === "string" ? { policy } : { policy: "latency", ...(policy as object) };
  const { residency, ...rule } = resolveOptions(options).policy;
  return Object.freeze({ ...rule, residency: resolveResidency(residency, home) });
}

/** Evidence of answers that took so long. */
export function measured(...samplesMs: readonly number[]): RouteEvidence {
  const sorted = [...samplesMs].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const p50Ms = sorted.length === 0 ? 0 : (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
  const few = sorted.length < 10 ? sorted : [];
  return {
    samples: sorted.length,
    p50Ms,
    fewSamples: few,
    answers: sorted.length,
    answerP50Ms: p50Ms,
    answerP75Ms: sorted[Math.ceil(0.75 * (sorted.length - 1))] ?? 0,
    answerP95Ms: sorted.at(-1) ?? 0,
    fewAnswers: few,
    coolingForMs: 0,
  };
}

type Answers = Pick<RouteEvidence, "answers" | "answerP50Ms" | "answerP75Ms" | "answerP95Ms" | "fewAnswers">;

/** What is said of the answers alone. */
export function answersOf({ answers, answerP50Ms, answerP75Ms, answerP95Ms, fewAnswers }: RouteEvidence): Answers {
  return { answers, answerP50Ms, answerP75Ms, answerP95Ms, fewAnswers };
}

/** Evidence of a route that answers in `ttfbMs`, and has done so often enough to be believed. */
export function steady(ttfbMs: number): RouteEvidence {
  return measured(...Array.from({ length: 20 }, () => ttfbMs));
}

/** Evidence of a route that nobody has measured and that is postponed. */
export function cooling(coolingForMs: number, coolingBecause: string): RouteEvidence {
  return { ...measured(), coolingForMs, coolingBecause };
}

/** A route of a made-up model, by default the geographic profile of Frankfurt with a prior of 800 ms. */
export function eligibleRoute(parts: {
  readonly sourceRegion?: string;
  readonly modelId?: string;
  readonly kind?: Route["kind"];
  readonly destinationRegions?: readonly string[];
  readonly priorMs?: number;
  readonly relativePrice?: number;
  readonly doubt?: string;
}): EligibleRoute {
  const { sourceRegion = "eu-central-1", modelId = "eu.acme.model", kind = "geographic" } = parts;
  return {
    route: {
      key: routeKey(sourceRegion, modelId),
      sourceRegion,
      modelId,
      model: "acme.model",
      kind,
      geography: kind === "global" ? "global" : "eu",
      destinationRegions: parts.destinationRegions ?? (kind === "global" ? ["*"] : [sourceRegion]),
    },
    remote: false,
    explicit: false,
    prior: { ttfbMs: parts.priorMs ?? 800, sigma: 0.25, basis: "a guess" },
    relativePrice: parts.relativePrice ?? 1,
    tier: 0,
    ...(parts.doubt === undefined ? {} : { doubt: parts.doubt }),
  };
}

/** Routes in the order of their priors, as a request under the policy may take them. */
export function eligibleOf(routes: readonly EligibleRoute[], policy: ResolvedPolicy): EligibleRoutes {
  return {
    model: "acme.model",
    homeRegion: "eu-central-1",
    policy,
    catalog: "test",
    routes: byPrior(routes, policy),
    rejections: [],
    remarks: [],
    firstByteRule: ADAPTIVE,
  };
}
