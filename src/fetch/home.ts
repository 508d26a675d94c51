import { residencyViolations } from "../plan/residency.ts";
import { InvalidOptionsError } from "../types/errors.ts";
import type { ResolvedResidency } from "../types/plan.ts";
import { received } from "../util/received.ts";
import type { Api } from "./api.ts";
import type { IncomingRequest } from "./incoming.ts";

/** The service that a request is for. */
export interface Service {
  /** `bedrock-runtime`, `bedrock-mantle`, `bedrock-agent-runtime`, … */
  readonly name: string;
  readonly hostname: string;
  /** What its requests are signed for. */
  readonly signingName: string;
}

/**
 * Finds out which service a URL is for.
 * @param endpoints - the endpoints that the router has been given for the home Region, in place of those of AWS
 * @throws {@link InvalidOptionsError} when the URL contradicts the router: another Region, or an endpoint that it does not
 * know. The library's setting would otherwise be ignored without a word.
 */
export function serviceOf(url: URL, homeRegion: string, endpoints: readonly string[], fips: boolean): Service {
  if (endpoints.some((endpoint) => hostOf(endpoint) === url.host)) return RUNTIME;
  const match = AWS_HOST.exec(url.hostname)?.groups;
  const name = match?.service ?? "";
  const signingName = SIGNING_NAMES[name];
  if (match === undefined || signingName === undefined) {
    throw new InvalidOptionsError(
      "baseURL",
      `must be an endpoint of Amazon Bedrock in ${homeRegion}, or routing.endpoints["${homeRegion}"]`,
      received(url.origin),
    );
  }
  if (match.region !== homeRegion) {
    throw new InvalidOptionsError(
      "region",
      `of the library must be the home Region of the router, ${homeRegion}: the router chooses the source Region`,
      received(match.region),
    );
  }
  if (name === RUNTIME.name && match.vpc === undefined) return RUNTIME;
  if (name === RUNTIME.name) {
    throw new InvalidOptionsError(
      "baseURL",
      `is a VPC endpoint that the router does not know: name it in routing.endpoints["${homeRegion}"]`,
      received(url.origin),
    );
  }
  if (fips && match.fips === undefined) {
    throw new InvalidOptionsError("baseURL", "must be a FIPS endpoint, as the router uses them", received(url.origin));
  }
  return { name, hostname: url.host, signingName };
}

/** Sent by the endpoint that the client resolves. */
export const RUNTIME: Service = Object.freeze({
  name: "bedrock-runtime",
  hostname: "",
  signingName: "bedrock",
});

/**
 * Whether a request that is not routed may go to the home Region: `undefined`, or why not. What is known to run where it
 * is sent may, if the home Region meets the residency; what is not known may only when there is no residency.
 */
export function refusalAtHome(
  service: Service,
  api: Api,
  request: IncomingRequest,
  homeRegion: string,
  residency: ResolvedResidency,
): string | undefined {
  if (residency.regions === "any") return undefined;
  // Nothing of the caller's is sent.
  if (request.body === undefined || request.body.length === 0) return undefined;
  if (residencyViolations([homeRegion], residency).length > 0)
    return `it runs in ${homeRegion}, outside ${residency.label}`;
  if (staysInRegion(service, api, request, homeRegion)) return undefined;
  return `it is not known to run in ${homeRegion} alone, and the residency is ${residency.label}`;
}

function staysInRegion(service: Service, api: Api, { url, body }: IncomingRequest, homeRegion: string): boolean {
  if (service.name === "bedrock-mantle") return true;
  if (service.name === RUNTIME.name) return api.kind === "in-region" || api.kind === "stored-response";
  if (service.name !== "bedrock-agent-runtime" || !url.pathname.endsWith("/rerank")) return false;
  // A model by its own ARN runs where it is called; a profile may not.
  const models = body?.toString("utf8").match(/"modelArn"\s*:\s*"[^"]*"/g) ?? [];
  const own = new RegExp(`"arn:[^:"]+:bedrock:${homeRegion}::foundation-model/[^"]+"$`);
  return models.length > 0 && models.every((model) => own.test(model));
}

const AWS_HOST =
  /^(?:(?<vpc>vpce-[a-z0-9-]+)\.)?(?<service>bedrock[a-z-]*?)(?<fips>-fips)?\.(?<region>[a-z]{2,}(?:-[a-z]+)+-\d+)\.(?:vpce\.)?(?:amazonaws\.(?:com|com\.cn|eu)|api\.aws|api\.amazonwebservices\.(?:com\.cn|eu))$/;

const SIGNING_NAMES: Readonly<Record<string, string>> = {
  "bedrock-runtime": "bedrock",
  "bedrock-mantle": "bedrock-mantle",
  "bedrock-agent-runtime": "bedrock",
};

function hostOf(endpoint: string): string {
  return URL.canParse(endpoint) ? new URL(endpoint).host : "";
}
