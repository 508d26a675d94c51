import { TruncatedStreamError } from "../../src/errors.ts";
import type { CaseRecord } from "./run-case.ts";
import type { Send } from "./scripted-service.ts";

type Violated = (record: CaseRecord, rule: string, detail: string) => void;

/** What must hold of a request when everything about it is over. */
export function checkCase(record: CaseRecord, violated: Violated): void {
  const rule = (name: string, holds: boolean, detail: () => string): void => {
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

type Rule = (name: string, holds: boolean, detail: () => string) => void;

function checkPlan({ plan, allowed }: CaseRecord, rule: Rule): void {
  const keys = new Set(plan?.candidates.map(({ route }) => route.key));
  rule("an unknown model is refused", (plan === undefined) === (allowed === undefined), () => `${[...keys].join(", ")}`);
  const beyond = [...keys].filter((key) => !allowed?.has(key));
  rule("nothing is planned outside residency and boundary", beyond.length === 0, () => beyond.join(", "));
  const missing = [...(allowed ?? [])].filter((key) => !keys.has(key));
  rule("every allowed route is planned", plan === undefined || missing.length === 0, () => missing.join(", "));
}

function checkAttempts({ sends, events, backoffs, failovers, granted, ...record }: CaseRecord, rule: Rule): void {
  const cap = record.case.maxAttempts === "unknown" ? 1 : record.case.maxAttempts;
  rule("attempts stay within maxAttempts", sends.length <= cap, () => `${sends.length} of ${cap}`);
  const early = events.slice(0, -1).filter(({ outcome }) => outcome === "rejected" || outcome === "cancelled");
  rule("a rejected or cancelled attempt is the last", early.length === 0, () => early.map(({ outcome }) => outcome).join());
  const keys = sends.map(({ route }) => route.key);
  const repeats = keys.filter((key, place) => keys.indexOf(key) < place).length;
  rule("a route is not repeated without a backoff", repeats <= backoffs.length, () => `${repeats} > ${backoffs.length}`);
  rule("a route is not repeated without budget", repeats <= granted, () => `${repeats} > ${granted}`);
  const invalid = events.filter(({ outcome }) => outcome === "invalid-route").map(({ route }) => route.key);
  const doubled = invalid.filter((key) => keys.indexOf(key) !== keys.lastIndexOf(key));
  rule("an invalid route is not repeated", doubled.length === 0, () => doubled.join(", "));
  const moves = keys.filter((key, place) => place > 0 && key !== keys[place - 1]).length;
  rule("every failover is told", moves === failovers.length, () => `${moves} moves, ${failovers.length} events`);
}

/** Events, report and sends tell the same story. */
function checkRecords({ sends, events, result, ...record }: CaseRecord, rule: Rule): void {
  const open = result?.succeeded && record.case.stream !== undefined && record.case.reader.reads === "nothing" ? 1 : 0;
  const told = events.length + open === sends.length;
  rule("every attempt is told exactly once", told, () => `${sends.length} sends, ${events.length} events, ${open} open`);
  const attempts = result?.trail.report().attempts ?? [];
  rule("the report holds every attempt", attempts.length === sends.length, () => `${attempts.length} of ${sends.length}`);
  for (const [place, attempt] of attempts.entries()) {
    const event = events[place];
    const same =
      attempt.route.key === sends[place]?.route.key &&
      (event === undefined || (event.route.key === attempt.route.key && event.outcome === attempt.outcome));
    rule("events, report and sends agree", same, () => `attempt ${place}: ${event?.outcome}, ${attempt.outcome}`);
    if (event === undefined) continue;
    checkKind(sends[place], event.outcome, event.family, record.caller.abortedAtMs, rule);
    const words = messagesOf(sends[place]).find((text) => `${event.family} ${event.errorName}`.includes(text));
    rule("no event holds prompt or error text", words === undefined, () => `${words}`);
  }
}

function checkKind(send: Send | undefined, outcome: string, family: string | undefined, abortedAt: number | undefined, rule: Rule): void {
  const { play } = send ?? {};
  if (outcome === "cancelled") {
    const reason = abortedAt !== undefined || family === "abandoned" || family === "cancelled";
    rule("nothing is cancelled but by the caller", reason, () => `${family}`);
    return;
  }
  const fault =
    play?.does === "fails" || play?.does === "hangs"
      ? play.fault
      : play?.does === "streams" && play.then.kind !== "ends"
        ? play.then.fault
        : undefined;
  if (fault === undefined || !send?.thrown.some((error) => Object.is(error, fault.error))) return;
  const right = fault.kinds === undefined || fault.kinds.some((kind) => kind === outcome);
  rule("a failure is told by its kind", right, () => `${outcome} (${family}) instead of ${fault.kinds?.join(" or ")}`);
}

/** One answer from one attempt, nothing added and nothing taken away without a word. */
function checkAnswer({ sends, events, result, read, readEnd, ...record }: CaseRecord, rule: Rule): void {
  const answered = events.filter(({ outcome, ttfbMs }) => outcome === "succeeded" || ttfbMs !== undefined).length;
  rule("at most one attempt is committed", answered <= 1, () => `${answered} attempts`);
  const last = sends.at(-1);
  if (!result?.succeeded) {
    rule("an attempt that answered is not thrown away", answered === 0, () => `${answered} attempts`);
    return;
  }
  rule("the output is the SDK's own", result.output === last?.output, () => "another object");
  const { play } = last ?? {};
  if (play?.does !== "streams" || record.case.reader.reads === "nothing") return;
  const { answer, then, sends: sent } = play;
  const strange = read.findIndex((event, place) => event !== answer.events[place]);
  rule("the stream is that of the committed attempt", strange < 0, () => `event ${strange}`);
  if (record.caller.abortedAtMs !== undefined || readEnd?.how === "stopped") return;
  rule("no event is lost", read.length === sent, () => `${read.length} of ${sent}`);
  const cut = then.kind === "ends" && sent <= answer.endAt;
  const right = cut
    ? readEnd?.how === "error" && readEnd.error instanceof TruncatedStreamError
    : then.kind === "ends"
      ? readEnd?.how === "complete"
      : readEnd?.how === "error" && Object.is(readEnd.error, then.fault.error);
  rule("the caller learns how the stream ended", right, () => `${readEnd?.how} after ${sent} events, then ${then.kind}`);
}

function checkEnd({ sends, events, result, caller, settledAtMs, allowed, ...record }: CaseRecord, rule: Rule): void {
  const abortedAt = caller.abortedAtMs;
  const abortedBefore = abortedAt !== undefined && settledAtMs !== undefined && abortedAt <= settledAtMs;
  rule("an abort ends the request at once", !abortedBefore || settledAtMs <= abortedAt, () => `${settledAtMs} > ${abortedAt}`);
  if (result === undefined || result.succeeded) return;
  const { error } = result;
  const isAbort = error instanceof Error && error.name === "AbortError";
  const cut = sends.some(({ play }) => play.does === "streams" && play.sends <= play.answer.endAt);
  const own =
    sends.some(({ thrown }) => thrown.some((candidate) => Object.is(candidate, error))) ||
    (isAbort && abortedBefore) ||
    (error instanceof TruncatedStreamError && cut);
  rule("the error is the SDK's own", own, () => String(error instanceof Error ? error.stack : typeof error));
  if (abortedBefore) return;
  const attempts = result.trail.report().attempts;
  const named = attempts.findLast(({ outcome }) => outcome !== "invalid-route") ?? attempts[0];
  rule("the error is that of the attempt that tells most", Object.is(error, named?.error), () => `${named?.outcome}`);
  const last = events.at(-1)?.outcome;
  const cap = record.case.maxAttempts === "unknown" ? 1 : record.case.maxAttempts;
  const unknowns = events.filter(({ family }) => family === "unknown").length;
  if (last === "rejected" || sends.length >= cap || unknowns > 1 || record.refused > 0) return;
  const hopeless = [...(allowed ?? [])].every((key) =>
    events.some(({ route, outcome }) => route.key === key && outcome === "invalid-route"),
  );
  rule("a request does not give up without a reason", hopeless, () => `${sends.length} of ${cap} attempts, last ${last}`);
}

function messagesOf(send: Send | undefined): readonly string[] {
  return (send?.thrown ?? []).flatMap((error) => (error instanceof Error && error.message !== "" ? [error.message] : []));
}
