import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canBeModelId, type ModelRef, parseModelRef } from "../../src/profiles/model-ref.ts";
import { facts } from "./cases/facts.ts";

const profiles = facts.profiles.map(({ id, geography, model }) => ({ id, geography, model }));
const models = [
  ...new Set([
    ...facts.profiles.map(({ model }) => model),
    ...facts.inRegionModels.map(({ modelId }) => modelId),
    ...facts.prices.map(({ model }) => model),
  ]),
];
const partition = fc.constantFrom("aws", "aws-us-gov", "aws-cn");
const region = fc.constantFrom("us-east-1", "eu-central-1", "us-gov-west-1", "cn-north-1", "ap-southeast-9");
const account = fc.stringMatching(/^\d{12}$/);

describe("parseModelRef of an id", () => {
  it.each(models)("takes %s for a foundation model", (model) => {
    expect(parseModelRef(model)).toEqual({ kind: "foundation-model", modelId: model, model });
  });

  it.each(profiles)("takes $id for the $geography profile of $model", ({ id, geography, model }) => {
    expect(parseModelRef(id)).toEqual({ kind: "system-profile", modelId: id, profileId: id, geography, model });
  });

  it.each([
    ["anthropic.claude-3-haiku-20240307-v1:0:200k", "anthropic.claude-3-haiku-20240307-v1:0", "200k"],
    ["anthropic.claude-v2:1:200k", "anthropic.claude-v2:1", "200k"],
    ["anthropic.claude-instant-v1:2:100k", "anthropic.claude-instant-v1:2", "100k"],
    ["amazon.nova-premier-v1:0:mm", "amazon.nova-premier-v1:0", "mm"],
    ["cohere.embed-english-v3:0:512", "cohere.embed-english-v3:0", "512"],
    ["cohere.embed-english-v3:18k", "cohere.embed-english-v3", "18k"],
  ])("splits the context suffix off %s", (modelId, model, contextSuffix) => {
    expect(parseModelRef(modelId)).toEqual({ kind: "foundation-model", modelId, model, contextSuffix });
  });

  it("splits the context suffix off a profile id, so that the profile is found in a catalog", () => {
    expect(parseModelRef("us.anthropic.claude-3-haiku-20240307-v1:0:200k")).toEqual({
      kind: "system-profile",
      modelId: "us.anthropic.claude-3-haiku-20240307-v1:0:200k",
      profileId: "us.anthropic.claude-3-haiku-20240307-v1:0",
      geography: "us",
      model: "anthropic.claude-3-haiku-20240307-v1:0",
      contextSuffix: "200k",
    });
  });

  it.each([
    ["kr.anthropic.claude-x", "kr", "anthropic.claude-x"],
    ["amer.openai.gpt-7.5", "amer", "openai.gpt-7.5"],
    ["eusc-de.amazon.nova-3-v1:0", "eusc-de", "amazon.nova-3-v1:0"],
    ["us-gov.newvendor.model-1.5", "us-gov", "newvendor.model-1.5"],
    ["global.newvendor.model-1.5", "global", "newvendor.model-1.5"],
    ["kr.newvendor.model-1.5", "kr", "newvendor.model-1.5"],
  ])("takes %s for a profile, although its prefix or vendor is new", (id, geography, model) => {
    expect(parseModelRef(id)).toEqual({ kind: "system-profile", modelId: id, profileId: id, geography, model });
  });

  it.each([
    "newvendor.model-1",
    "newvendor.model-1.5",
    "newvendor.v3.2",
    "kr.model-2.5",
    "kr.v3.2",
    "google.google.gemma",
  ])("takes %s for a foundation model, although it is new", (model) => {
    expect(parseModelRef(model)).toEqual({ kind: "foundation-model", modelId: model, model });
  });

  it.each([
    "",
    " ",
    "\n",
    "claude",
    "v8gtbe8pryd4",
    "us.claude",
    ".anthropic.claude",
    "us..claude",
    "Anthropic.Claude",
    " anthropic.claude-v2",
    "anthropic.claude-v2:0:1:2",
    "arn:",
    "arn:aws:bedrock",
  ])("does not guess what %j means", (modelId) => {
    expect(parseModelRef(modelId)).toEqual({ kind: "unknown", modelId });
  });
});

