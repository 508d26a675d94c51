import { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, it } from "vitest";
import { connectControlPlane } from "../../src/client/connect-control-plane.ts";
import { createSimulator } from "../../src/simulator/index.ts";

describe("connectControlPlane", () => {
  it("asks as the runtime client's caller, in any source Region", async () => {
    await using simulator = await createSimulator({ timeScale: 0 });
    const config = simulator.clientConfig({ region: "eu-central-1" });
    const endpoints = { dataPlane: {}, controlPlane: {} };
    const controlPlane = connectControlPlane(new BedrockRuntimeClient(config), config, endpoints);
    expect((await controlPlane.listRegion("us-west-2", new AbortController().signal)).problems).toEqual([]);
    expect(new Set(simulator.requests().map(({ sourceRegion }) => sourceRegion))).toEqual(new Set(["us-west-2"]));
    controlPlane.close();
  });
});
