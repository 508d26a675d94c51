import { describe, expect, it } from "vitest";
import { validateModelId } from "../../src/simulator/validate-model-id.ts";

describe("the constraints on modelId", () => {
  it.each([
    "anthropic.claude-sonnet-4-6",
    "eu.amazon.nova-2-lite-v1:0",
    "anthropic.claude-v2:1:200k",
    "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0",
    "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.anthropic.claude-sonnet-4-6",
    "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/v8gtbe8pryd4",
    "arn:aws:bedrock:us-east-1:111122223333:prompt/ABCDEFGHIJ:3",
  ])("allow %s", (modelId) => {
    expect(validateModelId(modelId)).toBeUndefined();
  });

  it.each(["", "bad id", "{modelId}", "model/x", "arn:aws:s3:::bucket/key"])(
    "refuse %j with the pattern",
    (modelId) => {
      const refusal = validateModelId(modelId);
      expect(refusal).toMatchObject({ status: 400, name: "ValidationException" });
      expect(refusal?.message).toContain(
        `1 validation error detected: Value '${modelId}' at 'modelId' failed to satisfy constraint: Member must satisfy regular expression pattern: (arn:aws(-[^:]+)?:bedrock:`,
      );
    },
  );

  it("refuse more than 2048 characters", () => {
    expect(validateModelId("a".repeat(2_049))?.message).toMatch(/Member must have length less than or equal to 2048$/);
    expect(validateModelId("a".repeat(2_048))).toBeUndefined();
  });
});
