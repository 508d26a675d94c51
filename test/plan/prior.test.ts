import { describe, expect, it } from "vitest";
import { type Prior, priorOf as priorFor } from "../../src/plan/prior.ts";
import { roundTripMs } from "../../src/profiles/distance.ts";
import { labCells } from "../../src/profiles/lab.ts";
import { type Route, routeKey } from "../../src/types/route.ts";

const CLAUDE = "anthropic.claude-sonnet-4-6";
const NOVA = "amazon.nova-2-lite-v1:0";
const UNMEASURED = "anthropic.claude-opus-5";

const priorOf = (of: Route, homeRegion: string): Prior => priorFor(of, homeRegion, true);

describe("priorOf", () => {
  it.each(labCells().map((cell) => [cell.model, cell.sourceRegion, cell.kind, cell.ttfbP50Ms] as const))(
    "expects of %s from %s, %s, what the lab measured: %i ms",
    (model, sourceRegion, kind, ttfbP50Ms) => {
      expect(priorOf(route({ model, sourceRegion, kind }), sourceRegion)).toMatchObject({
        ttfbMs: ttfbP50Ms,
        basis: "the latency lab",
      });
    },
  );

  it("takes a model in its own Region and the caller's own ARNs for as fast as a geographic profile", () => {
    for (const kind of ["in-region", "application", "provisioned"] as const) {
      expect(priorOf(route({ model: CLAUDE, sourceRegion: "eu-central-1", kind }), "eu-central-1").ttfbMs).toBe(766);
    }
  });

  it("expects a wider spread of a global profile", () => {
    expect(priorOf(route({ kind: "global" }), "eu-central-1").sigma).toBe(0.3);
    expect(priorOf(route({ kind: "geographic" }), "eu-central-1").sigma).toBe(0.25);
  });

  it("expects no difference between the kinds in a US Region that the lab did not visit", () => {
    const inOhio = (kind: Route["kind"]): number =>
      priorOf(route({ model: NOVA, sourceRegion: "us-east-2", kind }), "us-east-2").ttfbMs;
    expect(inOhio("global")).toBe(inOhio("geographic"));
    // The geometric mean of 405, 333, 379 and 336 ms.
    expect(inOhio("global")).toBe(362);
  });

  it.each(["eu-west-3", "ap-south-1", "ca-central-1", "sa-east-1"])(
    "expects a global profile to be slower by the lab's mean ratio in %s, which the lab did not visit",
    (sourceRegion) => {
      const geographic = priorOf(route({ model: CLAUDE, sourceRegion }), sourceRegion).ttfbMs;
      const global = priorOf(route({ model: CLAUDE, sourceRegion, kind: "global" }), sourceRegion);
      const ratios = [947 / 766, 988 / 663, 1114 / 788, 764 / 379, 673 / 336];
      const meanRatio = ratios.reduce((product, ratio) => product * ratio, 1) ** (1 / ratios.length);
      expect(global.ttfbMs / geographic).toBeCloseTo(meanRatio, 2);
      expect(global.basis).toContain("the lab's rule: outside the US");
    },
  );

  it("expects 800 ms of a model that the lab did not measure", () => {
    expect(priorOf(route({ model: UNMEASURED }), "eu-central-1")).toMatchObject({
      ttfbMs: 800,
      basis: "the lab's rule",
    });
  });

  it("adds the network round trip to a remote source Region", () => {
    const tokyo = route({ model: NOVA, sourceRegion: "ap-northeast-1" });
    const rtt = roundTripMs("ap-southeast-1", "ap-northeast-1") ?? Number.NaN;
    const prior = priorOf(tokyo, "ap-southeast-1");
    expect(prior.ttfbMs).toBeCloseTo(336 + rtt);
    expect(prior.basis).toBe(`the latency lab + ${Math.round(rtt)} ms round trip to ap-northeast-1`);
  });

  it("does not let a Region of unknown place look near", () => {
    const known = priorOf(route({}), "eu-central-1").ttfbMs;
    expect(priorOf(route({}), "eu-north-9").ttfbMs).toBe(known + 250);
    expect(priorOf(route({ sourceRegion: "eu-north-9" }), "eu-central-1").ttfbMs).toBe(800 + 250);
    expect(priorOf(route({ sourceRegion: "eu-north-9" }), "eu-north-9").ttfbMs).toBe(800);
  });
});

function route(parts: {
  readonly model?: string;
  readonly sourceRegion?: string;
  readonly kind?: Route["kind"];
}): Route {
  const { model = UNMEASURED, sourceRegion = "eu-central-1", kind = "geographic" } = parts;
  const modelId = `${kind}.${model}`;
  return {
    key: routeKey(sourceRegion, modelId),
    sourceRegion,
    modelId,
    model,
    kind,
    geography: "eu",
    destinationRegions: kind === "global" ? ["*"] : [sourceRegion],
  };
}
