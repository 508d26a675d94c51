/** An adaptive rule of the library, and what takes it out of the source. */
export interface Mechanism {
  readonly name: string;
  /** What stands in its place. */
  readonly without: string;
  readonly edits: readonly SourceEdit[];
  /** The contender that uses it, if not the library with its defaults. */
  readonly contender?: string;
  /** Text in the groups of the regimes in which it can make a difference, if not in all. */
  readonly groups?: string;
  /** A rule for processes that share what they observe, in the regimes of fleets. */
  readonly ofFleets?: true;
}

export interface SourceEdit {
  /** Under src/. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/**
 * Every rule that learns or that spends something on learning. They are taken out of a copy of the source and not by
 * switches in it: what the benchmark needs is no business of the product. An edit that no longer finds its line fails.
 */
export const MECHANISMS: readonly Mechanism[] = [
  {
    name: "recent window",
    without: "all samples of ten minutes count",
    edits: [{ file: "health/latency-window.ts", from: "const ENOUGH = 20;", to: "const ENOUGH = Infinity;" }],
  },
  {
    name: "prior filling",
    without: "the first sample replaces the prior",
    edits: [
      { file: "plan/expected-ttfb.ts", from: "(samples >= REFUTING && ", to: "(samples >= 1 || " },
      {
        file: "plan/expected-ttfb.ts",
        from: "evidence.answers >= MIN_SAMPLES) {",
        to: "evidence.answers >= 1) {",
      },
    ],
  },
  {
    name: "priors that samples refute",
    without: "the prior counts until there are ten samples, whatever they say",
    edits: [{ file: "plan/expected-ttfb.ts", from: "(samples >= REFUTING && ", to: "(samples < 0 && " }],
  },
  {
    name: "level of the workload",
    without: "priors are milliseconds of the lab",
    edits: [{ file: "plan/rank.ts", from: "const level = Math.exp(", to: "const level = 0 * exact + 1 || Math.exp(" }],
  },
  {
    name: "margin that grows while samples are few",
    without: "15 % from the first sample on",
    edits: [{ file: "health/home-route.ts", from: "const FEW_SAMPLES = 0.15;", to: "const FEW_SAMPLES = 0;" }],
  },
  {
    name: "margin of 15 %",
    without: "the best score takes over",
    edits: [{ file: "health/home-route.ts", from: "const LEAVE_AT = 0.85;", to: "const LEAVE_AT = 1;" }],
  },
  {
    name: "return to the default",
    without: "the default must be 15 % better, too",
    edits: [
      {
        file: "health/home-route.ts",
        from: "return route === this.#default ? score <= homeScore : score < homeScore * leaveAt(samples);",
        to: "return score < homeScore * leaveAt(samples);",
      },
    ],
  },
  {
    name: "home route",
    without: "each request weighs the routes against the default, whatever the last one did",
    edits: [
      {
        file: "health/home-route.ts",
        from: "const homeScore = scoreIn(contenders, this.#home);",
        to: "const homeScore = scoreIn(contenders, this.#default);",
      },
      {
        file: "health/home-route.ts",
        from: "other.route !== this.#home && isUsable(other)",
        to: "other.route !== this.#default && isUsable(other)",
      },
      {
        file: "health/home-route.ts",
        from: "return best?.route ?? this.#home;",
        to: "return best?.route ?? this.#default;",
      },
    ],
  },
  {
    name: "probes",
    without: "another route is measured only when it is needed",
    edits: [{ file: "health/home-route.ts", from: "if (mayProbe === false || !isDue", to: "if (true || !isDue" }],
  },
  {
    name: "early probe while home is slow",
    without: "the first probe after 32 requests",
    edits: [
      {
        file: "health/home-route.ts",
        from: "const isEarly = isSlow && contender.samples === 0;",
        to: "const isEarly = false;",
      },
    ],
  },
  {
    name: "doubling of probe intervals",
    without: "a probe of each route every 32 requests",
    edits: [
      {
        file: "health/home-route.ts",
        from: "Math.min(PROBE_AT_MOST_AFTER, interval.every * 2)",
        to: "PROBE_AFTER",
      },
    ],
  },
  {
    name: "follow-ups of probes",
    without: "one sample at a time",
    edits: [{ file: "health/home-route.ts", from: "if (better) this.#follow = {", to: "if (false) this.#follow = {" }],
  },
  {
    name: "fresh start of a default that is back",
    without: "its samples from before the probe still count",
    edits: [
      {
        file: "health/route-choice.ts",
        from: "if (changedAt !== undefined) this.#health",
        to: "if (false) this.#health",
      },
    ],
  },
  {
    name: "waits of cut-off attempts",
    without: "only answers are samples",
    edits: [{ file: "dispatch/attempt.ts", from: "    this.#track.cutOff(waitedMs, scale);\n", to: "" }],
  },
  {
    name: "waits kept apart from answers",
    without: "a wait sets deadlines like an answer",
    edits: [
      {
        file: "health/latency-window.ts",
        from: "return this.#put(-Math.max(0, durationMs), nowMs);",
        to: "return this.#put(Math.max(0, durationMs), nowMs);",
      },
    ],
  },
  {
    name: "own delay is no evidence",
    without: "what a held-up process measures counts",
    edits: [
      {
        file: "util/own-delay.ts",
        from: "return lateMs > JITTER_MS ? lateMs : 0;",
        to: "return 0;",
      },
    ],
  },
  {
    name: "strikes",
    without: "lost races count in the window alone",
    edits: [
      {
        file: "health/route-choice.ts",
        from: "if (this.#health.cooldowns.lostRace(route, isMute)) this.#home?.evict(route);",
        to: "",
      },
    ],
  },
  {
    name: "one strike for a route that never answered",
    without: "three, as for any other",
    edits: [{ file: "health/cooldowns.ts", from: "if (!onTrial && !isMute && strikes", to: "if (!onTrial && strikes" }],
    groups: "Lambda",
  },
  {
    name: "cooldowns",
    without: "a failure is forgotten at once",
    edits: [
      {
        file: "health/cooldowns.ts",
        from: "const rule = cooldownRule(failure);",
        to: "const rule = undefined as ReturnType<typeof cooldownRule>;",
      },
    ],
  },
  {
    name: "doubling of cooldowns",
    without: "5 s each time",
    edits: [{ file: "health/cooldowns.ts", from: "baseMs * 2 ** (times - 1)", to: "baseMs" }],
  },
  {
    name: "half-open trials",
    without: "all requests return when the cooldown ends",
    edits: [
      {
        file: "health/cooldowns.ts",
        from: "return trial !== undefined && now - trial < TRIAL_LIMIT_MS ? 1 : 0;",
        to: "return trial === -1 ? 1 : 0;",
      },
    ],
  },
  {
    name: "backups",
    without: "a silent route is waited for",
    edits: [{ file: "dispatch/extra-attempts.ts", from: "if (backupAfterMs !== undefined)", to: "if (false)" }],
  },
  {
    name: "early backups",
    without: "probes and trials wait like any other attempt",
    edits: [{ file: "dispatch/extra-attempts.ts", from: "if (doubtful && ", to: "if (false && " }],
  },
  {
    name: "free backups",
    without: "none without a token",
    edits: [
      {
        file: "dispatch/dispatch.ts",
        from: "if (!paid && !this.#isFree(attempt, beside))",
        to: "if (!paid)",
      },
    ],
  },
  {
    name: "pacing of free backups",
    without: "all at once when a route answers",
    edits: [
      { file: "dispatch/token-budget.ts", from: "if (this.#left < 1 || !this.#isRecent(nowMs)) return false;", to: "" },
    ],
  },
  {
    name: "cold deadlines",
    without: "three times the 75th percentile before any route has answered, too",
    edits: [{ file: "plan/first-byte-deadline.ts", from: "const times = cold ? 4 : 3;", to: "const times = 3;" }],
  },
  {
    name: "cold budget of backups",
    without: "ten tokens from the start",
    edits: [{ file: "dispatch/token-budget.ts", from: "perRequest: 0.05, first: 2 }", to: "perRequest: 0.05 }" }],
  },
  {
    name: "budget of backups",
    without: "as many as there are silent attempts",
    edits: [
      {
        file: "dispatch/token-budget.ts",
        from: "backup: new TokenBudget({ burst: 10, perRequest: 0.05, first: 2 })",
        to: "backup: new TokenBudget({ burst: 1e9, perRequest: 0 })",
      },
    ],
  },
  {
    name: "refund of backups that win",
    without: "each costs its token",
    edits: [
      {
        file: "dispatch/dispatch.ts",
        from: 'if (cause === "backup" && !winner.free) this.#budgets.backup.refund(1);',
        to: "",
      },
    ],
  },
  {
    name: "budget of retries",
    without: "as many as maxAttempts allows",
    edits: [
      {
        file: "dispatch/token-budget.ts",
        from: "retry: new TokenBudget({ burst: 500,",
        to: "retry: new TokenBudget({ burst: 1e9,",
      },
    ],
  },
  {
    name: "length of the prompt",
    without: "answers to prompts of different lengths are compared, and set deadlines, as they are",
    edits: [
      {
        file: "health/prompt-scale.ts",
        from: "  factor(inputBytes: number): number {\n",
        to: "  factor(inputBytes: number): number {\n    if (inputBytes >= 0) return 1;\n",
      },
    ],
  },
  {
    name: "patience with prompts of unknown lengths",
    without: "until ten answers are known, prompts are believed to be as alike as the lab's",
    edits: [{ file: "plan/expected-ttfb.ts", from: "const MIXED_SIGMA = 0.5;", to: "const MIXED_SIGMA = 0;" }],
  },
  {
    name: "one backup before the first answer",
    without: "as many as there are tokens",
    edits: [{ file: "dispatch/dispatch.ts", from: "(!isCold || coldBackup === this) && budget", to: "budget" }],
  },
  {
    name: "deadlines set before the first answer are looked at again",
    without: "the prior's deadline holds, however slow the first answers were",
    edits: [{ file: "dispatch/dispatch.ts", from: "if (leftMs >= 1) {", to: "if (leftMs < -1e9) {" }],
  },
  {
    name: "backups on a route that was silent before",
    without: "the silent route again, while the other one is postponed",
    edits: [
      {
        file: "dispatch/dispatch.ts",
        from: " ?? this.#choice.nextSilent(this.#plan, this.#tried) ?? again",
        to: " ?? again",
      },
    ],
  },
  {
    name: "patience with models that think",
    without: "a stream without content is silent",
    edits: [{ file: "health/content-lag.ts", from: "const PATIENCE = 1.5;", to: "const PATIENCE = 0;" }],
  },
  {
    name: "warm caches",
    without: "a conversation follows the home route wherever it is cached",
    edits: [
      {
        file: "health/route-choice.ts",
        from: "choice === undefined || kept === undefined ? choice",
        to: "choice !== undefined || kept === undefined ? choice",
      },
    ],
    groups: "conversations",
  },
  {
    name: "knowledge of quotas",
    without: "a throttle says nothing of when there is room again",
    edits: [
      {
        file: "health/capacity.ts",
        from: "if (!QUOTAS.has(family)) return undefined;",
        to: "if (family !== undefined) return undefined;",
      },
    ],
    groups: "throttling",
  },
  {
    name: "room by quota",
    without: "the first pool takes what it can until it throttles",
    edits: [
      {
        file: "health/capacity.ts",
        from: "const waitMs = this.waitMs(contender.route, demand);",
        to: "const waitMs = 0;",
      },
    ],
    contender: "this library, throughput",
    groups: "throttling",
  },
  {
    name: "quiet after a throttle",
    without: "hedges also within a minute of a throttle",
    edits: [{ file: "dispatch/dispatch.ts", from: "const HEDGE_QUIET_MS = 60_000;", to: "const HEDGE_QUIET_MS = 0;" }],
    contender: "this library, hedging",
    groups: "throttling",
  },
];

const FLEET_HEALTH = "health/fleet/fleet-health.ts";

/** The rules of fleets, taken out of the library with a store. */
export const FLEET_MECHANISMS: readonly Mechanism[] = [
  ofFleets("shared cooldowns", "each process meets the failure itself", {
    file: FLEET_HEALTH,
    from: "if (cooldown !== undefined && cooldowns.learn(",
    to: "if (cooldown !== undefined && cooldown.times < 0 && cooldowns.learn(",
  }),
  ofFleets("strikes of all", "three lost races in one process", {
    file: FLEET_HEALTH,
    from: "else if (news.strikes > 0 &&",
    to: "else if (news.strikes < 0 &&",
  }),
  ofFleets("shared evictions", "a silent route stays home, and is left while it cools", {
    file: FLEET_HEALTH,
    from: "this.#evictions.set(key, (this.#evictions.get(key) ?? 0) + 1);",
    to: "this.#evictions.delete(key);",
  }),
  ofFleets("trials by lot", "each process makes its own", {
    file: FLEET_HEALTH,
    from: "this.#mayTry ??= this.#random() <",
    to: "this.#mayTry ??= true || this.#random() <",
  }),
  ofFleets("lots by the age of the news", "as if everybody heard of a trial after two and a half seconds", {
    file: FLEET_HEALTH,
    from: "this.#newsRoundMs = nowMs - model.heardAt + NEWS_MS;",
    to: "this.#newsRoundMs = 1_000 + NEWS_MS + 0 * nowMs;",
  }),
  ofFleets("length of cooldowns by the fleet's rate", "up to a minute or more, as alone", {
    file: FLEET_HEALTH,
    from: "if (!this.#isAtWork(model)) return Number",
    to: "if (!this.#isAtWork(model) || model.rates.all > 0) return Number",
  }),
  ofFleets("moves after a random time", "home moves as soon as another route is better", {
    file: FLEET_HEALTH,
    from: "return this.#random() < 1 - Math.exp(-sinceMs / FOLLOW_MS);",
    to: "return sinceMs >= 0 || FOLLOW_MS > 0;",
  }),
  ofFleets("probes of the fleet", "each process counts its own", {
    file: FLEET_HEALTH,
    from: "if (others < all / 2) return undefined;",
    to: "if (others < all * 2) return undefined;",
  }),
  ofFleets("shares by place", "all use a route until each is throttled itself", {
    file: FLEET_HEALTH,
    from: "if (shares.size === 0) return 0;",
    to: "if (shares.size >= 0) return 0;",
  }),
  ofFleets("quotas from the present five seconds", "throttles count when five seconds are over", {
    file: "health/fleet/fleet-capacity.ts",
    from: "if (throttled > 0) rate",
    to: "if (throttled > 0 && isOver) rate",
  }),
  ofFleets("present demand", "quotas are shared out of the demand of half a minute", {
    file: "health/fleet/model-fleet.ts",
    from: "const DEMAND_MS = 10_000;",
    to: "const DEMAND_MS = 30_000;",
  }),
  ofFleets("newest slices", "half a minute counts, as alone", {
    file: "health/fleet/merged-reading.ts",
    from: "const NEWEST_SLICES = 2;",
    to: "const NEWEST_SLICES = 3;",
  }),
  ofFleets("waits end with a recovery", "they rank the route until enough answers outvote them", {
    file: FLEET_HEALTH,
    from: "(nowMs + offsetMs - model.recoveredAt(name)) / SLICE_MS,",
    to: "undefined,",
  }),
];

function ofFleets(name: string, without: string, edit: SourceEdit): Mechanism {
  return { name, without, edits: [edit], contender: "this library, shared", ofFleets: true };
}

/** @throws RangeError for a name that none has */
export function mechanismNamed(name: string): Mechanism {
  const all = [...MECHANISMS, ...FLEET_MECHANISMS];
  const mechanism = all.find((candidate) => candidate.name === name);
  if (mechanism !== undefined) return mechanism;
  const names = all.map((candidate) => candidate.name).join(", ");
  throw new RangeError(`No mechanism is called ${JSON.stringify(name)}. There are: ${names}`);
}

/** The text of a source file without the mechanism. @throws Error when the file has changed */
export function editedSource(file: string, text: string, edits: readonly SourceEdit[]): string {
  return edits
    .filter((edit) => edit.file === file)
    .reduce((edited, { from, to }) => {
      if (!edited.includes(from)) throw new Error(`src/${file} does not contain ${JSON.stringify(from)}`);
      return edited.replace(from, to);
    }, text);
}
