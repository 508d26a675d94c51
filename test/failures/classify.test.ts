import {
  BedrockRuntimeServiceException,
  ThrottlingException,
  ValidationException,
} from "@aws-sdk/client-bedrock-runtime";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { classify } from "../../src/failures/classify.ts";
import type { ClassifyContext } from "../../src/failures/failure-row.ts";
import { TruncatedStreamError } from "../../src/types/errors.ts";
import { corpus, type RecordedError, route, sdkError, unseen } from "./fixtures/recorded-errors.ts";

const home: ClassifyContext = { aborted: false, movedRegion: false, route };
const moved: ClassifyContext = { ...home, movedRegion: true };

const KINDS = {
  request: ["rejected"],
  route: ["invalid-route"],
  throttle: ["throttled"],
  transient: ["unavailable", "timeout"],
} as const;

const HINT =
  "Deserialization error: to see the raw response, inspect the hidden field {error}.$response on this object.";

/** Errors whose verdict depends on whether the request left the home Region. */
const REGION_DEPENDENT =
  /security token included in the request is invalid|make sure your API Key|valid Region|guardrail identifier|[Rr]eservation|ENOTFOUND bedrock/;

/** Where the scope differs from the corpus, and why. */
const SCOPE_EXCEPTIONS: readonly { readonly text: RegExp; readonly scope: string; readonly because: string }[] = [
  {
    text: /have access to the model/,
    scope: "route",
    because: "access is granted per model, and other models of the Region are not concerned",
  },
  {
    text: /foundation-model.*service control policy$/,
    scope: "route",
    because: "the denied Region is a destination, not the source Region",
  },
  { text: /^Too many connections/, scope: "route", because: "another profile of the model may have capacity" },
  { text: /^Operation not allowed/, scope: "account", because: "nothing in the words tells account and model apart" },
];

const SHAPES: readonly { readonly name: string; throw(recorded: RecordedError): unknown }[] = [
  { name: "as the SDK throws it", throw: (recorded) => sdkError(recorded) },
  {
    name: "as the cause of another error",
    throw: (recorded) => new Error("Chat failed", { cause: sdkError(recorded) }),
  },
  {
    name: "with a typographic apostrophe",
    throw: (recorded) => sdkError(recorded, recorded.message.replaceAll("'", "\u2019")),
  },
  { name: "with a name from another namespace", throw: (recorded) => foreign(recorded) },
  { name: "without a name", throw: (recorded) => Object.assign(sdkError(recorded), { name: "Error" }) },
];

/** Inside an event stream the SDK releases 3.938 to 3.1083 keep nothing but the text. */
const NAMELESS_SHAPES: typeof SHAPES = [
  {
    name: "as a plain Error with the status of the stream",
    throw: ({ message }) => Object.assign(new Error(message), { $metadata: { httpStatusCode: 200 } }),
  },
  { name: "as a plain Error with the SDK's hint", throw: ({ message }) => new Error(`${message}\n  ${HINT}`) },
  { name: "as an object that is no Error", throw: ({ message }) => ({ message }) },
];

describe("classifying a recorded error", () => {
  it.each(label(corpus))("$label", ({ recorded }) => {
    const failure = classify(sdkError(recorded), contextOf(recorded));
    expect(KINDS[recorded.verdict]).toContain(failure.kind);
    const exception = SCOPE_EXCEPTIONS.find(({ text }) => text.test(recorded.message));
    expect(failure.scope).toBe(exception?.scope ?? recorded.scope);
  });
});

describe("classifying an error that the table was not written for", () => {
  it.each(label(unseen))("$label", ({ recorded }) => {
    const failure = classify(sdkError(recorded), contextOf(recorded));
    expect(KINDS[recorded.verdict]).toContain(failure.kind);
    expect(failure.scope).toBe(recorded.scope);
  });
});

describe.each(SHAPES)("an error thrown $name", (shape) => {
  it("is told by the words, whatever wraps them", () => {
    const wrong = [...corpus, ...unseen].filter((recorded) => !isRight(recorded, shape.throw(recorded)));
    expect(wrong).toEqual([]);
  });
});

describe.each(NAMELESS_SHAPES)("an in-stream exception thrown $name", (shape) => {
  it("is told by the words alone", () => {
    const readable = [...corpus, ...unseen].filter(({ message }) => !/^$|^UnknownError$/.test(message));
    expect(readable.filter((recorded) => !isRight(recorded, shape.throw(recorded)))).toEqual([]);
  });
});

