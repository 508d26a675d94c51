import { describe, expect, it } from "vitest";
import type { PolicyDocument } from "../../../src/cli/access/policy-document.ts";
import {
  allowProfiles,
  allowRegions,
  forbidGlobal,
  regionsToAllow,
  undocumentedRoutes,
} from "../../../src/cli/access/service-control-policy.ts";
import type { Plan } from "../../../src/types/plan.ts";
import type { Route } from "../../../src/types/route.ts";
import { allows, objections, serves } from "../../support/authorize.ts";
import { planFor } from "../../support/plans.ts";

const CLAUDE = "anthropic.claude-sonnet-4-6";
const APPLICATION = "arn:aws:bedrock:eu-central-1:111122223333:application-inference-profile/abcdefghijkl";
const routesOf = (plan: Plan): readonly Route[] => plan.candidates.map(({ route }) => route);
const under = (policy: PolicyDocument, route: Route): boolean =>
  serves("everything", route, { organisation: [policy] });

describe("a service control policy", () => {
  it.each([
    ["scp-regions", allowRegions],
    ["scp-profiles", allowProfiles],
    ["scp-forbid-global", forbidGlobal],
  ] as const)("is what the file %s says", async (name, make) => {
    const policy = make([await planFor(CLAUDE, "eu-central-1")]);
    await expect(`${JSON.stringify(policy, null, 2)}\n`).toMatchFileSnapshot(`fixtures/${name}.json`);
    expect(await objections(policy)).toBeUndefined();
  });

  it("leaves the whole plan usable, by Regions or by profiles", async () => {
    const plans = [
      await planFor(CLAUDE, "eu-central-1", { sourceRegions: ["us-east-1"] }),
      await planFor("amazon.nova-2-lite-v1:0", "ap-northeast-1"),
    ];
    for (const policy of [allowRegions(plans), allowProfiles(plans)]) {
      for (const route of plans.flatMap(routesOf)) expect(under(policy, route), route.key).toBe(true);
    }
  });

  it("breaks a geographic profile when one destination Region is missing, and a global one without `unspecified`", async () => {
    const plan = await planFor(CLAUDE, "eu-central-1");
    const regions = regionsToAllow([plan]);
    expect(regions).toContain("unspecified");
    const without = (missing: string): PolicyDocument => {
      const [statement] = allowRegions([plan]).Statement;
      const left = regions.filter((region) => region !== missing);
      return {
        Version: "2012-10-17",
        Statement: [{ ...statement!, Condition: { StringNotEquals: { "aws:RequestedRegion": left } } }],
      };
    };
    const kinds = (policy: PolicyDocument): string[] =>
      routesOf(plan)
        .filter((route) => under(policy, route))
        .map(({ kind }) => kind);
    expect(kinds(without("eu-north-1"))).toEqual(["global"]);
    expect(kinds(without("unspecified"))).toEqual(["geographic"]);
    expect(kinds(without("eu-central-1"))).toEqual([]);
  });

  it("by profiles opens no other Region to a call, and no other profile to a Region", async () => {
    const policy = allowProfiles([await planFor(CLAUDE, "eu-central-1", { residency: "eu" })]);
    const elsewhere = await planFor(CLAUDE, "eu-north-1", { residency: "eu" });
    for (const route of routesOf(elsewhere)) expect(under(policy, route), route.key).toBe(false);
    const global = routesOf(await planFor(CLAUDE, "eu-central-1")).find(({ kind }) => kind === "global") as Route;
    expect(under(policy, global)).toBe(false);
    const byRegions = allowRegions([await planFor(CLAUDE, "eu-central-1", { residency: "eu" })]);
    expect(routesOf(elsewhere).some((route) => under(byRegions, route))).toBe(true);
  });

  it("forbids global inference and nothing else, through an application profile too", async () => {
    const plan = await planFor(CLAUDE, "us-east-1");
    const served = routesOf(plan).filter((route) => under(forbidGlobal(), route));
    expect(served.map(({ kind }) => kind)).toEqual(["geographic"]);
    const copy = (destinationRegions: readonly string[]): Route => ({
      ...(routesOf(plan)[0] as Route),
      kind: "application",
      sourceRegion: "eu-central-1",
      modelId: APPLICATION,
      destinationRegions,
    });
    expect(under(forbidGlobal(), copy(["*"]))).toBe(false);
    expect(under(forbidGlobal(), copy(["eu-north-1"]))).toBe(true);
    const list = {
      action: "bedrock:ListFoundationModels",
      resource: "*",
      context: { "aws:RequestedRegion": "us-east-1" },
    };
    expect(allows("everything", list, [forbidGlobal()])).toBe(true);
  });

  it("tells which routes no list of Regions can allow", async () => {
    const plans = [await planFor(APPLICATION, "eu-central-1"), await planFor(CLAUDE, "eu-central-1")];
    expect(undocumentedRoutes(plans).map(({ modelId }) => modelId)).toEqual([APPLICATION]);
    expect(JSON.stringify(allowProfiles(plans))).toContain(APPLICATION);
  });
});
