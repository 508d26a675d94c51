import { TruncatedStreamError } from "../../src/types/errors.ts";
import type { Rule } from "./check-case.ts";
import type { CaseRecord } from "./record.ts";

/** One answer from one attempt: nothing added to it, and nothing missing without a word. */
export function checkAnswer(record: CaseRecord, rule: Rule): void {
  const { sends, result, read, readEnd } = record;
  const answered = sends.filter(({ end }) => end?.event.outcome === "succeeded" || end?.event.ttfbMs !== undefined);
  rule("at most one attempt is committed", answered.length <= 1, () => `${answered.length} attempts`);
  if (!result?.succeeded) {
    rule("an attempt that answered is not thrown away", answered.length === 0, () => `${answered.length} attempts`);
    return;
  }
  const { winner } = record;
  const sameOutput =
    record.case.stream === undefined
      ? winner?.output === result.output
      : JSON.stringify(Object.keys(winner?.output ?? {}).sort()) === JSON.stringify(Object.keys(result.output).sort());
  rule("the output is the SDK's own", winner !== undefined && sameOutput, () => "another object");
  const same = answered.every((send) => send === winner);
  rule("the committed attempt is the one that answered", same, () => `${answered[0]?.route.key}`);
  const play = winner?.play;
  if (play?.does !== "streams" || record.case.reader.reads === "nothing") return;
  const { answer, ending, sends: sent } = play;
  const strange = read.findIndex((event, place) => event !== answer.events[place]);
  rule("the stream is that of the committed attempt", strange < 0, () => `event ${strange}`);
  if (record.caller.abortedAtMs !== undefined || readEnd?.how === "stopped") return;
  rule("no event is lost", read.length === sent, () => `${read.length} of ${sent}`);
  const cut = sent <= answer.endAt;
  const right =
    ending.kind === "ends"
      ? cut
        ? readEnd?.how === "error" && readEnd.error instanceof TruncatedStreamError
        : readEnd?.how === "complete"
      : readEnd?.how === "error" && Object.is(readEnd.error, ending.fault.error);
  rule(
    "the caller learns how the stream ended",
    right,
    () => `${readEnd?.how} after ${sent} events, then ${ending.kind}`,
  );
}

/** When a request ends without an output, and with which error. */
export function checkEnd(record: CaseRecord, rule: Rule): void {
  const { sends, ended, result, caller, settledAtMs = 0, allowed, cap } = record;
  const { abortedAtMs = Number.POSITIVE_INFINITY } = caller;
  // The number of attempts is asked of the SDK, which takes no signal.
  const lateBy = settledAtMs - abortedAtMs - record.case.maxAttempts.takesMs;
  rule("an abort ends the request at once", lateBy <= 0, () => `${lateBy} ms later`);
  if (result === undefined || result.succeeded) return;
  const { error } = result;
  const cut = sends.some(({ play }) => play.does === "streams" && play.sends <= play.answer.endAt);
  const own =
    sends.some(({ thrown }) => thrown.some((candidate) => Object.is(candidate, error))) ||
    (record.abortedBefore && error instanceof Error && error.name === "AbortError") ||
    (cut && error instanceof TruncatedStreamError);
  rule("the error is the SDK's own", own, () => (error instanceof Error ? `${error.stack}` : typeof error));
  if (record.abortedBefore) return;
  const attempts = result.log.report().attempts;
  const failures = ended.filter(({ end }) => end?.event.family !== "lost-race");
  const named = failures.findLast(({ end }) => end?.event.outcome !== "invalid-route") ?? failures[0];
  const expected = named === undefined ? undefined : attempts[sends.indexOf(named)]?.error;
  rule("the error is that of the attempt that tells most", Object.is(error, expected), () => `${named?.route.key}`);
  const unknowns = failures.filter(({ end }) => end?.event.family === "unknown").length;
  const last = failures.at(-1)?.end?.event.outcome;
  const skewed = failures.filter(({ end }) => end?.event.family === "clock-skew").map(({ route }) => route.key);
  const hadEnough =
    sends.length >= cap || record.refusedRetries > 0 || unknowns > 1 || new Set(skewed).size < skewed.length;
  const hopeless = [...(allowed ?? [])].every((key) =>
    failures.some(({ route, end }) => route.key === key && end?.event.outcome === "invalid-route"),
  );
  const reason = last === "rejected" || hadEnough || hopeless;
  rule("a request does not give up without a reason", reason, () => `${sends.length} of ${cap} attempts, last ${last}`);
}
