import type {
  AttemptEvent,
  CatalogEvent,
  CooldownEvent,
  RequestEvent,
  RoutingEvents,
  StoreEvent,
} from "../types/events.ts";
import type { Route } from "../types/route.ts";
import { withoutAccount } from "../util/arn.ts";

/** How much an event matters. `info` is what deviates from the usual, `warn` what somebody should look at. */
export type LogLevel = "debug" | "info" | "warn";

/** An event as a log has it. */
export interface EventDescription {
  /** A suggestion. */
  readonly level: LogLevel;
  /** One sentence for a person. */
  readonly message: string;
  /** The same for a machine: flat, and without anything that is absent. */
  readonly fields: Readonly<Record<string, string | number | boolean>>;
}

/**
 * Describes an event in one sentence. Nothing of prompts, answers, credentials or accounts is in it.
 * @example
 * ```ts
 * client.routing.on("failover", (event) => console.log(describeEvent("failover", event).message));
 * // Failover from eu.anthropic.claude-sonnet-4-6 from eu-central-1 to global.anthropic.claude-sonnet-4-6 from
 * // eu-central-1: throttled (tokens-per-minute)
 * ```
 */
export function describeEvent<Name extends keyof RoutingEvents>(
  name: Name,
  event: RoutingEvents[Name],
): EventDescription {
  const { level, message, fields } = DESCRIBERS[name](event);
  const present = Object.entries(fields).filter(([, value]) => value !== undefined);
  return { level, message, fields: { event: name, ...Object.fromEntries(present) } as EventDescription["fields"] };
}

interface Draft {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: Readonly<Record<string, string | number | boolean | undefined>>;
}

const DESCRIBERS: { readonly [Name in keyof RoutingEvents]: (event: RoutingEvents[Name]) => Draft } = {
  plan: ({ plan: { model, homeRegion, candidates, rejections } }) => {
    const [first] = candidates;
    const count = `${counted(candidates.length, "candidate")}, ${rejections.length} rejected`;
    const name = withoutAccount(model);
    return {
      level: "debug",
      message:
        first === undefined
          ? `No route for ${name} from ${homeRegion}: ${count}`
          : `Planned ${name}: first ${nameOf(first.route)}, ${count}`,
      fields: { model: name, homeRegion, candidates: candidates.length, rejections: rejections.length },
    };
  },

  attempt: (event) => ({
    level: ATTEMPT_LEVELS[event.outcome],
    message: `Attempt ${event.number} (${event.cause}) on ${nameOf(event.route)} ${ended(event)}${times(event)}`,
    fields: {
      ...routeFields(event.route),
      number: event.number,
      cause: event.cause,
      ...endFields(event),
      ...(event.cost?.known === true && { usd: event.cost.usd }),
    },
  }),

  request: (event) => {
    const { request, route, attempts, outcome } = event;
    const what = `${request.operation} of ${withoutAccount(request.plan.model)}`;
    const where = route === undefined ? "" : ` on ${nameOf(route)}`;
    const usual = outcome === "cancelled" || (outcome === "succeeded" && attempts === 1);
    return {
      level: usual ? "debug" : outcome === "succeeded" ? "info" : "warn",
      message: `${what} ${ended(event)}${where} after ${counted(attempts, "attempt")}${times(event)}`,
      fields: {
        operation: request.operation,
        model: withoutAccount(request.plan.model),
        workload: request.workload,
        streaming: request.streaming,
        ...(route !== undefined && { ...routeFields(route), default: route.key === request.defaultRoute?.key }),
        attempts,
        ...endFields(event),
        ...(event.cost?.answer.known === true && { usd: event.cost.answer.usd }),
      },
    };
  },

  failover: ({ from, to, kind, family }) => ({
    level: "info",
    message: `Failover from ${nameOf(from)} to ${nameOf(to)}: ${kind} (${family})`,
    fields: {
      ...routeFields(from),
      toModelId: withoutAccount(to.modelId),
      toSourceRegion: to.sourceRegion,
      kind,
      family,
    },
  }),

  backup: ({ from, to, because, afterMs }) => ({
    level: "info",
    message: `Backup on ${nameOf(to)}: ${nameOf(from)} is silent for ${Math.round(afterMs)} ms (${because})`,
    fields: {
      ...routeFields(from),
      toModelId: withoutAccount(to.modelId),
      toSourceRegion: to.sourceRegion,
      because,
      afterMs: Math.round(afterMs),
    },
  }),

  cooldown: ({ route, scope, family, forMs, until, learned }: CooldownEvent) => ({
    level: scope === "region" || forMs >= LONG_MS ? "warn" : "info",
    message: `${postponed(route, scope)} is postponed for ${duration(forMs)}: ${family}${learned ? ", met by another process" : ""}`,
    fields: { ...routeFields(route), scope, family, forMs: Math.round(forMs), until, learned },
  }),

  catalog: ({ outcome, sourceRegion, changed, operation, reason, errorName, detail }: CatalogEvent) => ({
    level: outcome === "failed" ? "warn" : changed === true ? "info" : "debug",
    message: `Catalogue of ${sourceRegion}: ${detail}`,
    fields: { outcome, sourceRegion, changed, operation, reason, errorName },
  }),

  store: ({ outcome, namespace, reason }: StoreEvent) => ({
    level: outcome === "lost" ? "warn" : "info",
    message:
      outcome === "reached"
        ? `The routing store ${namespace} was reached`
        : `The routing store ${namespace} cannot be used (${reason}): this process routes by what it observes itself`,
    fields: { outcome, namespace, reason },
  }),
};

