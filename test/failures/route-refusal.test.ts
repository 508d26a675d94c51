import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { classify } from "../../src/failures/classify.ts";
import { routeRefusal } from "../../src/failures/route-refusal.ts";
import { route } from "./fixtures/recorded-errors.ts";

/** Sentences are put together here, so that the rules meet hundreds that nobody wrote down. */
const DETERMINERS = [
  "The ",
  "This ",
  "The provided ",
  "The requested ",
  "The specified foundation ",
  "Your selected ",
  "",
];
const NOUNS = ["model", "model ID", "model identifier", "model ARN", "inference profile", "inference profile ID"];
const IDS = [
  "",
  " eu.anthropic.claude-x-9-v1:0",
  " 'us.amazon.nova-z-v2:0'",
  ' "openai.gpt-oss-7"',
  " (meta.llama9-1b-v1:0)",
  " arn:aws:bedrock:eu-west-1::foundation-model/cohere.command-z",
];
const RELATIVES = ["", " you requested", " that you provided", " you specified"];
const NAMES = [
  "anthropic.claude-x-9",
  "us.amazon.nova-z-v2:0",
  "vendor9.new-model-v1:0",
  "Claude Sonnet 9",
  "Amazon Nova 9 Pro",
];

const NEGATIONS = ["is not", "isn't", "isn’t", "is currently not"];
const PLACES = [
  "in this Region",
  "in the eu-west-3 Region",
  "in us-gov-west-1",
  "in your current region",
  "in the requested AWS Region",
  "for on-demand throughput",
  "for cross-region inference",
];
const ACCOUNTS = ["in your account", "for this account", "for your AWS account"];
const STATES = ["supported", "available", "enabled", "accessible", "allowed"];
const GONE = [
  "does not exist",
  "doesn't exist",
  "was not found",
  "could not be found",
  "cannot be resolved",
  "is invalid",
  "is not valid",
  "is unknown",
  "has been deprecated",
  "has reached the end of its life",
  "is no longer available",
  "is retired",
  "isn't supported",
  "is not enabled",
  "can't be invoked with on-demand throughput",
  "doesn't support on-demand throughput",
  "does not support cross-region inference",
  "requires an inference profile",
];
const TAILS = ["", ".", ". Check the documentation and try again.", ". Retry your request with another Region."];

const REQUESTS = [
  "tool use",
  "streaming",
  "tool use in streaming mode",
  "images",
  "documents with citations",
  "system prompts",
  "cache points",
  "the temperature field",
  "reasoning",
  "the Converse operation",
  "guardrails",
  "video input from an S3 URI",
  "batch inference",
];
const CALLERS_THINGS = [
  "The tool",
  "Tool 'search'",
  "The system prompt",
  "The model output schema",
  "The model parameter",
  "The image format",
  "messages.0.content.1: the value",
  "The document name",
  "toolConfig.tools.0.toolSpec.name",
  "The cache point",
  "The service tier",
  "The stop sequence",
  "The prompt resource",
  "document.name",
  "audio.sample-rate",
  "tools.0.custom-v1",
  "The region of the S3 bucket",
  "The image region",
  "The model's tool",
  "Unsupported model parameter: the value",
];

const subject: fc.Arbitrary<string> = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(...DETERMINERS),
      fc.constantFrom(...NOUNS),
      fc.constantFrom(...IDS),
      fc.constantFrom(...RELATIVES),
    )
    .map((parts) => parts.join("")),
  fc.constantFrom(...NAMES),
);
const refusal: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...GONE),
  fc
    .tuple(fc.constantFrom(...NEGATIONS), fc.constantFrom(...STATES), fc.constantFrom(...PLACES, ...ACCOUNTS))
    .map((parts) => parts.join(" ")),
);
const tail: fc.Arbitrary<string> = fc.constantFrom(...TAILS);
const feature: fc.Arbitrary<string> = fc.constantFrom(...REQUESTS);

describe("a sentence that denies a route", () => {
  it("is recognised, whatever it calls the model and however it says no", () => {
    fc.assert(
      fc.property(subject, refusal, tail, (who, no, after) => {
        expect(kindOf(`${who} ${no}${after}`), `${who} ${no}${after}`).toBe("invalid-route");
      }),
      { numRuns: 1500 },
    );
  });

  it("is recognised with the model as its object", () => {
    const opening = fc.constantFrom(
      ...["Could not find ", "Cannot resolve ", "Unable to locate ", "Failed to resolve "],
      ...[
        "You don't have access to ",
        "Your account does not have permission to invoke ",
        "You are not authorized to use ",
      ],
      ...[
        "Your account isn't authorized to invoke ",
        "You have not been granted access to ",
        "This account is not allowed to invoke ",
      ],
    );
    fc.assert(
      fc.property(opening, subject, tail, (verb, what, after) => {
        const sentence = `${verb}${what.charAt(0).toLowerCase()}${what.slice(1)}${after}`;
        expect(kindOf(sentence), sentence).toBe("invalid-route");
      }),
      { numRuns: 500 },
    );
  });

  it("is recognised with the denial before the model", () => {
    const opening = fc.constantFrom("Invalid ", "Unknown ", "Unsupported ", "Unrecognized ", "No such ", "No ");
    fc.assert(
      fc.property(opening, fc.constantFrom(...NOUNS), fc.constantFrom(...IDS.slice(1)), (adjective, noun, id) => {
        const sentence = `${adjective}${noun}${adjective === "No " ? " found for" : ":"}${id}`;
        expect(kindOf(sentence), sentence).toBe("invalid-route");
      }),
    );
  });
});

