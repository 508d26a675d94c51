import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { classify } from "../../src/failures/classify.ts";
import type { Failure } from "../../src/types/failure.ts";
import { corpus, type RecordedError, ROUNDS, route, sdkError, unseen } from "./fixtures/recorded-errors.ts";

const KINDS: Record<RecordedError["verdict"], readonly Failure["kind"][]> = {
  request: ["rejected"],
  route: ["invalid-route"],
  throttle: ["throttled"],
  transient: ["unavailable", "timeout"],
};

const HINT =
  "Deserialization error: to see the raw response, inspect the hidden field {error}.$response on this object.";

const SHAPES: readonly { readonly name: string; throw(recorded: RecordedError): unknown }[] = [
  { name: "as it was seen", throw: (recorded) => sdkError(recorded) },
  {
    name: "with a typographic apostrophe",
    throw: (recorded) => sdkError(recorded, recorded.message.replaceAll("'", "\u2019")),
  },
  {
    name: "behind the prefix of the service",
    throw: (recorded) => sdkError(recorded, `The model returned the following errors: ${recorded.message}`),
  },
  {
    name: "behind the prefix of Python's SDK",
    throw: ({ name, message }) =>
      new Error(`An error occurred (${name ?? "Unknown"}) when calling the Converse operation: ${message}`),
  },
  { name: "behind its name", throw: ({ name, message }) => new Error(`${name ?? "Unknown"}: ${message}`) },
  {
    name: "as JSON inside the message",
    throw: (recorded) => sdkError(recorded, JSON.stringify({ message: recorded.message })),
  },
  { name: "as an Error without name and status", throw: ({ message }) => new Error(message) },
];

/** From a stream, or as an object, come the words of the service and not those of an application that repeats them. */
const STREAM_SHAPES: typeof SHAPES = [
  { name: "as a plain object", throw: ({ message }) => ({ message }) },
  { name: "as a plain object with a name", throw: ({ name, message }) => ({ name, message }) },
  {
    name: "from a stream, as a plain Error with the status of the stream",
    throw: ({ message }) => Object.assign(new Error(message), { $metadata: { httpStatusCode: 200 } }),
  },
  { name: "from a stream, with the SDK's hint", throw: ({ message }) => new Error(`${message}\n  ${HINT}`) },
];

const all = ROUNDS.flatMap(({ errors }) => errors);
const readable = all.filter(
  ({ message, toldByName }) => message !== "" && message !== "UnknownError" && toldByName !== true,
);

describe.each(ROUNDS)("an error of the $round round of public reports", ({ errors }) => {
  it.each(label(errors))("is told apart: $label", ({ recorded }) => {
    expect(KINDS[recorded.verdict]).toContain(kindOf(recorded, sdkError(recorded)));
  });

  it("says where and when it was seen, and was not in an earlier collection", () => {
    const earlier = [corpus, unseen, ...ROUNDS.map((round) => round.errors)].filter((other) => other !== errors).flat();
    const known = new Set(earlier.map((recorded) => identity(recorded)));
    for (const recorded of errors) {
      expect(recorded.source).not.toBe("");
      expect(recorded.collected).toMatch(/^\d{4}-\d\d-\d\d$/);
      expect(known).not.toContain(identity(recorded));
    }
    expect(new Set(errors.map(identity)).size).toBe(errors.length);
  });
});

describe("the figures in docs/reliability.md", () => {
  it("are those of the first run over each round, before its misses were repaired", () => {
    const page = readFileSync(new URL("../../docs/reliability.md", import.meta.url), "utf8");
    const named = all.filter(({ name, status }) => name !== "Error" && status !== null);
    const rows = [
      "| round | rejected | invalid-route | throttled | unavailable, timeout |",
      "|---|---|---|---|---|",
      ...ROUNDS.map(({ round, errors }) => rowOf(round, errors)),
      rowOf("**all**", all),
      rowOf("of these, with a name and a status of their own", named),
    ];
    const block = /<!-- figures: reported errors -->\n(.*?)\n<!-- end/s.exec(page)?.[1];
    expect(block).toBe(rows.join("\n"));
  });
});

