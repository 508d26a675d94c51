import { describe, expect, it } from "vitest";
import { eligibleRoutes } from "../../src/plan/eligible-routes.ts";
import { bundledCatalog } from "../../src/profiles/bundled-catalog.ts";
import { type DescribedRequest, routeRequest } from "./route-request.ts";

const SONNET = "anthropic.claude-sonnet-4-6";
const HAIKU = "anthropic.claude-haiku-4-5-20251001-v1:0";
const TABLE = `the table (bundled, ${bundledCatalog().asOf})`;

describe("the remarks of a plan", () => {
  it.each<[string, DescribedRequest, readonly string[]]>([
    [
      "a misspelt profile",
      { model: "us.anthropic.claude-sonet-4-6", home: "us-east-1" },
      [`us.anthropic.claude-sonet-4-6 is not in ${TABLE} and is sent as given; did you mean "us.${SONNET}"?`],
    ],
    [
      "a misspelt model",
      { model: "anthropic.claude-sonnet-46", home: "us-east-1" },
      [`anthropic.claude-sonnet-46 is not in ${TABLE} and is sent as given; did you mean "${SONNET}"?`],
    ],
    [
      "the wrong geography for a known model",
      { model: `apac.${HAIKU}`, home: "ap-northeast-1" },
      [
        `apac.${HAIKU} is not in ${TABLE} and is sent as given; from ap-northeast-1 AWS offers global.${HAIKU}, jp.${HAIKU}.`,
        `apac.${HAIKU} is a boundary, which keeps out global.${HAIKU}, jp.${HAIKU}, ${HAIKU}: pass ${HAIKU}, or set profileIds: "model", to allow what the residency allows.`,
      ],
    ],
    [
      "a Region that the table does not know",
      { model: SONNET, home: "eusc-de-east-1" },
      [
        `Region eusc-de-east-1 is not in ${TABLE}: ${SONNET} is sent there as given; with catalog: "live" AWS is asked what exists.`,
      ],
    ],
    [
      "a new model",
      { model: "acme.model-1", home: "us-east-1" },
      [`acme.model-1 is not in ${TABLE} and is sent as given; with catalog: "live" AWS is asked what exists.`],
    ],
    [
      "an ARN of a new model",
      { model: "arn:aws:bedrock:us-east-1::foundation-model/acme.model-1", home: "us-east-1" },
      [`acme.model-1 is not in ${TABLE} and is sent as given; with catalog: "live" AWS is asked what exists.`],
    ],
    [
      "a model of the other endpoint",
      { model: "xai.grok-4.3", home: "us-east-1" },
      [`xai.grok-4.3 is served by bedrock-mantle only, as far as ${TABLE} knows: the AWS SDK cannot call it.`],
    ],
    [
      "a profile of a model of the other endpoint",
      { model: "us.openai.gpt-5.5", home: "us-east-1" },
      [`openai.gpt-5.5 is served by bedrock-mantle only, as far as ${TABLE} knows: the AWS SDK cannot call it.`],
    ],
    [
      "a model past its end",
      { model: "amazon.nova-premier-v1:0", home: "us-east-1" },
      ["AWS announced the end of life of amazon.nova-premier-v1:0 for 2026-09-14: it may no longer answer."],
    ],
    [
      "a model past its end that the table no longer has",
      { model: "amazon.nova-canvas-v1:0", home: "us-east-1" },
      [
        `amazon.nova-canvas-v1:0 is not in ${TABLE} and is sent as given; with catalog: "live" AWS is asked what exists.`,
        "AWS announced the end of life of amazon.nova-canvas-v1:0 for 2026-09-30: it may no longer answer.",
      ],
    ],
    [
      "a model whose end is near",
      { model: "us.anthropic.claude-opus-4-1-20250805-v1:0", home: "us-east-1" },
      ["anthropic.claude-opus-4-1-20250805-v1:0 reaches its end of life on 2027-01-08."],
    ],
    [
      "a boundary",
      { model: `us.${SONNET}`, home: "us-east-1" },
      [
        `us.${SONNET} is a boundary, which keeps out global.${SONNET}: pass ${SONNET}, or set profileIds: "model", to allow what the residency allows.`,
      ],
    ],
    ["nothing that a person should know", { model: SONNET, home: "us-east-1" }, []],
    ["a global profile, which bounds nothing", { model: `global.${SONNET}`, home: "us-east-1" }, []],
  ])("tell of %s", (_, request, expected) => {
    expect(eligibleRoutes(routeRequest(request)).remarks).toEqual(expected);
  });

  it("come with every plan that a model past its end of life leads", () => {
    const catalog = bundledCatalog();
    const today = "2026-11-28";
    const ended = catalog.models().flatMap((model) => {
      const sources = [
        ...catalog.inRegionRegions(model),
        ...catalog.profilesOf(model).flatMap(({ destinations }) => Object.keys(destinations)),
      ];
      const regions = [...new Set(sources)].filter((region) => (catalog.endOfLife?.(model, region) ?? "9") <= today);
      return regions.map((home) => ({ model, home }));
    });
    expect(ended.length).toBeGreaterThan(30);
    for (const request of ended) {
      const { routes, remarks } = eligibleRoutes(routeRequest({ ...request, today }));
      if (routes.length > 0) expect(remarks.join(), `${request.model} ${request.home}`).toContain("end of life");
    }
  });
});