/** The names of all events. */
export const EVENT_NAMES: readonly (keyof RoutingEvents)[] = Object.keys(DESCRIBERS) as (keyof RoutingEvents)[];

/** A failed attempt is met by routing itself; one that no route can cure is the application's affair. */
const ATTEMPT_LEVELS: Readonly<Record<AttemptEvent["outcome"], LogLevel>> = {
  succeeded: "debug",
  cancelled: "debug",
  rejected: "debug",
  throttled: "info",
  unavailable: "info",
  timeout: "info",
  "invalid-route": "warn",
};

/** A cooldown of minutes tells of more than a busy moment. */
const LONG_MS = 5 * 60_000;

function nameOf({ modelId, sourceRegion }: Route): string {
  return `${withoutAccount(modelId)} from ${sourceRegion}`;
}

function postponed(route: Route, scope: CooldownEvent["scope"]): string {
  switch (scope) {
    case "route":
      return nameOf(route);
    case "model":
      return `Every route of ${withoutAccount(route.model)} in ${route.sourceRegion}`;
    case "region":
      return `Everything in ${route.sourceRegion}`;
    default:
      return scope satisfies never;
  }
}

function ended({ outcome, family, errorName }: AttemptEvent | RequestEvent): string {
  if (outcome === "succeeded") return "succeeded";
  const details = [...new Set([family, errorName])].filter((detail) => detail !== undefined && detail !== outcome);
  return `${ENDS[outcome]}${details.length === 0 ? "" : ` (${details.join(", ")})`}`;
}

const ENDS: Readonly<Record<Exclude<RequestEvent["outcome"], "succeeded">, string>> = {
  throttled: "was throttled",
  "invalid-route": "is not possible",
  unavailable: "failed",
  timeout: "timed out",
  cancelled: "was cut off",
  rejected: "was rejected",
  "no-route": "has no route",
};

function times({ ttfbMs, totalMs }: AttemptEvent | RequestEvent): string {
  const first = ttfbMs === undefined ? [] : [`first byte after ${Math.round(ttfbMs)} ms`];
  const total = totalMs === undefined ? [] : [`${Math.round(totalMs)} ms in all`];
  const parts = [...first, ...total];
  return parts.length === 0 ? "" : `, ${parts.join(", ")}`;
}

function endFields(event: AttemptEvent | RequestEvent): Draft["fields"] {
  const { outcome, family, errorName, ttfbMs, totalMs, usage } = event;
  return {
    outcome,
    family,
    errorName,
    ...(ttfbMs !== undefined && { ttfbMs: Math.round(ttfbMs) }),
    ...(totalMs !== undefined && { totalMs: Math.round(totalMs) }),
    ...(usage !== undefined && { inputTokens: usage.inputTokens, outputTokens: usage.outputTokens }),
  };
}

function routeFields({ modelId, sourceRegion, kind, geography }: Route): Draft["fields"] {
  return { modelId: withoutAccount(modelId), sourceRegion, kind, geography };
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function duration(ms: number): string {
  return ms < 60_000 ? `${Math.round(ms / 1_000)} s` : `${Math.round(ms / 60_000)} min`;
}
