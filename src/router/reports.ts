import type { RoutingReport } from "../types/attempt.ts";

/** Something that can tell how a request was routed. */
export interface Reportable {
  report(): RoutingReport;
}

type Reports = WeakMap<object, Reportable>;

const registry = Symbol.for("bedrock-routed-client.reports");

/**
 * How a request was routed: which route served it, what was tried before, and the plan with its reasons.
 *
 * @param outputOrError - what `client.send(command)` resolved with, or what it threw
 * @returns the report as it stands now, or `undefined` when the value does not come from a routed request. While a
 * stream is being read, its attempt has a TTFB and no total yet.
 * @example
 * ```ts
 * const response = await client.send(new ConverseCommand(input));
 * console.log(getRouting(response)?.route?.modelId);
 * ```
 */
export function getRouting(outputOrError: unknown): RoutingReport | undefined {
  if (typeof outputOrError !== "object" || outputOrError === null) return undefined;
  return reports().get(outputOrError)?.report();
}

/** Remembers how the request that ended in `outputOrError` was routed, without touching that object. */
export function rememberReport(outputOrError: unknown, report: Reportable): void {
  if (typeof outputOrError === "object" && outputOrError !== null) reports().set(outputOrError, report);
}

/** One table for the process, so that `getRouting` of the one module format finds reports of the other. */
function reports(): Reports {
  const scope = globalThis as { [registry]?: Reports };
  scope[registry] ??= new WeakMap();
  return scope[registry];
}
