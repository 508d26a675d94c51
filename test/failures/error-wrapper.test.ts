import { describe, expect, it } from "vitest";
import { errorText } from "../../src/failures/error-text.ts";
import { HINT, HTML, LEAD_INS, PRINTED, WRAPPERS } from "../../src/failures/error-wrapper.ts";
import { corpus } from "./fixtures/recorded-errors.ts";

describe("what is put around a message", () => {
  it.each([
    ["The model returned the following errors: too long", "too long", "", undefined],
    [
      "An error occurred (ThrottlingException) when calling the Converse operation: slow down",
      "slow down",
      "throttling",
    ],
    ["botocore.errorfactory.ValidationException: no", "no", "validation"],
    [
      "operation error Bedrock Runtime: Converse, exceeded maximum number of attempts, 3, https response error StatusCode: 503, RequestID: 1-a, api error ServiceUnavailableException: later",
      "later",
      "serviceunavailable",
      503,
    ],
    ["Relay says: operation error Bedrock Runtime: Converse, ValidationException: no", "no", "validation"],
    [
      "FTUFormNotFilled: Model use case details have not been submitted",
      "model use case details have not been submitted",
      "ftuformnotfilled",
    ],
    ["API Error: 429 slow", "slow", "", 429],
    ["API Error (eu.vendor.model-v1:0): 400 no", "no", "", 400],
    ["status_code: 400, model_name: vendor.model-v1:0, body: no", "no", "", 400],
    ["status_code: 503", "", "", 503],
    ["Error code: 403 - {'message': 'no'}", "no", "", 403],
    ['litellm.RateLimitError: BedrockException - {"message":"slow"}. Received Model Group=m', "slow", "ratelimit"],
    [
      "Rate exceeded (Service: BedrockRuntime, Status Code: 429, Request ID: 1) (SDK Attempt Count: 4)",
      "rate exceeded",
      "",
      429,
    ],
    ["Error calling model: ValidationException: no", "no", "validation"],
    ["[bedrock] Error: ValidationException: no", "no", "validation"],
    [
      `Failed to call Bedrock: ValidationException(ValidationException { message: Some("no \\"x\\""), meta: 1 })`,
      'no \\"x\\"',
      "validation",
    ],
    [`AccessDeniedException(properties: Runtime.Properties(message: Optional("no")))`, "no", "accessdenied"],
    [
      `Bad response code, expected 200: {'status_code': 400, 'headers': {':exception-type': 'throttlingException'}, 'body': b'{"message":"slow"}'}`,
      "slow",
      "throttling",
    ],
    [
      "BadRequestError: BedrockException - An error occurred (internalServerException) when calling the Converse operation: oh",
      "oh",
      "internalserver",
    ],
    ["400 Invocation is not supported", "invocation is not supported", "", 400],
    ["Can't invoke. Reason: no", "no", "", undefined],
  ] as const)("is taken off: %s", (message, text, name, status = undefined) => {
    expect(errorText(new Error(message))).toMatchObject({ text, name, status });
  });

  it.each([
    "messages: Error: is not a role",
    "tools.0.custom: Error: unknown",
    'messages.0: ThrottlingException(ThrottlingException { message: Some("x")',
    "512 Tokens are the maximum",
    "Invalid stop sequence 'Error: ValidationException: '",
    'Unknown value "An error occurred (ThrottlingException) when calling the Converse operation: x"',
  ])("is not sought in the words of the caller: %s", (message) => {
    expect(errorText(new Error(message)).text).toBe(message.toLowerCase());
  });

  it("is not cut from an error that has a name of its own", () => {
    const error = Object.assign(new Error("Field rejected Error: x"), { name: "ValidationException" });
    expect(errorText(error)).toMatchObject({ text: "field rejected error: x", name: "validation" });
  });

  it("is anchored, so that nothing inside a message is touched", () => {
    for (const pattern of [...WRAPPERS, ...LEAD_INS, PRINTED, HTML]) {
      expect(pattern.source).toMatch(/^\^|\$$/);
      expect(pattern.global).toBe(false);
    }
    expect(
      HINT.test(
        "Deserialization error: to see the raw response, inspect the hidden field {error}.$response on this object.",
      ),
    ).toBe(true);
  });

  it("leaves a recorded message that has nothing around it alone", () => {
    const bare = corpus.filter(({ message }) =>
      /^(?:Too many|Input is too long|Model is|Operation not allowed)/.test(message),
    );
    expect(bare.length).toBeGreaterThan(10);
    for (const { message } of bare) {
      expect(errorText(new Error(message)).text).toBe(
        message.replaceAll("\u2019", "'").replaceAll(/\s+/g, " ").trim().toLowerCase(),
      );
    }
  });

  it("is found in little time, however long it is drawn out", () => {
    const long = `${"Error ".repeat(20_000)}: ${"[a] ".repeat(20_000)}`;
    const started = performance.now();
    errorText(new Error(long));
    errorText(new Error(`${"a".repeat(8000)}Exception(${"message: ".repeat(900)}Some("${"x".repeat(8000)}`));
    errorText(new Error(`a${": ".repeat(8000)}`));
    errorText(new Error(`{'message': '${"\\'".repeat(8000)}`));
    expect(performance.now() - started).toBeLessThan(500);
  });
});
