import type { Plan } from "../../types/plan.ts";
import type { Account } from "./arn.ts";
import { type Grant, grantsOf } from "./grant.ts";
import { mergeGrants } from "./merge-grants.ts";
import type { PolicyDocument, PolicyStatement } from "./policy-document.ts";

/** What a policy is for, beside the routes. */
export interface IamPolicyOptions {
  readonly account: Account;
  /** Whether `ConverseStream` and `InvokeModelWithResponseStream` are called. */
  readonly streaming: boolean;
  /** Whether the client reads its profile table from the control plane. */
  readonly liveCatalog: boolean;
  /** Whether the client authenticates with an Amazon Bedrock API key. */
  readonly apiKey: boolean;
}

/**
 * The least that a caller must be allowed to use every candidate of the plans, and nothing else. Converse needs
 * `bedrock:InvokeModel`, ConverseStream needs `bedrock:InvokeModelWithResponseStream`: there are no actions of their names.
 * @throws {@link InvalidOptionsError} for a resource whose permissions depend on more than the route
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html
 */
export function iamPolicy(plans: readonly Plan[], options: IamPolicyOptions): PolicyDocument {
  const routes = plans.flatMap(({ candidates }) => candidates.map(({ route }) => route));
  const invoke = ["bedrock:InvokeModel", ...(options.streaming ? ["bedrock:InvokeModelWithResponseStream"] : [])];
  const grants = mergeGrants(routes.flatMap((route) => grantsOf(route, options.account)));
  const count = new Map<string, number>();
  const invocations = grants.map((grant) => {
    const number = (count.get(grant.name) ?? 0) + 1;
    count.set(grant.name, number);
    return statement(grant, invoke, number);
  });
  const sourceRegions = [...new Set(routes.map(({ sourceRegion }) => sourceRegion))].sort();
  return {
    Version: "2012-10-17",
    Statement: [
      ...invocations,
      ...(options.liveCatalog ? [readCatalog(sourceRegions)] : []),
      ...(options.apiKey ? [useApiKey] : []),
    ],
  };
}

function statement(
  { name, resources, throughProfiles, unspecifiedRegion }: Grant,
  actions: readonly string[],
  number: number,
): PolicyStatement {
  return {
    Sid: number === 1 ? name : `${name}${number}`,
    Effect: "Allow",
    Action: actions,
    Resource: resources,
    ...(throughProfiles.length === 0
      ? {}
      : {
          Condition: {
            ...(unspecifiedRegion ? { StringEquals: { "aws:RequestedRegion": ["unspecified"] } } : {}),
            // As ArnEquals does; both take the account `*` for any, where StringEquals would look for an asterisk.
            ArnLike: { "bedrock:InferenceProfileArn": throughProfiles },
          },
        }),
  };
}

/** Listing has no resources to narrow it to; the Region is all that a policy can say. */
function readCatalog(sourceRegions: readonly string[]): PolicyStatement {
  return {
    Sid: "ReadLiveCatalog",
    Effect: "Allow",
    Action: [
      "bedrock:GetGuardrail",
      "bedrock:GetInferenceProfile",
      "bedrock:ListFoundationModels",
      "bedrock:ListInferenceProfiles",
    ],
    Resource: ["*"],
    Condition: { StringEquals: { "aws:RequestedRegion": sourceRegions } },
  };
}

const useApiKey: PolicyStatement = Object.freeze({
  Sid: "UseApiKey",
  Effect: "Allow",
  Action: ["bedrock:CallWithBearerToken"],
  Resource: ["*"],
});
