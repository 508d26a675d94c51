import { describe, expect, it } from "vitest";
import { type EligibleRoutes, eligibleRoutes } from "../../src/plan/eligible-routes.ts";
import { planOf, rank } from "../../src/plan/rank.ts";
import { bundledCatalog } from "../../src/profiles/bundled-catalog.ts";
import type { ApplicationProfileFacts, Catalog } from "../../src/profiles/catalog.ts";
import type { Plan } from "../../src/types/plan.ts";
import type { ExtraRoute } from "../../src/types/route.ts";
import { type DescribedRequest, routeRequest } from "./route-request.ts";

const SONNET = "anthropic.claude-sonnet-4-6";
const NOVA = "amazon.nova-lite-v1:0";
const ARN = "arn:aws:bedrock:eu-central-1:111122223333";
const APP = `${ARN}:application-inference-profile/a1`;
const PROVISIONED = `${ARN}:provisioned-model/p1`;
const EUROPE = bundledCatalog().profile(`eu.${SONNET}`)?.destinations["eu-central-1"] ?? [];

describe("an application profile", () => {
  it("is used instead of the system-defined profile that it copies, which is rejected by name", () => {
    const { routes, rejections } = eligible({ routes: [own(APP, [...EUROPE].reverse())] });
    expect(routes.map(({ route }) => route.modelId)).toEqual([APP, `global.${SONNET}`]);
    expect(rejections[0]).toMatchObject({
      route: { modelId: `eu.${SONNET}` },
      reason: "replaced",
      detail: `${APP} copies it and is used instead: same destination Regions, same quota`,
    });
    expect(routes[0]?.route).toMatchObject({ kind: "application", geography: "eu" });
  });

  it("says in the plan's reasons whose place it takes", () => {
    const reasons = planned({ routes: [own(APP, EUROPE)] }).candidates[0]?.reasons;
    expect(reasons).toContain(`your application profile: used instead of eu.${SONNET}, whose quota it shares`);
    expect(planned({ routes: [own(APP, ["eu-central-1"])] }).candidates[0]?.reasons).toContain(
      "your application profile: tried before the others",
    );
  });

  it("copies a global profile: any commercial Region, the global price and the prior of a global profile", () => {
    const catalog = knowing({ [APP]: { model: SONNET, destinationRegions: ["*"] } });
    const { routes, rejections } = eligible({ routes: [own(APP)], catalog });
    expect(routes.map(({ route }) => route.modelId)).toEqual([APP, `eu.${SONNET}`]);
    expect(rejections[0]).toMatchObject({ route: { modelId: `global.${SONNET}` }, reason: "replaced" });
    expect(routes[0]).toMatchObject({ route: { geography: "global" }, relativePrice: 1, prior: { ttfbMs: 947 } });
  });

  it("copies a foundation model: the model in-Region", () => {
    const routes = [own(`arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/a1`, ["us-east-1"])];
    const { rejections } = eligible({ model: NOVA, home: "us-east-1", routes });
    expect(rejections[0]).toMatchObject({ route: { modelId: NOVA, kind: "in-region" }, reason: "replaced" });
  });

  it("copies nothing in another source Region", () => {
    const { routes } = eligible({ routes: [own(APP, EUROPE)], sourceRegions: ["eu-west-1"] });
    expect(routes.map(({ route }) => route.key)).toContain(`eu-west-1|eu.${SONNET}`);
  });

  it("replaces nothing while its destination Regions are not known", () => {
    const { routes, rejections } = eligible({ routes: [own(APP)] });
    expect(routes.map(({ route }) => route.modelId)).toEqual([APP, `eu.${SONNET}`, `global.${SONNET}`]);
    expect(rejections.map(({ reason }) => reason)).not.toContain("replaced");
  });

  it("meets a residency by what AWS says of it, not by what the caller left out", () => {
    const policy = { residency: "eu" };
    const wider = knowing({ [APP]: { model: SONNET, destinationRegions: ["eu-central-1", "us-east-1"] } });
    const { routes, rejections } = eligible({ routes: [own(APP, ["eu-central-1"])], policy, catalog: wider });
    expect(routes.map(({ route }) => route.modelId)).toEqual([`eu.${SONNET}`]);
    expect(rejections.find(({ route }) => route.modelId === APP)).toMatchObject({
      reason: "residency",
      detail: "may run in us-east-1, outside eu",
    });
    const within = knowing({ [APP]: { model: SONNET, destinationRegions: EUROPE } });
    expect(eligible({ routes: [own(APP)], policy, catalog: within }).routes[0]?.route.modelId).toBe(APP);
    expect(eligible({ routes: [own(APP)], policy }).routes.map(({ route }) => route.modelId)).toEqual([`eu.${SONNET}`]);
  });

  it("is rejected when it serves another model than the one it is listed under", () => {
    const catalog = knowing({ [APP]: { model: NOVA, destinationRegions: EUROPE } });
    const { routes, rejections } = eligible({ routes: [own(APP)], catalog });
    expect(routes.map(({ route }) => route.modelId)).toEqual([`eu.${SONNET}`, `global.${SONNET}`]);
    expect(rejections[0]).toMatchObject({
      route: { modelId: APP },
      reason: "other-model",
      detail: `it serves ${NOVA}`,
    });
  });

  it("lies within the boundary of the profile that it copies", () => {
    const { routes } = eligible({ model: `eu.${SONNET}`, routes: [own(APP, EUROPE)] });
    expect(routes.map(({ route }) => route.modelId)).toEqual([APP]);
  });

  it("replaces one route once, whoever else copies it", () => {
    const second = `${ARN}:application-inference-profile/a2`;
    const { routes, rejections } = eligible({ routes: [own(APP, EUROPE), own(second, EUROPE)] });
    expect(routes.map(({ route }) => route.modelId)).toEqual([APP, second, `global.${SONNET}`]);
    expect(rejections.filter(({ reason }) => reason === "replaced")).toHaveLength(1);
  });
});

