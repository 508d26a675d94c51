import type { AttemptCause } from "../health/route-track.ts";
import type { Candidate } from "../plan.ts";
import type { Attempt, DispatchRequest, DispatchTools } from "./attempt.ts";

/** What the watch over silent attempts may ask of the request that they belong to. */
export interface SilenceHooks {
  isLive(attempt: Attempt): boolean;
  liveCount(): number;
  /** Whether `maxAttempts` leaves room for one more. */
  mayStart(): Promise<boolean>;
  /** The best usable route that the request has not tried. */
  other(): Candidate | undefined;
  start(candidate: Candidate, cause: AttemptCause): void;
}

/** At most so many backups a request. */
const MAX_BACKUPS = 2;
/** When the budget is empty, the attempt is looked at again. */
const LOOK_AGAIN_MS = 1_000;
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
  #youngest: Attempt | undefined;
  #backups = 0;

  constructor(request: DispatchRequest, tools: DispatchTools, hooks: SilenceHooks) {
    this.#request = request;
    this.#tools = tools;
    this.#hooks = hooks;
  }

  /** Watches an attempt. `doubtful`: it deserves an early backup. */
  watch(attempt: Attempt, doubtful: boolean): void {
    this.#youngest = attempt;
    const { lateAfterMs, doubtfulAfterMs, hedgeAfterMs } = attempt.candidate;
    if (!this.#request.replayable || this.#backups > MAX_BACKUPS) return;
    const scale = this.#request.promptScale;
    if (lateAfterMs !== undefined) this.#after(attempt, lateAfterMs * scale, () => this.#late(attempt));
    if (doubtful && doubtfulAfterMs !== undefined) {
      this.#after(attempt, doubtfulAfterMs * scale, () => this.#doubt(attempt));
    }
    if (hedgeAfterMs !== undefined && (attempt.cause === "first" || attempt.cause === "probe")) {
      this.#after(attempt, hedgeAfterMs * scale, () => this.#hedge(attempt));
    }
  }

  forget(attempt: Attempt): void {
    for (const cancel of this.#timers.get(attempt) ?? []) cancel();
    this.#timers.delete(attempt);
  }

  end(): void {
    for (const attempt of [...this.#timers.keys()]) this.forget(attempt);
  }

  async #late(attempt: Attempt): Promise<void> {
    if (!attempt.late) {
      attempt.late = true;
      this.#request.home?.dropProbe(attempt.route);
    }
    // The deadline belongs to the youngest attempt, or a backup that hangs would never be backed up itself.
    if (attempt !== this.#youngest || this.#backups >= MAX_BACKUPS) return;
    if (!(await this.#hooks.mayStart()) || !this.#hooks.isLive(attempt)) return;
    if (!this.#tools.budgets.backup.spend()) {
      this.#after(attempt, LOOK_AGAIN_MS, () => this.#late(attempt));
      return;
    }
    this.#start(attempt, this.#hooks.other() ?? attempt.candidate, "backup", "late");
  }

  async #doubt(attempt: Attempt): Promise<void> {
    if (this.#hooks.liveCount() > 1) return;
    if (!(await this.#hooks.mayStart()) || !this.#hooks.isLive(attempt)) return;
    const other = this.#hooks.other();
    if (other === undefined || !this.#tools.budgets.backup.spend()) return;
    attempt.doubted = true;
    this.#request.home?.dropProbe(attempt.route);
    this.#start(attempt, other, "backup", "doubtful");
  }

  async #hedge(attempt: Attempt): Promise<void> {
    if (this.#hooks.liveCount() > 1 || this.#tools.health.cooldowns.sinceThrottleMs < HEDGE_QUIET_MS) return;
    if (!(await this.#hooks.mayStart()) || !this.#hooks.isLive(attempt)) return;
    if (!this.#tools.budgets.hedge.spend()) return;
    this.#start(attempt, this.#hooks.other() ?? attempt.candidate, "hedge", "hedge");
  }

  #start(
    attempt: Attempt,
    candidate: Candidate,
    cause: "backup" | "hedge",
    because: "late" | "doubtful" | "hedge",
  ): void {
    if (cause === "backup") this.#backups += 1;
    const afterMs = this.#tools.clock.now() - attempt.startedAt;
    this.#tools.emit("backup", () => ({ from: attempt.route, to: candidate.route, because, afterMs }));
    this.#hooks.start(candidate, cause);
  }

  #after(attempt: Attempt, ms: number, callback: () => Promise<void>): void {
    const cancel = this.#tools.clock.after(ms, () => {
      if (this.#hooks.isLive(attempt)) callback().catch(() => {});
    });
    const timers = this.#timers.get(attempt);
    if (timers === undefined) this.#timers.set(attempt, [cancel]);
    else timers.push(cancel);
  }
}
