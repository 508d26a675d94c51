import type { DispatcherParts } from "../../src/dispatch/dispatch.ts";
import type { Budgets, TokenBudget } from "../../src/dispatch/token-budget.ts";
import type { RouteHealth } from "../../src/health/route-health.ts";
import type { RoutingEvents } from "../../src/types/events.ts";
import { isCorrected } from "./check-case.ts";
import type { FastClock } from "./fast-clock.ts";
import type { CaseRecord, Violated } from "./record.ts";
import type { Send } from "./scripted-service.ts";

/** The parts of a client's dispatcher that its requests share. */
export type SharedParts = DispatcherParts & { readonly budgets: Budgets };

/** The parts of the dispatcher, with an eye on what one request does with them. */
export function watchedParts(
  parts: SharedParts,
  record: CaseRecord,
  clock: FastClock,
  violated: Violated,
  trace: (line: () => string) => void,
): DispatcherParts {
  const watched = (name: keyof Budgets): TokenBudget => {
    const budget = parts.budgets[name];
    const eye: Pick<TokenBudget, "earn" | "spend" | "refund"> = {
      earn: () => budget.earn(),
      refund: (tokens) => budget.refund(tokens),
      spend: (tokens = 1) => {
        const healthy = name === "retry" ? healthyUntried(record, parts.health) : [];
        if (healthy.length > 0) violated(record, "an untried healthy route needs no budget", healthy.join(", "));
        const granted = budget.spend(tokens);
        if (granted) record.granted[name] += 1;
        if (granted && name === "retry") record.retryTokens += tokens;
        else if (name === "retry") record.refusedRetries += 1;
        trace(() => `${name} budget ${granted ? "granted" : "refused"}`);
        return granted;
      },
    };
    return eye as TokenBudget;
  };
  return {
    ...parts,
    budgets: { retry: watched("retry"), backup: watched("backup"), hedge: watched("hedge") },
    clock: {
      now: () => clock.now(),
      wallNow: () => clock.wallNow(),
      after: (ms, callback) => clock.after(ms, callback),
      delay: (ms, signal) => {
        checkBackoff(ms, record, violated);
        record.backoffs += 1;
        trace(() => `backoff ${ms.toFixed(0)} ms`);
        return clock.delay(ms, signal);
      },
    },
    emit: (name, makeEvent) => {
      const event = makeEvent();
      trace(() => `event ${name} ${describe(name, event)}`);
      if (name === "attempt") noteEnd(event as RoutingEvents["attempt"], record, clock);
      if (name === "failover") record.failovers += 1;
      if (name === "backup") noteBackup(event as RoutingEvents["backup"], record, parts.health);
      if (name === "failover" || name === "backup") record.announced = name;
      parts.emit(name, () => event);
    },
  };
}

/** A late attempt on a route that has failed since may go on to a healthy one without a token. */
function noteBackup(
  { because, from, to, afterMs }: RoutingEvents["backup"],
  record: CaseRecord,
  health: RouteHealth,
): void {
  record.backups.push(because);
  const { cooldowns } = health;
  const isFailover = cooldowns.isPostponed(from) && !cooldowns.isPostponed(to);
  // A failover to a healthy route, and the one in half a minute for an attempt that has waited that long.
  if (because === "late" && (isFailover || afterMs >= 30_000)) record.freeBackups += 1;
}

function checkBackoff(ms: number, record: CaseRecord, violated: Violated): void {
  const { untried, live } = record;
  if (untried.length > 0) violated(record, "no backoff while an untried route is left", untried.join(", "));
  if (live.length > 0) violated(record, "no backoff while an attempt is under way", `${live.length} attempts`);
  if (!(ms >= 0 && ms <= 20_000)) violated(record, "a backoff is bounded", `${ms} ms`);
}

function noteEnd(event: RoutingEvents["attempt"], record: CaseRecord, clock: FastClock): void {
  const wall = clock.wallNow() - clock.now();
  const send = record.live.find(
    ({ route, sentAtMs }) => route.key === event.route.key && wall + sentAtMs === event.startedAt,
  );
  if (send === undefined) {
    record.strays += 1;
    return;
  }
  send.end = { event, atMs: clock.now(), sends: record.sends.length };
  record.ended.push(send);
}

/** What must hold at the very moment of a send. */
export function checkSend(send: Send, record: CaseRecord, health: RouteHealth, violated: Violated): void {
  const { key } = send.route;
  const { allowed, caller, sends, live, scenario } = record;
  if (!allowed?.has(key)) violated(record, "nothing is sent outside residency and boundary", key);
  if (caller.abortedAtMs !== undefined) violated(record, "nothing is sent after an abort", key);
  if (record.settledAtMs !== undefined) violated(record, "nothing is sent after the request has ended", key);
  const earlier = sends.some(({ route }) => route.key === key);
  // A cooldown of 1 ms is a trial under way: once the attempt has started, it may be this very one.
  const coolingForMs = health.cooldowns.cooling(send.route)?.forMs ?? 0;
  // Beyond the cap, the route that the request names has the last word.
  const beyondCap = sends.length >= record.cap;
  if ((earlier || coolingForMs > 1) && !beyondCap && !isCorrected(sends.at(-1), key)) {
    const better = healthyUntried(record, health).filter((other) => other !== key);
    const detail = `${key}, not ${better.join(", ")}`;
    if (better.length > 0) violated(record, "a healthy untried route goes before a cooling or a tried one", detail);
  }
  if (send.announced !== "backup" && live.length > 0) {
    violated(record, "only a backup or a hedge runs beside another attempt", key);
  }
  const { backupAfterMs, hedgeAfterMs = false } = scenario.options;
  const alone = !record.case.replayable || (backupAfterMs === false && hedgeAfterMs === false);
  if (alone && send.announced === "backup") violated(record, "no backup where none is wanted", key);
}

function healthyUntried(record: CaseRecord, health: RouteHealth): readonly string[] {
  const left = new Set(record.untried);
  if (left.size === 0) return [];
  return (record.plan?.candidates ?? [])
    .filter(({ route }) => left.has(route.key) && health.cooldowns.cooling(route) === undefined)
    .map(({ route }) => route.key);
}

function describe(name: keyof RoutingEvents, event: RoutingEvents[keyof RoutingEvents]): string {
  if (name === "attempt") {
    const { route, outcome, family = "" } = event as RoutingEvents["attempt"];
    return `${route.key}: ${outcome} ${family}`;
  }
  return "to" in event ? `to ${event.to.key}` : "";
}
