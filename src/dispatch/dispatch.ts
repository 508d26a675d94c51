// The room dispatch/: working through a plan. It knows a `Plan` and `send(route, signal)`, no SDK and no table, so it
// cannot leave the plan. Its doors: `dispatch.ts`, `request.ts` (what it is given), `answer-usage.ts`, `link-abort.ts`.

import { NO_DEMAND } from "../health/capacity.ts";
import type { FailedAttempt, RouteChoice } from "../health/route-choice.ts";
import type { RouteHealth } from "../health/route-health.ts";
import type { AttemptCause } from "../types/attempt.ts";
import type { PriceLookup } from "../types/cost.ts";
import type { EmitRoutingEvent, RequestInfo } from "../types/events.ts";
import type { Failure } from "../types/failure.ts";
import { FAMILIES, type Met } from "../types/failure-family.ts";
import type { Candidate, Plan } from "../types/plan.ts";
import type { Route } from "../types/route.ts";
import type { Clock } from "../util/clock.ts";
import { OwnDelay } from "../util/own-delay.ts";
import { Attempt, type AttemptRecorder, type AttemptResult, type TraceAttempt } from "./attempt.ts";
import { AttemptLog, requestEvent } from "./attempt-log.ts";
import { backoffMs } from "./backoff.ts";
import { type ExtraAttemptRule, extraAttemptRules, type Patience, patienceWith } from "./extra-attempts.ts";
import { abortError, isAborted, linkAbort } from "./link-abort.ts";
import type { DispatchRequest, PlannedRequest } from "./request.ts";
import { type Budgets, FreeBackups, makeBudgets, RETRY_COST, SUCCESS_TOKENS } from "./token-budget.ts";

/** What became of a request: the SDK's output or its error, and how it came about. */
export type DispatchResult =
  | { readonly succeeded: true; readonly output: object; readonly log: AttemptLog }
  | { readonly succeeded: false; readonly error: unknown; readonly log: AttemptLog };

/** What a dispatcher works with. */
export interface DispatcherParts {
  readonly clock: Clock;
  readonly random: () => number;
  readonly health: RouteHealth;
  readonly emit: EmitRoutingEvent;
  /** Without it, nothing is said about cost. */
  readonly priceOf?: PriceLookup;
  readonly trace?: TraceAttempt;
  /** @defaultValue those of a fresh client */
  readonly budgets?: Budgets;
}

/** What the requests of one client share beside the budgets. */
interface Shared {
  readonly ownDelay: OwnDelay;
  readonly freeBackups: FreeBackups;
  /** A request that has a backup although no route has answered yet. */
  coldBackup: object | undefined;
}

/** Sends the requests of one client, within budgets that they share. */
export class Dispatcher {
  readonly #parts: DispatcherParts & { readonly budgets: Budgets } & Shared;

  constructor(parts: DispatcherParts) {
    this.#parts = {
      budgets: makeBudgets(),
      ...parts,
      ownDelay: new OwnDelay(parts.clock),
      freeBackups: new FreeBackups(),
      coldBackup: undefined,
    };
  }

  /** The share of each budget that is left, from 0 to 1. */
  get budgetsLeft(): Readonly<Record<keyof Budgets, number>> {
    const { retry, backup, hedge } = this.#parts.budgets;
    return Object.freeze({ retry: retry.left, backup: backup.left, hedge: hedge.left });
  }

  /**
   * Works through a plan until a route answers:
   *
   * 1. The next attempt goes to the best untried route that is not cooling, else to an untried one that is: at once,
   *    because its quota and its capacity are its own.
   * 2. When all were tried, to the least tried one that may recover, after a backoff; never for a caller that repeats
   *    the request by itself.
   * 3. An attempt that is silent past its first-byte deadline stays alive, and a backup is started beside it. The first
   *    content wins; the others are cut off. While one is under way, the failure of another is waited out.
   * 4. What a corrected clock may cure is repeated at once, on the same route. A model that is being loaded is asked again
   *    after a backoff, without drawing on a budget.
   * 5. A rejected request and a cancelled one end the work: no other route could cure them.
   * 6. `maxAttempts` caps the attempts over all routes, and budgets those that may be wasted.
   *
   * The plan must have at least one candidate.
   * @param about - what observers are told of the request
   */
  dispatch(planned: PlannedRequest, request: DispatchRequest, about: RequestInfo): Promise<DispatchResult> {
    return new RequestRun(planned, request, about, this.#parts).run();
  }
}

