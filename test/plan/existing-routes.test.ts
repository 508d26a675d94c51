import { describe, expect, it } from "vitest";
import { eligibleRoutes } from "../../src/plan/eligible-routes.ts";
import { type ExistingRoutes, existingRoutes } from "../../src/plan/existing-routes.ts";
import { bundledCatalog } from "../../src/profiles/bundled-catalog.ts";
import type { Catalog } from "../../src/profiles/catalog.ts";
import { UnknownModelError } from "../../src/types/errors.ts";
import { type DescribedRequest, routeRequest } from "./route-request.ts";

const CLAUDE = "anthropic.claude-sonnet-4-6";
const NOVA = "amazon.nova-lite-v1:0";
const ARN = "arn:aws:bedrock:eu-central-1:123456789012";

describe("existingRoutes", () => {
  it("lists the profiles and the model itself, from each source Region that may call them", () => {
    expect(keys({ model: NOVA, home: "us-east-1", sourceRegions: ["us-west-1", "sa-east-1"] })).toEqual([
      `us-east-1|us.${NOVA}`,
      `us-east-1|${NOVA}`,
      `us-west-1|us.${NOVA}`,
    ]);
  });

  it("describes each route by kind, geography and destination Regions as seen from its source Region", () => {
    const { model, routes } = list({ model: CLAUDE, home: "eu-west-2" });
    expect(model).toBe(CLAUDE);
    expect(routes.map(({ route }) => route)).toEqual([
      {
        key: `eu-west-2|eu.${CLAUDE}`,
        sourceRegion: "eu-west-2",
        modelId: `eu.${CLAUDE}`,
        model: CLAUDE,
        kind: "geographic",
        geography: "eu",
        destinationRegions: [
          "eu-central-1",
          "eu-north-1",
          "eu-south-1",
          "eu-south-2",
          "eu-west-1",
          "eu-west-2",
          "eu-west-3",
        ],
      },
      {
        key: `eu-west-2|global.${CLAUDE}`,
        sourceRegion: "eu-west-2",
        modelId: `global.${CLAUDE}`,
        model: CLAUDE,
        kind: "global",
        geography: "global",
        destinationRegions: ["*"],
      },
      {
        key: `eu-west-2|${CLAUDE}`,
        sourceRegion: "eu-west-2",
        modelId: CLAUDE,
        model: CLAUDE,
        kind: "in-region",
        geography: "eu",
        destinationRegions: ["eu-west-2"],
      },
    ]);
  });

  it("marks the profile that the caller named, by id or ARN, and no other", () => {
    for (const model of [`eu.${CLAUDE}`, `${ARN}:inference-profile/eu.${CLAUDE}`]) {
      const { routes } = list({ model, home: "eu-central-1" });
      expect(routes.map(({ route, explicit }) => [route.modelId, explicit])).toEqual([
        [`eu.${CLAUDE}`, true],
        [`global.${CLAUDE}`, false],
      ]);
    }
  });

  it("marks source Regions about which AWS's sources disagree", () => {
    const jp = list({ model: "jp.amazon.nova-2-lite-v1:0", home: "ap-northeast-3", sourceRegions: ["ap-northeast-1"] });
    expect(jp.routes.filter(({ doubt }) => doubt !== undefined).map(({ route }) => route.key)).toEqual([
      "ap-northeast-3|jp.amazon.nova-2-lite-v1:0",
    ]);
    const haiku = list({ model: "anthropic.claude-haiku-4-5-20251001-v1:0", home: "eu-west-1" });
    expect(haiku.routes.filter(({ doubt }) => doubt !== undefined).map(({ route }) => route.kind)).toEqual([
      "in-region",
    ]);
  });

  it("trusts the own Regions of a model when the table has no doubts to tell", () => {
    const { inRegionIsDoubtful: _, ...trusting } = bundledCatalog();
    const catalog: Catalog = trusting;
    const { routes } = list({ model: "anthropic.claude-haiku-4-5-20251001-v1:0", home: "eu-west-1", catalog });
    expect(routes.filter(({ doubt }) => doubt !== undefined)).toEqual([]);
  });

  it("rejects what no source Region can call, and says which could", () => {
    const { rejections } = list({ model: CLAUDE, home: "eu-central-1" });
    expect(Object.fromEntries(rejections.map(({ route, detail }) => [route.key, detail]))).toEqual({
      [`eu-central-1|au.${CLAUDE}`]: "can be called from ap-southeast-2, ap-southeast-4, ap-southeast-6",
      [`eu-central-1|jp.${CLAUDE}`]: "can be called from ap-northeast-1, ap-northeast-3",
      [`eu-central-1|us.${CLAUDE}`]:
        "can be called from ca-central-1, ca-west-1, us-east-1, us-east-2, us-west-1, us-west-2",
      [`eu-central-1|${CLAUDE}`]: "can be called from eu-west-2",
    });
    expect(rejections.every(({ reason }) => reason === "not-a-source-region")).toBe(true);
    expect(rejections.find(({ route }) => route.modelId === `us.${CLAUDE}`)?.route.destinationRegions).toEqual([
      "ca-central-1",
      "ca-west-1",
      "us-east-1",
      "us-east-2",
      "us-west-1",
      "us-west-2",
    ]);
  });

  it("tries a profile whose source Regions nobody names from those of a sibling, with a doubt", () => {
    const model = "openai.gpt-6.1-sol";
    const doubt = "no source says from which Regions it can be called";
    expect(list({ model, home: "us-east-1" }).routes).toMatchObject([
      { route: { modelId: `global.${model}`, destinationRegions: ["*"] }, doubt },
      { route: { modelId: `us.${model}`, kind: "geographic", destinationRegions: ["unknown"] }, doubt },
    ]);
    const abroad = list({ model, home: "eu-central-1" });
    expect(abroad.routes.map(({ route }) => route.modelId)).toEqual([`global.${model}`]);
  });

  it("rejects a profile of which only the id is known, unless the caller names it", () => {
    const model = "acme.model-1";
    const profile = { id: `us.${model}`, geography: "us", model, destinations: {} };
    const catalog: Catalog = {
      ...bundledCatalog(),
      profilesOf: () => [profile],
      profile: (id) => (id === profile.id ? profile : undefined),
      inRegionRegions: (other) => (other === model ? [] : bundledCatalog().inRegionRegions(other)),
    };
    expect(list({ model, home: "us-east-1", catalog })).toMatchObject({
      routes: [],
      rejections: [{ route: { modelId: `us.${model}` }, detail: "no source Region is documented" }],
    });
    expect(list({ model: `us.${model}`, home: "us-east-1", catalog })).toMatchObject({
      routes: [{ route: { modelId: `us.${model}`, destinationRegions: ["unknown"] }, explicit: true }],
      rejections: [],
    });
  });
});

