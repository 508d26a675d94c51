import type { AttemptCause } from "../types/attempt.ts";
import type { Candidate } from "../types/plan.ts";
import type { Attempt, DispatchRequest, DispatchTools } from "./attempt.ts";

/** What the watch over silent attempts may ask of the request that they belong to. */
export interface SilenceHooks {
  /** The attempts under way, the youngest last; none once the request is over. */
  live(): readonly Attempt[];
  /** How many attempts were started. */
  attempts(): number;
  /** `maxAttempts`. */
  attemptLimit(): Promise<number>;
  /** The best usable route that the request has not tried. */
  other(): Candidate | undefined;
  /** Whether the request has found the route to be invalid. */
  isInvalid(candidate: Candidate): boolean;
  start(candidate: Candidate, cause: AttemptCause): Attempt;
}

/** At most so many backups a request. */
const MAX_BACKUPS = 2;
/** When the budget is empty, the attempt is looked at again. */
const LOOK_AGAIN_MS = 250;
/** A second attempt reserves quota as well: none so soon after a throttle. */
const HEDGE_QUIET_MS = 60_000;

/**
 * Starts a further attempt while others are silent. A backup never cuts off what it backs up, so a long prompt that
 * legitimately takes its time loses nothing.
 * @see https://research.google/pubs/the-tail-at-scale/
 */
export class Silence {
  readonly #request: DispatchRequest;
  readonly #tools: DispatchTools;
  readonly #hooks: SilenceHooks;
  readonly #timers: Map<Attempt, (() => void)[]> = new Map();
  /** Attempts that had to wait for a backup, and counted against their routes at once. */
  readonly #struck: Set<Attempt> = new Set();
  /** Backups that cost no token. */
  readonly #free: Set<Attempt> = new Set();
  #backups = 0;

  constructor(request: DispatchRequest, tools: DispatchTools, hooks: SilenceHooks) {
    this.#request = request;
    this.#tools = tools;
    this.#hooks = hooks;
  }

  /** Watches an attempt. `doubtful`: it deserves an early backup. */
  watch(attempt: Attempt, doubtful: boolean): void {
    const { lateAfterMs, doubtfulAfterMs, hedgeAfterMs } = attempt.candidate;
    const { replayable, deadlineScale } = this.#request;
    if (!replayable) return;
    const { late, hedge, lateContentMs, hedgeContentMs } = deadlineScale;
    if (lateAfterMs !== undefined) {
      this.#unlessBegun(attempt, lateAfterMs * late, lateContentMs, () => this.#late(attempt));
    }
    if (doubtful && doubtfulAfterMs !== undefined) {
      this.#unlessBegun(attempt, doubtfulAfterMs * late, lateContentMs, () => this.#doubt(attempt));
    }
    if (hedgeAfterMs !== undefined && (attempt.cause === "first" || attempt.cause === "probe")) {
      this.#unlessBegun(attempt, hedgeAfterMs * hedge, hedgeContentMs, () => this.#hedge(attempt));
    }
  }