describe("a provisioned model", () => {
  it("comes first, runs in its Region, and spills to the others", () => {
    const { candidates, rejections } = planned({ routes: [own(APP, EUROPE), own(PROVISIONED)] });
    expect(candidates.map(({ route }) => route.modelId)).toEqual([PROVISIONED, APP, `global.${SONNET}`]);
    expect(candidates[0]?.route.destinationRegions).toEqual(["eu-central-1"]);
    expect(candidates[0]?.reasons).toContain(
      "your provisioned model: tried before the others, which take what it throttles",
    );
    expect(rejections.filter(({ reason }) => reason === "replaced").map(({ route }) => route.modelId)).toEqual([
      `eu.${SONNET}`,
    ]);
  });

  it("replaces nothing: its capacity is its own", () => {
    const provisioned = "arn:aws:bedrock:us-east-1:111122223333:provisioned-model/p1";
    const { routes } = eligible({ model: NOVA, home: "us-east-1", routes: [own(provisioned)] });
    expect(routes.map(({ route }) => route.kind)).toEqual(["provisioned", "geographic", "in-region"]);
  });

  it("is alone when the residency allows nothing else", () => {
    const policy = { residency: { regions: ["eu-central-1"] } };
    expect(planned({ routes: [own(PROVISIONED)], policy }).candidates.map(({ route }) => route.modelId)).toEqual([
      PROVISIONED,
    ]);
  });
});

describe("GovCloud", () => {
  it("stays in its partition, for profiles of the account too", () => {
    const arn = "arn:aws-us-gov:bedrock:us-gov-west-1:111122223333:application-inference-profile/a1";
    const model = "anthropic.claude-sonnet-4-5-20250929-v1:0";
    const destinations = bundledCatalog().profile(`us-gov.${model}`)?.destinations["us-gov-west-1"] ?? [];
    const { routes } = eligible({ model, home: "us-gov-west-1", routes: [own(arn, destinations)] });
    expect(routes.map(({ route }) => route.modelId)).toEqual([arn]);
    expect(routes[0]?.route).toMatchObject({ geography: "us-gov" });
    expect(eligible({ model, home: "us-east-1", routes: [own(arn)] }).rejections).toContainEqual(
      expect.objectContaining({ reason: "not-a-source-region" }),
    );
  });
});

function eligible(request: Partial<DescribedRequest>): EligibleRoutes {
  return eligibleRoutes(routeRequest({ model: SONNET, home: "eu-central-1", ...request }));
}

function planned(request: Partial<DescribedRequest>): Plan {
  const routes = eligible(request);
  return planOf(
    routes,
    rank(routes, () => undefined),
  );
}

function own(modelId: string, destinationRegions?: readonly string[]): ExtraRoute {
  return destinationRegions === undefined ? { modelId } : { modelId, destinationRegions };
}

function knowing(facts: Readonly<Record<string, ApplicationProfileFacts>>): Catalog {
  return { ...bundledCatalog(), applicationProfile: (arn) => facts[arn] };
}
