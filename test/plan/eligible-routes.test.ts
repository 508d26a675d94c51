import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type EligibleRoutes, eligibleRoutes } from "../../src/plan/eligible-routes.ts";
import { rank } from "../../src/plan/rank.ts";
import type { Residency } from "../../src/plan/residency.ts";
import { narrowResidency, resolveResidency } from "../../src/plan/residency.ts";
import { bundledCatalog } from "../../src/profiles/bundled-catalog.ts";
import { geographyOf } from "../../src/profiles/geography.ts";
import { parseModelRef } from "../../src/profiles/model-ref.ts";
import { regionInfo } from "../../src/profiles/regions.ts";
import type { Route } from "../../src/types/route.ts";
import { evidenceLookups, requests, residencies } from "./arbitrary-request.ts";
import { type DescribedRequest, routeRequest } from "./route-request.ts";

const MODEL = "anthropic.claude-sonnet-4-6";
const RUNS = { numRuns: 3_000 };

describe("eligibleRoutes, for any request about any model", () => {
  it("keeps every destination Region of every candidate within the residency", () => {
    fc.assert(
      fc.property(requests, evidenceLookups, (request, evidence) => {
        const { residency } = request.policy as { residency: Residency };
        for (const { route } of rank(eligibleRoutes(routeRequest(request)), evidence).candidates) {
          if (residency === "any") continue;
          expect(route.destinationRegions.length).toBeGreaterThan(0);
          if (String(route.destinationRegions) === "unknown" && isPromised(route, residency, request.home)) continue;
          expect(route.destinationRegions.filter((region) => !meets(region, residency, request.home))).toEqual([]);
        }
      }),
      RUNS,
    );
  });

  it("keeps every destination Region of every candidate within what the named modelId reaches", () => {
    fc.assert(
      fc.property(requests, (request) => {
        const reach = reachOf(request);
        if (reach === undefined) return;
        for (const { route } of eligibleRoutes(routeRequest(request)).routes) {
          const beyond = route.destinationRegions.filter((region) => region !== "unknown" && !reach.includes(region));
          expect(beyond).toEqual([]);
          // What AWS does not document may stand for anything: only the very profile that the caller named may have it.
          if (route.destinationRegions.includes("unknown")) expect(request.model).toContain(route.modelId);
        }
      }),
      RUNS,
    );
  });

  it("tells the truth about the destination Regions of every profile", () => {
    fc.assert(
      fc.property(requests, (request) => {
        for (const { route } of eligibleRoutes(routeRequest(request)).routes) {
          expect(route.destinationRegions).toEqual(documentedDestinations(route, request));
        }
      }),
      RUNS,
    );
  });

  it("keeps a pinned request and an exact one in the home Region, and every other in the source Regions", () => {
    fc.assert(
      fc.property(requests, (request) => {
        const allowed = new Set([request.home, ...(request.sourceRegions ?? [])]);
        const homeOnly = request.pinnedBy !== undefined || request.exact === true;
        for (const { route } of eligibleRoutes(routeRequest(request)).routes) {
          expect(homeOnly ? route.sourceRegion === request.home : allowed.has(route.sourceRegion)).toBe(true);
        }
      }),
      RUNS,
    );
  });

  it("lists no route twice, and none as both allowed and rejected", () => {
    fc.assert(
      fc.property(requests, (request) => {
        const { routes, rejections } = eligibleRoutes(routeRequest(request));
        const keys = [...routes, ...rejections].map(({ route }) => route.key);
        expect(keys.length).toBe(new Set(keys).size);
        expect(routes.every(({ prior, relativePrice }) => prior.ttfbMs > 0 && relativePrice >= 0)).toBe(true);
      }),
      RUNS,
    );
  });

  it("loses routes, and gains none, when a request adds a residency of its own", () => {
    fc.assert(
      fc.property(requests, residencies, (described, own) => {
        const client = routeRequest(described);
        const { policy, homeRegion } = client;
        const residency = narrowResidency(policy.residency, resolveResidency(own, homeRegion));
        const before = keysOf(eligibleRoutes(client));
        const after = keysOf(eligibleRoutes({ ...client, policy: { ...policy, residency } }));
        expect(after.filter((key) => !before.includes(key))).toEqual([]);
      }),
      RUNS,
    );
  });
});

