import { describe, expect, it } from "vitest";
import {
  BLAMES_CALLER,
  CERTIFICATE,
  CREDENTIALS,
  CREDENTIALS_TEXT,
  DENIED,
  END,
  MODEL_ARN,
  NAMELESS,
  NO_CAPACITY,
  OBJECTION_TO_REQUEST,
  REGIONAL_RESOURCE,
  UNKNOWN_KEY,
  UNKNOWN_KEY_TEXT,
} from "../../src/failures/failure-pattern.ts";

const PATTERNS = {
  BLAMES_CALLER,
  CERTIFICATE,
  CREDENTIALS,
  CREDENTIALS_TEXT,
  NAMELESS,
  NO_CAPACITY,
  OBJECTION_TO_REQUEST,
  REGIONAL_RESOURCE,
  UNKNOWN_KEY,
  UNKNOWN_KEY_TEXT,
};

describe("the patterns that rows share", () => {
  it.each([
    ["NO_CAPACITY", "the model is currently experiencing high demand", "the model input is at most 5 images"],
    [
      "REGIONAL_RESOURCE",
      "the guardrail identifier or version provided in the request does not exist.",
      "the guardrail content is empty",
    ],
    ["CREDENTIALS_TEXT", "could not load credentials from any providers", "could not load the document"],
    ["CREDENTIALS_TEXT", "get identity: get credentials: no role", "identity must not be empty"],
    ["CREDENTIALS_TEXT", "the config profile (work) could not be found", "the profile of the image could not be found"],
    [
      "UNKNOWN_KEY_TEXT",
      "the security token included in the request is invalid.",
      "the security token included in the request is expired",
    ],
    ["OBJECTION_TO_REQUEST", "your request included an image that is too large", "your request has timed out"],
    ["BLAMES_CALLER", "validation", "throttling"],
    ["CREDENTIALS", "expiredtoken", "validation"],
    ["UNKNOWN_KEY", "unrecognizedclient", "expiredtoken"],
    ["CERTIFICATE", "CERT_HAS_EXPIRED", "ECONNRESET"],
    ["NAMELESS", "", "error"],
  ] as const)("%s is met by “%s” and not by “%s”", (name, met, unmet) => {
    expect(PATTERNS[name].test(met)).toBe(true);
    expect(PATTERNS[name].test(unmet)).toBe(false);
  });

  it("take a refusal for the model's only when it names what inference runs on", () => {
    const denied = RegExp(`${DENIED}${MODEL_ARN}`);
    const action = "user: x is not authorized to perform: bedrock:invokemodel on resource: arn:aws:bedrock:eu-west-1";
    expect(denied.test(`${action}::foundation-model/m`)).toBe(true);
    expect(denied.test(`${action}:1:inference-profile/p`)).toBe(true);
    expect(denied.test(`${action}:1:guardrail/g`)).toBe(false);
  });

  it("take the end of a clause for its end", () => {
    const end = RegExp(`^too many tokens${END}`);
    expect(
      ["too many tokens", "too many tokens, wait", "too many tokens per minute"].every((text) => end.test(text)),
    ).toBe(true);
    expect(end.test("too many tokens: total number cannot exceed 4096")).toBe(false);
  });
});
