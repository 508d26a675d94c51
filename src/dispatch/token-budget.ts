/** How many tokens a budget starts with, and what each request adds. */
export interface BudgetSize {
  readonly burst: number;
  readonly perRequest: number;
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
    this.#tokens = size.burst;
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
    backup: new TokenBudget({ burst: 10, perRequest: 0.05 }),
    hedge: new TokenBudget({ burst: 5, perRequest: 0.05 }),
  };
}
