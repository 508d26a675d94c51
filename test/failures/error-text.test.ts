import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorText } from "../../src/failures/error-text.ts";

const HINT =
  "\n  Deserialization error: to see the raw response, inspect the hidden field {error}.$response on this object.";

describe("the text of an error", () => {
  it.each([
    ["The model returned the following errors: Input is too long.", "input is too long."],
    ["The model returned following errors: Input is too long.", "input is too long."],
    [
      "An error occurred (ThrottlingException) when calling the Converse operation (reached max retries: 4): Rate exceeded",
      "rate exceeded",
    ],
    [
      "botocore.errorfactory.ValidationException: An error occurred (ValidationException) when calling the InvokeModel operation: bad",
      "bad",
    ],
    [
      "operation error Bedrock Runtime: Converse, https response error StatusCode: 400, RequestID: fb82c3b1-af04, ValidationException: bad",
      "bad",
    ],
    ["validationException: bad", "bad"],
    ['litellm.BadRequestError: BedrockException - {"message":"bad"}', "bad"],
    ["API Error: 429 Too many tokens", "too many tokens"],
    ["Request rejected (429) - Too many tokens", "too many tokens"],
    ["400 Bad Request: Too many input tokens.", "too many input tokens."],
    ["bad (Service: BedrockRuntime, Status Code: 400, Request ID: a1be341d) (SDK Attempt Count: 1)", "bad"],
    ['{"message":"bad"}', "bad"],
    ['{"Message":"{\\"message\\":\\"bad\\"}"}', "bad"],
    ['{"type":"error","error":{"type":"invalid_request_error","message":"bad"}}', "bad"],
    ['{"validationException":{"message":"bad"}}', "bad"],
    [`bad${HINT}`, "bad"],
    [`{"message":"bad"}${HINT}`, "bad"],
    ["It isn\u2019t  so", "it isn't so"],
    ["It isn\\u2019t so", "it isn't so"],
    ["<!DOCTYPE html><html><body>no</body></html>", "<html>"],
    ["UnknownError", ""],
  ])("is freed of what wraps it: %s", (message, text) => {
    expect(errorText(new Error(message)).text).toBe(text);
  });

  it.each([
    "The model identifier 'ValidationException: x' is odd",
    "Failed to deserialize the JSON body into the target type: missing field",
    "Authentication failed: Please make sure your API Key is valid.",
    "messages.0.content: Field required",
    "max_tokens: 200000 > 64000",
    "Unexpected error: http2 request did not get a response",
  ])("keeps what only looks like a wrapper: %s", (message) => {
    expect(errorText(new Error(message)).text).toBe(message.toLowerCase());
  });

  it("does not change when it is read again", () => {
    fc.assert(
      fc.property(fc.string(), (message) => {
        const { text } = errorText(new Error(message));
        expect(errorText(new Error(text)).text).toBe(text);
      }),
    );
  });

  it("is taken from both ends of a message too long to read whole", () => {
    const { text } = errorText(
      new Error(
        `1 validation error detected: Value '${"x".repeat(100_000)}' at 'messages' failed to satisfy constraint`,
      ),
    );
    expect(text.length).toBeLessThan(20_000);
    expect(text).toMatch(/^1 validation error detected.*at 'messages' failed to satisfy constraint$/);
  });

  it("is read whole, however many blank lines there are in it", () => {
    const blank = "\n".repeat(50_000);
    const { text } = errorText(new Error(`Input is${blank}too long${blank}for it.`));
    expect(text).toBe("input is too long for it.");
  });
});

