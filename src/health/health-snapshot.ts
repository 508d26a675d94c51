import { type FailureKind, type Route, routeKey } from "../types/route.ts";
import { array, number, object, oneOf, optional, type Reader, refuse, text } from "../types/schema.ts";
import type { Clock } from "../util/clock.ts";
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

/**
 * Adds a snapshot of another process, or of an earlier one, to what is known: the histograms become those of the union.
 * A snapshot comes from outside, so all of it is checked before any of it is used.
 * @throws {@link InvalidOptionsError} naming what is wrong
 */
export function restoreSnapshot(snapshot: unknown, health: RouteHealth, clock: Clock): void {
  const { takenAt, routes } = readSnapshot(snapshot, "snapshot");
  const ageMs = Math.max(0, clock.wallNow() - takenAt);
  for (const track of routes) health.track(track.route, track).merge(track, ageMs);
}

const count = number({ least: 0, whole: true });
const shortText = text("a text of 1 to 2048 characters");
/** A newer version may know more. */
const open = { open: true };

const readRoute = object(
  {
    sourceRegion: shortText,
    modelId: shortText,
    model: shortText,
    kind: oneOf("in-region", "geographic", "global", "application", "provisioned"),
    geography: shortText,
    destinationRegions: array(shortText, { most: 64 }),
  },
  open,
);

const readTrack: Reader<TrackSnapshot> = object(
  {
    route: (value, path): Route => {
      const route = readRoute(value, path);
      return Object.freeze({ key: routeKey(route.sourceRegion, route.modelId), ...route });
    },
    workload: shortText,
    streaming: (value) => value === true,
    serviceTier: optional(shortText),
    latency: optional(shortText),
    attempts: count,
    successes: count,
    failures: object(
      {
        throttled: count,
        "invalid-route": count,
        unavailable: count,
        timeout: count,
        cancelled: count,
        rejected: count,
      } satisfies Record<FailureKind, unknown>,
      open,
    ),
    ttfb: readHistogram,
    total: readHistogram,
    recent: array(count, { most: 256 }),
    waits: optional(array(count, { most: 256 })),
    recentAgeMs: count,
    // Sums that an older version does not know are cut off; those that it does not have yet are 0.
    usage: optional(array(number({ least: 0 }), { most: 64 })),
  },
  open,
);

const readSnapshot: Reader<HealthSnapshot> = object(
  { version: oneOf(1), takenAt: number(), routes: array(readTrack, { most: 1_000 }) },
  open,
);

function readHistogram(value: unknown, path: string): string {
  const packed = value === "" ? "" : text("a text of 1 to 8192 characters", /./, 8_192)(value, path);
  try {
    new LatencyHistogram().addBuckets(bucketsFromText(packed));
  } catch (error) {
    refuse(path, `must be a packed histogram (${error instanceof Error ? error.message : String(error)})`, packed);
  }
  return packed;
}