  forget(attempt: Attempt): void {
    for (const cancel of this.#timers.get(attempt) ?? []) cancel();
    this.#timers.delete(attempt);
  }

  /** The youngest attempt has failed: the deadline is now that of the youngest one left, which may be long past it. */
  passOn(): void {
    const heir = this.#hooks.live().at(-1);
    if (heir?.late === true) this.#after(heir, 0, () => this.#late(heir));
  }

  /** A backup has won: it gets its token back, if it cost one. */
  won(winner: Attempt): void {
    if (winner.cause === "backup" && !this.#free.has(winner)) this.#tools.budgets.backup.refund(1);
  }

  /** Whether losing its race counts against the route of the attempt. */
  isStrike(loser: Attempt): boolean {
    return (loser.late || loser.doubted) && !this.#struck.has(loser);
  }

  end(): void {
    for (const attempt of [...this.#timers.keys()]) this.forget(attempt);
  }

  async #late(attempt: Attempt): Promise<void> {
    if (!attempt.late) {
      attempt.late = true;
      this.#request.home?.dropProbe(attempt.route);
    }
    const limit = await this.#hooks.attemptLimit();
    // The deadline belongs to the youngest attempt, or a backup that hangs would never be backed up itself.
    if (this.#hooks.live().at(-1) !== attempt || this.#hooks.attempts() >= limit) return;
    if (this.#backups >= MAX_BACKUPS) return;
    const beside = this.#beside(attempt);
    if (beside === undefined) return;
    const paid = this.#tools.budgets.backup.spend();
    if (!paid && !this.#isFailover(attempt, beside)) {
      this.#strike(attempt);
      this.#after(attempt, LOOK_AGAIN_MS, () => this.#late(attempt));
      return;
    }
    const backup = this.#start(attempt, beside, "backup", "late");
    if (!paid) this.#free.add(backup);
  }

  /**
   * The route has failed or lost its races since, and the other one has answered since: then the backup is a failover to
   * a healthy route, which is never limited. A burst on a route that hangs is larger than any budget.
   */
  #isFailover({ route, startedAt }: Attempt, beside: Candidate): boolean {
    const { health } = this.#tools;
    const { cooldowns } = health;
    if (beside.route === route || !cooldowns.isPostponed(route) || cooldowns.isPostponed(beside.route)) return false;
    return health.track(beside.route, this.#request.slice).lastAnswerAt > startedAt;
  }

  /**
   * Without a token there is no race to lose. A route that has answered nobody since the attempt began must not keep its
   * home for that; one that is merely slow answers somebody, and its strikes are forgotten.
   */
  #strike(attempt: Attempt): void {
    const { route, startedAt } = attempt;
    const { health } = this.#tools;
    if (this.#struck.has(attempt) || health.track(route, this.#request.slice).lastAnswerAt > startedAt) return;
    this.#struck.add(attempt);
    if (health.cooldowns.lostRace(route)) this.#request.home?.evict(route);
  }

  async #doubt(attempt: Attempt): Promise<void> {
    if (!this.#isAlone(attempt, await this.#hooks.attemptLimit())) return;
    const other = this.#hooks.other();
    if (other === undefined || this.#backups >= MAX_BACKUPS || !this.#tools.budgets.backup.spend()) return;
    attempt.doubted = true;
    this.#request.home?.dropProbe(attempt.route);
    this.#start(attempt, other, "backup", "doubtful");
  }

  async #hedge(attempt: Attempt): Promise<void> {
    if (this.#tools.health.cooldowns.sinceThrottleMs < HEDGE_QUIET_MS) return;
    if (!this.#isAlone(attempt, await this.#hooks.attemptLimit())) return;
    const beside = this.#beside(attempt);
    if (beside === undefined || !this.#tools.budgets.hedge.spend()) return;
    this.#start(attempt, beside, "hedge", "hedge");
  }

  /** Another route, or the silent one again: its answer may come sooner the second time. */
  #beside({ candidate }: Attempt): Candidate | undefined {
    return this.#hooks.other() ?? (this.#hooks.isInvalid(candidate) ? undefined : candidate);
  }

  /** Asked only after the last wait before a start: what was true before it may not be any more. */
  #isAlone(attempt: Attempt, limit: number): boolean {
    const live = this.#hooks.live();
    return live.length === 1 && live[0] === attempt && this.#hooks.attempts() < limit;
  }

  #start(
    attempt: Attempt,
    candidate: Candidate,
    cause: "backup" | "hedge",
    because: "late" | "doubtful" | "hedge",
  ): Attempt {
    if (cause === "backup") this.#backups += 1;
    const afterMs = this.#tools.clock.now() - attempt.startedAt;
    this.#tools.emit("backup", () => ({
      request: this.#request.about,
      from: attempt.route,
      to: candidate.route,
      because,
      afterMs,
    }));
    return this.#hooks.start(candidate, cause);
  }

  /** A stream that has begun is no longer silent: how long its content then takes is the model's affair. */
  #unlessBegun(attempt: Attempt, ms: number, contentMs: number, callback: () => Promise<void>): void {
    this.#after(attempt, ms, async () => {
      const { firstEventAt } = attempt;
      const leftMs = firstEventAt === undefined ? 0 : firstEventAt + contentMs - this.#tools.clock.now();
      if (leftMs > 0) this.#after(attempt, leftMs, callback);
      else await callback();
    });
  }

  #after(attempt: Attempt, ms: number, callback: () => Promise<void>): void {
    const cancel = this.#tools.clock.after(ms, () => {
      if (this.#hooks.live().includes(attempt)) callback().catch(() => {});
    });
    const timers = this.#timers.get(attempt);
    if (timers === undefined) this.#timers.set(attempt, [cancel]);
    else timers.push(cancel);
  }
}
