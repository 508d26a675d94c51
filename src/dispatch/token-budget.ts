/** How many tokens a budget starts with, and what each request adds. */
export interface BudgetSize {
  readonly burst: number;
  readonly perRequest: number;
  /** What it starts with. @defaultValue the burst */
  readonly first?: number;
}

/**
 * Bounds attempts that may be wasted. Each costs tokens; one that was worth it gets them back. A budget starts full,
 * because a short-lived process must be protected as well.
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

  /** Takes tokens; false when there are not enough. */
  spend(tokens = 1): boolean {
    if (this.#tokens < tokens) return false;
    this.#tokens -= tokens;
    return true;
  }

  /** The share that is left, from 0, when no token is, to 1. */
  get left(): number {
    return Math.floor(this.#tokens) / this.#size.burst;
  }

  /** Gives tokens back. */
  refund(tokens: number): void {
    this.#tokens = Math.min(this.#size.burst, this.#tokens + tokens);
  }
}

/** Free backups that each answer allows. */
const PER_ANSWER = 4;
const MOST_FREE = 32;
/** The longest adaptive deadline. */
const PATIENCE_MS = 30_000;
/** Answers of longer ago say nothing about whether the service bears more. */
const RECENT_MS = 5_000;

/**
 * Paces backups that cost no token, because they are failovers to a route that answers: four times as many as answers
 * came lately. When everything was silent and the first answer comes, every waiting request would have one at once, and the
 * service that has just recovered would get many times its usual load.
 * @see https://aws.amazon.com/builders-library/using-load-shedding-to-avoid-overload/
 */
export class FreeBackups {
  #left = 0;
  #answeredAt = Number.NEGATIVE_INFINITY;
  #patientAt = Number.NEGATIVE_INFINITY;

  answered(nowMs: number): void {
    this.#left = Math.min(MOST_FREE, (this.#isRecent(nowMs) ? this.#left : 0) + PER_ANSWER);
    this.#answeredAt = nowMs;
  }

  spend(nowMs: number): boolean {
    if (this.#left < 1 || !this.#isRecent(nowMs)) return false;
    this.#left -= 1;
    return true;
  }

  /** For a request that has waited so long that no budget may leave it alone: one in that time. */
  spendAfter(waitedMs: number, nowMs: number): boolean {
    if (waitedMs < PATIENCE_MS || nowMs - this.#patientAt < PATIENCE_MS) return false;
    this.#patientAt = nowMs;
    return true;
  }

  #isRecent(nowMs: number): boolean {
    return nowMs - this.#answeredAt < RECENT_MS;
  }
}

/** The budgets of one client. */
export interface Budgets {
  /**
   * Attempts with little hope: on a route that is cooling, or that has just failed this very request; failover to a
   * healthy route is not limited. As large as that of the SDK's retry strategy, so that what the plain client survives,
   * this one survives.
   * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
   */
  readonly retry: TokenBudget;
  /** Backups of silent attempts. */
  readonly backup: TokenBudget;
  /** Hedges. */
  readonly hedge: TokenBudget;
}

/** What a retry takes from its budget: 5 after a throttle, 10 after anything else, as with the SDK. */
export const RETRY_COST: { readonly throttled: number; readonly other: number } = { throttled: 5, other: 10 };
/** What a request that needed no retry adds to the budget of retries. */
export const SUCCESS_TOKENS = 1;

/** The budgets of a fresh client. */
export function makeBudgets(): Budgets {
  return {
    retry: new TokenBudget({ burst: 500, perRequest: 0 }),
    backup: new TokenBudget({ burst: 10, perRequest: 0.05, first: 2 }),
    hedge: new TokenBudget({ burst: 5, perRequest: 0.05 }),
  };
}
