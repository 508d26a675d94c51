import type { BedrockRuntimeClientConfig } from "@aws-sdk/client-bedrock-runtime";

/** An endpoint as a caller may give it: text, a URL, or the parts of one. */
export function endpointUrl(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return undefined;
  if (value instanceof URL) return value.href;
  const { url, protocol, hostname, port, path } = value as Readonly<Record<string, unknown>>;
  if (url !== undefined) return String(url);
  return typeof hostname === "string"
    ? `${String(protocol ?? "https:")}//${hostname}${port === undefined ? "" : `:${String(port)}`}${String(path ?? "")}`
    : undefined;
}

/**
 * The host of the one endpoint that is given for all source Regions, and where it was given: in the config or in the
 * environment. What a function or the shared config file may give is not known beforehand.
 */
export function givenEndpoint({
  endpoint,
}: BedrockRuntimeClientConfig): { readonly host: string; readonly path: string } | undefined {
  const path = endpoint === undefined ? VARIABLE : "endpoint";
  const url = endpointUrl(endpoint ?? (process.env[IGNORED] === "true" ? undefined : process.env[VARIABLE]));
  return url !== undefined && URL.canParse(url) ? { host: new URL(url).hostname, path } : undefined;
}

const VARIABLE = "AWS_ENDPOINT_URL_BEDROCK_RUNTIME";
const IGNORED = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS";
