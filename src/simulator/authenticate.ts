import { isRegionName, partitionOf, regionInfo } from "../profiles/regions.ts";
import { type Refusal, refuse } from "./refusal.ts";
import { readSignatureClaim, type SignedRequest, verifySignature } from "./signature.ts";

/** Who called, and the Region whose endpoint received the request. */
export interface Caller {
  readonly sourceRegion: string;
  readonly by: "signature" | "bearer";
}

/** What the simulator knows about its callers. */
export interface Identities {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Bedrock API keys by the Region they are bound to; `*` for one that works everywhere. */
  readonly bearerTokens: Readonly<Record<string, string>>;
  /** Opt-in Regions that the account has not enabled. */
  readonly disabledRegions: ReadonlySet<string>;
}

/**
 * Checks who called, as the front door of AWS does. The Region is the one of the endpoint if the request names one
 * (see {@link endpointRegion}), else the one that the signature or the token is bound to.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html
 */
export function authenticate(
  request: SignedRequest,
  endpoint: string | undefined,
  identities: Identities,
): Caller | Refusal {
  const authorization = request.headers.authorization;
  if (authorization === undefined) return refuse.missingAuthorization();
  if (/^bearer /i.test(authorization)) return authenticateToken(authorization.slice(7).trim(), endpoint, identities);

  const claim = readSignatureClaim(authorization);
  if (claim === undefined)
    return refuse.invalidSignature("Authorization header is not a complete Signature Version 4 header.");
  if (claim.accessKeyId !== identities.accessKeyId) return refuse.unrecognizedClient();
  if (claim.service !== "bedrock") {
    return refuse.invalidSignature("Credential should be scoped to correct service: 'bedrock'. ");
  }
  if (!exists(claim.region) || (endpoint !== undefined && endpoint !== claim.region)) {
    return refuse.invalidSignature("Credential should be scoped to a valid region. ");
  }
  if (identities.disabledRegions.has(claim.region)) return refuse.unrecognizedClient();
  if (!verifySignature(request, claim, identities.secretAccessKey)) {
    return refuse.invalidSignature(
      "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
    );
  }
  return { sourceRegion: claim.region, by: "signature" };
}

/**
 * The Region that a request names as its endpoint: in the path that the simulator's `endpoint(region)` adds, or in a
 * host name such as `bedrock-runtime.eu-west-1.amazonaws.com`.
 */
export function endpointRegion(path: string, host: string | undefined): string | undefined {
  return regionPath.exec(path)?.[1] ?? regionalHost.exec(host ?? "")?.[1];
}

/** The path without what {@link endpointRegion} reads from it. */
export function operationPath(path: string): string {
  return path.replace(regionPath, "/");
}

/** The Region of a bearer token that works everywhere, on an endpoint without a Region. */
const defaultRegion = "us-east-1";
const regionPath = /^\/regions\/([^/]+)\//;
const regionalHost = /^bedrock(?:-runtime)?(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com|api\.aws)(?::\d+)?$/;

function authenticateToken(token: string, endpoint: string | undefined, identities: Identities): Caller | Refusal {
  const bound = identities.bearerTokens[token];
  if (bound === undefined) return refuse.invalidApiKey();
  const sourceRegion = endpoint ?? (bound === "*" ? defaultRegion : bound);
  if (bound !== "*" && bound !== sourceRegion) return refuse.invalidApiKey();
  if (!exists(sourceRegion) || identities.disabledRegions.has(sourceRegion)) {
    return refuse.invalidApiKey();
  }
  return { sourceRegion, by: "bearer" };
}

/** Of other partitions than `aws` only the names are known. */
function exists(region: string): boolean {
  return regionInfo(region) !== undefined || (isRegionName(region) && partitionOf(region) !== "aws");
}
