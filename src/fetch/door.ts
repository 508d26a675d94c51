import { LRUCache } from "lru-cache";
import { headerUsage } from "../client/invoke-usage.ts";
import { modelBehind, pinOf } from "../client/plan-request.ts";
import { collect, type RawAnswer, type RawCall, sendRaw } from "../client/raw-call.ts";
import type { DoorParts } from "../client/routed-client.ts";
import { markAttemptSignal } from "../client/shown-signal.ts";
import { converseUsage } from "../dispatch/answer-usage.ts";
import type { CallerSignal } from "../dispatch/link-abort.ts";
import type { RequestRoutingOptions } from "../options/options.ts";
import { guardrailRefusal } from "../plan/guardrail.ts";
import { getRouting, rememberReport } from "../router/reports.ts";
import type { RouteRequest } from "../router/route-request.ts";
import { InvalidOptionsError, NoRouteError } from "../types/errors.ts";
import type { Route } from "../types/route.ts";
import type { TokenUsage } from "../types/token-usage.ts";
import { type DoorAnswer, failureResponse, passedOn, responseOf } from "./answer.ts";
import { type Api, apiOf, type BodyModelApi, servicePath, shapeOf, withCountedModel } from "./api.ts";
import { carriedHeaders, routingOptionsIn } from "./headers.ts";
import { RUNTIME, refusalAtHome, type Service } from "./home.ts";
import { decodedRequest, type IncomingRequest } from "./incoming.ts";
import { memberValue, topMembers } from "./json-members.ts";
import { requestFacts } from "./request-facts.ts";
import { awsEvents, bodyUsage, serverSentEvents } from "./wire-events.ts";

/** Stored responses whose route is remembered. */
const MAX_RESPONSES = 10_000;

/** The longest wait that a library is asked for. */
const LONGEST_WAIT_MS = 8_000;

type InferenceApi = Extract<Api, { kind: `model-in-${string}` }>;

/**
 * Takes HTTP requests for Amazon Bedrock and answers them with the router of a client: raw bytes in and out, signed anew
 * for the route.
 */
export class Door {
  readonly #parts: DoorParts;
  /** Which route has made a stored response. */
  readonly #responses: LRUCache<string, Route> = new LRUCache({ max: MAX_RESPONSES });

  constructor(parts: DoorParts) {
    this.#parts = parts;
  }

  /**
   * Answers a request. Rejects as `fetch` does: with the reason of the caller's signal, or with a `TypeError` when there
   * is no answer of the service.
   * @param serviceFor - which service it is for; throws when it contradicts the router
   */
  async handle(incoming: IncomingRequest, serviceFor: (homeRegion: string) => Promise<Service>): Promise<Response> {
    const { url, method, signal } = incoming;
    const shape = shapeOf(url.pathname);
    let sent: RouteRequest | undefined;
    try {
      const homeRegion = await this.#parts.homeRegion();
      const service = await serviceFor(homeRegion);
      const request = await decodedRequest(incoming);
      const overrides = routingOptionsIn(request.headers);
      const api: Api = service.name === RUNTIME.name ? apiOf(method, url.pathname) : { kind: "unknown" };
      if (api.kind !== "model-in-path" && api.kind !== "model-in-body") {
        return await this.#sendHome(service, api, request, homeRegion, overrides);
      }
      await this.#parts.ready(homeRegion, signal);
      const planned = this.#routeRequest(api, request, homeRegion, overrides);
      const asked = this.#parts.router.ready(planned, signal);
      if (asked !== undefined) await asked;
      const result = await this.#parts.router.send(planned);
      sent = planned;
      if (!result.succeeded) throw result.error;
      return told(responseOf(result.output as DoorAnswer, result.log.report(), signal), result.output, url);
    } catch (error) {
      if (signal?.aborted === true) throw signal.reason;
      const retryAfterMs = sent === undefined ? undefined : this.#shortestCooldownMs(sent);
      const response = failureResponse(error, shape, getRouting(error), retryAfterMs);
      if (response !== undefined) return told(response, error, url);
      throw told(new TypeError("fetch failed", { cause: error }), error, url);
    }
  }

