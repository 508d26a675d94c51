/** One call that a lab is going to make. */
export interface ScheduledCall {
  /** Index of the route. */
  readonly cell: number;
  /** From 1; 0 and below are warm-ups, which are not counted. */
  readonly round: number;
}

/**
 * The calls of a lab in order: round after round, every route once a round (ABCABC, not AAABBB), so that a slow quarter
 * of an hour hits all routes alike.
 */
export function schedule(routes: number, runs: number, warmups: number): readonly ScheduledCall[] {
  const calls: ScheduledCall[] = [];
  for (let round = 1 - warmups; round <= runs; round += 1) {
    for (let cell = 0; cell < routes; cell += 1) calls.push({ cell, round });
  }
  return calls;
}
