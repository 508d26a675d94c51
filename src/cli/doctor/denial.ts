import type { Route } from "../../types/route.ts";
import type { Advice } from "./advice.ts";

/** What an AccessDeniedException of IAM says, in its parts. */
export interface Denial {
  readonly action: string;
  readonly resource: string;
  readonly resourceKind:
    | "foundation-model"
    | "inference-profile"
    | "application-inference-profile"
    | "provisioned-model";
  /** The Region in the ARN; empty for the model of a global profile. */
  readonly region: string;
  readonly by: string;
  readonly explicit: boolean;
}

/**
 * Reads the message of an AccessDeniedException; `undefined` when it is not about a model or a profile.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function parseDenial(message: string): Denial | undefined {
  const match = DENIAL.exec(message);
  if (match === null) return undefined;
  const [, action = "", resource = "", region = "", kind = "", ending = ""] = match;
  const explicit = /with an explicit deny in an? ([a-z -]+?)(?:[:.,]|$)/.exec(ending);
  const missing = /because no ([a-z -]+?) policy allows/i.exec(ending);
  return {
    action,
    resource,
    resourceKind: kind as Denial["resourceKind"],
    region,
    by: explicit?.[1] ?? (missing?.[1] === undefined ? "policy" : `${missing[1]} policy`),
    explicit: explicit !== null,
  };
}

const DENIAL =
  /is not authorized to perform: (bedrock:\w+) on resource: (arn:aws[\w-]*:bedrock:([\w-]*):\d*:(foundation-model|(?:application-)?inference-profile|provisioned-model)\/[^\s,]*)(.*)/s;

/** The sentences for a denial: who denies what where, and what to change. */
export function adviceForDenial(denial: Denial, route: Route): Advice {
  const { action, resource, by, explicit, resourceKind } = denial;
  const what = `${resourceKind === "foundation-model" ? "the model" : "the route itself"} ${placeOf(denial, route)}`;
  if (!explicit) {
    const policy = /vpc endpoint/i.test(by)
      ? `the policy of the VPC endpoint in ${route.sourceRegion}`
      : "the caller's policy";
    return {
      why: `No ${by} allows ${action} on ${what}.`,
      cure: `Add to ${policy} what \`npx bedrock-routed-client iam\` prints for this plan: ${action} on ${resource}.`,
    };
  }
  return { why: `An explicit deny in ${article(by)} keeps ${action} from ${what}.`, cure: cureOfDeny(denial, route) };
}

function placeOf({ region, resourceKind }: Denial, { kind, sourceRegion, destinationRegions }: Route): string {
  if (resourceKind !== "foundation-model") return `in ${sourceRegion}`;
  if (region === "") return 'wherever the global profile runs it (aws:RequestedRegion is "unspecified")';
  if (kind === "in-region") return `in ${region}`;
  const role = destinationRegions.includes(region) ? "a destination Region of this profile" : "the source Region";
  return `in ${region}, ${role}`;
}

function cureOfDeny({ by, region, resourceKind }: Denial, { sourceRegion }: Route): string {
  const name = resourceKind === "foundation-model" && region === "" ? '"unspecified"' : region || sourceRegion;
  const alternative =
    resourceKind === "foundation-model"
      ? "or leave the route out with a residency that does not hold that Region"
      : `or leave ${sourceRegion} out of the source Regions`;
  if (by === "service control policy") {
    return `Have the organisation allow ${name} for Bedrock (\`npx bedrock-routed-client iam --scp\` prints the statement), ${alternative}.`;
  }
  return `Take ${name} out of the deny for Bedrock, ${alternative}.`;
}

function article(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`;
}