describe("the name of an error", () => {
  it.each([
    [{ name: "ThrottlingException" }, "throttling"],
    [{ name: "throttlingException" }, "throttling"],
    [{ name: "com.amazon.coral.service#ThrottlingException" }, "throttling"],
    [{ name: "ThrottlingException:http://internal.amazon.com/coral/com.amazon.bedrock/" }, "throttling"],
    [{ name: "Error", code: "ThrottlingException" }, "throttling"],
    [{ name: "Error", message: "ThrottlingException: slow" }, "throttling"],
    [{ name: "Error", message: "{__type: 'com.amazon.coral.service#ThrottlingException'}" }, "throttling"],
    [{ name: "rate_limit_error" }, "ratelimit"],
    [{ name: "TimeoutError", code: "ECONNRESET" }, "timeout"],
    [{ name: "Error" }, ""],
    [{ name: "Unknown" }, ""],
    [{ name: "UnknownError" }, ""],
    [{ name: "BedrockRuntimeServiceException" }, ""],
    [{ name: 7 }, ""],
  ])("is found wherever it stands, without namespace, suffix and case: %j", (error, name) => {
    expect(errorText(error).name).toBe(name);
  });

  it("is the error's own rather than one in its message", () => {
    expect(errorText({ name: "ValidationException", message: "ThrottlingException: slow" }).name).toBe("validation");
  });
});

describe("the status of an error", () => {
  it("comes from the metadata, the response, the error or its words, in this order", () => {
    expect(errorText({ $metadata: { httpStatusCode: 400 }, $response: { statusCode: 500 } }).status).toBe(400);
    expect(errorText({ $response: { statusCode: 500 }, status: 400 }).status).toBe(500);
    expect(errorText({ status: 429, message: "503 Service Unavailable" }).status).toBe(429);
    expect(errorText("503 Service Unavailable").status).toBe(503);
    expect(errorText("<html><head><title>502 Bad Gateway</title></head></html>").status).toBe(502);
    expect(errorText({ status: "429" }).status).toBeUndefined();
  });
});

describe("an exception inside an event stream", () => {
  it("is recognised although an SDK version lost its name", () => {
    expect(errorText({ message: "x" }).inStream).toBe(true);
    expect(errorText(new Error(`x${HINT}`)).inStream).toBe(true);
    expect(errorText(Object.assign(new Error("x"), { $metadata: { httpStatusCode: 200 } })).inStream).toBe(true);
    expect(errorText({ validationException: { message: "x" } }).name).toBe("validation");
    expect(errorText({ message: "x", innerException: { message: "y" } })).toMatchObject({ text: "x", name: "" });
  });

  it("is not seen in errors of another kind", () => {
    expect(errorText(new Error("x")).inStream).toBe(false);
    expect(errorText(new TypeError(`x${HINT}`)).inStream).toBe(false);
    expect(errorText({ message: "x", code: "ECONNRESET" }).inStream).toBe(false);
    expect(errorText({ message: "x", status: 500 }).inStream).toBe(false);
    expect(errorText({}).inStream).toBe(false);
  });
});

describe("the wait that a response asks for", () => {
  const waitOf = (headers: unknown): number | undefined => errorText({ $response: { headers } }).retryAfterMs;

  it("is read in seconds, in milliseconds and as a date", () => {
    expect(waitOf({ "retry-after": "3" })).toBe(3_000);
    expect(waitOf({ "Retry-After": "0.5" })).toBe(500);
    expect(waitOf({ "retry-after-ms": "250", "retry-after": "1" })).toBe(250);
    expect(waitOf({ "x-amz-retry-after": "800" })).toBe(800);
    expect(waitOf(new Headers({ "retry-after": "4" }))).toBe(4_000);
    expect(waitOf({ "retry-after": "Wed, 21 Oct 2026 07:28:30 GMT", date: "Wed, 21 Oct 2026 07:28:00 GMT" })).toBe(
      30_000,
    );
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

describe("the causes of an error", () => {
  it("are its cause and the members of an aggregate", () => {
    const [a, b, c] = [new Error("a"), new Error("b"), new Error("c")];
    expect(errorText(new AggregateError([a, b], "x", { cause: c })).causes).toEqual([c, a, b]);
    expect(errorText(new Error("x")).causes).toEqual([]);
    expect(errorText({ errors: "none", cause: null }).causes).toEqual([]);
  });
});