describe("existingRoutes, with routes of the caller's own", () => {
  const app = `${ARN}:application-inference-profile/a1`;
  const provisioned = `${ARN}:provisioned-model/p1`;

  it("puts them in the Regions of their ARNs", () => {
    const routes = [{ modelId: app }, { modelId: provisioned }];
    expect(list({ model: CLAUDE, home: "eu-central-1", routes }).routes.slice(0, 2)).toMatchObject([
      {
        route: { sourceRegion: "eu-central-1", kind: "application", geography: "eu", destinationRegions: ["unknown"] },
      },
      { route: { sourceRegion: "eu-central-1", kind: "provisioned", destinationRegions: ["eu-central-1"] } },
    ]);
  });

  it("rejects those in a Region that may not be called", () => {
    const { routes, rejections } = list({ model: CLAUDE, home: "us-east-1", routes: [{ modelId: app }] });
    expect(routes.some(({ route }) => route.modelId === app)).toBe(false);
    expect(rejections[0]).toMatchObject({
      route: { modelId: app },
      reason: "not-a-source-region",
      detail: "its ARN names eu-central-1, which is neither the home Region nor one of the source Regions",
    });
  });

  it("makes a model known that the table lacks", () => {
    const request = { model: "anthropic.claude-next-1", home: "eu-central-1", routes: [{ modelId: app }] };
    expect(keys(request)).toEqual([`eu-central-1|${app}`]);
    expect(list({ ...request, home: "us-east-1" })).toMatchObject({
      routes: [{ route: { key: "us-east-1|anthropic.claude-next-1" } }],
      rejections: [{ route: { modelId: app } }],
    });
  });
});

