/** One way to break the source. */
export interface Mutant {
  readonly breaks: string;
  /** Under src/. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** A mistake for every promise, in the words of the source. */
export const MUTANTS: readonly Mutant[] = [
  {
    breaks: "a global profile meets every residency",
    file: "plan/residency.ts",
    from: "NO_REGION.includes(region) || !allowed.includes(region)",
    to: 'region !== "*" && !allowed.includes(region)',
  },
  {
    breaks: "one allowed destination Region is enough",
    file: "plan/residency.ts",
    from: "return destinationRegions.filter((region)",
    to: "return destinationRegions.some((region) => allowed.includes(region)) ? [] : destinationRegions.filter((region)",
  },
  {
    breaks: "the residency of a request replaces that of the client",
    file: "plan/residency.ts",
    from: 'if (client.regions === "any") return request;',
    to: "return request;",
  },
  {
    breaks: "an explicit profile id bounds nothing",
    file: "plan/eligible-routes.ts",
    from: "if (boundary !== undefined && beyond.length > 0) {",
    to: "if (boundary !== undefined && beyond.length > 1_000) {",
  },
  {
    breaks: "a request with a guardrail leaves the home Region",
    file: "plan/eligible-routes.ts",
    from: "if (pinnedBy !== undefined && route.sourceRegion !== pinnedTo",
    to: 'if (pinnedBy === "" && route.sourceRegion !== pinnedTo',
  },
  {
    breaks: "one attempt more than maxAttempts",
    file: "dispatch/dispatch.ts",
    from: "const isOver = this.#log.attempts >= limit;",
    to: "const isOver = this.#log.attempts > limit;",
  },
  {
    breaks: "a rejected request goes on to the next route",
    file: "dispatch/dispatch.ts",
    from: 'failure.kind === "rejected" || failure.kind === "cancelled"',
    to: 'failure.kind === "cancelled"',
  },
  {
    breaks: "an aborted request goes on",
    file: "dispatch/dispatch.ts",
    from: "    if (this.#isAborted) return this.#fail(abortError(this.#request.callerSignal));\n    if (next",
    to: "    if (next",
  },
  {
    breaks: "backs off although a route is untried",
    file: "dispatch/dispatch.ts",
    from: "healthy ?? untried ?? (await",
    to: "healthy ?? (await",
  },
  {
    breaks: "gives up after the first failure",
    file: "dispatch/dispatch.ts",
    from: "if (next === undefined) return",
    to: "if (next !== undefined) return",
  },
  {
    breaks: "a cooling route is as good as any",
    file: "health/route-choice.ts",
    from: "!tried.has(candidate) && this.#health.cooling(candidate.route, this.slice, this.asked) === undefined",
    to: "!tried.has(candidate)",
  },
  {
    breaks: "the first error is thrown instead of the one that tells most",
    file: "dispatch/dispatch.ts",
    from: "return (failed.findLast(",
    to: "return (failed.find(",
  },
  {
    breaks: "an invalid route gets a backup",
    file: "dispatch/dispatch.ts",
    from: "(isInvalid(candidate, this.#failed) ? undefined : candidate)",
    to: "candidate",
  },
  {
    breaks: "two timers that waited for maxAttempts both start an attempt",
    file: "dispatch/dispatch.ts",
    from: "this.#youngest !== attempt || this.#log.attempts >= limit",
    to: "!this.#live.has(attempt)",
  },
  {
    breaks: "a plan shows the best score instead of the home route",
    file: "health/home-route.ts",
    from: "return this.#usual(this.#homeAmong(contenders), contenders);",
    to: "return this.#usual((bestOf(contenders) ?? { route: this.#home }).route, contenders);",
  },
  {
    breaks: "a budget never runs out",
    file: "dispatch/token-budget.ts",
    from: "if (this.#tokens < tokens) return false;",
    to: "",
  },
  {
    breaks: "the losers of a race go on",
    file: "dispatch/dispatch.ts",
    from: "if (loser === winner || loser.ended) continue;",
    to: "continue;",
  },
  {
    breaks: "an abandoned stream is recorded twice",
    file: "dispatch/attempt.ts",
    from: 'else this.#end("cancelled", "abandoned", undefined);',
    to: 'else for (const _ of "12") this.#end("cancelled", "abandoned", undefined);',
  },
  {
    breaks: "statistics forget the timeouts",
    file: "health/route-track.ts",
    from: "this.#failures[kind] += 1;",
    to: 'if (kind !== "timeout") this.#failures[kind] += 1;',
  },
  {
    breaks: "a cut stream passes for a whole one",
    file: "dispatch/held-stream.ts",
    from: "return this.#break(new TruncatedStreamError(true));",
    to: "return result;",
  },
  {
    breaks: "an event holds the text of an error",
    file: "dispatch/attempt-log.ts",
    from: "errorName: error.name",
    to: "errorName: error.name + error.message",
  },
  {
    breaks: "a listener stays on the signal of the caller",
    file: "dispatch/attempt.ts",
    from: "this.#unlink?.();",
    to: "",
  },
  {
    breaks: "a throttle is taken for another error",
    file: "failures/classify.ts",
    from: "matches(family, condition, reading, met)",
    to: 'FAMILIES[family].kind !== "throttled" && matches(family, condition, reading, met)',
  },
];
