import { readFileSync } from "node:fs";
import {
  AccessDeniedException,
  BedrockRuntimeServiceException,
  ThrottlingException,
  ValidationException,
} from "@aws-sdk/client-bedrock-runtime";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ClassifyContext, classify, classifyResponse } from "../../src/failures/classify.ts";
import { TruncatedStreamError } from "../../src/types/errors.ts";
import type { Failure } from "../../src/types/failure.ts";
import type { Met } from "../../src/types/failure-family.ts";
import { sdkError } from "./fixtures/recorded-errors.ts";

const first: ClassifyContext = { aborted: false, met: "first" };

const validation = (message: string): Error => new ValidationException({ message, $metadata: { httpStatusCode: 400 } });

describe("where a failure was met", () => {
  const kinds = (error: unknown): readonly Failure["kind"][] =>
    (["first", "moved", "away"] satisfies readonly Met[]).map((met) => classify(error, { aborted: false, met }).kind);
  const featureOf = (error: unknown): string | undefined => classify(error, { aborted: false, met: "moved" }).feature;

  it.each([
    ["latency", "Latency performance configuration is not supported for amazon.nova-pro-v1:0 in us-east-1"],
    ["service-tier", "The provided service tier is not supported for this model."],
    ["service-tier", "service tier provided is invalid"],
    ["beta-flag", "The model returned the following errors: invalid beta flag"],
    ["beta-flag", "Unexpected value(s) `context-1m-2025-08-07` for the `anthropic-beta` header."],
    [
      "tool-choice",
      "This model doesn't support the toolConfig.toolChoice.any field. Remove toolConfig.toolChoice.any and try again",
    ],
    ["prompt-caching", "You invoked an unsupported model or your request did not allow prompt caching"],
    ["system-tool", "The system tool nova_grounding is not supported in this Region."],
    [
      "system-tool",
      "tools.0: Input tag 'web_search_20250305' found using 'type' does not match any of the expected tags: 'custom'",
    ],
    ["guardrail", "The guardrail identifier or version provided in the request does not exist."],
    ["reservation", "Reservation not found."],
    ["other", "The model is unsupported for streaming."],
  ])("decides about a feature, %s: %s", (feature, message) => {
    expect(kinds(validation(message))).toEqual(["rejected", "invalid-route", "invalid-route"]);
    expect(featureOf(validation(message))).toBe(feature);
  });

  it.each([
    [
      "account-gate",
      validation(
        "The model returned the following errors: data retention mode 'default' is not available for this model",
      ),
    ],
    [
      "account-gate",
      sdkError({
        name: "ResourceNotFoundException",
        status: 404,
        message: "Model use case details have not been submitted for this account.",
      }),
    ],
    [
      "account-gate",
      new AccessDeniedException({
        message:
          "Model access is denied due to INVALID_PAYMENT_INSTRUMENT:A valid payment instrument must be provided.. Your AWS Marketplace subscription for this model cannot be completed at this time.",
        $metadata: {},
      }),
    ],
    [
      "credentials",
      sdkError({
        name: "ExpiredTokenException",
        status: 403,
        message: "The security token included in the request is expired",
      }),
    ],
    [
      "access-denied",
      sdkError({
        name: "AccessDeniedException",
        status: 403,
        message: "User: arn:aws:iam::1:user/u is not authorized to perform: bedrock:CallWithBearerToken on resource: *",
      }),
    ],
    ["access-denied", sdkError({ name: "AccessDeniedException", status: 403, message: "Not authorized" })],
  ])("decides about the account: %s", (family, error) => {
    expect(kinds(error)).toEqual(["rejected", "invalid-route", "invalid-route"]);
    expect(classify(error, first)).toEqual({ kind: "rejected", family });
    expect(featureOf(error)).toBeUndefined();
  });

  it.each([
    [
      "region-not-enabled",
      sdkError({
        name: "UnrecognizedClientException",
        status: 403,
        message: "The security token included in the request is invalid.",
      }),
    ],
    [
      "region-not-enabled",
      sdkError({ name: null, status: 403, message: "Authentication failed: Please make sure your API Key is valid." }),
    ],
    [
      "region-not-enabled",
      sdkError({
        name: "InvalidSignatureException",
        status: 403,
        message: "Credential should be scoped to a valid region.",
      }),
    ],
    [
      "tls",
      Object.assign(new Error("self-signed certificate in certificate chain"), { code: "SELF_SIGNED_CERT_IN_CHAIN" }),
    ],
  ])("decides about what a whole Region may lack: %s", (family, error) => {
    expect(classify(error, first).kind).toBe("rejected");
    expect(classify(error, { aborted: false, met: "away" })).toEqual({ kind: "invalid-route", family });
  });

  it("takes an unknown host for a Region without Bedrock only away from home", () => {
    const code = "ENOTFOUND";
    const error = Object.assign(new Error("getaddrinfo ENOTFOUND bedrock-runtime.eu-south-9.amazonaws.com"), { code });
    expect(classify(error, { aborted: false, met: "away" })).toMatchObject({ family: "unknown-host" });
    expect(classify(error, first)).toEqual({ kind: "unavailable", family: "connection" });
  });

  it("does not matter to a fault of the request, nor to a refusal of the route", () => {
    expect(new Set(kinds(validation("messages.0.content: Field required")))).toEqual(new Set(["rejected"]));
    expect(new Set(kinds(validation("Never seen before")))).toEqual(new Set(["rejected"]));
    expect(new Set(kinds(validation("The provided model identifier is invalid.")))).toEqual(new Set(["invalid-route"]));
  });

  it("leaves requests that only name the model to the caller", () => {
    const file = new URL("fixtures/requests-that-name-models.txt", import.meta.url);
    const lines = readFileSync(file, "utf8").trim().split("\n");
    expect(lines.filter((line) => classify(validation(line), first).kind !== "rejected")).toEqual([]);
  });
});

