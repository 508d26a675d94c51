import { bundledCatalog } from "../profiles/bundled-catalog.ts";
import type { Catalog } from "../profiles/catalog.ts";
import { guessOf, number, object, optional, refuse } from "../types/schema.ts";
import { resolveEndpoints } from "./resolve-endpoints.ts";

/** Where the profile table comes from. */
export interface ResolvedCatalog {
  /** The table; the one under the listings, if there are any. */
  readonly catalog: () => Catalog;
  readonly live: ResolvedLive;
}

/** Whether and how the control plane is asked. */
export interface ResolvedLive {
  /** Whether the caller left it to the client to ask when it does not know enough. */
  readonly auto: boolean;
  /** Whether source Regions are listed. */
  readonly listing: boolean;
  readonly endpoints: Readonly<Record<string, string>>;
  readonly refreshMs: number;
  readonly firstWaitMs: number;
}

const HOUR_MS = 3_600_000;
const DEFAULTS: ResolvedLive = Object.freeze({
  auto: false,
  listing: false,
  endpoints: Object.freeze({}),
  refreshMs: HOUR_MS,
  firstWaitMs: 1_000,
});
const METHODS = ["profilesOf", "profile", "inRegionRegions", "models"] as const;
const NAMES = ["auto", "bundled", "live"] as const;

/** Reads `routing.catalog`. */
export function resolveCatalog(value: unknown, path: string): ResolvedCatalog {
  // The bundled table is decoded on first use, so that neither import nor construction pays for it.
  const bundled = (live: Partial<ResolvedLive>): ResolvedCatalog =>
    Object.freeze({ catalog: bundledCatalog, live: Object.freeze({ ...DEFAULTS, ...live }) });
  if (value === "auto") return bundled({ auto: true });
  if (value === "bundled") return bundled({});
  if (value === "live") return bundled({ listing: true });
  if (typeof value !== "object" || value === null) {
    refuse(
      path,
      `must be ${NAMES.map((name) => JSON.stringify(name)).join(", ")}, { live: … } or a Catalog`,
      value,
      guessOf(value, NAMES),
    );
  }
  if ("live" in value) return bundled({ listing: true, ...readLive(value, path).live });
  const fields = value as Record<string, unknown>;
  const missing = METHODS.find((method) => typeof fields[method] !== "function");
  if (missing === undefined) return Object.freeze({ catalog: () => value as Catalog, live: DEFAULTS });
  return refuse(`${path}.${missing}`, "must be a function of the Catalog interface", fields[missing]);
}

const readLive = object({
  live: object(
    {
      // More often would be throttled; later than a day is as good as never.
      refreshMs: optional(milliseconds(60_000, 24 * HOUR_MS)),
      firstWaitMs: optional(milliseconds(0, 10_000)),
      endpoints: optional(resolveEndpoints),
    },
    { expected: "an object with refreshMs, firstWaitMs or endpoints" },
  ),
});

function milliseconds(least: number, most: number): ReturnType<typeof number> {
  return number({ least, most, expected: `a number of milliseconds from ${least} to ${most}` });
}