/** When the budget for backups is empty, a late attempt is looked at again. */
const LOOK_AGAIN_MS = 250;
/** A second attempt reserves quota as well: no hedge so soon after a throttle. */
const HEDGE_QUIET_MS = 60_000;

/** One request under way: its attempts, and what is to happen next. */
class RequestRun {
  readonly #plan: Plan;
  readonly #choice: RouteChoice;
  readonly #fixed: PlannedRequest["fixed"];
  readonly #named: Candidate | undefined;
  readonly #request: DispatchRequest;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #health: RouteHealth;
  readonly #emit: EmitRoutingEvent;
  readonly #budgets: Budgets;
  readonly #about: RequestInfo;
  readonly #shared: Shared;
  readonly #log: AttemptLog;
  readonly #recorder: AttemptRecorder;
  readonly #patience: Patience;
  /** The attempts under way, the youngest last. */
  readonly #live: Set<Attempt> = new Set();
  readonly #tried: Set<Candidate> = new Set();
  readonly #failed: FailedAttempt[] = [];
  /** Signed with the corrected clock. */
  readonly #atOnce: Set<Attempt> = new Set();
  #limit: number | undefined;
  /** Tokens that the request took from the retry budget. */
  #retryTokens = 0;
  /** Extra attempts that it has started. */
  readonly #extras: { backup: number; hedge: number } = { backup: 0, hedge: 0 };
  #finish: (result: DispatchResult) => void = () => {};
  #done = false;

  constructor(
    { plan, choice, fixed, named, demand = NO_DEMAND }: PlannedRequest,
    request: DispatchRequest,
    about: RequestInfo,
    parts: DispatcherParts & { readonly budgets: Budgets } & Shared,
  ) {
    const { clock, random, health, emit, budgets, priceOf, ownDelay, trace = untraced } = parts;
    this.#plan = plan;
    this.#choice = choice;
    this.#fixed = fixed;
    this.#named = plan.candidates.find(({ route }) => route === named?.route);
    this.#request = request;
    this.#clock = clock;
    this.#random = random;
    this.#health = health;
    this.#emit = emit;
    this.#budgets = budgets;
    this.#about = about;
    this.#log = new AttemptLog(plan, clock.now(), priceOf);
    const scale = health.promptScale(choice.slice).factor(request.inputBytes);
    this.#recorder = { log: this.#log, health, clock, emit, priceOf, about, trace, ownDelay, demand, scale };
    this.#shared = parts;
    this.#patience = patienceWith(scale, plan.model, choice.slice, health);
  }

