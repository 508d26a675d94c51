import { geographyOf } from "./geography.ts";
import { regionInfo } from "./regions.ts";

/**
 * Estimated network round trip between two Regions in milliseconds: 0 within a Region, `undefined` when a Region is not
 * in the table. Great-circle distance at 82 km per millisecond (light covers 100 km of fibre there and back, and cables
 * take detours) plus 5 ms for equipment. Within 10 % of what is usually measured on Singapore–Tokyo (70 ms),
 * Singapore–Sydney (90 ms), Frankfurt–N. Virginia (90 ms) and Tokyo–Oregon (100 ms); too low where the cables go a long
 * way round, such as Europe–Singapore. An estimate to order Regions by, not to set timeouts from.
 */
export function roundTripMs(regionA: string, regionB: string): number | undefined {
  if (regionA === regionB) return geographyOf(regionA) === "unknown" ? undefined : 0;
  const a = regionInfo(regionA);
  const b = regionInfo(regionB);
  if (a === undefined || b === undefined) return undefined;
  return EQUIPMENT_MS + greatCircleKm(a, b) / KM_PER_MS;
}

const KM_PER_MS = 82;
const EQUIPMENT_MS = 5;
const EARTH_RADIUS_KM = 6371;

interface Point {
  readonly latitude: number;
  readonly longitude: number;
}

function greatCircleKm(a: Point, b: Point): number {
  const latitudeA = radians(a.latitude);
  const latitudeB = radians(b.latitude);
  const haversine =
    Math.sin((latitudeB - latitudeA) / 2) ** 2 +
    Math.cos(latitudeA) * Math.cos(latitudeB) * Math.sin(radians(b.longitude - a.longitude) / 2) ** 2;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(haversine)));
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