describe("a clock that differs from AWS's", () => {
  it("is told by the SDK's mark, by the words and by the name, and says nothing about the route", () => {
    const marked = Object.assign(sdkError({ name: "InvalidSignatureException", status: 403, message: "" }), {
      $metadata: { httpStatusCode: 403, clockSkewCorrected: true },
    });
    const told = "Signature expired: 20260101T000000Z is now earlier than 20260101T010000Z (20260101T010500Z - 5 min.)";
    for (const error of [
      marked,
      sdkError({ name: "InvalidSignatureException", status: 403, message: told }),
      sdkError({
        name: "InvalidSignatureException",
        status: 403,
        message: "Signature not yet current: a is still later than b",
      }),
      sdkError({ name: "RequestTimeTooSkewed", status: 403, message: "" }),
    ]) {
      expect(classify(error, first)).toEqual({ kind: "unavailable", family: "clock-skew" });
    }
  });

  it("does not excuse what the service has understood: with a clock that is off the SDK marks every refusal", () => {
    const marked = (name: string, status: number, message: string): Failure =>
      classify(
        Object.assign(sdkError({ name, status, message }), {
          $metadata: { httpStatusCode: status, clockSkewCorrected: true },
        }),
        first,
      );
    expect(marked("ValidationException", 400, "messages: Field required").family).toBe("request");
    expect(marked("AccessDeniedException", 403, "Not authorized").family).toBe("access-denied");
    expect(marked("ExpiredTokenException", 403, "The security token is expired").family).toBe("credentials");
    const wrongKey = {
      name: "SignatureDoesNotMatch",
      status: 403,
      message: "The request signature we calculated does not match",
    };
    expect(classify(sdkError(wrongKey), first)).toEqual({ kind: "rejected", family: "credentials" });
  });
});

