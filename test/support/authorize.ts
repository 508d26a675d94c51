import { runSimulation, runUnsafeSimulation, type Simulation } from "@cloud-copilot/iam-simulate";
import type { PolicyDocument } from "../../src/cli/access/policy-document.ts";
import type { Route } from "../../src/types/route.ts";

/** One of the authorisations that Bedrock asks IAM for, to serve one request. */
export interface Check {
  readonly action: string;
  readonly resource: string;
  /** Condition keys that AWS sets with it. */
  readonly context: Readonly<Record<string, string>>;
}

/** What decides beside the policy. */
export interface Circumstances {
  readonly action?: string;
  /** Service control policies, beside the one that allows everything. */
  readonly organisation?: readonly PolicyDocument[];
}

const ACCOUNT = "111122223333";
const FULL_ACCESS = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };

/**
 * The authorisations of one request on a route, as the Bedrock user guide lists them: the profile in the source Region,
 * the model there, and the model in each destination Region. Written down apart from the code that makes policies.
 */
export function checksOf(route: Route, action = "bedrock:InvokeModel"): readonly Check[] {
  const { sourceRegion, modelId, model, kind, destinationRegions } = route;
  const partition = sourceRegion.startsWith("us-gov") ? "aws-us-gov" : "aws";
  const check = (resource: string, region: string, profile?: string): Check => ({
    action,
    resource,
    context: {
      "aws:RequestedRegion": region,
      ...(profile === undefined ? {} : { "bedrock:InferenceProfileArn": profile }),
    },
  });
  const modelIn = (region: string): string => `arn:${partition}:bedrock:${region}::foundation-model/${model}`;
  if (kind === "in-region") return [check(modelIn(sourceRegion), sourceRegion)];
  if (kind === "provisioned") return [check(modelId, sourceRegion)];
  const profile =
    kind === "application"
      ? modelId
      : `arn:${partition}:bedrock:${sourceRegion}:${ACCOUNT}:inference-profile/${modelId}`;
  return [
    check(profile, sourceRegion),
    check(modelIn(sourceRegion), sourceRegion, profile),
    ...destinationRegions.map((region) =>
      region === "*" ? check(modelIn(""), "unspecified", profile) : check(modelIn(region), region, profile),
    ),
  ];
}

/** Whether IAM would allow one authorisation to a caller with this policy, in an organisation with these others. */
export function allows(
  policy: PolicyDocument | "everything",
  check: Check,
  organisation: readonly PolicyDocument[] = [],
): boolean {
  // The checked form refuses the ARN of a model without a Region, which its data do not know.
  return runUnsafeSimulation(simulationOf(policy, check, organisation), {}) === "Allowed";
}

/** Whether a request on the route would be served: every authorisation must be allowed. */
export function serves(
  policy: PolicyDocument | "everything",
  route: Route,
  { action = "bedrock:InvokeModel", organisation = [] }: Circumstances = {},
): boolean {
  return checksOf(route, action).every((check) => allows(policy, check, organisation));
}

/** What the evaluator objects to in the grammar of a policy; nothing in a valid one. */
export async function objections(policy: PolicyDocument): Promise<unknown> {
  const check = { action: "bedrock:ListFoundationModels", resource: "*", context: {} };
  const result = await runSimulation(simulationOf(policy, check, []), {});
  return result.resultType === "error" ? result.errors : undefined;
}

function simulationOf(
  policy: PolicyDocument | "everything",
  { action, resource, context }: Check,
  organisation: readonly PolicyDocument[],
): Simulation {
  const named = (documents: readonly object[]): { name: string; policy: object }[] =>
    documents.map((document, index) => ({ name: `p-${index}`, policy: document }));
  return {
    request: {
      principal: `arn:aws:iam::${ACCOUNT}:role/Application`,
      action,
      resource: { resource, accountId: ACCOUNT },
      contextVariables: { ...context },
    },
    identityPolicies: named([policy === "everything" ? FULL_ACCESS : policy]),
    serviceControlPolicies: [{ orgIdentifier: "r-root", policies: named([FULL_ACCESS, ...organisation]) }],
    resourceControlPolicies: [],
  };
}
