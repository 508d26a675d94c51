import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { assembleRoutedClient } from "../../src/client/create-routed-client.ts";
import { resolveOptions } from "../../src/options/resolve-options.ts";
import { resolvePriors } from "../../src/options/resolve-priors.ts";
import { priorOf } from "../../src/plan/prior.ts";
import { around, madeResults } from "../cli/lab/made-results.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const tokyo = { sourceRegion: "ap-northeast-1" };
/** A world in which the global profile is the faster one in Tokyo: the opposite of what the latency lab found. */
const results = madeResults([
  [{ ...tokyo, geography: "global" }, around(500, 0.2)],
  [{ ...tokyo, geography: "jp" }, around(900, 0.2)],
  [{ sourceRegion: "eu-central-1" }, around(100, 0.2, 9)],
]);

function changed(path: string, value: unknown): unknown {
  const copy = JSON.parse(JSON.stringify(results));
  const names = path.split(".");
  names.slice(0, -1).reduce((object, name) => object[name], copy)[names.at(-1)!] = value;
  return copy;
}

async function planWith(priors: string | typeof results): Promise<readonly string[]> {
  const config = { region: "ap-northeast-1", routing: { policy: "latency" as const, priors } };
  const client = assembleRoutedClient(config, new VirtualClock(), () => 0.5);
  const { candidates } = await client.routing.plan("anthropic.claude-sonnet-4-6");
  client.destroy();
  return candidates.map(({ route, reasons }) => `${route.modelId}: ${reasons.join("; ")}`);
}

describe("resolvePriors", () => {
  it("lets a client start from the user's own measurements, and its plan say so", async () => {
    const [first, second] = await planWith(results);
    expect(first).toMatch(/^global\..*your measurements of 2026-04-12, 30 samples/);
    expect(second).toMatch(/^jp\./);
  });

  it("reads them from a file as well", async () => {
    const folder = mkdtempSync(join(tmpdir(), "priors-"));
    writeFileSync(join(folder, "results.json"), JSON.stringify(results));
    expect(await planWith(join(folder, "results.json"))).toEqual(await planWith(results));
    rmSync(folder, { recursive: true });
  });

  it("keeps the built-in expectation without measurements, and of routes with fewer than ten samples", () => {
    expect(resolveOptions({ policy: "latency" }).priorOf).toBe(priorOf);
    const frankfurt = {
      key: "eu-central-1|eu.anthropic.claude-sonnet-4-6",
      sourceRegion: "eu-central-1",
      modelId: "eu.anthropic.claude-sonnet-4-6",
      model: "anthropic.claude-sonnet-4-6",
      kind: "geographic" as const,
      geography: "eu",
      destinationRegions: ["eu-central-1"],
    };
    expect(resolvePriors(results, "p")(frankfurt, "eu-central-1", true).basis).toBe("the latency lab");
  });

  it("says of simulated ones that they are", () => {
    const key = `ap-northeast-1|${results.cells[0]!.modelId}`;
    const prior = resolvePriors({ ...results, simulated: true }, "p")(
      { ...results.cells[0]!, key },
      "ap-northeast-1",
      true,
    );
    expect(prior.basis).toBe("your simulated measurements of 2026-04-12, 30 samples");
  });

  it.each([
    [3, /^p must be a results\.json of npx bedrock-routed-client lab, version 1, got 3/],
    ["missing.json", /^p must be a results\.json .*: ENOENT.*, got "missing\.json"/],
    [changed("schema", "x"), /^p\.schema must be "bedrock-routed-client\/lab", got "x"/],
    [changed("version", 2), /^p\.version must be 1, got 2/],
    [changed("simulated", 1), /^p\.simulated/],
    [changed("measurements.0.finishedAt", 5), /^p\.measurements\[0\]\.finishedAt must be a date/],
    [changed("cells.1.sourceRegion", "ap-northest-1"), /^p\.cells\[1\]\.sourceRegion must be an AWS Region/],
    [changed("cells.1.modelId", 7), /^p\.cells\[1\]\.modelId must be a model id, got 7/],
    [changed("cells.1.ttfb.p50", 0), /^p\.cells\[1\]\.ttfb\.p50 must be a number of at least 1, got 0/],
    [changed("cells.1.total.logSpread", null), /^p\.cells\[1\]\.total\.logSpread/],
    [changed("cells", null), /^p\.cells must be an array, got null/],
  ])("refuses what makes no sense, with its path (%#)", (value, message) => {
    expect(() => resolvePriors(value, "p")).toThrow(message);
  });
});
