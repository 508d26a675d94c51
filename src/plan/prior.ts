import { roundTripMs } from "../profiles/distance.ts";
import { type LabCell, labCell, labCells } from "../profiles/lab.ts";
import type { Route } from "../types/route.ts";

/** What is expected of a route before it has been measured. */
export interface Prior {
  /** Expected median time to first byte in milliseconds. */
  readonly ttfbMs: number;
  /** The part of it that is the way to a remote source Region and back. @defaultValue 0 */
  readonly networkMs?: number;
  /** Spread of the natural logarithm of the time to first byte. */
  readonly sigma: number;
  /** Where the figure comes from, for the plan's reasons. */
  readonly basis: string;
}

/** Tells what is expected of a route seen from a home Region. */
export type PriorLookup = (route: Route, homeRegion: string, streaming: boolean) => Prior;

/**
 * The expected time to first byte of a route seen from the home Region.
 *
 * 1. A cell that the latency lab measured: its figure.
 * 2. Elsewhere the lab's conclusion: in the US a global profile is as fast as a geographic one, elsewhere it is slower
 *    by the lab's mean ratio; in-Region is no worse than geographic.
 * 3. A remote source Region adds the network round trip to it.
 *
 * A unary call has no first byte of its own: what is expected of it is the whole answer.
 *
 * @see https://github.com/chaosreload/aws-hands-on-lab
 */
export function priorOf(route: Route, homeRegion: string, streaming: boolean): Prior {
  const lab = labKind(route);
  const durationOf = streaming ? firstByteOf : wholeAnswerOf;
  const cell = labCell(route.model, route.sourceRegion, lab);
  const local =
    cell === undefined ? byRule(route, lab, durationOf) : { ttfbMs: durationOf(cell), basis: "the latency lab" };
  const sigma = lab === "global" ? 0.3 : 0.25;
  if (route.sourceRegion === homeRegion) return Object.freeze({ ...local, sigma });
  const rtt = roundTripMs(homeRegion, route.sourceRegion) ?? UNKNOWN_DISTANCE_MS;
  return Object.freeze({
    ttfbMs: local.ttfbMs + rtt,
    networkMs: rtt,
    sigma,
    basis: `${local.basis} + ${Math.round(rtt)} ms round trip to ${route.sourceRegion}`,
  });
}

/** A round trip half way around the world: a Region of unknown place must not look near. */
export const UNKNOWN_DISTANCE_MS = 250;
/** About the median of the lab's geographic cells of its third-party model, for models that the lab did not measure. */
const NEUTRAL: LabDurations = { ttfbP50Ms: 800, totalP50Ms: 2_400 };

type LabDurations = Pick<LabCell, "ttfbP50Ms" | "totalP50Ms">;
type DurationOf = (cell: LabDurations) => number;

function firstByteOf(cell: LabDurations): number {
  return cell.ttfbP50Ms;
}

function wholeAnswerOf(cell: LabDurations): number {
  return cell.totalP50Ms;
}

function labKind(route: Route): "global" | "geographic" {
  // An application profile that copies a global one is as fast as that.
  return route.kind === "global" || route.geography === "global" ? "global" : "geographic";
}

function byRule(
  route: Route,
  kind: "global" | "geographic",
  durationOf: DurationOf,
): { ttfbMs: number; basis: string } {
  const measured = labCells().filter((cell) => cell.model === route.model && cell.kind === "geographic");
  const base = geometricMean(measured.length === 0 ? [durationOf(NEUTRAL)] : measured.map(durationOf));
  const slower = kind === "global" && !isUnitedStates(route.sourceRegion);
  return {
    ttfbMs: Math.round(slower ? base * globalSlowdown(durationOf) : base),
    basis: slower ? "the lab's rule: outside the US a global profile is slower" : "the lab's rule",
  };
}

const slowdowns: Map<DurationOf, number> = new Map();

/** How much slower a global profile is than a geographic one outside the US: geometric mean over the lab's pairs. */
function globalSlowdown(durationOf: DurationOf): number {
  const known = slowdowns.get(durationOf);
  if (known !== undefined) return known;
  const ratios = labCells()
    .filter((cell) => cell.kind === "geographic" && !isUnitedStates(cell.sourceRegion))
    .map((cell) => durationOf(labCell(cell.model, cell.sourceRegion, "global") ?? cell) / durationOf(cell));
  const slowdown = geometricMean(ratios);
  slowdowns.set(durationOf, slowdown);
  return slowdown;
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

function isUnitedStates(region: string): boolean {
  return region.startsWith("us-");
}
