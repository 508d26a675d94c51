import { EventStreamCodec } from "@smithy/eventstream-codec";
import { describe, expect, it } from "vitest";
import { corrupted, eventFrame, exceptionFrame } from "../../src/simulator/event-stream.ts";

const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === "string" ? bytes : Buffer.from(bytes).toString("utf8")),
  (text) => Buffer.from(text, "utf8"),
);

describe("a frame", () => {
  it("carries an event with its type, its content type and its padding", () => {
    const bytes = eventFrame({ type: "messageStart", payload: { role: "assistant" }, content: false }, "abc");
    const { headers, body } = codec.decode(bytes);
    expect(headers).toEqual({
      ":event-type": { type: "string", value: "messageStart" },
      ":content-type": { type: "string", value: "application/json" },
      ":message-type": { type: "string", value: "event" },
    });
    expect(JSON.parse(Buffer.from(body).toString())).toEqual({ role: "assistant", p: "abc" });
  });

  it("carries an exception, in UTF-8", () => {
    const { headers, body } = codec.decode(exceptionFrame("validationException", { message: "isn\u2019t" }));
    expect(headers[":message-type"]?.value).toBe("exception");
    expect(headers[":exception-type"]?.value).toBe("validationException");
    expect(JSON.parse(Buffer.from(body).toString("utf8"))).toEqual({ message: "isn\u2019t" });
  });

  it("fails its checksum when it is corrupted, and leaves the original alone", () => {
    const bytes = exceptionFrame("validationException", {});
    expect(() => codec.decode(corrupted(bytes))).toThrow(/checksum/);
    expect(() => codec.decode(bytes)).not.toThrow();
  });
});
