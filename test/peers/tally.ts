import type { Scenario } from "./scenario.ts";

/** How one request ended for the caller. */
export interface Ending {
  /** 1 for the first request after the fault began. */
  readonly number: number;
  /** What arrived, the whole or a part. */
  readonly text: string;
  /** Request start to the first piece of text. */
  readonly ttfbMs?: number;
  readonly totalMs: number;
  readonly error?: string;
  /** Whether the caller's own limit ended it. */
  readonly gaveUp?: boolean;
}

/** One call that the fake Bedrock received. */
export interface Call {
  /** The request for which it was made. */
  readonly number: number;
  readonly modelId: string;
  /** Where the inference ran, when it did. */
  readonly destinationRegion?: string;
}

/** What is told of a contender in a scenario. */
export interface Figures {
  readonly requests: number;
  /** Requests that ended as they should. */
  readonly rightPercent: number;
  /** Requests that ended without an error and with a text that the model never said, or half of it. */
  readonly brokenPercent: number;
  /** Calls beyond one a request. */
  readonly extraCallsPercent: number;
  /** Mean time to the first text, of the requests that were answered. */
  readonly waitMs: number | undefined;
  /** Of the requests that were answered. */
  readonly ttfbMs: { readonly p50: number; readonly p99: number } | undefined;
  /** The first requests after the fault began: `EARLY` of each run. */
  readonly early: Span;
  /** All that followed. */
  readonly later: Span;
  /** Calls to a profile that may run the prompt outside the EU. */
  readonly callsOutsideEu: number;
  /** What failed requests said, with how often, the most frequent first. */
  readonly errors: readonly (readonly [error: string, count: number])[];
}

/** A part of the requests of a scenario. */
export interface Span {
  readonly callsPerRequest: number;
  /** Of the requests that were answered. */
  readonly ttfbMs: { readonly p50: number; readonly p99: number } | undefined;
}

/** How many requests count as the first ones: two for each that is under way at once. */
export const EARLY = 8;

/** Counts; `answer` is what the model says. */
export function tally(
  scenario: Pick<Scenario, "rightEnd">,
  answer: string,
  endings: readonly Ending[],
  calls: readonly Call[],
): Figures {
  const percent = (count: number): number => (100 * count) / endings.length;
  const whole = ({ error, text }: Ending): boolean => error === undefined && text === answer;
  const right = (ending: Ending): boolean =>
    whole(ending) || (scenario.rightEnd === "error" && ending.error !== undefined && ending.gaveUp !== true);
  const ttfbsOf = (some: readonly Ending[]): readonly number[] =>
    some.flatMap((ending) => (whole(ending) ? (ending.ttfbMs ?? []) : []));
  const percentilesOf = (some: readonly Ending[]): Span["ttfbMs"] => {
    const ttfbs = ttfbsOf(some);
    return ttfbs.length === 0 ? undefined : { p50: percentile(ttfbs, 50), p99: percentile(ttfbs, 99) };
  };
  const span = (isIn: (number: number) => boolean): Span => {
    const some = endings.filter(({ number }) => isIn(number));
    return {
      callsPerRequest: calls.filter(({ number }) => isIn(number)).length / some.length,
      ttfbMs: percentilesOf(some),
    };
  };
  return {
    requests: endings.length,
    rightPercent: percent(endings.filter(right).length),
    brokenPercent: percent(endings.filter((ending) => ending.error === undefined && !whole(ending)).length),
    extraCallsPercent: percent(calls.length - endings.length),
    waitMs: mean(ttfbsOf(endings)),
    ttfbMs: percentilesOf(endings),
    early: span((number) => number <= EARLY),
    later: span((number) => number > EARLY),
    callsOutsideEu: calls.filter(mayLeaveEu).length,
    errors: frequencies(endings.flatMap(({ error }) => error ?? [])),
  };
}

/** By the profile, not by where it happened to run: a global profile may run anywhere. */
function mayLeaveEu({ modelId, destinationRegion }: Call): boolean {
  return !modelId.startsWith("eu.") || (destinationRegion !== undefined && !destinationRegion.startsWith("eu-"));
}

function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The smallest value that at least `rank` percent do not exceed. */
function percentile(values: readonly number[], rank: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((rank / 100) * sorted.length) - 1)] ?? Number.NaN;
}

function frequencies(values: readonly string[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
}
