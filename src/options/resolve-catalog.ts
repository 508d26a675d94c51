import { bundledCatalog } from "../profiles/bundled-catalog.ts";
import type { Catalog } from "../profiles/catalog.ts";
import { InvalidOptionsError } from "../types/errors.ts";
import { received } from "../util/received.ts";
import type { LiveCatalogOptions } from "./options.ts";
import { refuseUnknownKeys } from "./refuse-unknown-keys.ts";
import { resolveEndpoints } from "./resolve-endpoints.ts";

/** Where the profile table comes from. */
export interface ResolvedCatalog {
  /** The table; the one under the listings, if there are any. */
  readonly catalog: () => Catalog;
  readonly live: ResolvedLive;
}

/** Whether and how the control plane is asked. */
export interface ResolvedLive {
  /** Whether source Regions are listed. */
  readonly listing: boolean;
  readonly endpoints: Readonly<Record<string, string>>;
  readonly refreshMs: number;
  readonly firstWaitMs: number;
}

const HOUR_MS = 3_600_000;
const DEFAULTS: ResolvedLive = Object.freeze({ listing: false, endpoints: {}, refreshMs: HOUR_MS, firstWaitMs: 1_000 });
const METHODS = ["profilesOf", "profile", "inRegionRegions", "models"] as const;

/**
 * Validates `routing.catalog`.
 * @throws {@link InvalidOptionsError}
 */
export function resolveCatalog(value: unknown, path: string): ResolvedCatalog {
  // The bundled table is decoded on first use, so that neither import nor construction pays for it.
  if (value === "bundled") return { catalog: bundledCatalog, live: DEFAULTS };
  if (value === "live") return { catalog: bundledCatalog, live: { ...DEFAULTS, listing: true } };
  if (typeof value !== "object" || value === null) {
    throw new InvalidOptionsError(path, 'must be "bundled", "live", { live: … } or a Catalog', received(value));
  }
  if ("live" in value) {
    refuseUnknownKeys(value, ["live"], path);
    return { catalog: bundledCatalog, live: resolveLive(value.live, `${path}.live`) };
  }
  const fields = value as Record<string, unknown>;
  const missing = METHODS.find((method) => typeof fields[method] !== "function");
  if (missing === undefined) return { catalog: () => value as Catalog, live: DEFAULTS };
  throw new InvalidOptionsError(
    `${path}.${missing}`,
    "must be a function of the Catalog interface",
    received(fields[missing]),
  );
}

function resolveLive(value: unknown, path: string): ResolvedLive {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new InvalidOptionsError(path, "must be an object with refreshMs, firstWaitMs or endpoints", received(value));
  }
  refuseUnknownKeys(value, ["refreshMs", "firstWaitMs", "endpoints"], path);
  const {
    refreshMs = DEFAULTS.refreshMs,
    firstWaitMs = DEFAULTS.firstWaitMs,
    endpoints = {},
  } = value as LiveCatalogOptions;
  // More often would be throttled; later than a day is as good as never.
  checkMs(refreshMs, 60_000, 24 * HOUR_MS, `${path}.refreshMs`);
  checkMs(firstWaitMs, 0, 10_000, `${path}.firstWaitMs`);
  return Object.freeze({
    listing: true,
    refreshMs,
    firstWaitMs,
    endpoints: resolveEndpoints(endpoints, `${path}.endpoints`),
  });
}

function checkMs(value: unknown, least: number, most: number, path: string): void {
  if (typeof value === "number" && value >= least && value <= most) return;
  throw new InvalidOptionsError(path, `must be a number of milliseconds from ${least} to ${most}`, received(value));
}
