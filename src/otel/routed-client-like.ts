import type { RoutingEvents, RoutingListener, RoutingTracer } from "../types/events.ts";
import type { RoutingState } from "../types/statistics.ts";

/** What is instrumented: a routed client, a routed `fetch`, or anything else that has the `routing` of one. */
export interface RoutedClientLike {
  readonly routing: {
    on<Name extends keyof RoutingEvents>(event: Name, listener: RoutingListener<Name>): void;
    off<Name extends keyof RoutingEvents>(event: Name, listener: RoutingListener<Name>): void;
    trace(tracer: RoutingTracer): () => void;
    state(): RoutingState;
  };
}
