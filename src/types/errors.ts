import type { Plan } from "./plan.ts";

/** Machine-readable reason of an error that this library throws itself. SDK errors are never wrapped. */
export type RoutingErrorCode =
  | "INVALID_OPTIONS"
  | "HOME_REGION_UNRESOLVED"
  | "UNKNOWN_MODEL"
  | "NO_ROUTE"
  | "TRUNCATED_STREAM";

const brand = Symbol.for("bedrock-routed-client.RoutingError");

/** Base of the errors that this library throws itself. */
export class RoutingError extends Error {
  override readonly name: string = "RoutingError";
  readonly code: RoutingErrorCode;

  constructor(code: RoutingErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    Object.defineProperty(this, brand, { value: true });
  }
}

/** Whether `value` is an error of this library, also one from its other module format or another installed copy. */
export function isRoutingError(value: unknown): value is RoutingError {
  return typeof value === "object" && value !== null && brand in value;
}

/** An option that is misspelt, out of range or contradicts another one. Thrown before any network call. */
export class InvalidOptionsError extends RoutingError {
  override readonly name: string = "InvalidOptionsError";
  /** Where the value stands, e.g. `routing.residency.countries[0]`. */
  readonly path: string;

  constructor(path: string, expectation: string, received?: string) {
    super(
      "INVALID_OPTIONS",
      received === undefined ? `${path} ${expectation}` : `${path} ${expectation}, got ${received}`,
    );
    this.path = path;
  }
}

/** The home Region could not be resolved from the client config, the environment or the shared config files. */
export class HomeRegionError extends RoutingError {
  override readonly name: string = "HomeRegionError";
  readonly path = "region";

  constructor(cause: unknown) {
    super(
      "HOME_REGION_UNRESOLVED",
      "region must be an AWS Region such as eu-central-1, got none: pass `region` to the client, set AWS_REGION, or set `region` in the shared AWS config file",
      { cause },
    );
  }
}

/** The `modelId` cannot be one: it is empty, holds spaces, or is far too long. A model that is merely unknown is served. */
export class UnknownModelError extends RoutingError {
  override readonly name: string = "UnknownModelError";
  readonly path = "modelId";
  readonly modelId: string;

  constructor(modelId: string, nearest?: string) {
    const hint = nearest === undefined ? "" : `. Did you mean ${JSON.stringify(nearest)}?`;
    super(
      "UNKNOWN_MODEL",
      `modelId must be a foundation-model id, an inference profile id or an ARN, without spaces, got ${shortened(modelId)}${hint}`,
    );
    this.modelId = modelId;
  }
}

/**
 * No route is left for the request: residency, the boundary of an explicit profile id or the source Regions exclude
 * all of them. Thrown before any network call.
 */
export class NoRouteError extends RoutingError {
  override readonly name: string = "NoRouteError";
  /** The plan without candidates; its rejections say what was excluded and why. */
  readonly plan: Plan;

  constructor(plan: Plan) {
    super("NO_ROUTE", noRouteMessage(plan));
    this.plan = plan;
  }
}

/**
 * An answer stream ended without its terminator, although the connection closed cleanly. The SDK reports such a stream
 * as complete; a cut answer must not pass for a whole one.
 */
export class TruncatedStreamError extends RoutingError {
  override readonly name: string = "TruncatedStreamError";

  constructor(content: boolean) {
    super(
      "TRUNCATED_STREAM",
      content
        ? "The answer stream ended before its terminator: the text received so far is incomplete"
        : "The answer stream ended before any content",
    );
  }
}

const LONGEST_SHOWN = 200;

/** Who sends a megabyte as a model id need not read it. */
function shortened(text: string): string {
  return JSON.stringify(text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text);
}

function noRouteMessage(plan: Plan): string {
  const rejected = plan.rejections.map(
    (rejection) =>
      `\n  ${rejection.route.modelId} from ${rejection.route.sourceRegion}: ${rejection.reason}, ${rejection.detail}`,
  );
  const remarks = plan.remarks.map((remark) => `\n${remark}`);
  const cures = [...new Set(plan.rejections.map((rejection) => cureOf(rejection.reason)))].map(
    (cure) => `\n  - ${cure}`,
  );
  return `No route may serve ${plan.model} from ${plan.homeRegion} under residency ${plan.policy.residency.label}${
    rejected.length === 0 ? "" : `. Rejected:${rejected.join("")}\nTo allow one:${cures.join("")}`
  }${remarks.join("")}`;
}

function cureOf(reason: Plan["rejections"][number]["reason"]): string {
  switch (reason) {
    case "residency":
      return "widen routing.residency, if the data may be processed there";
    case "guardrail":
      return 'say under routing.guardrails where it is evaluated, or allow bedrock:GetGuardrail with catalog "auto" or "live"';
    case "boundary":
      return "pass the bare model id: a full profile id bounds where inference may run";
    case "not-a-source-region":
      return "add a source Region of the profile to routing.sourceRegions";
    case "pinned":
      return "remove the input that binds the request to the home Region";
    case "replaced":
      return "remove the application profile that stands in for it from routing.routes";
    case "other-model":
      return "list the application profile in routing.routes under the model that it serves";
    case "other-route":
      return "leave routing.route out of the request";
    default:
      return reason satisfies never;
  }
}