describe("eligibleRoutes", () => {
  it("says why each route was rejected, in one sentence", () => {
    expect(details({ model: MODEL, home: "eu-central-1", policy: "residency" })).toMatchObject({
      [`eu-central-1|global.${MODEL}`]: "may run in any commercial Region, outside home (eu)",
      [`eu-central-1|jp.${MODEL}`]: "can be called from ap-northeast-1, ap-northeast-3",
    });
    expect(details({ model: `us.${MODEL}`, home: "us-east-1", sourceRegions: ["ca-central-1"] })).toMatchObject({
      [`us-east-1|global.${MODEL}`]: `us.${MODEL} called from us-east-1 is not known to reach any commercial Region`,
      [`ca-central-1|us.${MODEL}`]: `us.${MODEL} called from us-east-1 is not known to reach ca-central-1`,
    });
    expect(details({ model: `jp.${MODEL}`, home: "ap-southeast-1" })).toMatchObject({
      [`ap-southeast-1|global.${MODEL}`]: `jp.${MODEL} is not known to reach any commercial Region`,
    });
    expect(
      details({ model: MODEL, home: "eu-central-1", sourceRegions: ["us-east-1"], pinnedBy: "the guardrail" }),
    ).toMatchObject({
      [`us-east-1|us.${MODEL}`]: "the guardrail exists in the home Region only",
    });
    const policy = { residency: { countries: ["US"] } };
    expect(details({ model: "anthropic.claude-fable-5-1", home: "us-east-1", policy })).toMatchObject({
      "us-east-1|us.anthropic.claude-fable-5-1": "may run in undocumented Regions, outside countries US",
    });
  });

  it("binds a request to another Region than the home Region when that is where its input is", () => {
    const { routes, rejections } = eligibleRoutes(
      routeRequest({
        model: MODEL,
        home: "eu-central-1",
        sourceRegions: ["eu-west-1"],
        pinnedBy: "the earlier response",
        pinnedTo: "eu-west-1",
      }),
    );
    expect(new Set(routes.map(({ route }) => route.sourceRegion))).toEqual(new Set(["eu-west-1"]));
    const atHome = rejections.find(({ route }) => route.key === `eu-central-1|eu.${MODEL}`);
    expect(atHome).toMatchObject({ reason: "pinned", detail: "the earlier response exists in eu-west-1 only" });
    const key = `eu-west-1|eu.${MODEL}`;
    const onRoute = { model: MODEL, home: "eu-central-1", sourceRegions: ["eu-west-1"], pinnedBy: "it", pinnedTo: key };
    expect(eligibleRoutes(routeRequest(onRoute)).routes.map(({ route }) => route.key)).toEqual([key]);
  });

  it("takes a provisioned model for free by the token and everything else at its price", () => {
    const arn = "arn:aws:bedrock:eu-central-1:123456789012:provisioned-model/a1";
    const { routes } = eligibleRoutes(routeRequest({ model: MODEL, home: "eu-central-1", routes: [{ modelId: arn }] }));
    expect(Object.fromEntries(routes.map(({ route, relativePrice }) => [route.modelId, relativePrice]))).toEqual({
      [arn]: 0,
      [`eu.${MODEL}`]: 1.1,
      [`global.${MODEL}`]: 1,
    });
  });

  it("is frozen", () => {
    const eligible = eligibleRoutes(routeRequest({ model: MODEL, home: "eu-central-1" }));
    const values = [eligible, eligible.routes, eligible.rejections, ...eligible.routes, ...eligible.rejections];
    expect(values.every((value) => Object.isFrozen(value))).toBe(true);
  });
});

/** Whether a destination Region satisfies a residency, told from the Region table alone. */
function meets(region: string, residency: Residency, home: string): boolean {
  const info = regionInfo(region);
  if (info === undefined) return false;
  if (residency === "home") return meets(region, geographyOf(home), home);
  if (typeof residency === "string") {
    return info.geography === residency || (residency === "apac" && ["jp", "au", "in"].includes(info.geography));
  }
  if ("regions" in residency) return residency.regions.includes(region);
  if ("countries" in residency) return residency.countries.includes(info.country);
  return residency.some((geography) => meets(region, geography, home));
}

/** AWS promises that a geographic profile stays in its geography: that is worth something to a residency by geography. */
function isPromised({ kind, geography, sourceRegion }: Route, residency: Residency, home: string): boolean {
  if (kind !== "geographic" || (typeof residency === "object" && !Array.isArray(residency))) return false;
  const wanted = residency === "home" ? [geographyOf(home)] : [residency].flat();
  const holds = (name: unknown): boolean =>
    name === geography || (name === "apac" && ["jp", "au", "in"].includes(geography));
  return wanted.some(holds) && meets(sourceRegion, residency, home);
}

/** Every Region that the named `modelId` may mean, by the bundled table; undefined when it bounds nothing. */
function reachOf({
  model: modelId,
  home,
  sourceRegions = [],
  exact = false,
}: DescribedRequest): readonly string[] | undefined {
  const ref = parseModelRef(modelId);
  if (exact) return undefined;
  if (ref.kind === "foundation-model") return ref.region === undefined ? undefined : [ref.region];
  if (ref.kind !== "system-profile" || ref.geography === "global") return undefined;
  const rows = bundledCatalog().profile(ref.profileId)?.destinations ?? {};
  const seenFrom = ref.region ?? (rows[home] === undefined ? undefined : home);
  if (seenFrom !== undefined) return rows[seenFrom] ?? [];
  return sourceRegions.flatMap((region) => rows[region] ?? []);
}

function documentedDestinations(route: Route, request: DescribedRequest): readonly string[] {
  const declared = request.routes?.find(({ modelId }) => modelId === route.modelId)?.destinationRegions;
  switch (route.kind) {
    case "in-region": {
      const ref = parseModelRef(route.modelId);
      return [("region" in ref ? ref.region : undefined) ?? route.sourceRegion];
    }
    case "provisioned":
      return declared ?? [route.sourceRegion];
    case "application":
      return declared ?? ["unknown"];
    default: {
      // An operation that takes an ARN as it is goes by the Region that the ARN names.
      const named = parseModelRef(request.model);
      const exact = request.exact === true && "region" in named ? named.region : undefined;
      const row = bundledCatalog().profile(route.modelId)?.destinations[exact ?? route.sourceRegion];
      return row ?? (route.modelId.startsWith("global.") ? ["*"] : ["unknown"]);
    }
  }
}

function keysOf({ routes }: EligibleRoutes): readonly string[] {
  return routes.map(({ route }) => route.key);
}

function details(request: DescribedRequest): Record<string, string> {
  const { rejections } = eligibleRoutes(routeRequest(request));
  return Object.fromEntries(rejections.map(({ route, detail }) => [route.key, detail]));
}
