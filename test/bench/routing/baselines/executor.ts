import type { BenchClient, Setting } from "../contender.ts";
import type { Flight } from "../flight.ts";
import { RecentLatency } from "../recent-latency.ts";
import { Cooldown } from "./cooldown.ts";
import type { Strategy } from "./strategy.ts";

/** What a baseline's client does beside choosing. */
export interface Conduct {
  readonly maxAttempts: number;
  readonly lateBackup: boolean;
  readonly cooldown: boolean;
  /** The only route that it ever calls. */
  readonly pinnedTo?: number;
}

interface Attempt {
  readonly route: number;
  readonly startedAtMs: number;
  readonly isFirst: boolean;
  readonly isBackup: boolean;
  alive: boolean;
  late: boolean;
  cancel: () => void;
  stopTimer: () => void;
}

interface Request {
  readonly flight: Flight;
  readonly attempts: Attempt[];
  /** Routes of the current round. */
  readonly tried: Set<number>;
  backups: number;
  rounds: number;
  throttled: boolean;
}

const BACKUP_TOKENS = 10;
const TOKENS_PER_REQUEST = 0.05;
const MAX_BACKUPS = 2;
const LOOK_AGAIN_MS = 1_000;
const BACKOFF_CAP_MS = 20_000;

/**
 * Sends a baseline's requests: failover at once to an untried route, backoff with full jitter when all were tried, and
 * if so conducted, cooldowns and a late backup at 3 × p75 (2 to 30 s) under a budget that is paid back by wins.
 */
export class Executor implements BenchClient {
  readonly #setting: Setting;
  readonly #strategy: Strategy;
  readonly #conduct: Conduct;
  readonly #routes: readonly number[];
  readonly #latencies: readonly RecentLatency[];
  readonly #cooldown: Cooldown | undefined;
  #backupTokens = BACKUP_TOKENS;

  constructor(setting: Setting, strategy: Strategy, conduct: Conduct) {
    const { routes } = setting.regime;
    this.#setting = setting;
    this.#strategy = strategy;
    this.#conduct = conduct;
    this.#routes = conduct.pinnedTo === undefined ? routes.map((_, place) => place) : [conduct.pinnedTo];
    this.#latencies = routes.map(({ prior }) => new RecentLatency(prior));
    this.#cooldown = conduct.cooldown ? new Cooldown(routes.length, setting.random) : undefined;
  }

  send(flight: Flight): void {
    this.#backupTokens = Math.min(BACKUP_TOKENS, this.#backupTokens + TOKENS_PER_REQUEST);
    const request: Request = { flight, attempts: [], tried: new Set(), backups: 0, rounds: 0, throttled: false };
    flight.onGiveUp(() => this.#fail(request));
    this.#start(request, this.#pick(request), false);
  }

  #pick({ flight }: Request): number {
    const now = this.#now();
    const usable = this.#routes.filter((route) => this.#isUsable(route));
    return usable.length > 0 ? this.#strategy.choose(usable, now, true, flight.arrival) : this.#soonest(this.#routes);
  }

  #start(request: Request, route: number, isBackup: boolean): void {
    const now = this.#now();
    const attempt: Attempt = {
      route,
      startedAtMs: now,
      isFirst: request.attempts.length === 0,
      isBackup,
      alive: true,
      late: false,
      cancel: doNothing,
      stopTimer: doNothing,
    };
    request.attempts.push(attempt);
    request.tried.add(route);
    this.#cooldown?.started(route, now);
    this.#strategy.started?.(route, now);
    attempt.cancel = request.flight.start(route, (outcome) => {
      attempt.alive = false;
      attempt.stopTimer();
      if (outcome === "answered") this.#win(request, attempt);
      else this.#lose(request, attempt, outcome);
    });
    if (this.#conduct.lateBackup && request.backups < MAX_BACKUPS) {
      const deadlineMs = Math.min(30_000, Math.max(2_000, 3 * this.#latencies[route]!.quantile(0.75, now)));
      attempt.stopTimer = this.#setting.clock.after(deadlineMs, () => this.#late(request, attempt));
    }
  }

  #win(request: Request, attempt: Attempt): void {
    const now = this.#now();
    const ttfbMs = now - attempt.startedAtMs;
    this.#cooldown?.answered(attempt.route, now);
    this.#latencies[attempt.route]!.add(ttfbMs, now);
    this.#strategy.answered?.(attempt.route, ttfbMs, now);
    request.flight.answered(attempt.route);
    if (attempt.isBackup) this.#backupTokens = Math.min(BACKUP_TOKENS, this.#backupTokens + 1);
    for (const loser of request.attempts) if (loser.alive) this.#cutOff(loser);
  }

