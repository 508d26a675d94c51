import { isRoutingError } from "../types/errors.ts";

/** Exit codes of the command, as `--help` lists them. */
export const EXIT_CODES: Readonly<Record<"ok" | "service" | "usage" | "noRoute" | "finding", number>> = Object.freeze({
  /** The answer is complete. */
  ok: 0,
  /** The service refused or failed: every allowed route was tried. */
  service: 1,
  /** A flag, an option or the configuration is wrong. */
  usage: 2,
  /** No route may serve the request: residency, boundary or source Regions exclude all. */
  noRoute: 3,
  /** A check has found something: an unknown id, a route that cannot be used, or inference outside the residency. */
  finding: 4,
});

/** The exit code for an error. */
export function exitCodeOf(error: unknown): number {
  if (!isRoutingError(error)) return EXIT_CODES.service;
  switch (error.code) {
    case "NO_ROUTE":
      return EXIT_CODES.noRoute;
    case "TRUNCATED_STREAM":
      return EXIT_CODES.service;
    default:
      return EXIT_CODES.usage;
  }
}
