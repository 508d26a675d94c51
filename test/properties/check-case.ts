import { checkAnswer, checkEnd } from "./check-outcome.ts";
import type { CaseRecord, Violated } from "./record.ts";
import type { Send } from "./scripted-service.ts";

/** Says that a rule was broken, unless it holds. */
export type Rule = (name: string, holds: boolean, detail: () => string) => void;

/** What must hold of a request when everything about it is over. */
export function checkCase(record: CaseRecord, violated: Violated): void {
  const rule: Rule = (name, holds, detail) => {
    if (!holds) violated(record, name, detail());
  };
  checkPlan(record, rule);
  if (record.result === undefined) {
    rule("nothing is sent without a plan", record.sends.length === 0, () => `${record.sends.length} sends`);
    return;
  }
  checkAttempts(record, rule);
  checkRecords(record, rule);
  checkAnswer(record, rule);
  checkEnd(record, rule);
  if (record.case.reader.reads !== "nothing") {
    const left = record.caller.listeners();
    rule("the caller's signal is left as it was", left === 0, () => `${left} listeners`);
  }
}

function checkPlan({ plan, allowed }: CaseRecord, rule: Rule): void {
  const keys = new Set(plan?.candidates.map(({ route }) => route.key));
  const sameVerdict = (plan === undefined) === (allowed === undefined);
  rule("what can be no model id is refused", sameVerdict, () => [...keys].join(", "));
  const beyond = [...keys].filter((key) => !allowed?.has(key));
  rule("nothing is planned outside residency and boundary", beyond.length === 0, () => beyond.join(", "));
  const missing = [...(allowed ?? [])].filter((key) => !keys.has(key));
  rule("every allowed route is planned", plan === undefined || missing.length === 0, () => missing.join(", "));
}

function checkAttempts(record: CaseRecord, rule: Rule): void {
  const { sends, cap, owed, backoffs, granted, backups, plan } = record;
  const most = cap + owed;
  rule("attempts stay within maxAttempts", sends.length <= most, () => `${sends.length} of ${most}`);
  const first = sends[0] === undefined || sends[0].route === plan?.candidates[0]?.route;
  rule("the plan is followed", first, () => `${sends[0]?.route.key}`);
  for (const { end, route } of sends) {
    const { outcome, family } = end?.event ?? {};
    const final = outcome === "rejected" || (outcome === "cancelled" && family === "cancelled");
    rule("a rejected or cancelled attempt is the last", !final || end?.sends === sends.length, () => route.key);
  }
  const keys = sends.map(({ route }) => route.key);
  const repeats = sends.filter(
    ({ announced, route }, place) =>
      announced !== "backup" && keys.indexOf(route.key) < place && !isCorrected(sends[place - 1], route.key),
  );
  rule(
    "a route is not repeated without a backoff",
    repeats.length <= backoffs,
    () => `${repeats.length} > ${backoffs}`,
  );
  rule("a route is not repeated without budget", repeats.length <= granted.retry, () => `${repeats.length} repeats`);
  const beside = sends.filter(({ announced }) => announced === "backup").length;
  const paid = granted.backup + granted.hedge + record.freeBackups;
  rule("a backup is not started without budget", beside <= paid, () => `${beside} > ${paid}`);
  const hedges = backups.filter((because) => because === "hedge").length;
  rule("a request has at most two backups and one hedge", backups.length - hedges <= 2 && hedges <= 1, () =>
    backups.join(),
  );
  const silent = sends
    .slice(1)
    .filter(({ announced, route }, place) => announced === undefined && keys.indexOf(route.key) > place);
  rule("every further route is announced", silent.length === 0, () => silent.map(({ route }) => route.key).join(", "));
  const doubled = sends.filter(
    ({ end, route }) => end?.event.outcome === "invalid-route" && keys.lastIndexOf(route.key) >= end.sends,
  );
  rule("an invalid route is not repeated", doubled.length === 0, () =>
    doubled.map(({ route }) => route.key).join(", "),
  );
}

/** The clock was corrected by the attempt before: it is repeated at once. */
export function isCorrected(before: Send | undefined, key: string): boolean {
  return before?.route.key === key && before.end?.event.family === "clock-skew";
}

/** Events, report and sends tell the same story. */
function checkRecords({ sends, ended, strays, result, live, ...record }: CaseRecord, rule: Rule): void {
  const unread =
    result?.succeeded && record.case.stream !== undefined && record.case.reader.reads === "nothing" ? 1 : 0;
  const told = strays === 0 && live.length === unread && ended.length + unread === sends.length;
  rule(
    "every attempt is told exactly once",
    told,
    () => `${sends.length} sends, ${ended.length} ends, ${strays} strays`,
  );
  const expected = result?.succeeded && record.case.stream !== undefined ? 1 : 0;
  const over = record.openAtSettling <= expected;
  rule("nothing goes on when the request is over", over, () => `${record.openAtSettling} attempts under way`);
  const attempts = result?.log.report().attempts ?? [];
  rule(
    "the report holds every attempt",
    attempts.length === sends.length,
    () => `${attempts.length} of ${sends.length}`,
  );
  for (const [place, attempt] of attempts.entries()) {
    const send = sends[place];
    const event = send?.end?.event;
    const same =
      attempt.route === send?.route &&
      (event === undefined || (event.outcome === attempt.outcome && event.cause === attempt.cause));
    rule("events, report and sends agree", same, () => `attempt ${place}: ${event?.outcome}, ${attempt.outcome}`);
    if (send !== undefined) checkSend(send, record.caller.abortedAtMs !== undefined, rule);
  }
}

function checkSend(send: Send, aborted: boolean, rule: Rule): void {
  const { play, end, thrown, signal } = send;
  if (end === undefined) return;
  const { outcome, family, errorName } = end.event;
  const words = thrown.find(
    (error) => error instanceof Error && error.message !== "" && `${family} ${errorName}`.includes(error.message),
  );
  rule("no event holds prompt or error text", words === undefined, () => String(words));
  if (outcome === "cancelled") {
    const reason =
      aborted ||
      family !== "cancelled" ||
      thrown.some((error) => error instanceof Error && error.name === "AbortError");
    rule("nothing is cancelled but by the caller or a faster attempt", reason, () => `${family}`);
    if (family === "lost-race") rule("a loser is cut off", signal?.aborted === true, () => send.route.key);
    return;
  }
  const fault =
    play.does === "streams"
      ? play.ending.kind === "ends"
        ? undefined
        : play.ending.fault
      : "fault" in play
        ? play.fault
        : undefined;
  if (fault === undefined || !thrown.some((error) => Object.is(error, fault.error))) return;
  const right = fault.kinds === undefined || fault.kinds.some((kind) => kind === outcome);
  rule("a failure is told by its kind", right, () => `${outcome} (${family}) instead of ${fault.kinds?.join(" or ")}`);
}
