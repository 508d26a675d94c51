import { endpointRegion } from "../profiles/endpoint-region.ts";
import { record, refuse } from "../types/schema.ts";
import { checkRegion } from "./check-region.ts";

/** Endpoint URLs by source Region. An endpoint of AWS in another Region would take prompts there. */
export function resolveEndpoints(value: unknown, path: string): Readonly<Record<string, string>> {
  const endpoints = readEndpoints(value, path);
  for (const [region, url] of Object.entries(endpoints)) {
    const { hostname } = new URL(url);
    const other = endpointRegion(hostname) ?? region;
    if (other !== region) {
      const expectation = `must be an endpoint in ${region}, not one in ${other}`;
      refuse(`${path}.${region}`, expectation, url, publicEndpoint(hostname, other, region));
    }
  }
  return endpoints;
}

/** `localhost:8080` is a URL too, with the scheme `localhost:`. */
function webUrl(value: unknown, path: string): string {
  if (typeof value === "string" && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)) return value;
  return refuse(path, "must be an http or https URL", value);
}

/** The public endpoint in another Region; the names of VPC endpoints are made up by AWS. */
function publicEndpoint(host: string, from: string, to: string): string {
  return `https://${host.slice(host.indexOf("bedrock")).replace(".vpce.", ".").replace(from, to)}`;
}

const readEndpoints = record(checkRegion, webUrl, "an object from source Region to endpoint URL");

/**
 * Refuses the one endpoint of the client when it stands in one Region and requests for another would be sent there: AWS
 * refuses their signatures, and with an API key the prompt would be processed in the wrong Region.
 * @param host - of the endpoint
 * @param path - where the endpoint was given
 * @throws {@link InvalidOptionsError}
 */
export function refuseForeignEndpoint(
  host: string,
  path: string,
  homeRegion: string,
  { sourceRegions, endpoints }: EndpointUsers,
): void {
  const region = endpointRegion(host);
  if (region === undefined) return;
  const others = [homeRegion, ...sourceRegions].filter((one) => one !== region && !Object.hasOwn(endpoints, one));
  if (others.length === 0) return;
  const [other = ""] = others;
  const cure =
    other === homeRegion
      ? `set region to ${JSON.stringify(region)}, or take an endpoint of ${homeRegion}`
      : `name theirs under routing.endpoints, such as ${JSON.stringify({ [other]: publicEndpoint(host, region, other) })}`;
  refuse(path, `must not stand in ${region} while requests for ${others.join(", ")} go there too: ${cure}`, host);
}

/** Who sends to an endpoint. */
interface EndpointUsers {
  /** Without the home Region. */
  readonly sourceRegions: readonly string[];
  readonly endpoints: Readonly<Record<string, string>>;
}
