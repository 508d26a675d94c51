import { describe, expect, it } from "vitest";
import {
  blamesOnlyModelId,
  soundsLikeObjection,
  soundsTransient,
  typography,
} from "../../src/failures/error-wording.ts";
import { corpus, unseen } from "./fixtures/recorded-errors.ts";

describe("the wording of a message without a name", () => {
  it("reads the service's own trouble as transient", () => {
    expect(soundsTransient("something went wrong. try your request again.")).toBe(true);
    expect(soundsTransient("please try again later")).toBe(true);
    expect(soundsTransient("the endpoint is temporarily out of order")).toBe(true);
  });

  it("does not take advice to change the request for trouble of the service", () => {
    expect(soundsTransient("add a text block and try your request again.")).toBe(false);
    expect(soundsTransient("try again with a maximum tokens value that is lower than 4096.")).toBe(false);
    const advice = [...corpus, ...unseen].filter(({ verdict, scope }) => verdict === "request" && scope === "request");
    expect(advice.map(({ message }) => message.toLowerCase()).filter(soundsTransient)).toEqual([]);
  });

  it("takes what begins as an objection for one, whatever it goes on to quote", () => {
    expect(soundsTransient("invalid stop sequence: the service is unavailable")).toBe(false);
    expect(soundsTransient("messages.0.content: internal server error is no role")).toBe(false);
  });

  it("leaves the caller's quoted words out", () => {
    expect(soundsTransient("unknown value 'service unavailable, try again later'")).toBe(false);
    expect(soundsTransient('unknown value "it\'s an internal server error"')).toBe(false);
    expect(soundsLikeObjection("hello `this field is invalid and must go`")).toBe(false);
  });

  it("reads an objection to the request as one, and trouble on the network as none", () => {
    expect(soundsLikeObjection("temperature: range: 0..1")).toBe(true);
    expect(soundsLikeObjection("documents can't be larger than 4.5 mb")).toBe(true);
    expect(soundsLikeObjection("tunneling socket could not be established")).toBe(false);
    expect(soundsLikeObjection("boom")).toBe(false);
  });
});

describe("the typography of a message", () => {
  it("is that of a keyboard: straight quotes, single spaces", () => {
    expect(typography(" isn\u2019t  isn\u02BCt\n isn\\u2019t \u201Cx\u201D ")).toBe(`isn't isn't isn't "x"`);
  });
});

describe("a list of constraint violations", () => {
  const violation = (path: string, value = "'x' "): string =>
    `value ${value}at '${path}' failed to satisfy constraint: member must not be null`;

  it("blames the model id when it names nothing else", () => {
    expect(blamesOnlyModelId(`1 validation error detected: ${violation("modelid")}`)).toBe(true);
    expect(blamesOnlyModelId(violation("modelid"))).toBe(true);
    expect(blamesOnlyModelId(`2 validation errors detected: ${violation("modelid")}; ${violation("modelid")}`)).toBe(
      true,
    );
  });

  it("blames the request as soon as another path is in it", () => {
    expect(
      blamesOnlyModelId(`2 validation errors detected: ${violation("modelid")}; ${violation("messages", "")}`),
    ).toBe(false);
    expect(
      blamesOnlyModelId(`1 validation error detected: ${violation("messages", `'at 'modelid' failed to satisfy' `)}`),
    ).toBe(false);
  });

  it("proves nothing when it was cut short or is only quoted", () => {
    expect(blamesOnlyModelId(`2 validation errors detected: ${violation("modelid")}`)).toBe(false);
    expect(blamesOnlyModelId(`messages.0: ${violation("modelid")}`)).toBe(false);
    expect(blamesOnlyModelId("1 validation error detected")).toBe(false);
  });
});
