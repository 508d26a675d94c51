import {
  GetAccountDataRetentionCommand,
  GetFoundationModelCommand,
  GetGuardrailCommand,
  ListEnforcedGuardrailsConfigurationCommand,
} from "@aws-sdk/client-bedrock";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSimulator, type Simulator } from "../../src/simulator/index.ts";
import { controlClient, failureOf } from "./sdk-clients.ts";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await createSimulator({
    timeScale: 0,
    guardrails: [
      { id: "abc123", sourceRegion: "us-east-1", profileId: "us.guardrail.v1:0", enforced: true },
      { id: "def456", sourceRegion: "us-east-1" },
    ],
    dataRetention: { "us-east-1": "none" },
  });
});
afterAll(() => simulator.close());

describe("the account", () => {
  it("has guardrails in their Regions, with and without a profile", async () => {
    const client = controlClient(simulator, "us-east-1");
    const get = (guardrailIdentifier: string, guardrailVersion?: string) =>
      client.send(new GetGuardrailCommand({ guardrailIdentifier, guardrailVersion }));
    const arn = "arn:aws:bedrock:us-east-1:111122223333:guardrail/abc123";
    expect(await get("abc123", "3")).toMatchObject({
      guardrailId: "abc123",
      guardrailArn: arn,
      version: "3",
      crossRegionDetails: { guardrailProfileId: "us.guardrail.v1:0" },
    });
    expect((await get(arn)).guardrailId).toBe("abc123");
    expect((await get("def456")).crossRegionDetails).toBeUndefined();
    expect(await failureOf(get("nobody"))).toMatchObject({ name: "ResourceNotFoundException" });
    const elsewhere = controlClient(simulator, "us-west-2").send(
      new GetGuardrailCommand({ guardrailIdentifier: "abc123" }),
    );
    expect(await failureOf(elsewhere)).toMatchObject({ name: "ResourceNotFoundException" });
  });

  it("enforces guardrails and retains data, Region by Region", async () => {
    const [virginia, oregon] = ["us-east-1", "us-west-2"].map((region) => controlClient(simulator, region));
    const enforced = (client = virginia) => client?.send(new ListEnforcedGuardrailsConfigurationCommand({}));
    const retention = (client = virginia) => client?.send(new GetAccountDataRetentionCommand({}));
    expect((await enforced())?.guardrailsConfig).toMatchObject([{ guardrailId: "abc123", guardrailVersion: "1" }]);
    expect((await enforced(oregon))?.guardrailsConfig).toEqual([]);
    expect([(await retention())?.mode, (await retention(oregon))?.mode]).toEqual(["none", "default"]);
    simulator.change({ guardrails: [], dataRetention: {} });
    expect((await enforced())?.guardrailsConfig).toEqual([]);
    expect((await retention())?.mode).toBe("default");
  });

  it("tells the end of a model's life", async () => {
    const modelIdentifier = "anthropic.claude-opus-4-1-20250805-v1:0";
    const client = controlClient(simulator, "us-east-1");
    const { modelDetails } = await client.send(new GetFoundationModelCommand({ modelIdentifier }));
    expect(modelDetails?.modelLifecycle).toEqual({
      status: "LEGACY",
      endOfLifeTime: new Date("2027-01-08T00:00:00Z"),
    });
  });
});