describe.each(SHAPES)("a reported error thrown $name", (shape) => {
  it("is told by the words", () => {
    const wrong = readable.filter(
      (recorded) => !KINDS[recorded.verdict].includes(kindOf(recorded, shape.throw(recorded))),
    );
    expect(wrong).toEqual([]);
  });
});

describe.each(STREAM_SHAPES)("a reported exception thrown $name", (shape) => {
  it("is told by the words alone", () => {
    const own = readable.filter(({ name }) => /Exception$/.test(name ?? ""));
    expect(own.length).toBeGreaterThan(100);
    expect(
      own.filter((recorded) => !KINDS[recorded.verdict].includes(kindOf(recorded, shape.throw(recorded)))),
    ).toEqual([]);
  });
});

describe("a reported error of which only the status is left", () => {
  it("is never sent on when it was a 4xx of the caller, and never surfaces when it was the service's 5xx or 429", () => {
    const bare = all.filter(({ name, status }) => name !== null && status !== null && status >= 400);
    const kinds = (verdict: RecordedError["verdict"], test: (status: number) => boolean): Set<Failure["kind"]> =>
      new Set(
        bare
          .filter((recorded) => recorded.verdict === verdict && test(recorded.status ?? 0))
          .map((recorded) => kindOf(recorded, sdkError({ ...recorded, name: "Unknown" }, "UnknownError"))),
      );
    expect(kinds("request", (status) => status < 500)).toEqual(new Set(["rejected"]));
    expect(kinds("throttle", (status) => status === 429)).toEqual(new Set(["throttled"]));
    expect(kinds("transient", (status) => status >= 500)).toEqual(new Set(["unavailable"]));
  });
});

describe("a reported fault of the caller", () => {
  it("stays his when an application repeats it in its own words", () => {
    const faults = all.filter(({ verdict, name }) => verdict === "request" && /^[A-Z]\w+Exception$/.test(name ?? ""));
    const LEADS = [
      "Error calling model: ",
      "Encountered error: ",
      "Error raised by bedrock service: ",
      "[bedrock] Error: ",
      "Invocation failed: ",
      "Can't invoke. ",
    ];
    fc.assert(
      fc.property(fc.constantFrom(...faults), fc.constantFrom(...LEADS), (fault, lead) => {
        const text = `${lead}An error occurred (${fault.name}) when calling the Converse operation: ${fault.message}`;
        expect(kindOf(fault, new Error(text))).toBe("rejected");
        expect(kindOf(fault, new Error(`${lead}${fault.name}: ${fault.message}`))).toBe("rejected");
        const body = `Request failed with status ${fault.status}: ${JSON.stringify({ message: fault.message })}`;
        expect(kindOf(fault, new Error(body))).toBe("rejected");
      }),
    );
  });
});

describe("a fault of the caller that quotes a reported error", () => {
  it.each([
    (quote: string) => `messages.0.content.0.text: unexpected value "${quote}"`,
    (quote: string) =>
      `Malformed input request: extraneous key [${quote}] is not permitted, please reformat your input and try again.`,
    (quote: string) => `Invalid stop sequence: ${quote}`,
  ])("is not excused by its words, in a response and in a stream: %s", (template) => {
    const excused = all
      .filter(({ verdict, message }) => verdict !== "request" && message !== "")
      .map(({ message }) => template(message))
      .filter((message) => {
        const named = Object.assign(new Error(message), {
          name: "ValidationException",
          $metadata: { httpStatusCode: 400 },
        });
        const inStream = Object.assign(new Error(message), { $metadata: { httpStatusCode: 200 } });
        return [named, inStream].some(
          (error) => classify(error, { aborted: false, movedRegion: true, route }).kind !== "rejected",
        );
      });
    expect(excused).toEqual([]);
  });
});

