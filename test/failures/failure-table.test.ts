import { describe, expect, it } from "vitest";
import { classify } from "../../src/failures/classify.ts";
import { errorText } from "../../src/failures/error-text.ts";
import { FAILURE_TABLE } from "../../src/failures/failure-table.ts";
import { allRecorded, route, sdkError } from "./fixtures/recorded-errors.ts";

const home = { aborted: false, movedRegion: false, route };

describe("the failure table", () => {
  it("has a recorded message behind every text", () => {
    const messages = allRecorded.map((recorded) => errorText(sdkError(recorded)).text);
    const own = ["the answer stream ended before any content"];
    const unbacked = FAILURE_TABLE.filter(
      ({ text }) => text !== undefined && ![...messages, ...own].some((message) => text.test(message)),
    );
    expect(unbacked).toEqual([]);
  });

  it("anchors every text that excuses the caller at the start of the message", () => {
    const excuses = FAILURE_TABLE.filter(({ kind, family }) => kind !== "rejected" && family !== "empty-stream");
    expect(
      excuses
        .filter(({ text }) => text !== undefined && !alternatives(text).every((part) => part.startsWith("^")))
        .map(({ text }) => text),
    ).toEqual([]);
  });

  it.each([
    ["AbortError", "cancelled", "cancelled"],
    ["ThrottlingException", "throttled", "throttling"],
    ["TooManyRequestsException", "throttled", "throttling"],
    ["RequestLimitExceeded", "throttled", "throttling"],
    ["SlowDown", "throttled", "throttling"],
    ["rate_limit_error", "throttled", "throttling"],
    ["overloaded_error", "throttled", "overloaded"],
    ["ServiceQuotaExceededException", "throttled", "service-quota"],
    ["ModelNotReadyException", "throttled", "model-not-ready"],
    ["ModelTimeoutException", "timeout", "model-timeout"],
    ["TimeoutError", "timeout", "timeout"],
    ["RequestTimeout", "timeout", "timeout"],
    ["ModelErrorException", "unavailable", "model-error"],
    ["ModelStreamErrorException", "unavailable", "model-error"],
    ["InternalServerException", "unavailable", "internal-error"],
    ["InternalFailure", "unavailable", "internal-error"],
    ["ServiceUnavailableException", "unavailable", "service-unavailable"],
    ["ValidationException", "rejected", "request"],
    ["AccessDeniedException", "rejected", "request"],
    ["ResourceNotFoundException", "rejected", "request"],
    ["ConflictException", "rejected", "request"],
    ["ExpiredTokenException", "rejected", "credentials"],
    ["UnrecognizedClientException", "rejected", "credentials"],
    ["InvalidSignatureException", "rejected", "credentials"],
    ["RequestTimeTooSkewed", "rejected", "credentials"],
    ["CredentialsProviderError", "rejected", "credentials"],
    ["TokenProviderError", "rejected", "credentials"],
    ["SyntaxError", "rejected", "request"],
    ["TypeError", "rejected", "request"],
  ])("knows %s without its words", (name, kind, family) => {
    expect(classify({ name, message: "-" }, home)).toMatchObject({ kind, family });
  });

  it("takes a SyntaxError with a response for an answer that nobody can read, and one without for a bug on this side", () => {
    const unreadable = { name: "SyntaxError", message: "-", $metadata: { httpStatusCode: 200 } };
    expect(classify(unreadable, home)).toMatchObject({ kind: "unavailable", family: "unreadable-response" });
    expect(classify(new SyntaxError("Unexpected end of JSON input"), home)).toMatchObject({ kind: "rejected" });
  });

  it("looks beneath a TypeError before it calls it a bug on this side", () => {
    const reset = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
    expect(classify(new TypeError("fetch failed", { cause: reset }), home)).toMatchObject({ kind: "unavailable" });
  });

  it.each([
    [400, "rejected", "request"],
    [401, "rejected", "request"],
    [404, "rejected", "request"],
    [407, "rejected", "proxy"],
    [408, "timeout", "timeout"],
    [413, "rejected", "request"],
    [424, "unavailable", "model-error"],
    [429, "throttled", "throttling"],
    [500, "unavailable", "service-unavailable"],
    [502, "unavailable", "service-unavailable"],
    [504, "unavailable", "service-unavailable"],
    [529, "throttled", "overloaded"],
    [301, "unavailable", "unknown"],
  ])("knows the bare status %i", (httpStatusCode, kind, family) => {
    expect(
      classify(Object.assign(new Error("UnknownError"), { name: "Unknown", $metadata: { httpStatusCode } }), home),
    ).toMatchObject({ kind, family });
  });
});

/** Splits at the bars that stand outside every group. */
function alternatives(pattern: RegExp): string[] {
  const parts = [""];
  let depth = 0;
  for (const token of pattern.source.match(/\\.|\[(?:\\.|[^\]])*\]|./gs) ?? []) {
    if (token === "(") depth++;
    if (token === ")") depth--;
    if (token === "|" && depth === 0) parts.push("");
    else parts[parts.length - 1] += token;
  }
  return parts;
}