  #cutOff(loser: Attempt): void {
    const now = this.#now();
    const { route } = loser;
    const elapsedMs = now - loser.startedAtMs;
    this.#cancel(loser);
    // What a first attempt had waited is a lower bound of what it would have taken; a young backup says nothing.
    const informative = loser.late || loser.isFirst || elapsedMs > this.#latencies[route]!.quantile(0.5, now);
    this.#strategy.cutOff?.(route, elapsedMs, informative, now);
    this.#cooldown?.cutOff(route);
    if (loser.late) {
      this.#cooldown?.lostRace(route, now);
      this.#strategy.lostRace?.(route, now);
    }
    if (informative) this.#latencies[route]!.add(elapsedMs, now);
  }

  #lose(request: Request, { route }: Attempt, kind: "throttled" | "unavailable"): void {
    const now = this.#now();
    if (kind === "throttled") request.throttled = true;
    this.#cooldown?.failed(route, now);
    this.#strategy.failed?.(route, kind, now);
    if (request.attempts.some(({ alive }) => alive)) return;
    if (request.attempts.length >= this.#conduct.maxAttempts) {
      this.#fail(request);
      return;
    }
    const next = this.#untried(request, true);
    if (next !== undefined) {
      this.#start(request, next, false);
      return;
    }
    const baseMs = request.throttled ? 500 : 100;
    const backoffMs = this.#setting.random() * Math.min(BACKOFF_CAP_MS, baseMs * 2 ** request.rounds);
    request.rounds += 1;
    this.#setting.clock.after(backoffMs, () => {
      if (request.flight.ended) return;
      request.tried.clear();
      this.#start(request, this.#pick(request), false);
    });
  }

  #late(request: Request, attempt: Attempt): void {
    const now = this.#now();
    if (!attempt.late) {
      attempt.late = true;
      this.#strategy.late?.(attempt.route, now - attempt.startedAtMs, now);
    }
    if (attempt !== request.attempts.at(-1)) return;
    if (request.attempts.length >= this.#conduct.maxAttempts || request.backups >= MAX_BACKUPS) return;
    if (this.#backupTokens < 1) {
      attempt.stopTimer = this.#setting.clock.after(LOOK_AGAIN_MS, () => this.#late(request, attempt));
      return;
    }
    this.#backupTokens -= 1;
    request.backups += 1;
    this.#start(request, this.#untried(request, false) ?? attempt.route, true);
  }

  /** The best untried route. One that is cooling serves for failover, but is no place for a backup. */
  #untried(request: Request, coolingToo: boolean): number | undefined {
    const untried = this.#routes.filter((route) => !request.tried.has(route));
    const usable = untried.filter((route) => this.#isUsable(route));
    if (usable.length > 0) return this.#strategy.choose(usable, this.#now(), false, request.flight.arrival);
    return coolingToo && untried.length > 0 ? this.#soonest(untried) : undefined;
  }

  #fail(request: Request): void {
    for (const attempt of request.attempts) {
      if (!attempt.alive) continue;
      this.#cancel(attempt);
      this.#cooldown?.cutOff(attempt.route);
      this.#strategy.cutOff?.(attempt.route, this.#now() - attempt.startedAtMs, false, this.#now());
    }
    request.flight.failed();
  }

  #cancel(attempt: Attempt): void {
    attempt.alive = false;
    attempt.stopTimer();
    attempt.cancel();
  }

  #isUsable(route: number): boolean {
    return this.#cooldown?.isUsable(route, this.#now()) ?? true;
  }

  #soonest(routes: readonly number[]): number {
    return routes.reduce((a, b) => ((this.#cooldown?.untilMs(b) ?? 0) < (this.#cooldown?.untilMs(a) ?? 0) ? b : a));
  }

  #now(): number {
    return this.#setting.clock.now();
  }
}

function doNothing(): void {}
