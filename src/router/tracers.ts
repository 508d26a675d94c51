import type { AttemptStart, RequestInfo, RoutingTracer } from "../types/events.ts";
import { warnOfObserver } from "./routing-emitter.ts";

/** Runs requests and attempts inside the tracers that were added, the first one outermost. */
export class Tracers {
  #tracers: readonly RoutingTracer[] = [];

  /** @returns what removes it again */
  add(tracer: RoutingTracer): () => void {
    this.#tracers = [...this.#tracers, tracer];
    return () => {
      this.#tracers = this.#tracers.filter((one) => one !== tracer);
    };
  }

  request<Result>(request: RequestInfo, send: () => Result): Result {
    return this.#within((tracer, run) => tracer.request(request, run), send);
  }

  attempt<Result>(attempt: AttemptStart, send: () => Result): Result {
    return this.#within((tracer, run) => tracer.attempt(attempt, run), send);
  }

  #within<Result>(trace: (tracer: RoutingTracer, run: () => void) => void, send: () => Result): Result {
    let inner = send;
    for (const tracer of this.#tracers.toReversed()) {
      const sendInside = inner;
      inner = () => sentOnce((run) => trace(tracer, run), sendInside);
    }
    return inner();
  }
}

/** Whatever the tracer does, `send` is called once and its result or error is what counts. */
function sentOnce<Result>(trace: (run: () => void) => void, send: () => Result): Result {
  let result: () => Result = () => {
    run();
    return result();
  };
  let isSent = false;
  function run(): void {
    if (isSent) return;
    isSent = true;
    try {
      const sent = send();
      result = () => sent;
    } catch (error) {
      result = () => {
        throw error;
      };
    }
  }
  try {
    trace(run);
  } catch (error) {
    warnOfObserver("A routing tracer", error);
  }
  return result();
}
