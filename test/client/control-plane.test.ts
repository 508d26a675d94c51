import { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { afterEach, describe, expect, it } from "vitest";
import { ControlPlane, type LoadControlPlane } from "../../src/client/control-plane.ts";
import { controlPlaneConfig } from "../../src/client/control-plane-config.ts";
import { bundledCatalog } from "../../src/profiles/bundled-catalog.ts";
import { MissingPackage } from "../../src/router/catalog-problem.ts";
import { createSimulator, type Simulator, type SimulatorOptions } from "../../src/simulator/index.ts";
import { listingOf } from "../support/listings.ts";

const SONNET = "anthropic.claude-sonnet-4-6";
const ACCOUNT = "arn:aws:bedrock:eu-central-1:111122223333";
const never = new AbortController().signal;
const open: AsyncDisposable[] = [];

afterEach(async () => {
  for (const resource of open.splice(0)) await resource[Symbol.asyncDispose]();
});

describe("the listing of a source Region", () => {
  it("tells what the Region has, over the real SDK", async () => {
    const applicationProfiles = [
      { id: "chat", sourceRegion: "eu-central-1", copyFrom: `eu.${SONNET}` },
      { id: "elsewhere", sourceRegion: "us-east-1", copyFrom: `us.${SONNET}` },
    ];
    const { controlPlane } = await setUp({ applicationProfiles });
    const { parts, problems } = await controlPlane.listRegion("eu-central-1", never);
    const expected = listingOf(bundledCatalog(), "eu-central-1");
    expect(problems).toEqual([]);
    expect(byId(parts.profiles)).toEqual(byId(expected.profiles?.map(known)));
    expect([...(parts.inRegionModels ?? [])].sort()).toEqual(expected.inRegionModels);
    expect(parts.applicationProfiles).toEqual([
      {
        arn: `${ACCOUNT}:application-inference-profile/chat`,
        model: SONNET,
        destinationRegions: bundledCatalog().profile(`eu.${SONNET}`)?.destinations["eu-central-1"],
      },
    ]);
  });

  it("reads every page", async () => {
    const { simulator, controlPlane } = await setUp();
    const pages = [page(["eu.acme.one"], "more"), page(["eu.acme.two"], "last"), page(["eu.acme.three"])];
    for (const body of pages) answer(simulator, body, 1);
    const { parts } = await controlPlane.listRegion("eu-central-1", never);
    // Both kinds of profile are listed at the same time and share the scripted pages.
    const all = [...(parts.profiles ?? []), ...(parts.applicationProfiles ?? [])];
    expect(simulator.requests({ operation: "ListInferenceProfiles" }).length).toBeGreaterThan(3);
    expect(all.length).toBeGreaterThan(0);
  });

  it("uses no part of a listing that breaks off", async () => {
    const { simulator, controlPlane } = await setUp();
    answer(simulator, page(["eu.acme.one"], "more"), 2);
    simulator.rule({ match: { operation: "ListInferenceProfiles" }, fault: { kind: "access-denied" } });
    const { parts, problems } = await controlPlane.listRegion("eu-central-1", never);
    expect(Object.keys(parts)).toEqual(["inRegionModels", "endOfLife"]);
    expect(problems).toMatchObject([{ operation: "ListInferenceProfiles", reason: "denied" }]);
  });

  it("gives up pages that never end", async () => {
    const { simulator, controlPlane } = await setUp();
    answer(simulator, page(["eu.acme.one"], "again"));
    const { parts, problems } = await controlPlane.listRegion("eu-central-1", never);
    expect(parts.profiles).toBeUndefined();
    expect(problems[0]?.detail).toContain("pages without end");
  });

  it("tells when the life of a model ends", async () => {
    const { simulator, controlPlane } = await setUp();
    const endOfLifeTime = "2027-01-08T00:00:00Z";
    const summary = {
      modelId: SONNET,
      inferenceTypesSupported: [],
      modelLifecycle: { status: "LEGACY", endOfLifeTime },
    };
    respond(simulator, "ListFoundationModels", JSON.stringify({ modelSummaries: [summary] }));
    const { parts } = await controlPlane.listRegion("eu-central-1", never);
    expect(parts).toMatchObject({ inRegionModels: [], endOfLife: [{ model: SONNET, date: "2027-01-08" }] });
  });

  it("gives up more profiles than AWS can have, at once", async () => {
    const { simulator, controlPlane } = await setUp();
    const ids = Array.from({ length: 100_000 }, (_, index) => `eu.acme.model-${index}`);
    respond(simulator, "ListInferenceProfiles", page(ids));
    const { parts, problems } = await controlPlane.listRegion("eu-central-1", never);
    expect(parts.profiles).toBeUndefined();
    expect(problems[0]).toMatchObject({ reason: "malformed" });
    expect(problems[0]?.detail).toContain("more than 10000 profiles");
  });

  it("believes nobody who lists no profile that could be one", async () => {
    const { simulator, controlPlane } = await setUp();
    respond(simulator, "ListInferenceProfiles", page(["Global.acme.model", "__proto__"]));
    const { parts, problems } = await controlPlane.listRegion("eu-central-1", never);
    expect(parts.profiles).toBeUndefined();
    expect(problems).toMatchObject([{ operation: "ListInferenceProfiles", reason: "malformed" }]);
  });

  it.each<[string, string]>([
    ["an empty list", '{"inferenceProfileSummaries":[],"modelSummaries":[]}'],
    ["no list", "{}"],
    ["a page of HTML", "<html></html>"],
  ])("does not believe %s", async (_title, body) => {
    const { simulator, controlPlane } = await setUp();
    for (const operation of ["ListInferenceProfiles", "ListFoundationModels"] as const) {
      respond(simulator, operation, body);
    }
    const { parts, problems } = await controlPlane.listRegion("eu-central-1", never);
    expect(parts.profiles).toBeUndefined();
    expect(parts.inRegionModels).toBeUndefined();
    expect(problems.map(({ reason }) => reason)).toEqual(["malformed", "malformed"]);
  });

  it("says what is denied, slow or out of reach", async () => {
    const { simulator, controlPlane } = await setUp({ disabledRegions: ["eu-south-1"] });
    expect(await reasons(controlPlane, "eu-south-1")).toEqual(["denied", "denied"]);
    const hanging = simulator.rule({ match: { operation: "ListFoundationModels" }, fault: { kind: "hang" } });
    const limit = new AbortController();
    const slow = controlPlane.listRegion("eu-central-1", limit.signal);
    await simulator.takeRequest({ operation: "ListFoundationModels", sourceRegion: "eu-central-1" });
    limit.abort();
    expect((await slow).problems.map(({ reason }) => reason)).toContain("timeout");
    hanging.remove();
    await simulator.close();
    expect(await reasons(controlPlane, "eu-central-1")).toEqual(["unreachable", "unreachable"]);
  });

  it("says which package is missing, and finds it once it is there", async () => {
    let missing = true;
    const { controlPlane } = await setUp({}, async () => {
      if (!missing) return import("@aws-sdk/client-bedrock");
      throw new MissingPackage("@aws-sdk/client-bedrock");
    });
    expect(await reasons(controlPlane, "eu-central-1")).toEqual(["package-missing"]);
    missing = false;
    expect(await reasons(controlPlane, "eu-central-1")).toEqual([]);
  });
});

describe("an application profile", () => {
  it("tells its model and destination Regions", async () => {
    const applicationProfiles = [{ id: "chat", sourceRegion: "eu-central-1", copyFrom: `global.${SONNET}` }];
    const { controlPlane } = await setUp({ applicationProfiles });
    const arn = `${ACCOUNT}:application-inference-profile/chat`;
    expect(await controlPlane.getProfile(arn, "eu-central-1", never)).toEqual({
      arn,
      model: SONNET,
      destinationRegions: ["*"],
    });
    const gone = await controlPlane.getProfile(`${ACCOUNT}:application-inference-profile/gone`, "eu-central-1", never);
    expect(gone).toMatchObject({ operation: "GetInferenceProfile", reason: "not-found" });
  });
});

describe("a guardrail", () => {
  it("tells its guardrail profile, if it has one", async () => {
    const guardrails = [
      { id: "local", sourceRegion: "eu-central-1" },
      { id: "wide", sourceRegion: "eu-central-1", profileId: "eu.guardrail.v1:0" },
    ];
    const { simulator, controlPlane } = await setUp({ guardrails });
    const ask = (id: string, version?: string) =>
      controlPlane.getGuardrail({ id, version, region: "eu-central-1" }, never);
    expect(await ask("local", "1")).toEqual({ profileId: undefined });
    expect(await ask("wide")).toEqual({ profileId: "eu.guardrail.v1:0" });
    expect(await ask("nobody")).toMatchObject({
      operation: "GetGuardrail",
      reason: "not-found",
      detail: "GetGuardrail found no such guardrail in eu-central-1",
    });
    respond(simulator, "GetGuardrail", "{}");
    expect(await ask("local")).toMatchObject({ reason: "malformed" });
  });
});

async function setUp(
  options: SimulatorOptions = {},
  load?: LoadControlPlane,
): Promise<{ readonly simulator: Simulator; readonly controlPlane: ControlPlane }> {
  const simulator = await createSimulator({ timeScale: 0, ...options });
  const config = simulator.clientConfig({ region: "eu-central-1" });
  const parent = new BedrockRuntimeClient(config);
  const controlPlane = new ControlPlane(
    async (region) => ({
      ...(await controlPlaneConfig(region, parent, config, { dataPlane: {}, controlPlane: {} })),
      maxAttempts: 1,
    }),
    load,
  );
  open.push(simulator, { [Symbol.asyncDispose]: async () => controlPlane.close() });
  return { simulator, controlPlane };
}

async function reasons(controlPlane: ControlPlane, region: string): Promise<readonly string[]> {
  return (await controlPlane.listRegion(region, never)).problems.map(({ reason }) => reason);
}

function page(ids: readonly string[], nextToken?: string): string {
  const modelArn = "arn:aws:bedrock:eu-west-1::foundation-model/acme.model";
  const inferenceProfileSummaries = ids.map((id) => ({
    inferenceProfileId: id,
    inferenceProfileArn: `${ACCOUNT}:inference-profile/${id}`,
    models: [{ modelArn }],
    status: "ACTIVE",
  }));
  return JSON.stringify({ inferenceProfileSummaries, nextToken });
}

function answer(simulator: Simulator, body: string, times?: number): void {
  respond(simulator, "ListInferenceProfiles", body, times);
}

function respond(
  simulator: Simulator,
  operation: "ListInferenceProfiles" | "ListFoundationModels" | "GetGuardrail",
  body: string,
  times?: number,
): void {
  const fault = { kind: "respond", status: 200, headers: { "content-type": "application/json" }, body } as const;
  simulator.rule({ match: { operation }, fault, ...(times === undefined ? {} : { times }) });
}

function byId<Listed extends { readonly id: string }>(list: readonly Listed[] = []): readonly Listed[] {
  return [...list].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The API always names destination Regions; the simulator knows the source Region at least. */
function known<Listed extends { readonly destinationRegions: readonly string[] }>(profile: Listed): Listed {
  const { destinationRegions } = profile;
  const told = destinationRegions.includes("unknown") ? ["eu-central-1"] : [...destinationRegions].sort();
  return { ...profile, destinationRegions: told };
}
