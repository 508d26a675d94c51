import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { regionBound } from "../../src/client/region-bound.ts";

const s3 = { s3Location: { uri: "s3://bucket/key" } };
const bytes = { bytes: new Uint8Array([1]) };
const user = (...content: unknown[]): unknown => ({ role: "user", content });

describe("a request is bound to its home Region", () => {
  it.each([
    ["by the guardrail of Converse", { guardrailConfig: { guardrailIdentifier: "g-1", guardrailVersion: "1" } }],
    ["by the guardrail of InvokeModel", { guardrailIdentifier: "g-1", body: "{}" }],
  ])("%s", (_title, input) => {
    expect(regionBound(input)).toBe("the guardrail");
  });

  it.each([
    ["of Converse", { serviceTier: { type: "reserved" } }],
    ["of InvokeModel", { serviceTier: "reserved" }],
  ])("by the reserved capacity %s", (_title, input) => {
    expect(regionBound(input)).toBe("the reserved capacity");
  });

  it.each([
    ["an image", user({ image: { format: "png", source: s3 } })],
    ["a document after a text", user({ text: "Read this" }, { document: { name: "d", format: "pdf", source: s3 } })],
    ["a video", user({ video: { format: "mp4", source: s3 } })],
    ["an audio clip", user({ audio: { format: "mp3", source: s3 } })],
    [
      "the result of a tool",
      user({ toolResult: { toolUseId: "t", content: [{ text: "ok" }, { image: { format: "png", source: s3 } }] } }),
    ],
  ])("by the S3 object of %s", (_title, message) => {
    expect(regionBound({ messages: [user({ text: "Hello" }), message] })).toBe("the S3 object in the messages");
  });
});

describe("the body of InvokeModel", () => {
  const video = { messages: [user({ video: { format: "mp4", source: s3 } })] };

  it.each([
    ["a string", JSON.stringify(video)],
    ["indented", JSON.stringify(video, undefined, 2)],
    ["bytes", new TextEncoder().encode(JSON.stringify(video))],
    ["a part of a larger buffer", new TextEncoder().encode(`xx${JSON.stringify(video)}`).subarray(2)],
  ])("binds a request by its S3 object, as %s", (_title, body) => {
    expect(regionBound({ body })).toBe("the S3 object in the body");
  });

  it("binds nothing by a text that speaks of such an object", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        const text = `${before}${JSON.stringify(video)}${after}`;
        expect(regionBound({ body: JSON.stringify({ messages: [user({ text })] }) })).toBeUndefined();
      }),
    );
  });
});

describe("a request may go anywhere", () => {
  it.each([
    ["with plain text", { messages: [user({ text: "s3Location" })] }],
    ["with images given as bytes", { messages: [user({ image: { format: "png", source: bytes } })] }],
    ["with another service tier", { serviceTier: { type: "priority" } }],
    ["with another service tier of InvokeModel", { serviceTier: "flex" }],
    ["with an empty guardrail config", { guardrailConfig: { trace: "enabled" } }],
    ["with a guardrail that is not set", { guardrailConfig: { guardrailIdentifier: undefined } }],
    [
      "with the input of a tool that only looks like one",
      { messages: [user({ toolUse: { input: { s3Location: 1 } } })] },
    ],
    ["with an opaque body", { body: new Uint8Array([123, 125]) }],
    ["with messages that are none", { messages: "s3Location" }],
    ["with nothing", {}],
  ])("%s", (_title, input) => {
    expect(regionBound(input)).toBeUndefined();
  });
});
