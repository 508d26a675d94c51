import { type Attributes, context, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from "@opentelemetry/api";
import type { AttemptEvent, RequestEvent, RequestInfo } from "../types/events.ts";
import type { Route } from "../types/route.ts";
import type { TokenUsage } from "../types/token-usage.ts";
import { withoutAccount } from "../util/arn.ts";
import { isDefaultRoute, modelName, operationName } from "./labels.ts";
import { CLOUD_REGION, ERROR_TYPE, GEN_AI, PROVIDER, ROUTE } from "./names.ts";
import type { RoutedClientLike } from "./routed-client-like.ts";

/** The spans of one request while it is under way. */
interface Traced {
  /** Its own, if it has one. */
  readonly own?: Span;
  /** The caller's, which gets events, if it has none of its own. */
  readonly callers?: Span;
  readonly attempts: Map<number, Span>;
}

/** Records the spans of one client, or events on its callers' spans. Returns what ends it. */
export function recordSpans(client: RoutedClientLike, tracer: Tracer, spans: boolean | "auto"): () => void {
  const { routing } = client;
  const requests = new WeakMap<RequestInfo, Traced>();
  let open = 0;
  let isEnded = false;
  const makesSpans = (): boolean => (spans === "auto" ? !isInstrumented(client) : spans);

  const untrace = routing.trace({
    request(request, send) {
      const callers = trace.getActiveSpan();
      if (!makesSpans()) {
        if (callers?.isRecording() === true) follow(request, { callers, attempts: new Map() });
        send();
        return;
      }
      const own = tracer.startSpan(`${operationName(request.plan.model)} ${modelName(request.plan.model)}`, {
        kind: SpanKind.CLIENT,
        attributes: requestAttributes(request),
      });
      follow(request, { own, attempts: new Map() });
      context.with(trace.setSpan(context.active(), own), send);
    },
    attempt({ request, number, route }, send) {
      const { own, attempts } = requests.get(request) ?? {};
      if (own === undefined || attempts === undefined) {
        send();
        return;
      }
      // A backup is started by a timer, so the active span need not be that of the request.
      const span = tracer.startSpan(
        `attempt ${modelName(route.modelId)}`,
        { kind: SpanKind.CLIENT, attributes: { ...routeAttributes(route), [ROUTE.number]: number } },
        trace.setSpan(context.active(), own),
      );
      attempts.set(number, span);
      context.with(trace.setSpan(context.active(), span), send);
    },
  });

  function follow(request: RequestInfo, traced: Traced): void {
    requests.set(request, traced);
    open += 1;
  }

  function attempt(event: AttemptEvent): void {
    const traced = requests.get(event.request);
    const span = traced?.attempts.get(event.number);
    if (span !== undefined) {
      if (span.isRecording()) {
        span.setAttributes(endAttributes(event));
        noteError(span, event);
      }
      span.end();
    }
    if (traced?.callers?.isRecording() === true) {
      traced.callers.addEvent("bedrock_route.attempt", {
        ...routeAttributes(event.route),
        [ROUTE.number]: event.number,
        ...endAttributes(event),
      });
    }
  }

  function request(event: RequestEvent): void {
    const traced = requests.get(event.request);
    if (traced === undefined) return;
    requests.delete(event.request);
    const { own } = traced;
    if (own?.isRecording() === true) {
      own.setAttributes(answerAttributes(event));
      noteError(own, event);
    }
    own?.end();
    open -= 1;
    if (isEnded && open === 0) stopListening();
  }

  function stopListening(): void {
    routing.off("attempt", attempt);
    routing.off("request", request);
  }

  routing.on("attempt", attempt);
  routing.on("request", request);
  return () => {
    isEnded = true;
    untrace();
    if (open === 0) stopListening();
  };
}

/**
 * Whether `@opentelemetry/instrumentation-aws-sdk` makes a span for every command: it wraps `send` of the class beneath
 * every client of the SDK, and its wrappers can be told by `__wrapped`. A routed `fetch` sends with the client that it has.
 */
function isInstrumented(instrumented: RoutedClientLike): boolean {
  const { client = instrumented } = instrumented as { readonly client?: object };
  for (let type: unknown = client; typeof type === "object" && type !== null; type = Object.getPrototypeOf(type)) {
    const send: unknown = Object.getOwnPropertyDescriptor(type, "send")?.value;
    if (typeof send === "function" && "__wrapped" in send && send.__wrapped === true) return true;
  }
  return false;
}

function requestAttributes(request: RequestInfo): Attributes {
  const { plan, streaming, workload } = request;
  return {
    [GEN_AI.operationName]: operationName(request.plan.model),
    [GEN_AI.providerName]: PROVIDER,
    [GEN_AI.requestModel]: modelName(plan.model),
    [GEN_AI.requestStream]: streaming,
    [ROUTE.workload]: workload,
  };
}

function answerAttributes(event: RequestEvent): Attributes {
  const { request, route, attempts, outcome, family, ttfbMs, usage } = event;
  const isDefault = isDefaultRoute(event);
  return {
    [ROUTE.attempts]: attempts,
    [ROUTE.outcome]: outcome,
    ...(family !== undefined && { [ROUTE.family]: family }),
    ...(route !== undefined && {
      [GEN_AI.responseModel]: modelName(route.model),
      ...routeAttributes(route),
    }),
    ...(isDefault !== undefined && { [ROUTE.isDefault]: isDefault }),
    ...(ttfbMs !== undefined && request.streaming && { [GEN_AI.responseTimeToFirstChunk]: ttfbMs / 1_000 }),
    ...usageAttributes(usage),
  };
}

function usageAttributes(usage: TokenUsage | undefined): Attributes {
  if (usage === undefined) return {};
  const { inputTokens, outputTokens, cacheReadInputTokens: read, cacheWriteInputTokens: written } = usage;
  return {
    [GEN_AI.inputTokens]: inputTokens + (read ?? 0) + (written ?? 0),
    [GEN_AI.outputTokens]: outputTokens,
    ...(read !== undefined && { [GEN_AI.cacheReadInputTokens]: read }),
    ...(written !== undefined && { [GEN_AI.cacheCreationInputTokens]: written }),
  };
}

/** No attributes of generative AI: tokens of an attempt would be counted beside those of its request. */
function routeAttributes({ sourceRegion, kind, geography, modelId }: Route): Attributes {
  return {
    [CLOUD_REGION]: sourceRegion,
    [ROUTE.sourceRegion]: sourceRegion,
    [ROUTE.kind]: kind,
    [ROUTE.geography]: geography,
    [ROUTE.modelId]: withoutAccount(modelId),
  };
}

function endAttributes({ cause, outcome, family, ttfbMs }: AttemptEvent): Attributes {
  return {
    [ROUTE.cause]: cause,
    [ROUTE.outcome]: outcome,
    ...(family !== undefined && { [ROUTE.family]: family }),
    ...(ttfbMs !== undefined && { [ROUTE.timeToFirstByte]: ttfbMs / 1_000 }),
  };
}

/** By name alone: the text of an error may quote the request. What was given up on purpose is no error. */
function noteError(span: Span, { outcome, errorName, family }: AttemptEvent | RequestEvent): void {
  if (outcome === "succeeded" || outcome === "cancelled") return;
  span.setAttribute(ERROR_TYPE, errorName ?? family ?? outcome);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
