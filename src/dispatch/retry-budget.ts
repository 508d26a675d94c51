/** Tokens of a fresh client: a short-lived process must be able to retry as well. */
const BURST = 10;
/** What each request adds. */
const PER_REQUEST = 0.1;

/**
 * Bounds the attempts that have little hope: on a route that is cooling, or that has just failed this very request. Each
 * costs a token; a request that succeeds in the end gets its tokens back. So a full outage costs at most one call in ten
 * on top, while failover to a healthy route is never limited.
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
export class RetryBudget {
  #tokens = BURST;

  /** A request starts. */
  earn(): void {
    this.#tokens = Math.min(BURST, this.#tokens + PER_REQUEST);
  }

  /** Takes a token; false when none is left. */
  spend(): boolean {
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** Gives back what a request had spent, because it was worth it. */
  refund(tokens: number): void {
    this.#tokens = Math.min(BURST, this.#tokens + tokens);
  }
}
