import { classify } from "../../failures/classify.ts";
import type { FailureFamily } from "../../types/failure-family.ts";
import type { FailureKind, Route } from "../../types/route.ts";
import { type Advice, adviceFor } from "./advice.ts";
import { adviceForDenial, parseDenial } from "./denial.ts";
import { quotaName } from "./quota-name.ts";

/**
 * What one try of a route found:
 * - `usable`: it answered;
 * - `reached`: the model turned the tiny request down as such, which speaks for the route without proving it;
 * - `throttled`: it is open, but a quota or a capacity is used up;
 * - `refused`: it cannot be used as things are;
 * - `failed`: no answer, or a failure of the service: try again.
 */
export type FindingStatus = "usable" | "reached" | "throttled" | "refused" | "failed";

/** The finding about one route. JSON-serialisable. */
export interface Finding {
  readonly route: Route;
  readonly status: FindingStatus;
  /** From the start of the request that was answered to its answer. Absent for any other status. */
  readonly latencyMs?: number;
  readonly family?: FailureFamily;
  readonly why?: string;
  readonly cure?: string;
  /** The quota that was hit, as Service Quotas names it. */
  readonly quota?: string;
  /** Name and message of the service's error, as it sent them. */
  readonly error?: { readonly name: string; readonly message: string };
}

/** What an examination needs. */
export interface Examination {
  readonly homeRegion: string;
  /** Sends one request on exactly this route, with this many output tokens, and resolves when it was answered. */
  send(route: Route, maxTokens: number): Promise<void>;
  /** Milliseconds of a monotonic clock. */
  now(): number;
}

/** Output tokens of the first try, and of the second where the model wants more. */
export const TOKENS: Readonly<{ first: number; second: number }> = Object.freeze({ first: 1, second: 16 });

/** Tries one route and says in a sentence what keeps it from serving. Never rejects. */
export async function examineRoute(route: Route, examination: Examination): Promise<Finding> {
  const first = await attempt(route, TOKENS.first, examination);
  // Some models have a smallest number of output tokens above 1.
  const again = first.family === "request" && /token/i.test(first.error?.message ?? "");
  return again ? attempt(route, TOKENS.second, examination) : first;
}

async function attempt(route: Route, maxTokens: number, { homeRegion, send, now }: Examination): Promise<Finding> {
  const startedAt = now();
  try {
    await send(route, maxTokens);
    return { route, status: "usable", latencyMs: now() - startedAt };
  } catch (error) {
    return findingOf(error, route, homeRegion);
  }
}

function findingOf(error: unknown, route: Route, homeRegion: string): Finding {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const met = route.sourceRegion === homeRegion ? "first" : "away";
  const { kind, family } = classify(error, { aborted: false, met });
  const { why, cure } = adviceOf(family, message, route);
  const quota = quotaName(family, route);
  return {
    route,
    status: statusOf(kind, family, name),
    family,
    why,
    cure,
    ...(quota === undefined ? {} : { quota }),
    error: { name, message },
  };
}

function adviceOf(family: FailureFamily, message: string, route: Route): Advice {
  const denial = family === "explicit-deny" ? parseDenial(message) : undefined;
  return denial === undefined ? adviceFor(family, route) : adviceForDenial(denial, route);
}

function statusOf(kind: FailureKind, family: FailureFamily, name: string): FindingStatus {
  // Bedrock authorises before the model looks at a request: what the model objects to has come that far.
  if (family === "unsupported-feature" || (family === "request" && name === "ValidationException")) return "reached";
  switch (kind) {
    case "throttled":
      return "throttled";
    case "unavailable":
    case "timeout":
    case "cancelled":
      return "failed";
    case "invalid-route":
    case "rejected":
      return "refused";
    default:
      return kind satisfies never;
  }
}