describe("existingRoutes, of an ARN that is its own only route", () => {
  it.each([
    ["application-inference-profile/a1", "application", "unknown"],
    ["provisioned-model/p1", "provisioned", "eu-central-1"],
    ["custom-model-deployment/c1", "in-region", "eu-central-1"],
    ["imported-model/i1", "in-region", "eu-central-1"],
    ["prompt/ABCDEFGHIJ:1", "in-region", "unknown"],
    ["prompt-router/r1", "in-region", "unknown"],
    ["default-prompt-router/anthropic.claude:1", "in-region", "unknown"],
  ])("takes %s for %s with destination Regions %s", (resource, kind, destination) => {
    const modelId = `${ARN}:${resource}`;
    expect(list({ model: modelId, home: "eu-central-1" })).toEqual({
      model: modelId,
      routes: [
        {
          route: {
            key: `eu-central-1|${modelId}`,
            sourceRegion: "eu-central-1",
            modelId,
            model: modelId,
            kind,
            geography: "eu",
            destinationRegions: [destination],
          },
          explicit: true,
          note: "named by its ARN: no other route takes its place",
        },
      ],
      rejections: [],
    });
  });

  it("takes what is known of it from the table, or from where the caller declared it", () => {
    const arn = `${ARN}:application-inference-profile/a1`;
    const facts = { model: CLAUDE, destinationRegions: ["*"] };
    const catalog: Catalog = {
      ...bundledCatalog(),
      applicationProfile: (known) => (known === arn ? facts : undefined),
    };
    expect(list({ model: arn, home: "eu-central-1", catalog })).toMatchObject({
      model: CLAUDE,
      routes: [{ route: { model: CLAUDE, kind: "application", geography: "global", destinationRegions: ["*"] } }],
    });
    const routes = [{ modelId: arn, destinationRegions: ["eu-central-1"] }];
    const declared = { ...routeRequest({ model: arn, home: "eu-central-1", routes }), arnModel: CLAUDE };
    expect(existingRoutes(declared)).toMatchObject({
      model: CLAUDE,
      routes: [{ route: { model: CLAUDE, geography: "eu", destinationRegions: ["eu-central-1"] } }],
    });
  });
});

describe("existingRoutes, of a model that nobody knows", () => {
  it.each(["amazon.rerank-v1:0", "anthropic.claude-sonet-4-6", "arn:aws:bedrock:::foundation-model/acme.model-1"])(
    "sends %s as given from the home Region, where it runs",
    (modelId) => {
      const { routes, rejections, unlisted } = list({
        model: modelId,
        home: "eu-central-1",
        sourceRegions: ["eu-west-1"],
      });
      expect(routes).toMatchObject([
        {
          route: {
            key: `eu-central-1|${modelId}`,
            modelId,
            kind: "in-region",
            geography: "eu",
            destinationRegions: ["eu-central-1"],
          },
          explicit: true,
          note: "not in the table: sent as given",
        },
      ]);
      expect(rejections).toEqual([]);
      expect(unlisted).toBe(true);
    },
  );

  it("sends an ARN to the Region that it names, if that is a source Region", () => {
    const model = "arn:aws:bedrock:us-west-2::foundation-model/acme.model-1";
    expect(list({ model, home: "us-east-1", sourceRegions: ["us-west-2"] }).routes).toMatchObject([
      { route: { sourceRegion: "us-west-2", modelId: model, destinationRegions: ["us-west-2"] } },
    ]);
    expect(list({ model, home: "us-east-1" })).toMatchObject({
      routes: [],
      rejections: [{ reason: "not-a-source-region", route: { sourceRegion: "us-west-2" } }],
    });
  });

  it.each(["v8gtbe8pryd4", "Anthropic.Claude", "arn:aws:bedrock:us-east-1:123456789012:unheard-of/thing"])(
    "sends %s as given, and does not guess where it runs",
    (model) => {
      expect(list({ model, home: "us-east-1" })).toMatchObject({
        model,
        routes: [{ route: { sourceRegion: "us-east-1", modelId: model, destinationRegions: ["unknown"] } }],
        unlisted: true,
      });
    },
  );

  it.each([
    ["", ""],
    ["anthropic.claude-sonnet-4-6 ", '. Did you mean "anthropic.claude-sonnet-4-6"?'],
    ["two words", ""],
  ])("throws for %j, which cannot be a model id", (model, hint) => {
    const attempt = (): unknown => list({ model, home: "us-east-1" });
    expect(attempt).toThrow(UnknownModelError);
    expect(attempt).toThrow(`got ${JSON.stringify(model)}${hint}`);
  });

  it("does not take a megabyte for a misspelling", () => {
    expect(() => list({ model: "x".repeat(1_000_000), home: "us-east-1" })).toThrow(UnknownModelError);
  });
});

