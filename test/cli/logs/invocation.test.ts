import { describe, expect, it } from "vitest";
import { invocationOf } from "../../../src/cli/logs/invocation.ts";

/** As AWS writes it: the shape of a published log of April 2026, its content left out. */
const LOG = {
  timestamp: "2026-04-19T13:28:51Z",
  accountId: "111122223333",
  region: "us-west-2",
  requestId: "7487ab04-734e-470b-8dfc-46d8d8506381",
  operation: "Converse",
  modelId: "global.anthropic.claude-opus-4-5-20251101-v1:0",
  input: { inputContentType: "application/json", inputBodyJson: { messages: "a prompt" }, inputTokenCount: 255 },
  output: { outputBodyJson: { stopReason: "end_turn", metrics: { latencyMs: 3114 } }, outputTokenCount: 113 },
  identity: { arn: "arn:aws:iam::111122223333:user/someone" },
  inferenceRegion: "us-east-2",
  schemaType: "ModelInvocationLog",
  schemaVersion: "1.0",
};
/** As AWS shows it in its security blog. */
const TRAIL = {
  eventVersion: "1.11",
  eventSource: "bedrock.amazonaws.com",
  eventName: "InvokeModel",
  awsRegion: "ap-southeast-2",
  requestParameters: { modelId: "global.anthropic.claude-sonnet-4-5-20250929-v1:0" },
  responseElements: null,
  additionalEventData: { inferenceRegion: "ap-southeast-4" },
};

describe("a record of a model invocation log", () => {
  it("tells source Region, profile, inference Region and latency, and nothing of what was said", () => {
    const invocation = invocationOf(LOG);
    expect(invocation).toEqual({
      log: "invocation log",
      sourceRegion: "us-west-2",
      profile: "global.anthropic.claude-opus-4-5-20251101-v1:0",
      inferenceRegion: "us-east-2",
      stated: true,
      failed: false,
      latencyMs: 3114,
    });
    expect(JSON.stringify(invocation)).not.toContain("prompt");
  });

  it("tells the first byte too where InvokeModelWithResponseStream wrote its events", () => {
    const metrics = { invocationLatency: 900, firstByteLatency: 300 };
    const outputBodyJson = [
      { type: "message_start" },
      { type: "message_stop", "amazon-bedrock-invocationMetrics": metrics },
    ];
    expect(invocationOf({ ...LOG, output: { outputBodyJson } })).toMatchObject({ latencyMs: 900, firstByteMs: 300 });
    const inS3 = { outputBodyS3Path: "s3://…" };
    expect(invocationOf({ ...LOG, output: inS3 })).not.toHaveProperty("latencyMs");
  });

  it("ran in its source Region when it names no other", () => {
    const { inferenceRegion: _, ...silent } = LOG;
    expect(invocationOf(silent)).toMatchObject({ inferenceRegion: "us-west-2", stated: false });
  });

  it("names the profile alike, called by id or by ARN", () => {
    const arn = (resource: string): string => `arn:aws:bedrock:us-west-2:111122223333:${resource}`;
    const profile = (modelId: string): unknown => (invocationOf({ ...LOG, modelId }) as { profile: string }).profile;
    expect(profile(arn("inference-profile/global.anthropic.claude-opus-4-7"))).toBe("global.anthropic.claude-opus-4-7");
    expect(profile(arn("application-inference-profile/abcdefghijkl"))).toBe(
      "application-inference-profile/abcdefghijkl",
    );
    expect(profile("arn:aws:bedrock:us-west-2::foundation-model/amazon.nova-lite-v1:0")).toBe("amazon.nova-lite-v1:0");
    expect(profile("abcdefghijkl")).toBe("abcdefghijkl");
  });

  it("failed when it has an error code, and is incomplete without a Region or a model", () => {
    expect(invocationOf({ ...LOG, errorCode: "ThrottlingException" })).toMatchObject({ failed: true });
    expect(invocationOf({ ...LOG, region: undefined })).toBe("incomplete");
    expect(invocationOf({ ...LOG, modelId: "" })).toBe("incomplete");
  });
});

describe("an event of CloudTrail", () => {
  it("tells the inference Region in its additional data, or by saying nothing the source Region", () => {
    expect(invocationOf(TRAIL)).toEqual({
      log: "CloudTrail",
      sourceRegion: "ap-southeast-2",
      profile: "global.anthropic.claude-sonnet-4-5-20250929-v1:0",
      inferenceRegion: "ap-southeast-4",
      stated: true,
      failed: false,
    });
    expect(invocationOf({ ...TRAIL, additionalEventData: null })).toMatchObject({
      inferenceRegion: "ap-southeast-2",
      stated: false,
    });
  });

  it("of an operation that did not exist yet is one of a call when it names an inference Region", () => {
    expect(invocationOf({ ...TRAIL, eventName: "CreateSomething" })).toMatchObject({
      inferenceRegion: "ap-southeast-4",
    });
    expect(invocationOf({ ...TRAIL, eventName: "ListFoundationModels", additionalEventData: null })).toBe("other");
  });

  it("that was refused needs no model", () => {
    expect(invocationOf({ ...TRAIL, errorCode: "AccessDenied", requestParameters: null })).toMatchObject({
      failed: true,
      profile: "unknown",
    });
  });

  it.each([{ eventSource: "s3.amazonaws.com" }, {}, "text", null, 7])(
    "of something else is passed over: %o",
    (value) => {
      expect(invocationOf(value)).toBe("other");
    },
  );
});