  run(): Promise<DispatchResult> {
    this.#budgets.backup.earn();
    this.#budgets.hedge.earn();
    return new Promise((resolve) => {
      this.#finish = (result) => {
        if (this.#shared.coldBackup === this) this.#shared.coldBackup = undefined;
        this.#log.settled(() => this.#tell(result.succeeded ? undefined : result.error));
        resolve(result);
      };
      const [first] = this.#plan.candidates;
      if (first === undefined || this.#isAborted) this.#fail(abortError(this.#request.callerSignal));
      else this.#start(first, this.#choice.causeOf(first.route));
    });
  }

  #start(candidate: Candidate, cause: AttemptCause): Attempt {
    this.#tried.add(candidate);
    const attempt = new Attempt(
      candidate,
      cause,
      this.#metOn(candidate),
      this.#rulesFor(candidate, cause),
      this.#request,
      this.#health.track(candidate.route, this.#choice.slice),
      this.#recorder,
    );
    this.#live.add(attempt);
    for (const rule of attempt.rules) this.#unlessBegun(attempt, rule);
    attempt
      .run(() => this.#win(attempt))
      .then(
        (result) => this.#settle(attempt, result),
        (defect: unknown) => this.#fail(defect),
      );
    return attempt;
  }

  #metOn(candidate: Candidate): Met {
    const met = this.#choice.met(candidate.route, this.#plan);
    if (this.#named === undefined || (met !== "first" && candidate !== this.#named)) return met;
    if (candidate !== this.#named) return "instead";
    // Nothing was wrong but what the other route lacks: then the request is where the plain client would have sent it.
    return this.#failed.every(({ failure }) => isAboutNamed(failure)) ? "first" : met;
  }

  #settle(attempt: Attempt, result: AttemptResult): void {
    this.#live.delete(attempt);
    stopTimers(attempt);
    if (result.kind === "succeeded") {
      this.#finish({ succeeded: true, output: result.output, log: this.#log });
      return;
    }
    if (this.#done || result.kind === "cut-off") return;
    const { error, failure } = result;
    this.#failed.push({ candidate: attempt.candidate, error, failure });
    const isCorrected = FAMILIES[failure.family].repeat === "at-once" && this.#atOnce.has(attempt);
    if (isCorrected || isFinal(failure, this.#failed)) {
      this.#fail(errorToThrow(this.#failed));
      return;
    }
    this.#choice.dropProbe(attempt.route);
    if (this.#live.size === 0) {
      this.#goOn(attempt, failure).catch((defect: unknown) => this.#fail(defect));
      return;
    }
    // An attempt that is still under way may yet answer. The deadline is now that of the youngest one left, which may be
    // long past it.
    const heir = this.#youngest;
    if (heir?.late === true) this.#lookAgain(heir, 0);
  }

  #win(winner: Attempt): void {
    this.#done = true;
    for (const attempt of this.#live) stopTimers(attempt);
    const { candidate, ttfbMs, firstEventAt, cause } = winner;
    const { slice } = this.#choice;
    if (winner.isEvidence) {
      this.#choice.measured(candidate, ttfbMs / this.#recorder.scale);
      // Of a route that was never measured, not even the level is known.
      if (candidate.samples > 0) {
        this.#health.promptScale(slice).learn(this.#request.inputBytes, ttfbMs, candidate.ttfbMs);
      }
      if (firstEventAt !== undefined) {
        this.#health.contentLag(slice, this.#plan.model).learn(this.#clock.now() - firstEventAt);
      }
    } else {
      this.#choice.dropProbe(winner.route);
    }
    this.#budgets.retry.refund(this.#retryTokens > 0 ? this.#retryTokens : SUCCESS_TOKENS);
    this.#shared.freeBackups.answered(this.#clock.now());
    if (cause === "backup" && !winner.free) this.#budgets.backup.refund(1);
    if (cause === "backup" || cause === "hedge") winner.wonRace();
    for (const loser of this.#live) {
      if (loser === winner || loser.ended) continue;
      const waitedMs = loser.loseRace();
      if (waitedMs !== undefined) this.#choice.measured(loser.candidate, waitedMs);
      if (loser.isStrike) this.#choice.lostRace(loser.route);
    }
    this.#rememberInvalidRoutes();
  }

  async #goOn(from: Attempt, failure: Failure): Promise<void> {
    const limit = await this.#attemptLimit();
    const isOver = this.#log.attempts >= limit;
    if (isOver && !this.#isOwed(limit)) return this.#fail(errorToThrow(this.#failed));
    const { repeat } = FAMILIES[failure.family];
    if (repeat === "at-once" && !this.#isAborted) {
      this.#atOnce.add(this.#start(from.candidate, "failover"));
      return;
    }
    const named = isOver || isAboutNamed(failure) ? this.#untriedNamed : undefined;
    const healthy = named ?? (isOver ? undefined : this.#choice.next(this.#plan, this.#tried));
    if (healthy === undefined && this.#callerGoesOn) return this.#fail(errorToThrow(this.#failed));
    if (healthy === undefined && repeat !== "patiently") {
      const cost = failure.kind === "throttled" ? RETRY_COST.throttled : RETRY_COST.other;
      if (!this.#budgets.retry.spend(cost)) return this.#fail(errorToThrow(this.#failed));
      this.#retryTokens += cost;
    }
    const untried = isOver ? undefined : this.#plan.candidates.find((candidate) => !this.#tried.has(candidate));
    const next = healthy ?? untried ?? (await this.#repeat());
    if (this.#isAborted) return this.#fail(abortError(this.#request.callerSignal));
    if (next === undefined) return this.#fail(errorToThrow(this.#failed));
    if (next.route !== from.route) {
      const { kind, family } = failure;
      this.#emit("failover", () => ({ request: this.#about, from: from.route, to: next.route, kind, family }));
    }
    this.#start(next, "failover");
  }

  /**
   * Whether attempts beyond `maxAttempts` are made: the plain client sends them all to the route that the request names, so
   * those that other routes refused as invalid are made up for.
   */
  #isOwed(limit: number): boolean {
    if (!this.#request.replayable) return false;
    const count = (isMeant: (failure: Failure) => boolean): number =>
      this.#failed.filter(({ failure }) => isMeant(failure)).length;
    const isOpen = this.#named !== undefined && !isInvalid(this.#named, this.#failed);
    const invalid = isOpen ? count(({ kind }) => kind === "invalid-route") : 0;
    // Beside each other, several attempts may have met the wrong clock that the plain client meets once.
    const skewed = count(({ family }) => family === "clock-skew");
    return this.#log.attempts - invalid - Math.max(0, skewed - 1) < limit;
  }

  get #untriedNamed(): Candidate | undefined {
    return this.#named !== undefined && !this.#tried.has(this.#named) ? this.#named : undefined;
  }

  /** Whether the caller repeats the request by itself: never after nothing but invalid routes, which no repetition cures. */
  get #callerGoesOn(): boolean {
    return this.#request.onePass === true && this.#failed.some(({ failure }) => failure.kind !== "invalid-route");
  }

  /** A route that has failed already, after a backoff. */
  async #repeat(): Promise<Candidate | undefined> {
    const again = this.#choice.toRepeat(this.#plan, this.#failed);
    if (again === undefined) return undefined;
    const tries = this.#failed.filter(({ candidate }) => candidate === again.candidate).length;
    const controller = new AbortController();
    const unlink = linkAbort(this.#request.callerSignal, controller);
    const waitMs = this.#request.waitMs?.(tries) ?? backoffMs(again.failure, tries, this.#random);
    await this.#clock.delay(waitMs, controller.signal).catch(() => {});
    unlink();
    return again.candidate;
  }

  #fail(error: unknown): void {
    if (this.#done) return;
    this.#done = true;
    const family = this.#isAborted ? "cancelled" : "lost-race";
    for (const attempt of this.#live) {
      stopTimers(attempt);
      attempt.cutOff(family);
    }
    if (this.#failed.length > 0 && isConfiguration(this.#plan, this.#failed)) {
      for (const { candidate } of this.#failed) this.#health.cooldowns.undecided(candidate.route, this.#choice.slice);
    } else {
      this.#rememberInvalidRoutes();
    }
    this.#finish({ succeeded: false, error, log: this.#log });
  }

  #rememberInvalidRoutes(): void {
    for (const { candidate, failure } of this.#failed) {
      if (failure.kind !== "invalid-route") continue;
      this.#health.postpone(candidate.route, failure, this.#choice.slice);
      this.#health.refused(candidate.route, failure, this.#request.features ?? []);
    }
  }

  #rulesFor(candidate: Candidate, cause: AttemptCause): readonly ExtraAttemptRule[] {
    if (!this.#request.replayable) return [];
    const doubtful =
      (cause === "probe" || (cause === "first" && this.#health.cooldowns.isDoubtful(candidate.route))) &&
      this.#choice.next(this.#plan, this.#tried) !== undefined;
    return extraAttemptRules(candidate, cause, doubtful, this.#patience, this.#fixed, this.#budgets);
  }

  /** A stream that has begun is no longer silent: how long its content then takes is the model's affair. */
  #unlessBegun(attempt: Attempt, rule: ExtraAttemptRule): void {
    this.#after(attempt, rule.afterMs, async () => {
      const { withoutContentMs } = attempt;
      const leftMs = withoutContentMs === undefined ? 0 : rule.contentMs - withoutContentMs;
      if (leftMs > 0) this.#after(attempt, leftMs, () => this.#silent(attempt, rule));
      else await this.#silent(attempt, rule);
    });
  }

  /**
   * An attempt has been silent for as long as a rule allows. What it backs up is never cut off for it, so a long prompt
   * that legitimately takes its time loses nothing.
   */
  async #silent(attempt: Attempt, rule: ExtraAttemptRule): Promise<void> {
    const { because, budget, maxPerRequest } = rule;
    const leftMs = because === "late" ? this.#slowness(attempt) * rule.afterMs - attempt.waitedMs : 0;
    if (leftMs >= 1) {
      this.#after(attempt, leftMs, () => this.#silent(attempt, rule));
      return;
    }
    const kind = because === "hedge" ? "hedge" : "backup";
    if (because === "late" && !attempt.late) {
      attempt.late = true;
      this.#choice.dropProbe(attempt.route);
    }
    if (because === "hedge" && this.#health.cooldowns.sinceThrottleMs < HEDGE_QUIET_MS) return;
    const limit = await this.#attemptLimit();
    // The deadline belongs to the youngest attempt, or a backup that hangs would never be backed up itself. Looked at
    // only after the last wait before a start: another rule may have been waiting for the limit as well.
    if (this.#youngest !== attempt || this.#log.attempts >= limit || this.#extras[kind] >= maxPerRequest) return;
    const beside = this.#beside(attempt);
    if (beside === undefined) return;
    const isCold = this.#isCold;
    const { coldBackup = this } = this.#shared;
    const paid = (!isCold || coldBackup === this) && budget.spend();
    if (!paid && because !== "late") return;
    if (!paid && !this.#isFree(attempt, beside)) {
      this.#strike(attempt, beside);
      this.#lookAgain(attempt, LOOK_AGAIN_MS);
      return;
    }
    if (isCold) this.#shared.coldBackup = this;
    this.#extras[kind] += 1;
    if (because === "doubtful") {
      attempt.doubted = true;
      this.#choice.dropProbe(attempt.route);
    }
    const afterMs = this.#clock.now() - attempt.startedAt;
    const { route } = attempt;
    this.#emit("backup", () => ({ request: this.#about, from: route, to: beside.route, because, afterMs }));
    const extra = this.#start(beside, kind);
    extra.free = !paid;
  }

  /**
   * No route has answered yet. Most often the requests take longer than was expected, on any route: one backup tells, and
   * others beside it would only cost.
   */
  get #isCold(): boolean {
    const { slice } = this.#choice;
    return this.#plan.candidates.every(
      ({ route }) => this.#health.track(route, slice).lastAnswerAt === Number.NEGATIVE_INFINITY,
    );
  }

  /**
   * How many times longer than was expected when the attempt began its workload has shown to take since. Of the routes that
   * have answered, the one that is nearest to what was expected of it tells: what another one takes beyond that is its own.
   */
  #slowness({ candidate }: Attempt): number {
    if (candidate.samples > 0 || this.#fixed.late) return 1;
    const ratios = this.#plan.candidates.flatMap(({ route, priorMs }) => {
      const { answers, answerP50Ms } = this.#health.track(route, this.#choice.slice).recent();
      return answers === 0 ? [] : [answerP50Ms / priorMs];
    });
    const least = Math.min(...ratios);
    return ratios.length > 0 && least > 2 ? least : 1;
  }

  /**
   * Another route, also one that is cooling because it was silent itself: a cooldown is advice, and by now it may answer. Or
   * the silent one again: its answer may come sooner the second time.
   */
  #beside({ candidate }: Attempt): Candidate | undefined {
    const again = isInvalid(candidate, this.#failed) ? undefined : candidate;
    return this.#choice.next(this.#plan, this.#tried) ?? this.#choice.nextSilent(this.#plan, this.#tried) ?? again;
  }

  #isFree(attempt: Attempt, beside: Candidate): boolean {
    const now = this.#clock.now();
    const isPaced = this.#isFailover(attempt, beside) && this.#shared.freeBackups.spend(now);
    return isPaced || this.#shared.freeBackups.spendAfter(now - attempt.startedAt, now);
  }

  /**
   * The route has failed or lost its races since, and the other one has answered since: then the backup is a failover to
   * a healthy route, and paced by its answers alone. A burst on a route that hangs is larger than any budget.
   */
  #isFailover({ route, startedAt }: Attempt, beside: Candidate): boolean {
    const { cooldowns } = this.#health;
    if (beside.route === route || !cooldowns.isPostponed(route) || cooldowns.isPostponed(beside.route)) return false;
    return this.#health.track(beside.route, this.#choice.slice).lastAnswerAt > startedAt;
  }

  /**
   * Without a token there is no race to lose. A route that has answered nobody since the attempt began must not keep its
   * home for that; one that is merely slow answers somebody, and its strikes are forgotten. While a route has never
   * answered and no other one does, the requests may just be slow.
   */
  #strike(attempt: Attempt, beside: Candidate): void {
    const { route, startedAt, struck } = attempt;
    const answeredSince = ({ route: of }: { readonly route: Route }): boolean =>
      this.#health.track(of, this.#choice.slice).lastAnswerAt > startedAt;
    if (struck || !attempt.wasSilent || answeredSince(attempt)) return;
    const hasAnswered = this.#health.track(route, this.#choice.slice).lastAnswerAt !== Number.NEGATIVE_INFINITY;
    if (!hasAnswered && !answeredSince(beside)) return;
    attempt.struck = true;
    this.#choice.lostRace(route);
  }