  #routeRequest(
    api: InferenceApi,
    request: IncomingRequest,
    homeRegion: string,
    overrides: RequestRoutingOptions | undefined,
  ): RouteRequest {
    const facts = requestFacts(api, request);
    const { previousResponse, streaming } = facts;
    const earlier = previousResponse === undefined ? undefined : this.#responses.get(previousResponse);
    const { operation, path } = vehicleOf(api, streaming, request);
    const headers = carriedHeaders(request.headers);
    return {
      operation: api.kind === "model-in-path" ? operation : OPERATION_NAMES[api.api],
      modelId: facts.modelId,
      homeRegion,
      ...pinOf(facts.pinnedBy, facts.guardrail, homeRegion, this.#parts.router, overrides),
      features: facts.features,
      ...(previousResponse !== undefined && { pinnedBy: "the earlier response", pinnedTo: earlier?.key }),
      takesOwnRoutes: !(api.kind === "model-in-body" && api.api === "responses"),
      exact: false,
      ...facts.level,
      streaming,
      mayProbe: facts.mayProbe,
      conversation: facts.conversation,
      overrides,
      inputBytes: facts.bytes,
      maxTokens: facts.maxTokens,
      stream: streaming
        ? { field: "stream", format: operation === "ConverseStream" ? "converse" : "invoke-model" }
        : undefined,
      replayable: true,
      onePass: true,
      callerSignal: request.signal,
      newController: this.#parts.newController,
      usageOf: (output) => usageOf(api, output as DoorAnswer),
      maxAttempts: this.#parts.maxAttempts,
      send: async (route, signal) => {
        markAttemptSignal(signal, request.signal);
        const call = {
          operation,
          path,
          modelId: route.modelId,
          method: "POST",
          headers,
          body: facts.bodyFor(route.modelId),
        };
        const answer = await this.#send(route.sourceRegion, call, signal);
        const onResponse = (id: string): void => {
          if (facts.stores) this.#responses.set(id, route);
        };
        return doorAnswer(api, answer, onResponse);
      },
    };
  }

  #send(sourceRegion: string, call: RawCall, signal: CallerSignal | undefined): Promise<RawAnswer> {
    return sendRaw(this.#parts.regionClient(sourceRegion), call, signal);
  }

  /** What is not routed goes to the home Region, or to where its state is, as long as that cannot break the residency. */
  async #sendHome(
    service: Service,
    api: Api,
    request: IncomingRequest,
    homeRegion: string,
    overrides: RequestRoutingOptions | undefined,
  ): Promise<Response> {
    const { url, method, body } = request;
    const { router } = this.#parts;
    const { residency } = router.resolvePolicy(overrides, homeRegion);
    const named = api.kind === "in-region" ? api.guardrail : undefined;
    const pin = pinOf(undefined, named, homeRegion, router, overrides);
    const asked = router.ready({ homeRegion, overrides, ...pin }, request.signal);
    if (asked !== undefined) await asked;
    const region = pin.pinnedTo ?? homeRegion;
    const refusal =
      refusalAtHome(service, api, request, region, residency) ??
      (pin.guardrail && guardrailRefusal(router.withReach(pin.guardrail), residency));
    if (refusal !== undefined)
      throw new InvalidOptionsError("residency", `forbids ${method} ${url.pathname}: ${refusal}`);
    if (api.kind === "in-region" && residency.regions !== "any")
      await this.#refuseModelAtHome(api, request, homeRegion, overrides);
    const made = api.kind === "stored-response" ? this.#responses.get(api.id) : undefined;
    const own = service.name === RUNTIME.name;
    const path = router.isOff(overrides)
      ? servicePath(url.pathname)
      : withCountedModel(servicePath(url.pathname), (modelId) => modelBehind(modelId, router));
    const call: RawCall = {
      operation: "InvokeModel",
      modelId: "none",
      method,
      path: `${own ? path : url.pathname}${url.search}`,
      headers: carriedHeaders(request.headers),
      body: body?.length === 0 ? undefined : body,
      service: own ? undefined : service,
    };
    const answer = await this.#send(made?.sourceRegion ?? region, call, request.signal);
    return told(passedOn(answer, request.signal), undefined, url);
  }

  /** A job may name a profile, which leads out of the home Region. */
  async #refuseModelAtHome(
    { model }: Extract<Api, { kind: "in-region" }>,
    { body, signal }: IncomingRequest,
    homeRegion: string,
    overrides: RequestRoutingOptions | undefined,
  ): Promise<void> {
    if (model === undefined) return;
    const { router } = this.#parts;
    const counted = (id: string): string => (router.isOff(overrides) ? id : modelBehind(id, router));
    const modelId = "id" in model ? counted(model.id) : bodyMember(body, model.member);
    // What names no model is for the service to refuse.
    if (typeof modelId !== "string") return;
    await this.#parts.ready(homeRegion, signal);
    const asGiven = { pinnedBy: undefined, exact: true, streaming: false, mayProbe: false };
    const plan = router.preview({ ...asGiven, modelId, homeRegion, overrides });
    if (plan.candidates.length === 0) throw new NoRouteError(plan);
  }

  /**
   * Until the first of the routes may be tried again; `undefined` when the library had better repeat as it does without
   * us: when one of them need not wait, when there is a single one, and when the wait would look like a hang. Cooldowns
   * grow, and a library waits for as long as it is told.
   */
  #shortestCooldownMs(request: RouteRequest): number | undefined {
    const waits = this.#parts.router.preview(request).candidates.map(({ coolingForMs }) => coolingForMs ?? 0);
    const shortest = Math.min(...waits);
    return waits.length < 2 || shortest === 0 || shortest > LONGEST_WAIT_MS ? undefined : shortest;
  }
}

