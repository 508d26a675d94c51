import { type Meter, metrics, type Tracer, trace } from "@opentelemetry/api";
import { version } from "../../package.json";
import { recordMetrics } from "./metrics.ts";
import type { RoutedClientLike } from "./routed-client-like.ts";
import { recordSpans } from "./spans.ts";

/** What is recorded, and where. */
export interface InstrumentRoutingOptions {
  /** @defaultValue the one of the global meter provider at the time of the first request; `false` records no metrics */
  readonly meter?: Meter | false;
  /** @defaultValue the one of the global tracer provider; `false` records no spans and no span events */
  readonly tracer?: Tracer | false;
  /**
   * `true`: a span for each request, and below it one for each attempt. `false`: an event for each attempt on the span
   * that is active when the request starts. `"auto"`: the latter where `@opentelemetry/instrumentation-aws-sdk` already
   * makes a span for each attempt, and the former where it does not.
   * @defaultValue `"auto"`
   */
  readonly spans?: boolean | "auto";
  /**
   * Adds the workload to the attributes of metrics: at most one hundred different ones, the others as `_OTHER`.
   * @defaultValue `false`
   */
  readonly workload?: boolean;
}

const SCOPE = "bedrock-routed-client";

/**
 * Records OpenTelemetry metrics and spans of a routed client. Nothing of prompts, answers, accounts or credentials is in
 * them, and no attribute has more than about a hundred values, however many tenants there are.
 *
 * @param client - a routed client, or a routed `fetch`
 * @returns what ends it; spans of requests that are under way then still end with them
 * @example
 * ```ts
 * const client = createRoutedClient({ region: "eu-central-1", routing: { policy: "latency" } });
 * instrumentRouting(client);
 * ```
 */
export function instrumentRouting(
  client: RoutedClientLike,
  { meter, tracer, spans = "auto", workload = false }: InstrumentRoutingOptions = {},
): () => void {
  const ends: (() => void)[] = [];
  if (meter !== false) {
    // Unlike tracers, a meter that is asked for before the SDK is registered never records anything.
    ends.push(recordMetrics(client.routing, () => meter ?? metrics.getMeter(SCOPE, version), workload));
  }
  if (tracer !== false) ends.push(recordSpans(client, tracer ?? trace.getTracer(SCOPE, version), spans));
  return () => {
    for (const end of ends.splice(0)) end();
  };
}
