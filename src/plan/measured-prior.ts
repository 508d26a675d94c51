import { roundTripMs } from "../profiles/distance.ts";
import { type Prior, type PriorLookup, priorOf, UNKNOWN_DISTANCE_MS } from "./prior.ts";

/** What the user's own lab found about one route. */
export interface MeasuredRoute {
  /** The Region from which it was called; `null` when nobody said: taken for where the client runs. */
  readonly measuredFrom: string | null;
  readonly ttfb: MeasuredFigures;
  readonly total: MeasuredFigures;
}

export interface MeasuredFigures {
  readonly count: number;
  readonly p50: number;
  /** Spread of the natural logarithm. */
  readonly logSpread: number;
}

/**
 * Priors from the user's own measurements, by route key; the built-in ones for every other route. Where a route was
 * measured from several places, the home Region's figure counts. A figure from elsewhere is corrected by the estimated
 * difference of the network round trips.
 * @param basis - what the plan's reasons call them
 */
export function measuredPriors(routes: ReadonlyMap<string, readonly MeasuredRoute[]>, basis: string): PriorLookup {
  return (route, homeRegion, streaming) => {
    const measured = routes.get(route.key) ?? [];
    const best =
      measured.find(({ measuredFrom }) => measuredFrom === homeRegion) ??
      measured.find(({ measuredFrom }) => measuredFrom === null) ??
      measured[0];
    if (best === undefined) return priorOf(route, homeRegion, streaming);
    const { count, p50, logSpread } = streaming ? best.ttfb : best.total;
    const distanceMs = best.measuredFrom === null ? 0 : extraMs(homeRegion, best.measuredFrom, route.sourceRegion);
    const correction = distanceMs === 0 ? "" : `, ${distanceMs > 0 ? "+" : "−"} ${Math.abs(distanceMs)} ms of network`;
    return Object.freeze<Prior>({
      ttfbMs: Math.max(1, p50 + distanceMs),
      networkMs: networkMs(homeRegion, route.sourceRegion),
      sigma: Math.min(MAX_SIGMA, Math.max(MIN_SIGMA, logSpread)),
      basis: `${basis}, ${count} samples${correction}`,
    });
  };
}

/** A few calls that happened to take equally long promise nothing; and a wide spread is no reason to wait for ever. */
const MIN_SIGMA = 0.1;
const MAX_SIGMA = 1;

function networkMs(homeRegion: string, sourceRegion: string): number {
  return homeRegion === sourceRegion ? 0 : (roundTripMs(homeRegion, sourceRegion) ?? UNKNOWN_DISTANCE_MS);
}

function extraMs(homeRegion: string, measuredFrom: string, sourceRegion: string): number {
  if (homeRegion === measuredFrom) return 0;
  const rtt = (region: string): number => roundTripMs(region, sourceRegion) ?? UNKNOWN_DISTANCE_MS;
  return Math.round(
    (homeRegion === sourceRegion ? 0 : rtt(homeRegion)) - (measuredFrom === sourceRegion ? 0 : rtt(measuredFrom)),
  );
}