/** Hands the report of a request on to what its caller gets to see. */
function told<Value extends object>(value: Value, outputOrError: unknown, url: URL): Value {
  const report = getRouting(outputOrError);
  if (report !== undefined) rememberReport(value, { report: () => getRouting(outputOrError) ?? report });
  if (value instanceof Response) Object.defineProperty(value, "url", { value: url.href });
  return value;
}

function vehicleOf(
  api: InferenceApi,
  streaming: boolean,
  { url }: IncomingRequest,
): Pick<RawCall, "operation" | "path"> {
  if (api.kind === "model-in-path") return { operation: api.operation, path: undefined };
  return {
    operation: streaming ? "InvokeModelWithResponseStream" : "InvokeModel",
    path: `${servicePath(url.pathname)}${url.search}`,
  };
}

const OPERATION_NAMES: Readonly<Record<BodyModelApi, string>> = {
  "chat-completions": "ChatCompletions",
  responses: "CreateResponse",
  messages: "Messages",
};

async function doorAnswer(
  api: InferenceApi,
  { status, headers, body }: RawAnswer,
  onResponse: (id: string) => void,
): Promise<DoorAnswer> {
  const type = headers["content-type"] ?? "";
  if (type.startsWith("application/vnd.amazon.eventstream")) {
    // Where InvokeModel tells how it was served, under the names that the SDK gives it.
    const serviceTier = headers["x-amzn-bedrock-service-tier"];
    const performanceConfigLatency = headers["x-amzn-bedrock-performanceconfig-latency"];
    return { status, headers, stream: awsEvents(body), ...{ serviceTier, performanceConfigLatency } };
  }
  if (type.startsWith("text/event-stream") && api.kind === "model-in-body") {
    return { status, headers, stream: serverSentEvents(body, api.api, onResponse) };
  }
  const bytes = await collect(body);
  if (api.kind === "model-in-body" && api.api === "responses") {
    const { id } = fieldsOf(bytes);
    if (typeof id === "string") onResponse(id);
  }
  return { status, headers, body: bytes };
}

/** The tokens that a unary answer tells: in its body, or for InvokeModel in its headers. */
function usageOf(api: InferenceApi, answer: DoorAnswer): TokenUsage | undefined {
  if (answer.body === undefined) return undefined;
  if (api.kind === "model-in-body") return bodyUsage(api.api, fieldsOf(answer.body));
  return api.operation === "InvokeModel" ? headerUsage(answer.headers) : converseUsage(fieldsOf(answer.body));
}

function bodyMember(body: Buffer | undefined, name: string): unknown {
  const members = body === undefined ? undefined : topMembers(body);
  return body === undefined || members === undefined ? undefined : memberValue(body, members, name);
}

function fieldsOf(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8"));
    return typeof json === "object" && json !== null ? (json as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}
