import type { AttemptCause } from "../types/attempt.ts";
import type { Failure } from "../types/failure.ts";
import type { Candidate, Plan } from "../types/plan.ts";
import { Attempt, type AttemptResult, type DispatchRequest, type DispatchTools } from "./attempt.ts";
import { backoffMs } from "./backoff.ts";
import { abortError, isAborted, linkAbort } from "./link-abort.ts";
import {
  attemptToRepeat,
  errorToThrow,
  type FailedAttempt,
  healthyUntried,
  isConfiguration,
  isInvalid,
  rememberInvalidRoutes,
  untried,
} from "./next-route.ts";
import { Silence } from "./silence.ts";
import { requestEvent, Trail } from "./trail.ts";

/** What became of a request: the SDK's output or its error, and how it came about. */
export type DispatchResult =
  | { readonly succeeded: true; readonly output: object; readonly trail: Trail }
  | { readonly succeeded: false; readonly error: unknown; readonly trail: Trail };

/**
 * Works through a plan until a route answers:
 *
 * 1. The next attempt goes to the best untried route that is not cooling, else to an untried one that is: at once,
 *    because its quota and its capacity are its own.
 * 2. When all were tried, to the least tried one that may recover, after a backoff; never for a caller that repeats the
 *    request by itself.
 * 3. An attempt that is silent past its first-byte deadline stays alive, and a backup is started beside it. The first
 *    content wins; the others are cut off. While one is under way, the failure of another is waited out.
 * 4. A rejected request and a cancelled one end the work: no other route could cure them.
 * 5. `maxAttempts` caps the attempts over all routes, and budgets those that may be wasted.
 *
 * The plan must have at least one candidate.
 */
export function dispatch(
  plan: Plan,
  request: DispatchRequest,
  maxAttempts: () => Promise<number>,
  tools: DispatchTools,
): Promise<DispatchResult> {
  return new RequestRun(plan, request, maxAttempts, tools).run();
}

/** Live samples from which on what is expected of a route is what it was measured at. */
const MEASURED = 10;

class RequestRun {
  readonly #plan: Plan;
  readonly #request: DispatchRequest;
  readonly #maxAttempts: () => Promise<number>;
  readonly #tools: DispatchTools;
  readonly #trail: Trail;
  readonly #live: Set<Attempt> = new Set();
  readonly #tried: Set<Candidate> = new Set();
  readonly #failed: FailedAttempt[] = [];
  readonly #silence: Silence;
  #limit: number | undefined;
  #retries = 0;
  #finish: (result: DispatchResult) => void = () => {};
  #done = false;

