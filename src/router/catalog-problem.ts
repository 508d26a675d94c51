import type { CatalogEvent, CatalogFailure } from "../types/events.ts";

/** The operations of the control plane that are used. */
export type CatalogOperation = NonNullable<CatalogEvent["operation"]>;

/** Why an operation of the control plane told nothing. */
export interface CatalogProblem {
  readonly operation: CatalogOperation;
  readonly reason: CatalogFailure;
  readonly errorName?: string;
  /** One sentence for a person. It quotes nothing of the error: AWS names users and accounts there. */
  readonly detail: string;
}

/** A response of the control plane that cannot be used. */
export class MalformedListing extends Error {
  override readonly name: string = "MalformedListing";
}

/** The SDK client for the control plane is not installed, or cannot be loaded. Bundlers word that as they like. */
export class MissingPackage extends Error {
  override readonly name: string = "MissingPackage";
}

/** Puts an error of the control plane into terms. Never throws. */
export function catalogProblem(
  error: unknown,
  operation: CatalogOperation,
  sourceRegion: string,
  timedOut: boolean,
): CatalogProblem {
  const reason = timedOut ? "timeout" : failureOf(error);
  const name = fieldsOf(error).name;
  return Object.freeze({
    operation,
    reason,
    ...(typeof name === "string" && reason !== "malformed" && reason !== "package-missing" ? { errorName: name } : {}),
    detail: DETAIL[reason](operation, sourceRegion, error),
  });
}

type Detail = (operation: CatalogOperation, sourceRegion: string, error: unknown) => string;

const DETAIL: Readonly<Record<CatalogFailure, Detail>> = {
  "package-missing": () =>
    "@aws-sdk/client-bedrock is not installed, or cannot be loaded: add it to the dependencies (npm install @aws-sdk/client-bedrock)",
  denied: (operation, region) =>
    `${operation} is denied in ${region}: allow bedrock:${operation} there, and check that the Region is enabled for the account`,
  "no-credentials": (operation, region) =>
    `${operation} was not sent to ${region}: the AWS SDK finds no credentials (set AWS_PROFILE, access keys, or a Bedrock API key in AWS_BEARER_TOKEN_BEDROCK)`,
  "not-found": (operation, region) =>
    `${operation} found no such ${operation === "GetGuardrail" ? "guardrail" : "application profile"} in ${region}`,
  throttled: (operation, region) => `${operation} is throttled in ${region}`,
  timeout: (operation, region) => `${operation} in ${region} did not answer in time`,
  unreachable: (operation, region) => `${operation} in ${region} cannot be reached`,
  "service-error": (operation, region) => `${operation} failed in ${region}`,
  malformed: (operation, region, error) =>
    `${operation} in ${region} returned an unusable response: ${error instanceof MalformedListing ? error.message : "no JSON"}`,
};

interface ErrorFields {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly statusCode?: number };
}

function fieldsOf(error: unknown): ErrorFields {
  return typeof error === "object" && error !== null ? error : {};
}

const UNPROVIDED = /^(?:CredentialsProvider|TokenProvider|ProviderError)/;
const DENIED =
  /^(?:AccessDenied|UnrecognizedClient|ExpiredToken|InvalidSignature|InvalidClientTokenId|MissingAuthenticationToken|NotAuthorized|OptInRequired)/;

function failureOf(error: unknown): CatalogFailure {
  const { name, code, $metadata, $response } = fieldsOf(error);
  const status = $metadata?.httpStatusCode ?? $response?.statusCode;
  if (error instanceof MalformedListing) return "malformed";
  // A proxy may refuse with a page of HTML, and may let one pass for an answer.
  if (error instanceof SyntaxError && (status ?? 200) < 300) return "malformed";
  if (error instanceof MissingPackage) return "package-missing";
  if (typeof name === "string" && UNPROVIDED.test(name)) return "no-credentials";
  if (typeof name === "string" && DENIED.test(name)) return "denied";
  if (status === 401 || status === 403) return "denied";
  if (name === "ResourceNotFoundException" || status === 404) return "not-found";
  if (name === "ThrottlingException" || status === 429) return "throttled";
  // The SDK's HTTP/1.1 handler gives that name to a connection that was reset, too.
  if (name === "TimeoutError" && !/^E(?:CONN|PIPE)/.test(String(code))) return "timeout";
  return status === undefined ? "unreachable" : "service-error";
}
