import {
  type FoundationModelSummary,
  GetFoundationModelCommand,
  GetInferenceProfileCommand,
  ListFoundationModelsCommand,
  ListInferenceProfilesCommand,
  paginateListInferenceProfiles,
} from "@aws-sdk/client-bedrock";
import { ApplyGuardrailCommand, ListAsyncInvokesCommand } from "@aws-sdk/client-bedrock-runtime";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createSimulator, type Simulator } from "../../src/simulator/index.ts";
import { controlClient, failureOf, runtimeClient } from "./sdk-clients.ts";
import { catalogOf } from "./worlds.ts";

const model = "vendor.model-v1:0";
const catalog = catalogOf(
  [
    { id: `us.${model}`, destinations: { "us-east-1": ["us-east-1", "us-west-2"], "us-west-2": ["us-west-2"] } },
    { id: `global.${model}`, destinations: { "us-east-1": ["*"], "eu-west-1": ["*"] } },
    { id: `eu.${model}`, destinations: { "eu-west-1": ["eu-west-1"] } },
    { id: "us.vendor.other", destinations: { "us-east-1": ["us-east-1"] } },
    { id: "us.vendor.third", destinations: { "us-east-1": ["us-east-1"] } },
  ],
  { [model]: ["us-east-1"], "vendor.only-on-demand": ["us-east-1"] },
);

let simulator: Simulator;
beforeAll(async () => {
  const applicationProfiles = [
    { id: "v8gtbe8pryd4", sourceRegion: "us-east-1", copyFrom: `us.${model}`, name: "chat" },
  ];
  simulator = await createSimulator({ timeScale: 0, catalog, applicationProfiles });
});
beforeEach(() => simulator.clearScript());
afterAll(() => simulator.close());

describe("ListInferenceProfiles", () => {
  it("lists what can be called from a Region, a page at a time", async () => {
    const pages: (string | undefined)[][] = [];
    const client = controlClient(simulator, "us-east-1");
    for await (const page of paginateListInferenceProfiles({ client }, { maxResults: 3 })) {
      pages.push((page.inferenceProfileSummaries ?? []).map((summary) => summary.inferenceProfileId));
    }
    expect(pages).toEqual([[`us.${model}`, `global.${model}`, "us.vendor.other"], ["us.vendor.third"]]);
  });

  it("lists system-defined profiles unless others are asked for", async () => {
    const client = controlClient(simulator, "us-east-1");
    const { inferenceProfileSummaries } = await client.send(
      new ListInferenceProfilesCommand({ typeEquals: "APPLICATION" }),
    );
    expect(inferenceProfileSummaries).toMatchObject([
      {
        inferenceProfileId: "v8gtbe8pryd4",
        inferenceProfileName: "chat",
        type: "APPLICATION",
        inferenceProfileArn: "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/v8gtbe8pryd4",
      },
    ]);
    const ofAnotherRegion = controlClient(simulator, "us-west-2").send(
      new ListInferenceProfilesCommand({ typeEquals: "APPLICATION" }),
    );
    expect((await ofAnotherRegion).inferenceProfileSummaries).toEqual([]);
  });

  it.each([
    [
      { maxResults: 1_001 },
      /Value '1001' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 1000$/,
    ],
    [
      { maxResults: 0 },
      /Value '0' at 'maxResults' failed to satisfy constraint: Member must have value greater than or equal to 1$/,
    ],
    [{ nextToken: "nonsense" }, /nextToken/],
    [
      { typeEquals: "NONE" as "APPLICATION" },
      /at 'typeEquals' failed to satisfy constraint: Member must satisfy enum value set/,
    ],
  ])("refuses %j", async (input, message) => {
    const error = await failureOf(controlClient(simulator, "us-east-1").send(new ListInferenceProfilesCommand(input)));
    expect(error.name).toBe("ValidationException");
    expect(error.message).toMatch(message);
  });

  it("gets a fault only from a rule that names it", async () => {
    simulator.rule({ fault: { kind: "throttle" } });
    const client = controlClient(simulator, "us-east-1");
    await expect(client.send(new ListInferenceProfilesCommand({}))).resolves.toBeDefined();
    simulator.rule({
      match: { operation: "ListInferenceProfiles" },
      fault: { kind: "access-denied", by: "no-identity-based-policy" },
    });
    const error = await failureOf(client.send(new ListInferenceProfilesCommand({})));
    expect(error.message).toMatch(/bedrock:ListInferenceProfiles action$/);
  });
});