/** Two messages that share most of their words, and whose cures differ. */
describe("near-twins", () => {
  it.each([
    ["Too many tokens, please wait before trying again.", "ThrottlingException", "throttled"],
    [
      "Too many input tokens. Max input tokens: 8192, request input token count: 11000",
      "ValidationException",
      "rejected",
    ],
    ["The provided model doesn't support on-demand throughput.", "ValidationException", "invalid-route"],
    ["The provided model doesn't support tool use.", "ValidationException", "rejected"],
    ["This model doesn't support tool use in streaming mode.", "ValidationException", "rejected"],
    ["The model ID is not supported.", "ValidationException", "invalid-route"],
    ["The model ID is not supported for streaming with documents.", "ValidationException", "rejected"],
    ["The requested model ID is not found.", "ResourceNotFoundException", "invalid-route"],
    ["Tool 'web_search' not found in provided tools", "ValidationException", "rejected"],
    ["Encrypted content cannot be used in a different region", "ValidationException", "invalid-route"],
    ["Encrypted reasoning was created for a different model", "ValidationException", "rejected"],
    ["Your account is not authorized to invoke this model.", "AccessDeniedException", "invalid-route"],
    ["Your account is not authorized to access this model, contact AWS Sales.", "AccessDeniedException", "rejected"],
    [
      "Your account is not authorized to invoke this API operation. To troubleshoot, see the documentation.",
      "AccessDeniedException",
      "invalid-route",
    ],
    [
      "Your account is not authorized to invoke this API operation with a prompt resource.",
      "AccessDeniedException",
      "rejected",
    ],
    ["Your request was rejected due to rate limiting.", "Error", "throttled"],
    ["Your request included an image that is too large.", "Error", "rejected"],
    [
      "1 validation error detected: Value 'x' at 'modelId' failed to satisfy constraint: Member must satisfy enum value set",
      "ValidationException",
      "invalid-route",
    ],
    [
      "1 validation error detected: Value 'x' at 'system.1.member.modelId' failed to satisfy constraint: Member must satisfy enum value set",
      "ValidationException",
      "rejected",
    ],
  ] as const)("are told apart: %s", (message, name, kind) => {
    const status = name === "ThrottlingException" ? 429 : name === "AccessDeniedException" ? 403 : 400;
    const recorded: RecordedError = {
      ...{ name, message, source: "written", verdict: "request", scope: "request" },
      status: name === "Error" ? null : status,
    };
    expect(kindOf(recorded, sdkError(recorded))).toBe(kind);
  });

  it("blame the endpoint at home and the Region away from home, when the operation is not known there", () => {
    const unknown = sdkError({
      ...{ name: "UnknownOperationException", status: 404, message: "", source: "written" },
      ...{ verdict: "request", scope: "request" },
    });
    expect(classify(unknown, { aborted: false, movedRegion: false, route }).kind).toBe("rejected");
    expect(classify(unknown, { aborted: false, movedRegion: true, route })).toMatchObject({
      kind: "invalid-route",
      scope: "region",
    });
  });
});

function rowOf(title: string, errors: readonly RecordedError[]): string {
  const cells = (["request", "route", "throttle", "transient"] as const).map((verdict) => {
    const those = errors.filter((recorded) => recorded.verdict === verdict);
    return `${those.filter(({ missedFirst }) => missedFirst !== true).length} of ${those.length}`;
  });
  return `| ${title} | ${cells.join(" | ")} |`;
}

function kindOf(recorded: RecordedError, error: unknown): Failure["kind"] {
  return classify(error, { aborted: false, movedRegion: recorded.moved === true, route }).kind;
}

function identity({ name, status, message, moved }: RecordedError): string {
  return JSON.stringify([name, status, message, moved === true]);
}

function label(errors: readonly RecordedError[]): { label: string; recorded: RecordedError }[] {
  return errors.map((recorded) => ({ label: recorded.message.slice(0, 100) || `HTTP ${recorded.status}`, recorded }));
}