  constructor(plan: Plan, request: DispatchRequest, maxAttempts: () => Promise<number>, tools: DispatchTools) {
    this.#plan = plan;
    this.#request = request;
    this.#maxAttempts = maxAttempts;
    this.#tools = tools;
    this.#trail = new Trail(plan, tools.clock.now(), tools.priceOf);
    this.#silence = new Silence(request, tools, {
      live: () => (this.#done || isAborted(request.callerSignal) ? [] : [...this.#live]),
      attempts: () => this.#trail.attempts,
      attemptLimit: () => this.#attemptLimit(),
      other: () => healthyUntried(plan, this.#tried, tools.health),
      isInvalid: (candidate) => isInvalid(candidate, this.#failed),
      start: (candidate, cause) => this.#start(candidate, cause),
    });
  }

  run(): Promise<DispatchResult> {
    const { retry, backup, hedge } = this.#tools.budgets;
    retry.earn();
    backup.earn();
    hedge.earn();
    return new Promise((resolve) => {
      this.#finish = (result) => {
        this.#trail.settled(() => this.#tell(result.succeeded ? undefined : result.error));
        resolve(result);
      };
      const [first] = this.#plan.candidates;
      if (first === undefined || isAborted(this.#request.callerSignal))
        this.#end(abortError(this.#request.callerSignal));
      else this.#start(first, this.#request.home?.isProbing(first.route) === true ? "probe" : "first");
    });
  }

  #start(candidate: Candidate, cause: AttemptCause): Attempt {
    const doubtful =
      this.#plan.candidates.length > 1 &&
      (cause === "probe" || (cause === "first" && this.#tools.health.cooldowns.isDoubtful(candidate.route)));
    const attempt = new Attempt(candidate, cause, this.#request, this.#trail, this.#tools);
    this.#live.add(attempt);
    this.#tried.add(candidate);
    this.#silence.watch(attempt, doubtful);
    attempt
      .run(() => this.#win(attempt))
      .then(
        (result) => this.#settle(attempt, result),
        (defect: unknown) => this.#end(defect),
      );
    return attempt;
  }

  #settle(attempt: Attempt, result: AttemptResult): void {
    this.#live.delete(attempt);
    this.#silence.forget(attempt);
    if (result.kind === "succeeded") {
      this.#finish({ succeeded: true, output: result.output, trail: this.#trail });
      return;
    }
    if (this.#done || result.kind === "cut-off") return;
    const { error, failure } = result;
    this.#failed.push({ candidate: attempt.candidate, error, failure });
    if (isFinal(failure, this.#failed)) {
      this.#end(errorToThrow(this.#failed));
      return;
    }
    this.#request.home?.dropProbe(attempt.route);
    // Whoever is still under way may yet answer.
    if (this.#live.size > 0) this.#silence.passOn();
    else this.#goOn(attempt, failure).catch((defect: unknown) => this.#end(defect));
  }

  #win(winner: Attempt): void {
    const { home, slice, inputBytes } = this.#request;
    const { budgets, health } = this.#tools;
    this.#done = true;
    this.#silence.end();
    const changedAt = home?.measured(winner.route, scoreOf(winner.candidate, winner.ttfbMs));
    // What it was like before must not outvote the samples that have confirmed the change.
    if (changedAt !== undefined) health.track(winner.route, slice).forgetBefore(changedAt);
    if (winner.candidate.samples >= MEASURED) {
      health.promptScale(slice).learn(inputBytes, winner.ttfbMs, winner.candidate.ttfbMs);
    }
    if (winner.firstEventAt !== undefined) {
      health.contentLag(slice, this.#plan.model).learn(this.#tools.clock.now() - winner.firstEventAt);
    }
    budgets.retry.refund(this.#retries);
    this.#silence.won(winner);
    if (winner.cause === "backup" || winner.cause === "hedge") winner.wonRace();
    for (const loser of this.#live) {
      if (loser === winner || loser.ended) continue;
      const waitedMs = loser.loseRace();
      if (waitedMs !== undefined) home?.measured(loser.route, scoreOf(loser.candidate, waitedMs));
      if (this.#silence.isStrike(loser) && health.cooldowns.lostRace(loser.route)) home?.evict(loser.route);
    }
    rememberInvalidRoutes(this.#failed, health);
  }

  async #goOn(from: Attempt, failure: Failure): Promise<void> {
    if (this.#trail.attempts >= (await this.#attemptLimit())) return this.#end(errorToThrow(this.#failed));
    const { health, budgets, emit } = this.#tools;
    const healthy = healthyUntried(this.#plan, this.#tried, health, { candidate: from.candidate, failure });
    if (healthy === undefined) {
      if (this.#callerGoesOn() || !budgets.retry.spend()) return this.#end(errorToThrow(this.#failed));
      this.#retries += 1;
    }
    const next = healthy ?? untried(this.#plan, this.#tried) ?? (await this.#repeat());
    if (isAborted(this.#request.callerSignal)) return this.#end(abortError(this.#request.callerSignal));
    if (next === undefined) return this.#end(errorToThrow(this.#failed));
    if (next.route !== from.route) {
      const { kind, family } = failure;
      emit("failover", () => ({ request: this.#request.about, from: from.route, to: next.route, kind, family }));
    }
    this.#start(next, "failover");
  }

  /** Whether the caller repeats the request by itself: never after nothing but invalid routes, which no repetition cures. */
  #callerGoesOn(): boolean {
    return this.#request.onePass === true && this.#failed.some(({ failure }) => failure.kind !== "invalid-route");
  }

  /** A route that has failed already, after a backoff. */
  async #repeat(): Promise<Candidate | undefined> {
    const again = attemptToRepeat(this.#plan, this.#failed, this.#tools.health);
    if (again === undefined) return undefined;
    const round = Math.max(0, this.#failed.length - this.#plan.candidates.length);
    const controller = new AbortController();
    const unlink = linkAbort(this.#request.callerSignal, controller);
    await this.#tools.clock
      .delay(backoffMs(again.failure, round, this.#tools.random), controller.signal)
      .catch(() => {});
    unlink();
    return again.candidate;
  }

  #end(error: unknown): void {
    if (this.#done) return;
    this.#done = true;
    this.#silence.end();
    const family = isAborted(this.#request.callerSignal) ? "cancelled" : "lost-race";
    for (const attempt of this.#live) attempt.cutOff(family);
    const { health } = this.#tools;
    if (this.#failed.length > 0 && isConfiguration(this.#plan, this.#failed)) {
      for (const { candidate } of this.#failed) health.cooldowns.undecided(candidate.route);
    } else {
      rememberInvalidRoutes(this.#failed, health);
    }
    this.#finish({ succeeded: false, error, trail: this.#trail });
  }

  #tell(error: unknown): void {
    const { clock, emit } = this.#tools;
    const trail = this.#trail;
    emit("request", () => requestEvent(trail, this.#request.about, clock.now() - trail.startedAtMs, error));
  }

  /** Asked only when it matters: most requests succeed at once, and the SDK resolves the number anew each time. */
  async #attemptLimit(): Promise<number> {
    this.#limit ??= await this.#maxAttempts().catch(() => 1);
    return this.#limit;
  }
}

function isFinal(failure: Failure, failed: readonly FailedAttempt[]): boolean {
  if (failure.kind === "rejected" || failure.kind === "cancelled") return true;
  // Nothing is known of an unknown error: one more try may show whether it was the route.
  return failure.family === "unknown" && failed.filter((attempt) => attempt.failure.family === "unknown").length > 1;
}

/** What a duration on a route scores; price is the rest of its score. */
function scoreOf({ score, ttfbMs }: Candidate, durationMs: number): number {
  return ttfbMs > 0 ? (score / ttfbMs) * durationMs : durationMs;
}