describe("GetInferenceProfile", () => {
  it.each([
    ["its id", `us.${model}`, "us-east-1"],
    ["its ARN", `arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.${model}`, "us-east-1"],
  ])("finds a profile by %s", async (_by, inferenceProfileIdentifier, region) => {
    const profile = await controlClient(simulator, region).send(
      new GetInferenceProfileCommand({ inferenceProfileIdentifier }),
    );
    expect(profile).toMatchObject({ inferenceProfileId: `us.${model}`, status: "ACTIVE", type: "SYSTEM_DEFINED" });
    expect(profile.createdAt).toBeInstanceOf(Date);
  });

  it("finds an application profile by its ARN", async () => {
    const inferenceProfileIdentifier =
      "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/v8gtbe8pryd4";
    const profile = await controlClient(simulator, "us-east-1").send(
      new GetInferenceProfileCommand({ inferenceProfileIdentifier }),
    );
    expect(profile.models?.map(({ modelArn }) => modelArn)).toEqual([
      `arn:aws:bedrock:us-east-1::foundation-model/${model}`,
      `arn:aws:bedrock:us-west-2::foundation-model/${model}`,
    ]);
  });

  it.each([
    [`eu.${model}`, "us-east-1"],
    ["nonsense", "us-east-1"],
    [`arn:aws:bedrock:us-west-2:111122223333:inference-profile/us.${model}`, "us-east-1"],
  ])("does not find %s in %s", async (inferenceProfileIdentifier, region) => {
    const error = await failureOf(
      controlClient(simulator, region).send(new GetInferenceProfileCommand({ inferenceProfileIdentifier })),
    );
    expect(error).toMatchObject({ name: "ResourceNotFoundException", $metadata: { httpStatusCode: 404 } });
  });
});

describe("ListFoundationModels", () => {
  async function list(region: string, input = {}): Promise<readonly FoundationModelSummary[]> {
    return (await controlClient(simulator, region).send(new ListFoundationModelsCommand(input))).modelSummaries ?? [];
  }

  it("says how each model can be called in a Region", async () => {
    const types = (await list("us-east-1")).map((summary) => [summary.modelId, summary.inferenceTypesSupported]);
    expect(Object.fromEntries(types)).toEqual({
      [model]: ["ON_DEMAND", "INFERENCE_PROFILE"],
      "vendor.only-on-demand": ["ON_DEMAND"],
      "vendor.other": ["INFERENCE_PROFILE"],
      "vendor.third": ["INFERENCE_PROFILE"],
    });
    expect((await list("us-west-2")).map((summary) => summary.modelId)).toEqual([model]);
  });

  it("filters by provider and by the way of calling", async () => {
    expect(await list("us-east-1", { byProvider: "nobody" })).toEqual([]);
    expect(await list("us-east-1", { byProvider: "Vendor" })).toHaveLength(4);
    expect(await list("us-east-1", { byInferenceType: "ON_DEMAND" })).toHaveLength(2);
  });

  it("describes one model", async () => {
    const client = controlClient(simulator, "us-east-1");
    const { modelDetails } = await client.send(new GetFoundationModelCommand({ modelIdentifier: model }));
    expect(modelDetails).toMatchObject({ modelId: model, providerName: "Vendor", responseStreamingSupported: true });
    const error = await failureOf(client.send(new GetFoundationModelCommand({ modelIdentifier: "vendor.none" })));
    expect(error.name).toBe("ResourceNotFoundException");
  });
});

describe("runtime operations without a model", () => {
  it("answer with nothing to say", async () => {
    const client = runtimeClient(simulator, { region: "us-east-1" });
    const guardrail = { guardrailIdentifier: "g", guardrailVersion: "1", source: "INPUT", content: [] } as const;
    expect((await client.send(new ApplyGuardrailCommand({ ...guardrail, content: [] }))).action).toBe("NONE");
    expect((await client.send(new ListAsyncInvokesCommand({}))).asyncInvokeSummaries).toEqual([]);
  });
});