  #lookAgain(attempt: Attempt, ms: number): void {
    const rule = attempt.rules.find(({ because }) => because === "late");
    if (rule !== undefined) this.#after(attempt, ms, () => this.#silent(attempt, rule));
  }

  #after(attempt: Attempt, ms: number, callback: () => Promise<void>): void {
    attempt.timers.push(
      this.#shared.ownDelay.after(ms, () => {
        if (!this.#done && !this.#isAborted && this.#live.has(attempt)) callback().catch(() => {});
      }),
    );
  }

  /** The youngest attempt under way; none once the request is over. */
  get #youngest(): Attempt | undefined {
    return this.#done || this.#isAborted ? undefined : [...this.#live].at(-1);
  }

  get #isAborted(): boolean {
    return isAborted(this.#request.callerSignal);
  }

  #tell(error: unknown): void {
    const totalMs = this.#clock.now() - this.#log.startedAtMs;
    this.#emit("request", () => requestEvent(this.#log, this.#about, totalMs, error));
  }

  /** Asked only when it matters: most requests succeed at once, and the SDK resolves the number anew each time. */
  async #attemptLimit(): Promise<number> {
    this.#limit ??= await this.#request.maxAttempts().catch(() => 1);
    return this.#limit;
  }
}

function untraced<Result>(_attempt: unknown, send: () => Result): Result {
  return send();
}