describe("the caller's fault", () => {
  const faults = [...corpus, ...unseen].filter(({ verdict }) => verdict === "request");
  const WRAPPERS: readonly ((recorded: RecordedError, message: string) => string)[] = [
    (_, message) => `The model returned the following errors: ${message}`,
    (_, message) => `The model returned following errors: ${message}`,
    ({ name }, message) => `An error occurred (${name ?? "Unknown"}) when calling the Converse operation: ${message}`,
    ({ name }, message) =>
      `An error occurred (${name ?? "Unknown"}) when calling the ConverseStream operation (reached max retries: 4): ${message}`,
    ({ name }, message) => `${name ?? "Error"}: ${message}`,
    ({ name }, message) => `botocore.errorfactory.${name ?? "Error"}: ${message}`,
    ({ status }, message) => `API Error: ${status ?? 400} ${message}`,
    (_, message) => JSON.stringify({ message }),
    (_, message) => JSON.stringify({ Message: message }),
    (_, message) => JSON.stringify({ type: "error", error: { type: "error", message } }),
    (_, message) => message.replaceAll("'", "\u2019"),
    (_, message) => `${message}\n  ${HINT}`,
  ];

  it("stays the caller's under every wrapper and every pile of wrappers", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...faults),
        fc.array(fc.constantFrom(...WRAPPERS), { maxLength: 4 }),
        (fault, wrappers) => {
          const bare = classify(sdkError(fault), home);
          const wrapped = wrappers.reduce((message, wrap) => wrap(fault, message), fault.message);
          expect(classify(sdkError(fault, wrapped), home)).toEqual(bare);
          expect(bare.kind).toBe("rejected");
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("is not excused by the words of another error that it quotes", () => {
    const quotable = [...corpus, ...unseen].filter(({ verdict, message }) => verdict !== "request" && message !== "");
    const templates = [
      (quote: string) =>
        `1 validation error detected: Value '${quote}' at 'messages.0.member.content.0.member.text' failed to satisfy constraint: Member must not be blank`,
      (quote: string) => `messages.0.content.0.text: unexpected value "${quote}"`,
      (quote: string) =>
        `Malformed input request: extraneous key [${quote}] is not permitted, please reformat your input and try again.`,
      (quote: string) => `Invalid stop sequence: ${quote}`,
    ];
    fc.assert(
      fc.property(fc.constantFrom(...quotable), fc.constantFrom(...templates), (quoted, template) => {
        const error = new ValidationException({
          message: template(quoted.message),
          $metadata: { httpStatusCode: 400 },
        });
        expect(classify(error, moved).kind).toBe("rejected");
      }),
    );
  });

  it("includes a list of violations as soon as one path is not the model id", () => {
    const list = (...paths: string[]): Error =>
      new ValidationException({
        message: `${paths.length} validation errors detected: ${paths.map((path) => `Value 'x' at '${path}' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-z]+`).join("; ")}`,
        $metadata: {},
      });
    expect(classify(list("modelId"), home).kind).toBe("invalid-route");
    expect(classify(list("modelId", "modelId"), home).kind).toBe("invalid-route");
    expect(classify(list("modelId", "messages"), home).kind).toBe("rejected");
    expect(classify(list("messages.1.member.modelId"), home).kind).toBe("rejected");
  });

  it("is not excused by a ValidationException that speaks like a throttle", () => {
    for (const message of [
      "Too many tokens, please wait before trying again.",
      "Model is not ready",
      "Internal server error",
    ]) {
      expect(classify(new ValidationException({ message, $metadata: {} }), home).kind).toBe("rejected");
    }
  });

  it("is assumed for any other 4xx and any other ValidationException", () => {
    expect(classify(new ValidationException({ message: "Never seen before", $metadata: {} }), home)).toMatchObject({
      kind: "rejected",
      family: "request",
    });
    expect(classify(Object.assign(new Error(), { $metadata: { httpStatusCode: 418 } }), home)).toMatchObject({
      kind: "rejected",
      family: "request",
    });
  });
});

