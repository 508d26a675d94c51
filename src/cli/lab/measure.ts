import { classify } from "../../failures/classify.ts";
import type { Route } from "../../types/route.ts";
import type { Clock } from "../../util/clock.ts";
import type { CallFailure, CallRecord } from "./call-record.ts";

/** Sends the lab's prompt on exactly one route, without retries, and hands over the events of the answer. */
export type SendOnRoute = (route: Route, signal: AbortSignal) => Promise<AsyncIterable<unknown>>;

/** What a call brought, without its place in the schedule. */
export type Measured = Omit<CallRecord, "cell" | "round">;

/**
 * Makes one call and measures it. A failure is a result as well; only an abort by `signal` is none, and gives
 * `undefined`.
 */
export async function measure(
  route: Route,
  send: SendOnRoute,
  { clock, timeoutMs, signal }: { readonly clock: Clock; readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<Measured | undefined> {
  const startedAt = clock.wallNow();
  const start = clock.now();
  const since = (): number => rounded(clock.now() - start);
  const own = new AbortController();
  let timedOut = false;
  const stopTimer = clock.after(timeoutMs, () => {
    timedOut = true;
    own.abort();
  });
  const onAbort = (): void => own.abort();
  signal.addEventListener("abort", onAbort, { once: true });
  let ttfbMs: number | undefined;
  const failed = (failure: Omit<CallFailure, "afterMs">): Measured => ({
    startedAt,
    ...(ttfbMs === undefined ? {} : { ttfbMs }),
    failure: { ...failure, afterMs: since() },
  });
  try {
    if (signal.aborted) return undefined;
    const answer = { complete: false, usage: {} as Usage };
    for await (const event of await send(route, own.signal)) {
      ttfbMs ??= since();
      read(event, answer);
    }
    if (signal.aborted) return undefined;
    // With the SDK's HTTP/2 handler an aborted stream ends as if all were well.
    if (timedOut) return failed({ kind: "timeout", family: "timeout" });
    if (ttfbMs === undefined) return failed({ kind: "unavailable", family: "empty-stream" });
    if (!answer.complete) return failed({ kind: "unavailable", family: "truncated-stream" });
    return { startedAt, ttfbMs, totalMs: since(), ...answer.usage };
  } catch (error) {
    if (signal.aborted) return undefined;
    if (timedOut) return failed({ kind: "timeout", family: "timeout" });
    const { kind, family } = classify(error, { aborted: false, met: "first" });
    return failed({ kind, family });
  } finally {
    stopTimer();
    signal.removeEventListener("abort", onAbort);
  }
}

interface Usage {
  inputTokens?: number;
  outputTokens?: number;
}

function read(event: unknown, answer: { complete: boolean; usage: Usage }): void {
  if (typeof event !== "object" || event === null) return;
  if ("messageStop" in event) answer.complete = true;
  const usage = (event as { readonly metadata?: { readonly usage?: Usage } }).metadata?.usage;
  if (usage?.inputTokens !== undefined) answer.usage.inputTokens = usage.inputTokens;
  if (usage?.outputTokens !== undefined) answer.usage.outputTokens = usage.outputTokens;
}

/** To a hundredth of a millisecond: more would be noise, and a longer file. */
function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}
