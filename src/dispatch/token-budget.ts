/** How many tokens a budget starts with, and what each request adds. */
export interface BudgetSize {
  readonly burst: number;
  readonly perRequest: number;
  /** What it starts with. @defaultValue the burst */
  readonly first?: number;
}

/**
 * Bounds extra attempts. Each costs a token; one that was worth it gets its token back, so that only wasted ones are
 * bounded. A budget starts full, because a short-lived process must be protected as well.
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 * @see https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
 */
export class TokenBudget {
  readonly #size: BudgetSize;
  #tokens: number;

  constructor(size: BudgetSize) {
    this.#size = size;
    this.#tokens = size.first ?? size.burst;
  }

  /** A request starts. */
  earn(): void {
    this.refund(this.#size.perRequest);
  }

  /** Takes a token; false when none is left. */
  spend(): boolean {
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** The share that is left, from 0 to 1. */
  get left(): number {
    return this.#tokens / this.#size.burst;
  }

  /** Gives back what was worth it. */
  refund(tokens: number): void {
    this.#tokens = Math.min(this.#size.burst, this.#tokens + tokens);
  }
}

/** Free backups that each answer allows. */
const PER_ANSWER = 2;
const MOST_FREE = 16;
/** Answers of longer ago say nothing about whether the service bears more. */
const RECENT_MS = 5_000;

/**
 * Paces backups that cost no token, because they are failovers to a route that answers: twice as many as answers came
 * lately. When everything was silent and the first answer comes, every waiting request would have one at once, and the
 * service that has just recovered would get many times its usual load.
 * @see https://aws.amazon.com/builders-library/using-load-shedding-to-avoid-overload/
 */
export class FreeBackups {
  #left = 0;
  #answeredAt = Number.NEGATIVE_INFINITY;

  answered(nowMs: number): void {
    this.#left = Math.min(MOST_FREE, (this.#isRecent(nowMs) ? this.#left : 0) + PER_ANSWER);
    this.#answeredAt = nowMs;
  }

  spend(nowMs: number): boolean {
    if (this.#left < 1 || !this.#isRecent(nowMs)) return false;
    this.#left -= 1;
    return true;
  }

  #isRecent(nowMs: number): boolean {
    return nowMs - this.#answeredAt < RECENT_MS;
  }
}

/** The budgets of one client. */
export interface Budgets {
  /**
   * Attempts with little hope: on a route that is cooling, or that has just failed this very request. A full outage so
   * costs at most one call in ten on top; failover to a healthy route is not limited.
   */
  readonly retry: TokenBudget;
  /** Backups of silent attempts. */
  readonly backup: TokenBudget;
  /** Hedges. */
  readonly hedge: TokenBudget;
}

/** The budgets of a fresh client. */
export function makeBudgets(): Budgets {
  return {
    retry: new TokenBudget({ burst: 10, perRequest: 0.1 }),
    backup: new TokenBudget({ burst: 10, perRequest: 0.05, first: 2 }),
    hedge: new TokenBudget({ burst: 5, perRequest: 0.05 }),
  };
}