describe("where an error says what it is", () => {
  it("is cancelled when the caller aborted, whatever was thrown", () => {
    for (const error of [new ThrottlingException({ message: "", $metadata: {} }), undefined, "late"]) {
      expect(classify(error, { ...first, aborted: true })).toEqual({ kind: "cancelled", family: "cancelled" });
    }
    expect(classify(new DOMException("This operation was aborted", "AbortError"), first).kind).toBe("cancelled");
  });

  it.each([
    [{ name: "com.amazon.coral.service#ThrottlingException", message: "x" }, "throttling"],
    [{ name: "throttlingException", message: "x" }, "throttling"],
    [{ __type: "com.amazonaws.bedrockruntime#ThrottlingException", message: "x" }, "throttling"],
    [{ code: "ThrottlingException", message: "x" }, "throttling"],
    [
      {
        message: "UnknownError",
        $response: {
          statusCode: 403,
          headers: { "x-amzn-errortype": "ThrottlingException:http://internal.amazon.com/" },
        },
      },
      "throttling",
    ],
    [{ name: "ServiceQuotaExceededException", message: "" }, "throttling"],
    [{ name: "ModelNotReadyException", message: "", $metadata: { httpStatusCode: 429 } }, "model-not-ready"],
    [
      { name: "modelTimeoutException", message: '{"message":"Model has timed out in processing the request."}' },
      "model-timeout",
    ],
    [{ name: "ModelErrorException", message: "" }, "model-error"],
    [{ name: "InternalFailure", message: "" }, "service-unavailable"],
    [{ name: "CredentialsProviderError", message: "Could not load credentials from any providers" }, "credentials"],
    [{ name: "TokenProviderError", message: "Token is expired" }, "credentials"],
    [{ name: "TimeoutError", message: "socket hang up", code: "ECONNRESET" }, "timeout"],
    [
      { name: "SyntaxError", message: "Unexpected token '<'", $metadata: { httpStatusCode: 503 } },
      "service-unavailable",
    ],
    [
      { name: "SyntaxError", message: "Unexpected token '<'", $metadata: { httpStatusCode: 200 } },
      "unreadable-response",
    ],
    [new TypeError("x is not a function"), "request"],
    [new TruncatedStreamError(false), "empty-stream"],
    [new TruncatedStreamError(true), "truncated-stream"],
  ])("finds it: %j", (error, family) => {
    expect(classify(error, first).family).toBe(family);
  });

  it("prefers the words to the name and the name to the status, and an exception that blames the caller to both", () => {
    expect(
      classify(
        sdkError({
          name: "ServiceUnavailableException",
          status: 503,
          message: "Too many connections, please wait before trying again.",
        }),
        first,
      ).family,
    ).toBe("overloaded");
    expect(classify(sdkError({ name: "ThrottlingException", status: 400, message: "" }), first).kind).toBe("throttled");
    for (const message of ["Too many tokens, please wait before trying again.", "Internal server error"]) {
      expect(classify(new ValidationException({ message, $metadata: { httpStatusCode: 503 } }), first).kind).toBe(
        "rejected",
      );
    }
  });

  it("takes a list of violations for the model id's only when no other path is in it", () => {
    const list = (...paths: string[]): string =>
      `${paths.length} validation errors detected: ${paths.map((path) => `Value 'x' at '${path}' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-z]+`).join("; ")}`;
    expect(classify(validation(list("modelId")), first).kind).toBe("invalid-route");
    expect(classify(validation(list("modelId", "modelId")), first).kind).toBe("invalid-route");
    expect(classify(validation(list("modelId", "messages")), first).kind).toBe("rejected");
    expect(classify(validation(list("messages.1.member.modelId")), first).kind).toBe("rejected");
  });

  it.each([
    ["ECONNRESET", "unavailable"],
    ["EPIPE", "unavailable"],
    ["ECONNREFUSED", "unavailable"],
    ["EAI_AGAIN", "unavailable"],
    ["ERR_HTTP2_STREAM_ERROR", "unavailable"],
    ["ERR_HTTP2_GOAWAY_SESSION", "unavailable"],
    ["UND_ERR_SOCKET", "unavailable"],
    ["ETIMEDOUT", "timeout"],
    ["UND_ERR_CONNECT_TIMEOUT", "timeout"],
    ["UND_ERR_HEADERS_TIMEOUT", "timeout"],
  ])("reads the code %s of Node.js and undici as %s", (code, kind) => {
    expect(classify(Object.assign(new Error("x"), { code }), first).kind).toBe(kind);
  });

  it("looks beneath an error that only says that something broke", () => {
    const certificate = Object.assign(new Error("certificate has expired"), { code: "CERT_HAS_EXPIRED" });
    const cancelledStream = Object.assign(new Error("The pending stream has been canceled", { cause: certificate }), {
      code: "ERR_HTTP2_STREAM_CANCEL",
    });
    expect(classify(cancelledStream, first)).toMatchObject({ kind: "rejected", family: "tls" });
    const timedOut = Object.assign(new Error(""), { code: "ETIMEDOUT" });
    expect(classify(new TypeError("fetch failed", { cause: timedOut }), first).kind).toBe("timeout");
    const throttled = new ThrottlingException({ message: "Rate exceeded", $metadata: {} });
    expect(classify(new AggregateError([new Error("?"), throttled]), first).kind).toBe("throttled");
    const outer = Object.assign(validation("Input is too long for requested model."), { cause: throttled });
    expect(classify(outer, first).kind).toBe("rejected");
  });

  it("is unknown, and worth one other route, when it says nothing", () => {
    for (const error of [
      undefined,
      null,
      42,
      "",
      Symbol("x"),
      {},
      new Error(),
      new BedrockRuntimeServiceException({ name: "Unknown", $fault: "server", $metadata: {} }),
    ]) {
      expect(classify(error, first)).toEqual({ kind: "unavailable", family: "unknown" });
    }
  });
});

