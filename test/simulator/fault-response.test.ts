import { describe, expect, it } from "vitest";
import {
  type FaultedRequest,
  faultResponse,
  isRawResponse,
  streamException,
} from "../../src/simulator/fault-response.ts";
import { refuse } from "../../src/simulator/refusal.ts";

const request: FaultedRequest = {
  operation: "ConverseStream",
  modelId: "eu.vendor.model",
  resourceArn: "arn:aws:bedrock:eu-west-1:111122223333:inference-profile/eu.vendor.model",
  streaming: true,
};

describe("the answer that a fault puts in place of the normal one", () => {
  it("is nothing for a fault that the normal answer only suffers from", () => {
    for (const kind of [
      "answer",
      "hang",
      "slow",
      "reset",
      "stall",
      "end-early",
      "corrupt-frame",
      "first-frame-exception",
      "mid-stream-exception",
    ] as const) {
      expect(faultResponse({ kind }, request)).toBeUndefined();
    }
  });

  it("names the model and the resource of the request", () => {
    expect(faultResponse({ kind: "on-demand-unsupported" }, request)).toEqual(
      refuse.onDemandUnsupported("eu.vendor.model"),
    );
    const denied = faultResponse({ kind: "access-denied", by: "identity-based-policy" }, request);
    expect(denied).toEqual(
      refuse.accessDenied("identity-based-policy", "bedrock:InvokeModelWithResponseStream", request.resourceArn),
    );
  });

  it("is an error with the exception's own status where an operation does not stream", () => {
    const unary = { ...request, streaming: false };
    expect(faultResponse({ kind: "first-frame-exception" }, unary)).toMatchObject({
      status: 429,
      name: "ThrottlingException",
    });
    expect(faultResponse({ kind: "mid-stream-exception" }, unary)).toMatchObject({
      status: 424,
      name: "ModelStreamErrorException",
    });
  });

  it("is raw where it is no error of the protocol", () => {
    const raw = faultResponse({ kind: "html-503" }, request);
    expect(raw).toMatchObject({ status: 503, headers: { "content-type": "text/html" } });
    expect(isRawResponse(raw!)).toBe(true);
    expect(isRawResponse(refuse.internalError())).toBe(false);
    expect(faultResponse({ kind: "empty-body" }, request)).toMatchObject({ status: 503, body: "" });
    expect(faultResponse({ kind: "respond", status: 302 }, request)).toMatchObject({
      status: 302,
      headers: {},
      body: "",
    });
  });
});

describe("an exception inside a stream", () => {
  it("is the one that is asked for, with its text or a given one", () => {
    expect(streamException({ kind: "mid-stream-exception", exception: "serviceUnavailableException" })).toEqual({
      member: "serviceUnavailableException",
      name: "ServiceUnavailableException",
      status: 503,
      message: "Bedrock is unable to process your request.",
    });
    expect(streamException({ kind: "first-frame-exception", message: "given" }).message).toBe("given");
  });
});