function stopTimers({ timers }: Attempt): void {
  for (const cancel of timers) cancel();
  timers.length = 0;
}

function isFinal(failure: Failure, failed: readonly FailedAttempt[]): boolean {
  if (failure.kind === "rejected" || failure.kind === "cancelled") return true;
  const alike = failed.filter((attempt) => attempt.failure.family === failure.family);
  // Nothing is known of an unknown error: one more try may show whether it was the route.
  return failure.family === "unknown" && alike.length > 1;
}

/** Whether the request has found the route to be invalid: another attempt on it would be wasted. */
function isInvalid(candidate: Candidate, failed: readonly FailedAttempt[]): boolean {
  return failed.some((attempt) => attempt.candidate === candidate && attempt.failure.kind === "invalid-route");
}

/** Whether the route refused what the route that the request names may grant. */
function isAboutNamed({ kind, family }: Failure): boolean {
  return kind === "invalid-route" && FAMILIES[family].invalidWhen === "instead";
}

/** When every route of the plan is invalid, the model, the account or the caller's configuration is. */
function isConfiguration(plan: Plan, failed: readonly FailedAttempt[]): boolean {
  const tried = new Set(failed.map(({ candidate }) => candidate));
  return tried.size === plan.candidates.length && failed.every(({ failure }) => failure.kind === "invalid-route");
}

/**
 * The SDK error that the caller gets: the last one that is not about an invalid route, because that names what went
 * wrong with the request; the first one when all routes are invalid.
 */
function errorToThrow(failed: readonly FailedAttempt[]): unknown {
  return (failed.findLast(({ failure }) => failure.kind !== "invalid-route") ?? failed[0])?.error;
}
