import { InvalidOptionsError } from "../types/errors.ts";
import { type FailureKind, type Route, type RouteKind, routeKey } from "../types/route.ts";
import type { Clock } from "../util/clock.ts";
import { received } from "../util/received.ts";
import { bucketsFromText } from "./bucket-text.ts";
import { LatencyHistogram } from "./latency-histogram.ts";
import type { RouteHealth } from "./route-health.ts";
import type { TrackSnapshot } from "./route-track.ts";

/** What a client has observed of its routes, JSON-serialisable: at most about 1.5 KB a route and slice. */
export interface HealthSnapshot {
  readonly version: 1;
  /** Wall-clock time, milliseconds since the Unix epoch. */
  readonly takenAt: number;
  readonly routes: readonly TrackSnapshot[];
}

/** Takes a snapshot of everything that was observed. */
export function takeSnapshot(health: RouteHealth, clock: Clock): HealthSnapshot {
  return Object.freeze({ version: 1, takenAt: clock.wallNow(), routes: Object.freeze(health.snapshots()) });
}

/** Most routes of one snapshot that are looked at. */
const MAX_ROUTES = 1_000;
const MAX_RECENT = 256;
const MAX_SUMS = 64;
const KINDS: readonly RouteKind[] = ["in-region", "geographic", "global", "application", "provisioned"];
const FAILURES: readonly FailureKind[] = [
  "throttled",
  "invalid-route",
  "unavailable",
  "timeout",
  "cancelled",
  "rejected",
];

/**
 * Adds a snapshot of another process, or of an earlier one, to what is known: the histograms become those of the union.
 * A snapshot comes from outside, so all of it is checked before any of it is used.
 * @throws {@link InvalidOptionsError} naming what is wrong
 */
export function restoreSnapshot(snapshot: unknown, health: RouteHealth, clock: Clock): void {
  const { takenAt, routes } = checkedSnapshot(snapshot);
  const ageMs = Math.max(0, clock.wallNow() - takenAt);
  const scratch = routes.map((route, index) => checkedTrack(route, `snapshot.routes[${index}]`));
  for (const track of scratch) health.track(track.route, track).merge(track, ageMs);
}

function checkedSnapshot(value: unknown): HealthSnapshot {
  const { version, takenAt, routes } = fieldsOf(value, "snapshot");
  if (version !== 1) throw new InvalidOptionsError("snapshot.version", "must be 1", received(version));
  if (typeof takenAt !== "number" || !Number.isFinite(takenAt)) {
    throw new InvalidOptionsError("snapshot.takenAt", "must be a time in milliseconds", received(takenAt));
  }
  if (!Array.isArray(routes) || routes.length > MAX_ROUTES) {
    throw new InvalidOptionsError("snapshot.routes", `must be an array of at most ${MAX_ROUTES}`, received(routes));
  }
  return { version, takenAt, routes };
}

function checkedTrack(value: unknown, path: string): TrackSnapshot {
  const {
    route,
    workload,
    streaming,
    attempts,
    successes,
    failures,
    ttfb,
    total,
    recent,
    waits = [],
    recentAgeMs,
    usage,
  } = fieldsOf(value, path);
  const failureCounts = fieldsOf(failures, `${path}.failures`);
  if (!Array.isArray(recent) || recent.length > MAX_RECENT) {
    throw new InvalidOptionsError(`${path}.recent`, `must be an array of at most ${MAX_RECENT}`, received(recent));
  }
  if (!Array.isArray(waits) || waits.length > MAX_RECENT) {
    throw new InvalidOptionsError(`${path}.waits`, `must be an array of at most ${MAX_RECENT}`, received(waits));
  }
  return {
    route: checkedRoute(route, `${path}.route`),
    workload: checkedText(workload, `${path}.workload`),
    streaming: streaming === true,
    attempts: checkedCount(attempts, `${path}.attempts`),
    successes: checkedCount(successes, `${path}.successes`),
    failures: Object.fromEntries(
      FAILURES.map((kind) => [kind, checkedCount(failureCounts[kind], `${path}.failures.${kind}`)]),
    ) as Record<FailureKind, number>,
    ttfb: checkedHistogram(ttfb, `${path}.ttfb`),
    total: checkedHistogram(total, `${path}.total`),
    recent: recent.map((ttfbMs, index) => checkedCount(ttfbMs, `${path}.recent[${index}]`)),
    ...(waits.length > 0 && {
      waits: waits.map((waitedMs, index) => checkedCount(waitedMs, `${path}.waits[${index}]`)),
    }),
    recentAgeMs: checkedCount(recentAgeMs, `${path}.recentAgeMs`),
    ...(usage === undefined ? {} : { usage: checkedSums(usage, `${path}.usage`) }),
  };
}

function checkedRoute(value: unknown, path: string): Route {
  const { sourceRegion, modelId, model, kind, geography, destinationRegions } = fieldsOf(value, path);
  if (!KINDS.includes(kind as RouteKind))
    throw new InvalidOptionsError(`${path}.kind`, `must be one of ${KINDS.join(", ")}`, received(kind));
  if (!Array.isArray(destinationRegions) || destinationRegions.length > 64) {
    throw new InvalidOptionsError(
      `${path}.destinationRegions`,
      "must be an array of Regions",
      received(destinationRegions),
    );
  }
  const source = checkedText(sourceRegion, `${path}.sourceRegion`);
  const id = checkedText(modelId, `${path}.modelId`);
  return Object.freeze({
    key: routeKey(source, id),
    sourceRegion: source,
    modelId: id,
    model: checkedText(model, `${path}.model`),
    kind: kind as RouteKind,
    geography: checkedText(geography, `${path}.geography`),
    destinationRegions: Object.freeze(
      destinationRegions.map((region, index) => checkedText(region, `${path}.destinationRegions[${index}]`)),
    ),
  });
}

function checkedHistogram(value: unknown, path: string): string {
  const text = value === "" ? "" : checkedText(value, path, 8_192);
  try {
    new LatencyHistogram().addBuckets(bucketsFromText(text));
  } catch (error) {
    throw new InvalidOptionsError(
      path,
      "must be a packed histogram",
      error instanceof Error ? error.message : String(error),
    );
  }
  return text;
}

function fieldsOf(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new InvalidOptionsError(path, "must be an object", received(value));
}

function checkedText(value: unknown, path: string, longest = 2_048): string {
  if (typeof value === "string" && value !== "" && value.length <= longest) return value;
  throw new InvalidOptionsError(path, `must be a text of 1 to ${longest} characters`, received(value));
}

/** Sums that an older version does not know are cut off; those that it does not have yet are 0. */
function checkedSums(value: unknown, path: string): readonly number[] {
  if (!Array.isArray(value) || value.length > MAX_SUMS) {
    throw new InvalidOptionsError(path, `must be an array of at most ${MAX_SUMS}`, received(value));
  }
  return value.map((sum, index) => {
    if (typeof sum === "number" && Number.isFinite(sum) && sum >= 0) return sum;
    throw new InvalidOptionsError(`${path}[${index}]`, "must be a number of at least 0", received(sum));
  });
}

function checkedCount(value: unknown, path: string): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new InvalidOptionsError(path, "must be a whole number of at least 0", received(value));
}