describe("existingRoutes, from a home Region of which the table knows nothing", () => {
  it.each([
    ["eusc-de-east-1", NOVA, ["eusc-de-east-1"]],
    ["cn-north-1", CLAUDE, ["cn-north-1"]],
    ["eu-central-9", CLAUDE, ["eu-central-9"]],
    ["eu-central-9", `eu.${CLAUDE}`, ["unknown"]],
    ["eu-central-9", `global.${CLAUDE}`, ["*"]],
    ["eu-central-9", `arn:aws:bedrock:eu-central-9:123456789012:inference-profile/eu.${CLAUDE}`, ["unknown"]],
    ["eu-central-9", `arn:aws:bedrock:eu-central-9::foundation-model/${CLAUDE}`, ["eu-central-9"]],
  ])("is %s given what it is asked for, %s", (home, model, destinationRegions) => {
    const { routes, unlisted } = list({ model, home });
    expect(routes).toMatchObject([{ route: { sourceRegion: home, destinationRegions }, explicit: true }]);
    expect(unlisted).toBe(true);
    expect(eligibleRoutes(routeRequest({ model, home })).routes).toHaveLength(1);
  });

  it("meets a residency by what is known of the Region, and no other", () => {
    const served = (model: string, home: string, residency: string): number =>
      eligibleRoutes(routeRequest({ model, home, policy: { policy: "latency", residency } })).routes.length;
    expect(served(NOVA, "eusc-de-east-1", "home")).toBe(1);
    expect(served(NOVA, "eusc-de-east-1", "eu")).toBe(0);
    expect(served(`eu.${CLAUDE}`, "eusc-de-east-1", "eu")).toBe(0);
    expect(served(`us.${CLAUDE}`, "eu-central-9", "home")).toBe(0);
    expect(served(`global.${CLAUDE}`, "eu-central-9", "home")).toBe(0);
    expect(served(CLAUDE, "eu-central-9", "us")).toBe(0);
  });

  it("is not asked when another source Region has a route", () => {
    expect(keys({ model: CLAUDE, home: "eu-central-9", sourceRegions: ["eu-central-1"] })).toEqual([
      `eu-central-1|eu.${CLAUDE}`,
      `eu-central-1|global.${CLAUDE}`,
    ]);
  });

  it("refuses a model's ARN of another Region, and what a known Region does not offer", () => {
    const arn = list({ model: `arn:aws:bedrock:us-east-1::foundation-model/${CLAUDE}`, home: "eu-central-9" });
    expect(arn.routes).toEqual([]);
    expect(list({ model: NOVA, home: "us-gov-east-1" }).routes).toEqual([]);
  });
});

describe("existingRoutes, of a model that has come to its end", () => {
  const NOVA_PREMIER = "us.amazon.nova-premier-v1:0";
  const doubts = (request: DescribedRequest): readonly (string | undefined)[] =>
    list(request).routes.map(({ doubt }) => doubt);

  it("has a doubt from that day on", () => {
    expect(doubts({ model: NOVA_PREMIER, home: "us-east-1", today: "2026-09-13" })).toEqual([undefined]);
    const doubt = "AWS announced the model's end of life for 2026-09-14";
    expect(doubts({ model: NOVA_PREMIER, home: "us-east-1", today: "2026-09-14" })).toEqual([doubt]);
    expect(doubts({ model: NOVA_PREMIER, home: "us-east-1", today: "2027-01-01" })).toEqual([doubt]);
  });

  it("has it for the Regions that the end was announced for alone", () => {
    const model = "anthropic.claude-3-haiku-20240307-v1:0";
    const { routes } = list({ model, home: "us-east-1", sourceRegions: ["ap-south-1", "eu-west-1"] });
    const live = routes.filter(({ doubt }) => doubt === undefined).map(({ route }) => route.sourceRegion);
    expect(new Set(live)).toEqual(new Set(["ap-south-1"]));
  });
});

describe("existingRoutes, of operations that take the id as it is", () => {
  it.each([
    ["arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-6", ["us-east-1"]],
    ["arn:aws:bedrock:us-east-1::foundation-model/acme.model-1", ["us-east-1"]],
    ["anthropic.claude-sonnet-4-6", ["eu-central-1"]],
    [`arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.${CLAUDE}`, ["us-east-1", "us-east-2", "us-west-2"]],
  ])("go by the Region of %s", (model, destinationRegions) => {
    expect(list({ model, home: "eu-central-1", exact: true }).routes).toMatchObject([
      { route: { sourceRegion: "eu-central-1", modelId: expect.anything(), destinationRegions } },
    ]);
  });
});

function list(request: DescribedRequest): ExistingRoutes {
  return existingRoutes(routeRequest(request));
}

function keys(request: DescribedRequest): readonly string[] {
  return list(request).routes.map(({ route }) => route.key);
}