describe("what depends on the Region", () => {
  const cases = [
    {
      message: "The security token included in the request is invalid.",
      name: "UnrecognizedClientException",
      status: 403,
    },
    { message: "Authentication failed: Please make sure your API Key is valid.", name: "Unknown", status: 403 },
    {
      message: "The guardrail identifier or version provided in the request does not exist.",
      name: "ValidationException",
      status: 400,
    },
    { message: "Reservation not found.", name: "ValidationException", status: 400 },
    {
      message: "Credential should be scoped to a valid Region, not 'us-east-1'.",
      name: "InvalidSignatureException",
      status: 403,
    },
  ];

  it.each(cases)("blames the Region that the request was moved to, and the caller at home: $message", (recorded) => {
    const error = sdkError({ ...recorded, verdict: "route", scope: "region", source: "" });
    expect(classify(error, moved)).toMatchObject({ kind: "invalid-route", scope: "region" });
    expect(classify(error, home)).toMatchObject({ kind: "rejected" });
  });

  it("takes an unknown host for a Region without Bedrock only away from home", () => {
    const error = Object.assign(new Error("getaddrinfo ENOTFOUND bedrock-runtime.eu-south-9.amazonaws.com"), {
      code: "ENOTFOUND",
    });
    expect(classify(error, moved)).toMatchObject({ kind: "invalid-route", scope: "region", family: "unknown-host" });
    expect(classify(error, home)).toMatchObject({ kind: "unavailable", family: "connection" });
  });

  it("blames a refused certificate on the endpoint away from home, and on the set-up at home", () => {
    const error = Object.assign(new Error("self-signed certificate in certificate chain"), {
      code: "SELF_SIGNED_CERT_IN_CHAIN",
    });
    expect(classify(error, moved)).toMatchObject({ kind: "invalid-route", scope: "region", family: "tls" });
    expect(classify(error, home)).toMatchObject({ kind: "rejected", family: "tls" });
  });
});

describe("where an error says what it is", () => {
  it("is cancelled when the caller aborted, whatever was thrown", () => {
    for (const error of [new ThrottlingException({ message: "", $metadata: {} }), undefined, "late"]) {
      expect(classify(error, { ...home, aborted: true })).toEqual({
        kind: "cancelled",
        scope: "request",
        family: "cancelled",
      });
    }
    expect(classify(new DOMException("This operation was aborted", "AbortError"), home).kind).toBe("cancelled");
  });

  it.each([
    [{ name: "com.amazon.coral.service#ThrottlingException", message: "x" }, "throttling"],
    [{ name: "throttlingException", message: "x" }, "throttling"],
    [{ __type: "com.amazonaws.bedrockruntime#ThrottlingException", message: "x" }, "throttling"],
    [{ Code: "ThrottlingException", Message: "x" }, "throttling"],
    [{ code: "ThrottlingException", message: "x" }, "throttling"],
    [{ Error: { Code: "ThrottlingException", Message: "x" } }, "throttling"],
    [{ throttlingException: { message: "x" } }, "throttling"],
    [
      {
        message: "UnknownError",
        $response: {
          statusCode: 403,
          headers: { "x-amzn-errortype": "ThrottlingException:http://internal.amazon.com/" },
        },
      },
      "throttling",
    ],
    [{ $metadata: { httpStatusCode: 429 } }, "throttling"],
    [{ status: 529 }, "overloaded"],
    [
      { name: "modelTimeoutException", message: '{"message":"Model has timed out in processing the request."}' },
      "model-timeout",
    ],
    [
      { name: "SyntaxError", message: "Unexpected token '<'", $metadata: { httpStatusCode: 503 } },
      "service-unavailable",
    ],
    [{ name: "Unknown", message: "UnknownError", $metadata: { httpStatusCode: 503 } }, "service-unavailable"],
    [{ name: "Unknown", message: "UnknownError", $metadata: { httpStatusCode: 407 } }, "proxy"],
    ["ThrottlingException: Too many tokens per day, please wait before trying again.", "tokens-per-day"],
  ])("finds it: %j", (error, family) => {
    expect(classify(error, home).family).toBe(family);
  });

  it.each([
    ["ECONNRESET", "unavailable"],
    ["EPIPE", "unavailable"],
    ["ECONNREFUSED", "unavailable"],
    ["EAI_AGAIN", "unavailable"],
    ["ERR_HTTP2_STREAM_ERROR", "unavailable"],
    ["ERR_HTTP2_GOAWAY_SESSION", "unavailable"],
    ["UND_ERR_SOCKET", "unavailable"],
    ["ETIMEDOUT", "timeout"],
    ["UND_ERR_CONNECT_TIMEOUT", "timeout"],
    ["UND_ERR_HEADERS_TIMEOUT", "timeout"],
  ])("reads the code %s of Node.js and undici as %s", (code, kind) => {
    expect(classify(Object.assign(new Error("x"), { code }), home).kind).toBe(kind);
  });

  it("looks beneath an error that only says that something broke", () => {
    const certificate = Object.assign(new Error("certificate has expired"), { code: "CERT_HAS_EXPIRED" });
    const cancelledStream = Object.assign(new Error("The pending stream has been canceled", { cause: certificate }), {
      code: "ERR_HTTP2_STREAM_CANCEL",
    });
    expect(classify(cancelledStream, home)).toMatchObject({ kind: "rejected", family: "tls" });
    expect(
      classify(new TypeError("fetch failed", { cause: Object.assign(new Error(""), { code: "ETIMEDOUT" }) }), home)
        .kind,
    ).toBe("timeout");
    expect(
      classify(
        new AggregateError([new Error("?"), new ThrottlingException({ message: "Rate exceeded", $metadata: {} })]),
        home,
      ).kind,
    ).toBe("throttled");
  });

  it("prefers what the outer error says to its cause", () => {
    const error = new ValidationException({ message: "Input is too long for requested model.", $metadata: {} });
    expect(
      classify(Object.assign(error, { cause: new ThrottlingException({ message: "", $metadata: {} }) }), home).kind,
    ).toBe("rejected");
  });

  it("tells an empty stream from a cut one", () => {
    expect(classify(new TruncatedStreamError(false), home)).toMatchObject({
      kind: "unavailable",
      family: "empty-stream",
    });
    expect(classify(new TruncatedStreamError(true), home)).toMatchObject({
      kind: "unavailable",
      family: "truncated-stream",
    });
  });

  it("passes on how long the service asked to wait", () => {
    const error = new ThrottlingException({ message: "Too many requests", $metadata: { httpStatusCode: 429 } });
    Object.defineProperty(error, "$response", { value: { statusCode: 429, headers: { "Retry-After": "12" } } });
    expect(classify(new Error("wrapped", { cause: error }), home)).toEqual({
      kind: "throttled",
      scope: "route",
      family: "requests-per-minute",
      retryAfterMs: 12_000,
    });
  });
});