describe("a sentence about the request", () => {
  it("is never taken for a refusal of the route, though the model is its subject", () => {
    const no = fc.constantFrom(
      ...[
        "doesn't support",
        "does not support",
        "is not supported for",
        "isn't available for",
        "is unsupported for",
        "isn't supported with",
      ],
      ...[
        "cannot be used with",
        "is not enabled for",
        "is not supported in this Region for",
        "doesn't support on-demand throughput with",
      ],
      ...[
        "isn't available in us-east-1 with",
        "does not allow",
        "is deprecated for",
        "could not be found in",
        "is invalid for",
        "requires",
      ],
    );
    fc.assert(
      fc.property(subject, no, feature, tail, (who, verb, what, after) => {
        expect(kindOf(`${who} ${verb} ${what}${after}`), `${who} ${verb} ${what}${after}`).toBe("rejected");
      }),
      { numRuns: 1500 },
    );
  });

  it("is never taken for a refusal of the route when its subject is the caller's", () => {
    fc.assert(
      fc.property(fc.constantFrom(...CALLERS_THINGS), refusal, tail, (what, no, after) => {
        expect(kindOf(`${what} ${no}${after}`), `${what} ${no}${after}`).toBe("rejected");
      }),
      { numRuns: 1000 },
    );
  });

  it("is never taken for a refusal of the route when it names the model in passing", () => {
    const passing = fc.constantFrom(
      (what: string) => `${what} isn't supported for this model.`,
      (what: string) => `${what} is not available with the requested model in this Region.`,
      (what: string) => `Invalid value for ${what}: the model does not exist`,
      (what: string) => `You used ${what}, and the provided model is not supported.`,
      (what: string) => `Try again without ${what} or with a model that exists in this Region.`,
      (what: string) => `Could not find ${what} for the provided model identifier.`,
      (what: string) => `Unsupported model feature: ${what}`,
    );
    fc.assert(
      fc.property(passing, fc.constantFrom(...REQUESTS, ...CALLERS_THINGS), (sentence, what) => {
        expect(kindOf(sentence(what)), sentence(what)).toBe("rejected");
      }),
    );
  });

  it("is never taken for a refusal of the route when it quotes one", () => {
    fc.assert(
      fc.property(subject, refusal, (who, no) => {
        for (const quote of [
          `Invalid stop sequence: ${who} ${no}`,
          `messages.0.content: "${who} ${no}." is not allowed`,
        ]) {
          expect(kindOf(quote)).toBe("rejected");
        }
      }),
    );
  });
});

describe("a sentence written to look like a refusal of the route", () => {
  const file = new URL("fixtures/requests-that-name-models.txt", import.meta.url);
  it.each(readFileSync(file, "utf8").trim().split("\n"))("is about the request: %s", (sentence) => {
    expect(kindOf(sentence)).toBe("rejected");
    expect(kindOf(sentence.replace(/\.?$/, " and try again.").toLowerCase())).toBe("rejected");
  });
});

describe("a headline, without a verb", () => {
  it.each([
    ["Model access not granted", "invalid-route"],
    ["On-demand throughput not supported", "invalid-route"],
    ["inference profile required", "invalid-route"],
    ["Legacy model", "invalid-route"],
    ["Model not available in region", "invalid-route"],
    ["Bedrock not available in eu-south-9", "invalid-route"],
    ["Tool access not granted", "rejected"],
    ["Streaming not supported", "rejected"],
    ["toolConfig required", "rejected"],
    ["Legacy model format", "rejected"],
    ["Tool use not available in region", "rejected"],
    ["Model access not granted to the tool", "rejected"],
  ])("is read in the same way: %s", (sentence, kind) => {
    expect(kindOf(sentence)).toBe(kind);
  });
});

describe("routeRefusal", () => {
  it.each([
    ["the provided model identifier is invalid.", "model-identifier-invalid"],
    ["the model id field must be a string", undefined],
    ["model vendor.model-v1:0 does not exist", "model-identifier-invalid"],
    ["model tool does not exist", undefined],
    ["could not resolve the foundation model from the provided model identifier.", "model-identifier-invalid"],
    ["could not resolve the model output schema", undefined],
    ["the model you requested is not available in your region.", "model-not-in-region"],
    ["the model you requested is not available in json mode", undefined],
    ["this model is not supported for on-demand throughput", "on-demand-unsupported"],
    ["this model is not supported for tool use", undefined],
    ["this model version has reached the end of its life.", "end-of-life"],
    ["this model version is used with a deprecated field", undefined],
    ["anthropic.claude-x is not available for this account. contact aws sales", "model-not-for-account"],
    ["your account is not authorized to invoke this model.", "no-model-access"],
    ["your account is not authorized to invoke this model. accept the eula first.", undefined],
    ["your account is not authorized to access this model.", undefined],
    ["the specified region is not supported for this operation.", "model-not-in-region"],
    ["the specified region is not supported for images.", undefined],
    ["could not validate the provided model identifier", "model-identifier-invalid"],
    ["could not validate the model output", undefined],
    ["the model is not available.", "model-identifier-invalid"],
    ["the model is currently not available, try again later.", undefined],
    ["the model is not supported. remove the toolconfig and try again.", undefined],
  ] as const)("reads “%s” as %s", (text, family) => {
    expect(routeRefusal(text)).toBe(family);
  });

  it("is done at once with whatever it gets", () => {
    const words = ["the ", "model ", "claude ", "x.y-1 ", "in ", "region ", "with ", "'", "not ", "on-demand "];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { maxLength: 2000 }), (parts) => {
        routeRefusal(parts.join(""));
      }),
    );
  }, 5000);
});

function kindOf(message: string): string {
  const $metadata = { httpStatusCode: 400 };
  const error = Object.assign(new Error(message), { name: "ValidationException", $metadata });
  return classify(error, { aborted: false, movedRegion: true, route }).kind;
}
