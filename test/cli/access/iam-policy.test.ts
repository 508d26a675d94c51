import { describe, expect, it } from "vitest";
import { type IamPolicyOptions, iamPolicy } from "../../../src/cli/access/iam-policy.ts";
import type { PolicyDocument } from "../../../src/cli/access/policy-document.ts";
import type { RoutingOptions } from "../../../src/options/options.ts";
import { parseModelRef } from "../../../src/profiles/model-ref.ts";
import type { Plan } from "../../../src/types/plan.ts";
import { type Route, routeKey } from "../../../src/types/route.ts";
import { allows, checksOf, objections, serves } from "../../support/authorize.ts";
import { planFor } from "../../support/plans.ts";

const CLAUDE = "anthropic.claude-sonnet-4-6";
const NOVA = "amazon.nova-2-lite-v1:0";
const OPTIONS: IamPolicyOptions = { account: "111122223333", streaming: true, liveCatalog: false, apiKey: false };
const EVERYWHERE = { sourceRegions: ["us-east-1", "eu-west-1", "ap-northeast-1", "ca-central-1"] };
const ARNS = {
  application: "arn:aws:bedrock:eu-central-1:111122223333:application-inference-profile/abcdefghijkl",
  provisioned: "arn:aws:bedrock:eu-central-1:111122223333:provisioned-model/mnopqrstuvwx",
};

interface Golden {
  readonly name: string;
  readonly models: readonly string[];
  readonly region: string;
  readonly routing?: Partial<RoutingOptions>;
  readonly options?: Partial<IamPolicyOptions>;
}

const GOLDENS: readonly Golden[] = [
  { name: "geographic", models: [CLAUDE], region: "eu-central-1", routing: { residency: "eu" } },
  { name: "geographic-and-global", models: [CLAUDE], region: "eu-central-1" },
  { name: "any-account", models: [CLAUDE], region: "us-east-1", options: { account: "*" } },
  { name: "no-streaming", models: [CLAUDE], region: "ap-northeast-1", options: { streaming: false } },
  {
    name: "two-source-regions",
    models: [CLAUDE],
    region: "eu-central-1",
    routing: { sourceRegions: ["eu-west-1"], residency: "eu" },
  },
  { name: "two-models", models: [CLAUDE, NOVA], region: "us-west-2" },
  { name: "in-region", models: ["anthropic.claude-3-haiku-20240307-v1:0"], region: "eu-central-1" },
  { name: "gov-cloud", models: ["anthropic.claude-sonnet-4-5-20250929-v1:0"], region: "us-gov-west-1" },
  {
    name: "application-and-provisioned",
    models: [CLAUDE],
    region: "eu-central-1",
    routing: {
      residency: "eu",
      routes: {
        [CLAUDE]: [
          { modelId: ARNS.application, destinationRegions: ["eu-central-1", "eu-north-1"] },
          { modelId: ARNS.provisioned },
        ],
      },
    },
  },
  { name: "undescribed-application-profile", models: [ARNS.application], region: "eu-central-1" },
  {
    name: "live-catalog-and-api-key",
    models: [CLAUDE],
    region: "eu-central-1",
    routing: { sourceRegions: ["us-east-1"] },
    options: { liveCatalog: true, apiKey: true },
  },
];

async function made({ models, region, routing, options }: Golden): Promise<{ plans: Plan[]; policy: PolicyDocument }> {
  const plans = await Promise.all(models.map((model) => planFor(model, region, routing)));
  return { plans, policy: iamPolicy(plans, { ...OPTIONS, ...options }) };
}

