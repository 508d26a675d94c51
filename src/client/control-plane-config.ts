import type { BedrockClientConfig } from "@aws-sdk/client-bedrock";
import type { BedrockRuntimeClient, BedrockRuntimeClientConfig } from "@aws-sdk/client-bedrock-runtime";
import { endpointUrl } from "./given-endpoint.ts";

/** Endpoints by source Region, as `routing` names them. */
export interface PlaneEndpoints {
  readonly dataPlane: Readonly<Record<string, string>>;
  readonly controlPlane: Readonly<Record<string, string>>;
}

/**
 * The config of the client that asks the control plane of a source Region: the caller's credentials, token, proxy and
 * endpoint flags, as the runtime client has resolved them.
 *
 * The endpoint of the runtime client belongs to another service, so it is not taken over; except one on loopback, where
 * simulators serve both on one port. Nor is a request handler for HTTP/2, which the control plane may not speak.
 */
export async function controlPlaneConfig(
  region: string,
  parent: BedrockRuntimeClient,
  config: BedrockRuntimeClientConfig,
  endpoints: PlaneEndpoints,
): Promise<BedrockClientConfig> {
  const { credentials, token, useFipsEndpoint, useDualstackEndpoint } = parent.config;
  const { httpAuthSchemes, httpAuthSchemeProvider, authSchemePreference } = parent.config;
  const endpoint =
    endpoints.controlPlane[region] ?? onLoopback(endpoints.dataPlane[region] ?? (await given(config.endpoint)));
  const { requestHandler, logger, customUserAgent, profile } = config;
  const own = {
    region,
    credentials,
    ...(token === undefined ? {} : { token }),
    useFipsEndpoint,
    useDualstackEndpoint,
    // Both services sign as `bedrock`.
    httpAuthSchemes,
    httpAuthSchemeProvider,
    ...(authSchemePreference === undefined ? {} : { authSchemePreference }),
    maxAttempts: 2,
    retryMode: "standard",
    ...(isShareable(requestHandler) ? { requestHandler } : {}),
    ...(logger === undefined ? {} : { logger }),
    ...(customUserAgent === undefined ? {} : { customUserAgent }),
    ...(profile === undefined ? {} : { profile }),
    ...(endpoint === undefined ? {} : { endpoint }),
  };
  return own as BedrockClientConfig;
}

/** A URL on loopback; `undefined` for any other. */
function onLoopback(url: string | undefined): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined;
  const { hostname } = new URL(url);
  return LOOPBACK.test(hostname) ? url : undefined;
}

const LOOPBACK = /^(?:(?:[\w-]+\.)*localhost|127(?:\.\d+){3}|\[::1\])$/;

async function given(endpoint: unknown): Promise<string | undefined> {
  return endpointUrl(typeof endpoint === "function" ? await endpoint() : endpoint);
}

/** An instance of a handler, made for proxies and the like, unless it speaks HTTP/2 alone. */
function isShareable(handler: unknown): boolean {
  if (typeof handler !== "object" || handler === null || !("handle" in handler)) return false;
  const { metadata } = handler as { readonly metadata?: { readonly handlerProtocol?: unknown } };
  return !/^h2/.test(String(metadata?.handlerProtocol ?? ""));
}
