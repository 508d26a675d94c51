import type { SoakFigures } from "./soak.ts";

/** Growth that the noise of a heap explains: code that is compiled late, pages that are half full. */
const HEAP_SHARE = 0.1;
const HEAP_BYTES = 2_000_000;
/** Timers that Node.js itself has now and then. */
const FEW = 2;

/** What a run must not show; empty when all is well. */
export function verdictOn(figures: SoakFigures, concurrency: number): readonly string[] {
  const { requests, ends, attempts, calls, complaints, sharedSignalListeners, resources } = figures;
  const wrong: string[] = [...complaints];
  const must = (holds: boolean, text: string): void => {
    if (!holds) wrong.push(text);
  };
  const ended = Object.values(ends).reduce((sum, count) => sum + count, 0);
  must(ended === requests, `${ended} of ${requests} requests ended`);
  const { events, reports, statistics } = attempts;
  must(events === statistics, `Events tell of ${events} attempts, statistics of ${statistics}`);
  must(events === reports, `Events tell of ${events} attempts, reports of ${reports}`);
  must(calls.neverBuilt >= 0, `The SDK made ${-calls.neverBuilt} calls that are no attempts`);
  must(calls.unexplained === 0, `${calls.unexplained} answered calls were never received`);
  must(calls.receivedTwice === 0, `${calls.receivedTwice} calls were received twice`);
  must(calls.strange === 0, `${calls.strange} requests were received that nobody sent`);
  must(sharedSignalListeners === 0, `${sharedSignalListeners} listeners are left on the caller's long-lived signal`);
  const { before, after } = heap(figures);
  must(
    after - before <= Math.max(HEAP_BYTES, HEAP_SHARE * before),
    `The heap has grown from ${before} to ${after} bytes`,
  );
  const [first, last] = [resources[0], resources.at(-1)];
  for (const [kind, count] of Object.entries(last?.handles ?? {})) {
    const before = first?.handles[kind] ?? 0;
    must(count <= before + FEW, `${kind}: ${before} after the warm-up, ${count} at the end`);
  }
  // A pool keeps as many connections as were needed at the same time, and that can come after the warm-up.
  const most = (first?.descriptors ?? 0) + concurrency;
  must((last?.descriptors ?? 0) <= most, `Open files: ${first?.descriptors}, then ${last?.descriptors}`);
  return wrong;
}

/** The median of the first and of the last three samples. */
export function heap({ resources }: SoakFigures): { readonly before: number; readonly after: number } {
  const middle = (samples: readonly number[]): number =>
    [...samples].sort((a, b) => a - b)[Math.floor(samples.length / 2)] ?? 0;
  const bytes = resources.map(({ heapBytes }) => heapBytes);
  return { before: middle(bytes.slice(0, 3)), after: middle(bytes.slice(-3)) };
}
