import type { RoutingEvents, RoutingListener, RoutingTracer } from "../types/events.ts";
import type { RoutingState } from "../types/statistics.ts";

/** What is instrumented: a routed client, or anything else that has its `routing`. */
export interface RoutedClientLike {
  readonly routing: {
    on<Name extends keyof RoutingEvents>(event: Name, listener: RoutingListener<Name>): void;
    off<Name extends keyof RoutingEvents>(event: Name, listener: RoutingListener<Name>): void;
    trace(tracer: RoutingTracer): () => void;
    state(): RoutingState;
  };
}