describe("the body of a response that no SDK has read", () => {
  const told = (status: number, body: unknown, met: Met = "first"): Failure =>
    classifyResponse({ status, body: typeof body === "string" ? body : JSON.stringify(body) }, { aborted: false, met });

  it.each([
    ["AWS", 400, { message: "The provided model identifier is invalid." }, "model-identifier-invalid"],
    ["AWS", 429, { message: "Too many tokens, please wait before trying again." }, "tokens-per-minute"],
    ["AWS", 403, { Message: "Authentication failed: Please make sure your API Key is valid." }, "credentials"],
    [
      "OpenAI",
      404,
      {
        error: {
          message: "The model 'openai.gpt-5.6-sol' does not exist",
          type: "invalid_request_error",
          code: "model_not_found",
          param: null,
        },
      },
      "model-identifier-invalid",
    ],
    [
      "OpenAI",
      400,
      { error: { message: "Invalid value: 'x'.", type: "invalid_request_error", code: "validation_error" } },
      "request",
    ],
    ["OpenAI", 429, { error: { message: "Slow down.", type: "rate_limit_error", code: null } }, "throttling"],
    ["OpenAI", 500, { error: { message: "oops", type: "server_error" } }, "service-unavailable"],
    [
      "OpenAI in a stream",
      200,
      { error: { message: "The server had an error", type: "server_error" } },
      "service-unavailable",
    ],
    ["Anthropic", 529, { type: "error", error: { type: "overloaded_error", message: "Overloaded" } }, "overloaded"],
    [
      "Anthropic in a stream",
      200,
      { type: "error", error: { type: "overloaded_error", message: "Overloaded" } },
      "overloaded",
    ],
    ["Anthropic", 429, { type: "error", error: { type: "rate_limit_error", message: "x" } }, "throttling"],
    [
      "Anthropic",
      404,
      { type: "error", error: { type: "not_found_error", message: "model: claude-opus-9" } },
      "model-identifier-invalid",
    ],
    [
      "Anthropic",
      400,
      { type: "error", error: { type: "invalid_request_error", message: "max_tokens: Field required" } },
      "request",
    ],
    [
      "Anthropic",
      401,
      { type: "error", error: { type: "authentication_error", message: "invalid x-api-key" } },
      "credentials",
    ],
    [
      "Anthropic",
      403,
      {
        type: "error",
        error: { type: "permission_error", message: "anthropic.claude-opus-4-7 is not available for this account." },
      },
      "no-model-access",
    ],
    ["a proxy", 502, "<html><head><title>502 Bad Gateway</title></head></html>", "service-unavailable"],
    ["nobody", 503, "", "service-unavailable"],
  ])("is read in the form of %s (%i): %j", (_whose, status, body, family) => {
    expect(told(status, body).family).toBe(family);
  });

  it("is judged by where it was met, and tells how long to wait", () => {
    const body = { type: "error", error: { type: "invalid_request_error", message: "invalid beta flag" } };
    expect(told(400, body).kind).toBe("rejected");
    expect(told(400, body, "moved")).toEqual({
      kind: "invalid-route",
      family: "unsupported-feature",
      feature: "beta-flag",
    });
    expect(
      classifyResponse({ status: 429, headers: new Headers({ "retry-after": "3" }), body: "{}" }, first).retryAfterMs,
    ).toBe(3_000);
  });
});