describe("the policy of a plan", () => {
  it.each(GOLDENS)("is what the file $name says", async (golden) => {
    const { policy } = await made(golden);
    await expect(`${JSON.stringify(policy, null, 2)}\n`).toMatchFileSnapshot(`fixtures/${golden.name}.json`);
  });

  it.each(GOLDENS)("allows every route of the plan, and none beside it: $name", async (golden) => {
    const { plans, policy } = await made(golden);
    const planned = plans.flatMap(({ candidates }) => candidates.map(({ route }) => route));
    expect(planned.length).toBeGreaterThan(0);
    expect(await objections(policy)).toBeUndefined();
    for (const route of planned) {
      const known = route.destinationRegions.includes("unknown") ? described(route) : route;
      expect(serves(policy, known), route.key).toBe(true);
      expect(serves(policy, known, { action: "bedrock:InvokeModelWithResponseStream" }), route.key).toBe(
        golden.options?.streaming !== false,
      );
    }
    const keys = new Set(planned.map(({ key }) => key));
    const elsewhere = golden.region.startsWith("us-gov") ? "us-west-2" : golden.region;
    const others = await Promise.all([CLAUDE, NOVA].map((model) => planFor(model, elsewhere, EVERYWHERE)));
    const unplanned = others
      .flatMap(({ candidates }) => candidates.map(({ route }) => route))
      .filter(({ key }) => !keys.has(key));
    expect(unplanned.length).toBeGreaterThan(3);
    for (const route of unplanned) expect(serves(policy, route), route.key).toBe(false);
  });

  it("needs each of its resources: without any one of them, a route of the plan fails", async () => {
    const { plans, policy } = await made(GOLDENS[1] as Golden);
    const routes = plans.flatMap(({ candidates }) => candidates.map(({ route }) => route));
    const resources = policy.Statement.flatMap(({ Resource }, at) => Resource.map((resource) => ({ at, resource })));
    expect(resources.length).toBeGreaterThan(8);
    for (const { at, resource } of resources) {
      const Statement = policy.Statement.map((statement, index) =>
        index === at
          ? { ...statement, Resource: statement.Resource.map((one) => (one === resource ? "arn:aws:s3:::x" : one)) }
          : statement,
      );
      const verdicts = routes.map((route) => serves({ ...policy, Statement }, route));
      expect(verdicts, resource).toContain(false);
    }
  });

  it("opens a model through its profiles only: not called in the Region itself, nor through another profile", async () => {
    const { plans, policy } = await made(GOLDENS[0] as Golden);
    const route = plans[0]?.candidates[0]?.route as Route;
    for (const { resource, context, action } of checksOf(route).slice(1)) {
      const { "bedrock:InferenceProfileArn": _, ...direct } = context;
      expect(allows(policy, { action, resource, context: direct }), resource).toBe(false);
      const other = { ...direct, "bedrock:InferenceProfileArn": ARNS.application };
      expect(allows(policy, { action, resource, context: other }), resource).toBe(false);
    }
  });

  it("reads the control plane for a live catalogue alone, and in the source Regions alone", async () => {
    const list = (region: string): Parameters<typeof allows>[1] => ({
      action: "bedrock:ListInferenceProfiles",
      resource: "*",
      context: { "aws:RequestedRegion": region },
    });
    const live = await made(GOLDENS.at(-1) as Golden);
    expect(allows(live.policy, list("us-east-1"))).toBe(true);
    expect(allows(live.policy, list("us-west-2"))).toBe(false);
    const bundled = await made(GOLDENS[1] as Golden);
    expect(allows(bundled.policy, list("eu-central-1"))).toBe(false);
  });

  it("says for which resources it cannot be written", async () => {
    const prompt = "arn:aws:bedrock:eu-central-1:111122223333:prompt/ABCDEFGHIJ:1";
    const plan = await planFor(prompt, "eu-central-1");
    expect(parseModelRef(prompt).kind).toBe("prompt");
    expect(() => iamPolicy([plan], OPTIONS)).toThrow(/model must be a model or an inference profile: what a prompt/);
  });
});

/** What AWS knows of an application profile that the caller did not describe: here, a copy of a geographic profile. */
function described(route: Route): Route {
  const destinationRegions = ["eu-central-1", "eu-north-1", "eu-west-3"];
  return { ...route, model: CLAUDE, destinationRegions, key: routeKey(route.sourceRegion, route.modelId) };
}