describe("whatever is thrown", () => {
  const hostile = new Proxy(new Error("x"), {
    get: () => {
      throw new Error("getter");
    },
    getPrototypeOf: () => {
      throw new Error("prototype");
    },
    ownKeys: () => {
      throw new Error("keys");
    },
  });

  it("is classified without throwing", () => {
    const values = fc.oneof(
      fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true, withTypedArray: true }),
      fc.record(
        {
          name: fc.anything(),
          message: fc.anything(),
          cause: fc.anything(),
          code: fc.anything(),
          status: fc.anything(),
          $metadata: fc.anything(),
          $response: fc.anything(),
          errors: fc.anything(),
        },
        { requiredKeys: [] },
      ),
      fc.string().map((message) => new Error(message)),
      fc.constantFrom<unknown>(hostile, Symbol("x"), () => "x", Number.NaN),
    );
    fc.assert(
      fc.property(values, fc.boolean(), (value, movedRegion) => {
        const failure = classify(value, { ...home, movedRegion });
        expect(["throttled", "invalid-route", "unavailable", "timeout", "cancelled", "rejected"]).toContain(
          failure.kind,
        );
        expect(Object.isFrozen(failure)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    [undefined],
    [null],
    [42],
    [""],
    [Symbol("x")],
    [{}],
    [new Error()],
    [hostile],
    [new BedrockRuntimeServiceException({ name: "Unknown", $fault: "server", $metadata: {} })],
  ])("is worth one other route when it says nothing (%#)", (value) => {
    expect(classify(value, home)).toEqual({ kind: "unavailable", scope: "route", family: "unknown" });
  });

  it("may be its own cause", () => {
    const error: Error = new Error("x");
    error.cause = new AggregateError([error, error]);
    expect(classify(error, home).family).toBe("unknown");
  });

  it("may have causes without end", () => {
    const endless = (): Error => Object.defineProperty(new Error("x"), "cause", { get: endless });
    expect(classify(endless(), home).family).toBe("unknown");
  });

  it("is classified however long the text that it quotes", () => {
    const quotes = `1 validation error detected: Value '${"'a \"b `c user: arn: ".repeat(50_000)}' at 'messages' failed to satisfy constraint: x`;
    expect(classify(new Error(quotes), home).kind).toBe("rejected");
  });
});

function contextOf({ verdict, message }: RecordedError): ClassifyContext {
  return verdict === "route" && REGION_DEPENDENT.test(message) ? moved : home;
}

function isRight(recorded: RecordedError, thrown: unknown): boolean {
  const kinds: readonly string[] = KINDS[recorded.verdict];
  return kinds.includes(classify(thrown, contextOf(recorded)).kind);
}

function foreign({ name, status, message }: RecordedError): unknown {
  return {
    __type: `com.amazon.coral.service#${name ?? "Unknown"}`,
    message,
    ...(status !== null && { $metadata: { httpStatusCode: status } }),
  };
}

function label(records: readonly RecordedError[]): { label: string; recorded: RecordedError }[] {
  return records.map((recorded) => ({
    label: `${recorded.verdict}: ${recorded.name ?? "no name"} ${recorded.status ?? "no status"}, ${JSON.stringify(recorded.message.slice(0, 100))} (${recorded.source})`,
    recorded,
  }));
}
