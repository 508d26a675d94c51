import { describe, expect, it } from "vitest";
import { adviceForDenial, parseDenial } from "../../../src/cli/doctor/denial.ts";
import { type DenyingPolicy, refuse } from "../../../src/simulator/refusal.ts";
import type { Route } from "../../../src/types/route.ts";
import { routeOf } from "../../support/routes.ts";

const eu: Route = { ...routeOf("eu@eu-central-1"), destinationRegions: ["eu-central-1", "eu-north-1"] };
const MODEL = "foundation-model/anthropic.claude-sonnet-4-6";
const said = (by: DenyingPolicy, arn: string): string => refuse.accessDenied(by, "bedrock:InvokeModel", arn).message;
const advise = (message: string, route: Route): { why: string; cure: string } => {
  const denial = parseDenial(message);
  if (denial === undefined) throw new Error(`not recognised: ${message}`);
  return adviceForDenial(denial, route);
};

describe("a denial", () => {
  it("by the organisation names the destination Region that it denies, and how to allow it", () => {
    const { why, cure } = advise(said("service-control-policy", `arn:aws:bedrock:eu-north-1::${MODEL}`), eu);
    expect(why).toBe(
      "An explicit deny in a service control policy keeps bedrock:InvokeModel from the model in eu-north-1, a destination Region of this profile.",
    );
    expect(cure).toContain("allow eu-north-1 for Bedrock (`npx bedrock-routed-client iam --scp`");
  });

  it("of global inference names the Region that is none", () => {
    const { why, cure } = advise(said("identity-based-policy", `arn:aws:bedrock:::${MODEL}`), routeOf("global"));
    expect(why).toContain(
      "An explicit deny in an identity-based policy keeps bedrock:InvokeModel from the model wherever",
    );
    expect(cure).toMatch(/^Take "unspecified" out of the deny/);
  });

  it("for want of a policy of the VPC endpoint says where to add it", () => {
    const arn = "arn:aws:bedrock:eu-central-1:111122223333:inference-profile/eu.anthropic.claude-sonnet-4-6";
    const { why, cure } = advise(said("vpc-endpoint-policy", arn), eu);
    expect(why).toContain("No VPC endpoint policy allows bedrock:InvokeModel");
    expect(cure).toMatch(/^Add to the policy of the VPC endpoint in eu-central-1 /);
  });

  it("for want of a policy that allows names the action and the resource to add", () => {
    const arn = "arn:aws:bedrock:eu-central-1:111122223333:inference-profile/eu.anthropic.claude-sonnet-4-6";
    const { why, cure } = advise(said("no-identity-based-policy", arn), eu);
    expect(why).toBe("No identity-based policy allows bedrock:InvokeModel on the route itself in eu-central-1.");
    expect(cure).toContain(`bedrock:InvokeModel on ${arn}.`);
  });

  it("in a source Region that is no destination says so", () => {
    const { why } = advise(said("service-control-policy", `arn:aws:bedrock:il-central-1::${MODEL}`), {
      ...eu,
      sourceRegion: "il-central-1",
    });
    expect(why).toContain("in il-central-1, the source Region");
  });

  it("of something other than a model or a profile is not read as one of a route", () => {
    expect(
      parseDenial("User: x is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:eu-west-1:1:key/2"),
    ).toBeUndefined();
    expect(parseDenial("You don't have access to the model with the specified model ID.")).toBeUndefined();
  });
});
