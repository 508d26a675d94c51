import { describe, expect, it } from "vitest";
import { catalogProblem, MalformedListing, MissingPackage } from "../../src/router/catalog-problem.ts";

const SECRET = "arn:aws:iam::111122223333:user/alice";

describe("catalogProblem", () => {
  it.each<[string, object, string, string]>([
    [
      "a missing package",
      new MissingPackage("@aws-sdk/client-bedrock", { cause: new Error(`Cannot find package in ${SECRET}`) }),
      "package-missing",
      "@aws-sdk/client-bedrock is not installed, or cannot be loaded: add it to the dependencies (npm install @aws-sdk/client-bedrock)",
    ],
    [
      "IAM",
      failure("AccessDeniedException", status(403), `User: ${SECRET} is not authorized`),
      "denied",
      "ListInferenceProfiles is denied in eu-west-1: allow bedrock:ListInferenceProfiles there, and check that the Region is enabled for the account",
    ],
    [
      "a Region that is not enabled",
      failure("UnrecognizedClientException", status(403)),
      "denied",
      "ListInferenceProfiles is denied in eu-west-1: allow bedrock:ListInferenceProfiles there, and check that the Region is enabled for the account",
    ],
    [
      "no credentials",
      failure("CredentialsProviderError"),
      "no-credentials",
      "ListInferenceProfiles was not sent to eu-west-1: the AWS SDK finds no credentials (set AWS_PROFILE, access keys, or a Bedrock API key in AWS_BEARER_TOKEN_BEDROCK)",
    ],
    [
      "a nameless 403",
      failure("Error", status(403)),
      "denied",
      "ListInferenceProfiles is denied in eu-west-1: allow bedrock:ListInferenceProfiles there, and check that the Region is enabled for the account",
    ],
    [
      "a throttle",
      failure("ThrottlingException", status(429)),
      "throttled",
      "ListInferenceProfiles is throttled in eu-west-1",
    ],
    [
      "a failing service",
      failure("InternalServerException", status(500)),
      "service-error",
      "ListInferenceProfiles failed in eu-west-1",
    ],
    [
      "no connection",
      failure("Error", { code: "ECONNREFUSED" }),
      "unreachable",
      "ListInferenceProfiles in eu-west-1 cannot be reached",
    ],
    [
      "a timeout of the handler",
      failure("TimeoutError"),
      "timeout",
      "ListInferenceProfiles in eu-west-1 did not answer in time",
    ],
    [
      "HTML",
      new SyntaxError("Unexpected token <"),
      "malformed",
      "ListInferenceProfiles in eu-west-1 returned an unusable response: no JSON",
    ],
    [
      "an empty list",
      new MalformedListing("an empty list"),
      "malformed",
      "ListInferenceProfiles in eu-west-1 returned an unusable response: an empty list",
    ],
  ])("knows %s", (_title, error, reason, detail) => {
    expect(catalogProblem(error, "ListInferenceProfiles", "eu-west-1", false)).toMatchObject({ reason, detail });
  });

  it("knows a profile that does not exist, and a look that was given up", () => {
    const error = failure("ResourceNotFoundException", status(404));
    expect(catalogProblem(error, "GetInferenceProfile", "eu-west-1", false).reason).toBe("not-found");
    expect(catalogProblem(error, "GetInferenceProfile", "eu-west-1", true).reason).toBe("timeout");
  });

  it("names the error and quotes nothing of it", () => {
    const error = failure("AccessDeniedException", status(403), `User: ${SECRET} is not authorized`);
    const problem = catalogProblem(error, "ListFoundationModels", "eu-west-1", false);
    expect(problem.errorName).toBe("AccessDeniedException");
    expect(JSON.stringify(problem)).not.toContain("alice");
  });

  it.each([undefined, null, "text", 7, {}])("takes anything that was thrown, such as %j", (thrown) => {
    expect(catalogProblem(thrown, "ListFoundationModels", "eu-west-1", false).reason).toBe("unreachable");
  });
});

function failure(name: string, fields: object = {}, message = ""): Error {
  return Object.assign(new Error(message), { name, ...fields });
}

function status(httpStatusCode: number): object {
  return { $metadata: { httpStatusCode } };
}
