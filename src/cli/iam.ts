import { type Command, InvalidArgumentError, Option } from "commander";
import { InvalidOptionsError, NoRouteError } from "../types/errors.ts";
import type { Plan } from "../types/plan.ts";
import { type IamPolicyOptions, iamPolicy } from "./access/iam-policy.ts";
import { type PolicyDocument, policySize } from "./access/policy-document.ts";
import {
  allowProfiles,
  allowRegions,
  forbidGlobal,
  regionsToAllow,
  undocumentedRoutes,
} from "./access/service-control-policy.ts";
import { connect } from "./connect.ts";
import { addPolicyFlags, type PolicyFlags, parseRegion, routingFrom } from "./policy-flags.ts";

/** Flags of the command `iam`. */
export interface IamFlags extends PolicyFlags {
  readonly model?: readonly string[];
  readonly region?: string;
  readonly account: string;
  readonly streaming: boolean;
  readonly liveCatalog?: boolean;
  readonly apiKey?: boolean;
  readonly scp?: "regions" | "profiles" | "forbid-global";
}

/** Adds the command `iam` to the program. */
export function addIamCommand(program: Command): void {
  addPolicyFlags(program.command("iam"))
    .description("print the least-privilege IAM policy for exactly the routes of a plan; no network call")
    .option(
      "-m, --model <modelId...>",
      "foundation-model ids, inference profile ids or ARNs; all of them go into one policy. Required, but for --scp forbid-global",
    )
    .option("-r, --region <region>", "home Region (default: as the AWS SDK is configured)", parseRegion)
    .option("--account <id>", "twelve-digit account id in the ARNs of inference profiles; * is any", accountId, "*")
    .option("--no-streaming", "leave out the action of ConverseStream and InvokeModelWithResponseStream")
    .option("--live-catalog", "allow reading the live profile table from the control plane")
    .option("--api-key", "allow calling with an Amazon Bedrock API key")
    .addOption(
      new Option(
        "--scp [kind]",
        "print a service control policy instead: what the organisation must leave to Bedrock, by Regions or by profiles, or how to forbid global inference",
      )
        .choices(["regions", "profiles", "forbid-global"])
        .preset("regions"),
    )
    .addHelpText(
      "after",
      `
The policy goes to standard output and remarks about it to standard error.

Examples:
  $ npx bedrock-routed-client iam --model anthropic.claude-sonnet-4-6 --region eu-central-1 --residency eu
  $ npx bedrock-routed-client iam -m anthropic.claude-sonnet-4-6 -r us-east-1 | \\
      aws iam create-policy --policy-name bedrock-routes --policy-document file:///dev/stdin
  $ npx bedrock-routed-client iam -m anthropic.claude-sonnet-4-6 -r eu-central-1 --scp profiles
  $ npx bedrock-routed-client iam --scp forbid-global`,
    )
    .action((flags: IamFlags) => iam(flags));
}

/** The largest managed policy that IAM takes, and the largest service control policy that every organisation takes. */
const LARGEST = { iam: 6_144, scp: 5_120 } as const;

async function iam(flags: IamFlags): Promise<void> {
  const plans = await plansFor(flags);
  const document =
    flags.scp === undefined ? iamPolicy(plans, optionsFrom(flags)) : organisationPolicy(flags.scp, plans);
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  for (const remark of remarks(flags, plans, document)) process.stderr.write(`note: ${remark}\n`);
}

async function plansFor(flags: IamFlags): Promise<readonly Plan[]> {
  const { model: models = [], scp } = flags;
  if (models.length === 0) {
    // The same statement for every model and Region.
    if (scp === "forbid-global") return [];
    throw new InvalidOptionsError("--model", "must name at least one model", undefined);
  }
  const routing = await routingFrom(flags);
  const { client, close } = await connect(flags.region, { catalog: "bundled", ...routing }, false);
  try {
    const plans = await Promise.all(models.map((model) => client.routing.plan(model)));
    const empty = plans.find(({ candidates }) => candidates.length === 0);
    if (empty !== undefined) throw new NoRouteError(empty);
    return plans;
  } finally {
    await close();
  }
}

function optionsFrom({ account, streaming, liveCatalog, apiKey }: IamFlags): IamPolicyOptions {
  return { account, streaming, liveCatalog: liveCatalog ?? false, apiKey: apiKey ?? false };
}

function organisationPolicy(kind: NonNullable<IamFlags["scp"]>, plans: readonly Plan[]): PolicyDocument {
  switch (kind) {
    case "regions":
      return allowRegions(plans);
    case "profiles":
      return allowProfiles(plans);
    case "forbid-global":
      return forbidGlobal();
    default:
      return kind satisfies never;
  }
}

function* remarks({ scp }: IamFlags, plans: readonly Plan[], document: PolicyDocument): Generator<string> {
  const routes = plans.flatMap(({ candidates }) => candidates.map(({ route }) => route));
  if (scp === undefined) {
    for (const { modelId } of undocumentedRoutes(plans)) {
      yield `AWS does not document where ${modelId} may run, so its models are allowed in every Region, through this profile alone`;
    }
  }
  if (scp === "regions" || scp === "profiles") {
    yield "it denies every other use of Bedrock in the accounts that it is attached to; add what else they use";
    yield "leave bedrock:* out of your general Region-deny statement (NotAction): a second deny would still hold";
  }
  if (scp === "regions") {
    yield `Regions that Bedrock needs for these plans: ${regionsToAllow(plans).join(", ")}`;
    for (const { modelId } of undocumentedRoutes(plans)) {
      yield `AWS does not document where ${modelId} may run; --scp profiles can allow it`;
    }
  }
  if (scp === "forbid-global") {
    for (const { modelId, sourceRegion } of routes.filter(({ destinationRegions }) =>
      destinationRegions.includes("*"),
    )) {
      yield `it denies ${modelId} from ${sourceRegion}, which the plan contains; a residency takes it out of the plan`;
    }
  }
  const size = policySize(document);
  const largest = scp === undefined ? LARGEST.iam : LARGEST.scp;
  if (size > largest) {
    yield `${size} characters: more than the ${largest} of one ${scp === undefined ? "managed policy; split it by --model" : "service control policy; ask for the quota of your organisation"}`;
  }
}

function accountId(text: string): string {
  if (/^\d{12}$/.test(text) || text === "*") return text;
  throw new InvalidArgumentError("must be twelve digits.");
}
