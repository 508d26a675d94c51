import { describe, expect, it } from "vitest";
import { iamAction, isModelOperation, isStreaming, matchOperation, withBody } from "../../src/simulator/operations.ts";

describe("finding the operation of a request line", () => {
  it.each([
    ["POST", "/model/eu.amazon.nova-2-lite-v1%3A0/converse", "Converse", "eu.amazon.nova-2-lite-v1:0"],
    ["POST", "/model/x.y/converse-stream", "ConverseStream", "x.y"],
    ["POST", "/model/x.y/invoke", "InvokeModel", "x.y"],
    ["POST", "/model/x.y/invoke-with-response-stream", "InvokeModelWithResponseStream", "x.y"],
    ["POST", "/model/x.y/count-tokens", "CountTokens", "x.y"],
    ["POST", "/openai/v1/chat/completions", "ChatCompletions", undefined],
    ["POST", "/openai/v1/responses", "CreateResponse", undefined],
    ["GET", "/openai/v1/responses/resp_1", "GetResponse", "resp_1"],
    ["DELETE", "/openai/v1/responses/resp_1", "DeleteResponse", "resp_1"],
    ["POST", "/openai/v1/responses/resp_1/cancel", "CancelResponse", "resp_1"],
    ["POST", "/anthropic/v1/messages", "Messages", undefined],
    ["POST", "/guardrail/g1/version/DRAFT/apply", "ApplyGuardrail", "g1"],
    ["GET", "/async-invoke", "ListAsyncInvokes", undefined],
    ["GET", "/inference-profiles?maxResults=3", "ListInferenceProfiles", undefined],
    ["GET", "/inference-profiles/us.x.y", "GetInferenceProfile", "us.x.y"],
    ["GET", "/foundation-models", "ListFoundationModels", undefined],
    ["GET", "/foundation-models/x.y", "GetFoundationModel", "x.y"],
  ])("%s %s is %s", (method, path, operation, label) => {
    const call = matchOperation(method, path);
    expect(call?.operation).toBe(operation);
    expect(call?.label).toBe(label);
  });

  it("reads the same ARN whether its slash was escaped or not", () => {
    const arn = "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.x.y";
    for (const sent of [encodeURIComponent(arn), arn.replaceAll(":", "%3A"), arn]) {
      expect(matchOperation("POST", `/model/${sent}/converse`)?.label).toBe(arn);
    }
  });

  it("takes the model and the wish for a stream from the body where they stand there, and only there", () => {
    const body = { model: "us.x.y", stream: true };
    const call = (path: string) => withBody(matchOperation("POST", path)!, body);
    expect(call("/anthropic/v1/messages")).toMatchObject({ operation: "Messages", label: "us.x.y", streams: true });
    expect(isStreaming(call("/anthropic/v1/messages"))).toBe(true);
    expect(call("/model/x.y/converse")).toMatchObject({ label: "x.y" });
    expect(isStreaming(call("/model/x.y/converse"))).toBe(false);
  });

  it("keeps the query", () => {
    expect(matchOperation("GET", "/inference-profiles?nextToken=a%2Fb%3D")?.query.get("nextToken")).toBe("a/b=");
  });

  it("does not trip over a broken escape", () => {
    expect(matchOperation("POST", "/model/%E0%A4/converse")?.label).toBe("%E0%A4");
  });

  it.each([
    ["GET", "/model/x.y/converse"],
    ["POST", "/model/x.y/invoke-with-bidirectional-stream"],
    ["POST", "/async-invoke"],
    ["POST", "/"],
  ])("%s %s is no operation", (method, path) => {
    expect(matchOperation(method, path)).toBeUndefined();
  });
});

describe("what an operation is", () => {
  it("calls a model or not", () => {
    expect(isModelOperation("CountTokens")).toBe(true);
    expect(isModelOperation("ListInferenceProfiles")).toBe(false);
  });

  it("streams or not", () => {
    expect(isStreaming({ operation: "InvokeModelWithResponseStream" })).toBe(true);
    expect(isStreaming({ operation: "Converse" })).toBe(false);
  });

  it("needs the InvokeModel actions for Converse", () => {
    expect(iamAction("Converse")).toBe("bedrock:InvokeModel");
    expect(iamAction("ConverseStream")).toBe("bedrock:InvokeModelWithResponseStream");
    expect(iamAction("CountTokens")).toBe("bedrock:CountTokens");
    expect(iamAction("ChatCompletions")).toBe("bedrock:InvokeModel");
    expect(iamAction("Messages", true)).toBe("bedrock:InvokeModelWithResponseStream");
    expect(iamAction("DeleteResponse")).toBe("bedrock:DeleteInvoke");
  });
});