describe("the wait that a response asks for", () => {
  const waitOf = (headers: unknown): number | undefined =>
    classify({ name: "ThrottlingException", $response: { statusCode: 429, headers } }, first).retryAfterMs;

  it("is read in seconds, in milliseconds and as a date, also beneath another error", () => {
    expect(waitOf({ "retry-after": "3" })).toBe(3_000);
    expect(waitOf({ "Retry-After": "0.5" })).toBe(500);
    expect(waitOf({ "retry-after-ms": "250", "retry-after": "1" })).toBe(250);
    expect(waitOf({ "x-amz-retry-after": "800" })).toBe(800);
    expect(waitOf({ "retry-after": "Wed, 21 Oct 2026 07:28:30 GMT", date: "Wed, 21 Oct 2026 07:28:00 GMT" })).toBe(
      30_000,
    );
    const beneath = new Error("Chat failed", {
      cause: { name: "ThrottlingException", $response: { headers: { "retry-after": "2" } } },
    });
    expect(classify(beneath, first)).toEqual({ kind: "throttled", family: "throttling", retryAfterMs: 2_000 });
  });

  it("is unknown when the header is missing, malformed, past, or a date without a date to measure it from", () => {
    for (const headers of [
      undefined,
      {},
      { "retry-after": "soon" },
      { "retry-after": "-1" },
      { "retry-after": "Wed, 21 Oct 2026 07:28:30 GMT" },
      { "retry-after": "Wed, 21 Oct 2026 07:27:30 GMT", date: "Wed, 21 Oct 2026 07:28:00 GMT" },
    ]) {
      expect(waitOf(headers)).toBeUndefined();
    }
  });
});

describe("whatever is thrown", () => {
  const hostile = new Proxy(
    {},
    {
      get: () => {
        throw new Error("no");
      },
      getPrototypeOf: () => {
        throw new Error("no");
      },
    },
  );

  it("is classified without throwing", () => {
    const errorLike = fc.record(
      {
        name: fc.anything(),
        message: fc.anything(),
        code: fc.anything(),
        status: fc.anything(),
        $metadata: fc.anything(),
        $response: fc.anything(),
        cause: fc.anything(),
        errors: fc.anything(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(fc.anything(), errorLike, fc.constant(hostile)), fc.boolean(), (value, aborted) => {
        const failure = classify(value, { aborted, met: "moved" });
        expect(failure.family).not.toBe("");
        expect(Object.isFrozen(failure)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it("may be its own cause, or have causes without end", () => {
    const own: Error = new Error("x");
    own.cause = new AggregateError([own, own]);
    const endless = (): Error => Object.defineProperty(new Error("x"), "cause", { get: endless });
    for (const error of [own, endless()]) expect(classify(error, first).family).toBe("unknown");
  });

  it("is classified however long it is", () => {
    const MEGABYTE = 1_000_000;
    const long = [
      "'a \"b `c user: arn: ",
      "model ",
      "the provided ",
      " ",
      "\n",
      "x",
      "9.",
      "a-",
      "value 'x' at 'modelId' failed to satisfy ",
      "user ",
      "{",
      "The model returned the following errors: ",
      "service tier ",
      "not supported in ",
    ].map((part) => part.repeat(MEGABYTE / part.length));
    for (const text of long) {
      expect(classify(validation(`messages: ${text}`), first).kind).toBe("rejected");
      classify(new Error(text), first);
      classify(Object.assign(new Error(text), { name: text, code: text, $metadata: { httpStatusCode: 200 } }), first);
      classify(validation(`The model ${text} is not valid`), first);
      classifyResponse({ status: 400, body: JSON.stringify({ error: { message: text, type: text } }) }, first);
    }
    const id = "x".repeat(MEGABYTE);
    const constraint = `1 validation error detected: Value '${id}' at 'modelId' failed to satisfy constraint: Member must have length less than or equal to 2048`;
    expect(classify(validation(constraint), first).kind).toBe("invalid-route");
    const prompt = `1 validation error detected: Value '${id}' at 'messages.0.content' failed to satisfy constraint: x`;
    expect(classify(validation(prompt), first).kind).toBe("rejected");
  });
});
