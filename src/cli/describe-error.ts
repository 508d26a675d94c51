import { getRouting } from "../router/reports.ts";
import { isRoutingError } from "../types/errors.ts";

/** An error as lines for a person: what went wrong, what was tried, and what to do about it. */
export function describeError(error: unknown): string {
  const lines = [error instanceof Error ? `${error.name}: ${error.message}` : String(error)];
  const attempts = isRoutingError(error) ? [] : (getRouting(error)?.attempts ?? []);
  for (const { route, outcome, family } of attempts) {
    lines.push(
      `  tried ${route.modelId} from ${route.sourceRegion}: ${outcome}${family === undefined ? "" : ` (${family})`}`,
    );
  }
  const advice = error instanceof Error ? ADVICE[error.name] : undefined;
  if (advice !== undefined) lines.push(`  ${advice}`);
  return `${lines.join("\n")}\n`;
}

const ADVICE: Readonly<Record<string, string>> = {
  CredentialsProviderError:
    "Set up AWS credentials (AWS_PROFILE, AWS_ACCESS_KEY_ID, or a Bedrock API key in AWS_BEARER_TOKEN_BEDROCK), or add --simulate to try without an account.",
  ExpiredTokenException: "The AWS session has expired: sign in again.",
  UnrecognizedClientException: "AWS does not know these credentials: check AWS_PROFILE and the access key.",
  ThrottlingException:
    "Every allowed route is throttled: add source Regions (--source-region), widen the residency, or ask for a higher quota.",
};
