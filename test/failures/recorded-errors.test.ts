import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { classify, classifyResponse } from "../../src/failures/classify.ts";
import { KINDS, metOf, type RecordedError, recorded, sdkError } from "./fixtures/recorded-errors.ts";

const HINT =
  "\n  Deserialization error: to see the raw response, inspect the hidden field {error}.$response on this object.";

/** Shapes in which the SDK, or code around it, throws one and the same error. */
const SHAPES: readonly { readonly name: string; throw(error: RecordedError): unknown }[] = [
  { name: "as the SDK throws it", throw: sdkError },
  { name: "as the cause of another error", throw: (error) => new Error("Chat failed", { cause: sdkError(error) }) },
  {
    name: "with the other apostrophe",
    throw: (error) =>
      sdkError({
        ...error,
        message: error.message.replace(/n(['\u2019])t\b/g, (_, sign) => (sign === "'" ? "n\u2019t" : "n't")),
      }),
  },
  {
    name: "behind the service's lead-in",
    throw: (error) =>
      sdkError({
        ...error,
        message: `The model returned the following errors: ${error.message.replace(/^The model returned.*?errors: /, "")}`,
      }),
  },
  {
    name: "with its body as the message",
    throw: (error) => sdkError({ ...error, message: JSON.stringify({ message: error.message }) }),
  },
  {
    name: "with a name from another namespace",
    throw: ({ name, status, code, message }) => ({
      __type: `com.amazon.coral.service#${name ?? "Unknown"}`,
      message,
      ...(code !== undefined && { code }),
      ...(status !== null && { $metadata: { httpStatusCode: status } }),
    }),
  },
];

/** Inside an event stream the SDK releases 3.938 to 3.1083 keep nothing but the text. */
const NAMELESS: typeof SHAPES = [
  {
    name: "as a plain Error with the status of the stream",
    throw: ({ message }) => Object.assign(new Error(message), { $metadata: { httpStatusCode: 200 } }),
  },
  { name: "as a plain Error with the SDK's hint", throw: ({ message }) => new Error(`${message}${HINT}`) },
  { name: "as an object that is no Error", throw: ({ message }) => ({ message }) },
];

/** What an event stream can carry. */
const MEMBERS = /^(?:internalServer|modelStreamError|serviceUnavailable|throttling|validation|modelTimeout)Exception$/i;

describe("a recorded error", () => {
  const thrown = recorded.filter(({ shape }) => shape !== "response");

  it.each(SHAPES)("is told apart $name", (shape) => {
    expect(thrown.length).toBeGreaterThan(150);
    expect(misses(thrown, shape.throw)).toEqual([]);
  });

  it.each(NAMELESS)("that a stream can carry is told by its words alone $name", (shape) => {
    const carried = thrown.filter(({ name, message }) => MEMBERS.test(name ?? "") && message !== "");
    expect(carried.length).toBeGreaterThan(80);
    expect(misses(carried, shape.throw)).toEqual([]);
  });

  it("is told apart in a response that no SDK has read", () => {
    const responses = recorded.filter(({ status, message }) => status !== null && status >= 400 && message !== "");
    const wrong = responses.filter(({ name, status, message, shape, verdict, ...rest }) => {
      const body = shape === "response" ? message : JSON.stringify({ message, __type: name });
      const context = { aborted: false, met: metOf({ name, status, message, verdict, ...rest }) } as const;
      return !KINDS[verdict].includes(classifyResponse({ status: status ?? 0, body }, context).kind);
    });
    expect(wrong).toEqual([]);
  });

  it("of the caller is not excused by the words of another that it quotes, wherever it is met", () => {
    const faults = [
      (quote: string) =>
        `1 validation error detected: Value '${quote}' at 'messages.0.member.content.0.member.text' failed to satisfy constraint: Member must not be blank`,
      (quote: string) => `messages.0.content.0.text: unexpected value "${quote}"`,
      (quote: string) =>
        `Malformed input request: extraneous key [${quote}] is not permitted, please reformat your input and try again.`,
      (quote: string) => `Invalid stop sequence: ${quote}`,
    ];
    const quotable = recorded.filter(({ verdict, message }) => verdict !== "request" && message !== "");
    fc.assert(
      fc.property(
        fc.constantFrom(...quotable),
        fc.constantFrom(...faults),
        fc.boolean(),
        ({ message }, fault, named) => {
          const error = named
            ? sdkError({ name: "ValidationException", status: 400, message: fault(message) })
            : Object.assign(new Error(fault(message)), { $metadata: { httpStatusCode: 200 } });
          expect(classify(error, { aborted: false, met: "away" }).kind).toBe("rejected");
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("of which only the status is left is the caller's as a 4xx, and never surfaces as a 429 or a 5xx", () => {
    const kindOf = (status: number): string =>
      classify(sdkError({ name: "Unknown", status, message: "UnknownError" }), { aborted: false, met: "first" }).kind;
    expect([400, 401, 403, 404, 407, 409, 413, 418, 422].filter((status) => kindOf(status) !== "rejected")).toEqual([]);
    expect([429, 529].filter((status) => kindOf(status) !== "throttled")).toEqual([]);
    expect([424, 500, 502, 503, 504].filter((status) => kindOf(status) !== "unavailable")).toEqual([]);
    expect(kindOf(408)).toBe("timeout");
  });

  it("names where it was seen, once", () => {
    expect(recorded.filter(({ source }) => source === "")).toEqual([]);
    const identities = recorded.map(({ source: _source, verdict: _verdict, ...rest }) => JSON.stringify(rest));
    expect(identities.filter((identity, at) => identities.indexOf(identity) !== at)).toEqual([]);
  });
});

function misses(errors: readonly RecordedError[], thrown: (error: RecordedError) => unknown): object[] {
  return errors.flatMap((error) => {
    const { kind, family } = classify(thrown(error), { aborted: false, met: metOf(error) });
    return KINDS[error.verdict].includes(kind) ? [] : [{ kind, family, ...error }];
  });
}