describe("parseModelRef of an ARN", () => {
  it("reads a foundation-model ARN, with the Region-less one standing for no Region", () => {
    fc.assert(
      fc.property(partition, fc.option(region), fc.constantFrom(...models), (aws, where, model) => {
        const modelId = `arn:${aws}:bedrock:${where ?? ""}::foundation-model/${model}`;
        const place = where === null ? {} : { region: where };
        expect(parseModelRef(modelId)).toEqual({ kind: "foundation-model", modelId, model, ...place });
      }),
    );
  });

  it("reads a profile ARN to the same profile as its id", () => {
    fc.assert(
      fc.property(partition, region, account, fc.constantFrom(...profiles), (aws, where, owner, { id }) => {
        const modelId = `arn:${aws}:bedrock:${where}:${owner}:inference-profile/${id}`;
        expect(parseModelRef(modelId)).toEqual({ ...parseModelRef(id), modelId, region: where });
      }),
    );
  });

  it("needs no known vendor in a profile ARN, because the ARN says what it is", () => {
    const modelId = "arn:aws:bedrock:ap-northeast-2:123:inference-profile/amer.newvendor.model-1.5";
    expect(parseModelRef(modelId)).toMatchObject({ geography: "amer", model: "newvendor.model-1.5" });
  });

  it("splits the context suffix off a foundation-model ARN", () => {
    const modelId = "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-v2:1:200k";
    expect(parseModelRef(modelId)).toMatchObject({
      model: "anthropic.claude-v2:1",
      contextSuffix: "200k",
      region: "us-east-1",
    });
  });

  it("reads Region and account of an application inference profile", () => {
    const modelId = "arn:aws-us-gov:bedrock:us-gov-west-1:111122223333:application-inference-profile/v8gtbe8pryd4";
    expect(parseModelRef(modelId)).toEqual({
      kind: "application-profile",
      modelId,
      region: "us-gov-west-1",
      account: "111122223333",
    });
  });

  it.each([
    ["bedrock", "provisioned-model/my5z8r2abcde", "provisioned-model"],
    ["bedrock", "custom-model/amazon.nova-lite-v1:0/abcdefghijkl", "custom-model"],
    ["bedrock", "custom-model-deployment/abcdefghijkl", "custom-model-deployment"],
    ["bedrock", "imported-model/abcdefghijkl", "imported-model"],
    ["bedrock", "prompt/ABCDEFGHIJ:12", "prompt"],
    ["bedrock", "prompt-router/abcdefghijkl", "prompt-router"],
    ["bedrock", "default-prompt-router/anthropic.claude:1", "prompt-router"],
    ["sagemaker", "endpoint/my-Endpoint", "marketplace-endpoint"],
  ] as const)("binds %s %s to the Region of its ARN, as %s", (service, resource, kind) => {
    fc.assert(
      fc.property(partition, region, account, (aws, where, owner) => {
        const modelId = `arn:${aws}:${service}:${where}:${owner}:${resource}`;
        expect(parseModelRef(modelId)).toEqual({ kind, modelId, region: where });
      }),
    );
  });

  it.each([
    "arn:aws:bedrock:us-east-1:123:guardrail/abc",
    "arn:aws:s3:::bucket/key",
    "arn:aws:sagemaker:us-east-1:123:model/abc",
    "arn:aws:bedrock:us-east-1:123:endpoint/abc",
    "arn:aws:sagemaker:us-east-1:123:provisioned-model/abc",
    "arn:aws:bedrock::123:application-inference-profile/abc",
    "arn:aws:bedrock:us-east-1:123:inference-profile/opaque",
    "arn:aws:bedrock:us-east-1:123:inference-profile/anthropic.claude-v2.1",
    "arn:aws:bedrock:us-east-1::foundation-model/",
    "arn:aws:bedrock:us-east-1:123:prompt/a b",
    "arn:aws:bedrock:us-east-1:123:provisioned-model/../inference-profile/global.anthropic.claude-sonnet-4-6",
    "arn:aws:bedrock:us-east-1:123:provisioned-model/a/b",
    "arn:aws:bedrock:us-east-1:123:imported-model/..",
    "arn:aws:bedrock:us-east-1:123:application-inference-profile/a%2F..",
    "arn:aws:bedrock:us-east-1:123:custom-model/a.b/c/d",
    "arn:aws:bedrock:us-east-1:123:custom-model/../imported-model",
    "arn:aws:bedrock:us-east-1:123:custom-model-deployment/a?b",
    "arn:aws:sagemaker:us-east-1:123:endpoint/a/invocations",
  ])("does not guess what %s means", (modelId) => {
    expect(parseModelRef(modelId)).toEqual({ kind: "unknown", modelId });
  });
});

describe("canBeModelId", () => {
  it.each(["anthropic.claude", "v8gtbe8pryd4", "arn:aws:bedrock:us-east-1:123:unheard-of/thing", "Claude", "a_b"])(
    "takes %j",
    (text) => expect(canBeModelId(text)).toBe(true),
  );
  it.each(["", " ", "anthropic. claude", "anthropic.claude\n", "modèle", "x".repeat(2_049)])("refuses %j", (text) => {
    expect(canBeModelId(text)).toBe(false);
  });
});

describe("parseModelRef of any text", () => {
  const pieces = fc.constantFrom(
    "arn:",
    "aws",
    "bedrock",
    ":",
    "/",
    ".",
    "-",
    "us",
    "kr",
    "anthropic",
    "inference-profile",
    "1",
    "é",
    " ",
  );
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: "binary" }),
    fc.array(pieces, { maxLength: 14 }).map((all) => all.join("")),
  );

  it("never throws, keeps the text, and is frozen", () => {
    fc.assert(
      fc.property(text, (modelId) => {
        const ref = parseModelRef(modelId);
        expect(ref.modelId).toBe(modelId);
        expect(Object.isFrozen(ref)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it("finds prefix, vendor and model again in every profile id that it accepts", () => {
    fc.assert(
      fc.property(text, (modelId) => {
        const ref: ModelRef = parseModelRef(modelId);
        if (ref.kind !== "system-profile") return;
        expect(ref.profileId).toBe(`${ref.geography}.${ref.model}`);
        expect(ref.model).toContain(".");
        expect(modelId).toContain(ref.profileId);
      }),
      { numRuns: 1000 },
    );
  });

  it("reads a hostile text of 100,000 characters without catastrophic backtracking", () => {
    const hostile = [
      "a-".repeat(50_000),
      "a.".repeat(50_000),
      `arn:aws${"-a".repeat(50_000)}`,
      `a.b${":1".repeat(50_000)}`,
    ];
    for (const modelId of hostile) expect(parseModelRef(modelId).kind).toBe("unknown");
  });
});
