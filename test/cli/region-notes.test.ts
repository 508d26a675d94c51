import { afterEach, describe, expect, it } from "vitest";
import { regionNotes } from "../../src/cli/region-notes.ts";
import { createSimulator, type Simulator, type SimulatorOptions } from "../../src/simulator/index.ts";

const TWO = ["eu-central-1", "eu-west-1"];
let simulator: Simulator;
afterEach(() => simulator.close());

async function notes(options: SimulatorOptions, regions: readonly string[] = TWO): Promise<readonly string[]> {
  simulator = await createSimulator({ timeScale: 0, ...options });
  return regionNotes(regions, (region) => simulator.clientConfig({ region }));
}

describe("what differs between source Regions", () => {
  it("is nothing when all are set alike, and is not asked of one", async () => {
    const alike = TWO.map((sourceRegion) => ({ id: "abc123", sourceRegion, enforced: true }));
    expect(await notes({ guardrails: alike, dataRetention: { "eu-central-1": "none", "eu-west-1": "none" } })).toEqual(
      [],
    );
    await simulator.close();
    expect(await notes({ dataRetention: { "eu-central-1": "none" } }, ["eu-central-1"])).toEqual([]);
    expect(simulator.requests()).toEqual([]);
  });

  it("is how long data is kept, and which guardrails are enforced", async () => {
    const guardrails = [
      { id: "abc123", sourceRegion: "eu-central-1", enforced: true },
      { id: "def456", sourceRegion: "eu-west-1" },
    ];
    expect(await notes({ guardrails, dataRetention: { "eu-west-1": "provider_data_share" } })).toEqual([
      "Data retention differs: default in eu-central-1; provider_data_share in eu-west-1.",
      "What guardrails are enforced differs: abc123 version 1 in eu-central-1; none in eu-west-1.",
    ]);
  });

  it("says what could not be asked", async () => {
    expect(await notes({ disabledRegions: ["eu-west-1"] })).toEqual([
      "Data retention was not compared in eu-west-1: GetAccountDataRetention answered UnrecognizedClientException.",
      "What guardrails are enforced was not compared in eu-west-1: ListEnforcedGuardrailsConfiguration answered UnrecognizedClientException.",
    ]);
  });
});
